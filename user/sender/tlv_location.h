/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The Value of a Location TLV in a reply: RFC 8972 section 4.2. */
#ifndef SENDER_TLV_LOCATION_H
#define SENDER_TLV_LOCATION_H

#include "sender/tlv_reply.h"

/* Reads at least 4 octets. False if a sub-TLV is malformed, which ends it; `out` then has what
 * stands before that. */
bool tlv_location_read(const uint8_t *value, size_t size, struct tlv_location *out);

#endif
