/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The words for what TLVs say, the same in every form of report. */
#ifndef PING_TLV_NAMES_H
#define PING_TLV_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "sender/tlv_metrics.h"

#define TLV_CODE_TEXT_MAX 16
#define TLV_MAC_TEXT_MAX 24

/* A Synchronization Source (as stampd.yaml has them) and a Timestamping Method: RFC 8972
 * section 4.3. "code-200" if it has no name here, NULL for the codes that are reserved and tell
 * nothing. */
const char *tlv_source_name(uint8_t code, char text[TLV_CODE_TEXT_MAX]);
const char *tlv_method_name(uint8_t code, char text[TLV_CODE_TEXT_MAX]);

/* One word, with hyphens. */
const char *tlv_reply_state_name(enum tlv_reply_state state);
const char *tlv_access_state_name(enum access_state state);

/* The EUI-48 or EUI-64 of a location, "02:00:00:00:00:01"; NULL if it is not known. */
const char *tlv_mac_text(const struct tlv_location *location, char text[TLV_MAC_TEXT_MAX]);

#endif
