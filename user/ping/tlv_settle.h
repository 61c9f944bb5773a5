/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What --tlv leaves open: the HMAC TLV, the padding, the size of the packet. */
#ifndef PING_TLV_SETTLE_H
#define PING_TLV_SETTLE_H

#include "ping/options.h"

/* The timer of RFC 8972 section 4.6 and how often it is started again, unless options say. */
#define TLV_ACCESS_TIMEOUT_NS 3000000000ULL
#define TLV_ACCESS_TRIES 4
#define TLV_ACCESS_TRIES_UNSET UINT64_MAX

/* Whether packets have TLVs. */
bool tlv_settle_needed(const struct sender_options *options);

/*
 * Adds the HMAC TLV for --tlv-key, behind all others but trailing Extra Padding, and Extra Padding
 * up to -s; `base` is the size of the packet without TLVs. Without -s the packet becomes as large
 * as it has to be. 0, or -EINVAL after a message.
 */
int tlv_settle(struct sender_options *options, uint64_t base);

/* The timer of the Access Report. 0, or -EINVAL after a message when there is nothing to time. */
int tlv_settle_access(struct sender_options *options);

#endif
