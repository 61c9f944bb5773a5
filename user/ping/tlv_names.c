/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The words for what TLVs say, the same in every form of report. */
#include "ping/tlv_names.h"

#include <stdio.h>

#define CODE_RESERVED_LAST 255
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const char *const sources[] = {
	[STAMP_SYNC_NTP] = "ntp",           [STAMP_SYNC_PTP] = "ptp",
	[STAMP_SYNC_SSU_BITS] = "ssu-bits", [STAMP_SYNC_GNSS] = "gnss",
	[STAMP_SYNC_LOCAL] = "local",
};

static const char *const methods[] = {
	[STAMP_METHOD_HARDWARE] = "hardware",
	[STAMP_METHOD_SOFTWARE] = "software",
	[STAMP_METHOD_CONTROL_PLANE] = "control-plane",
};

static const char *const reply_states[TLV_REPLY_STATE_MAX] = {
	[TLV_REPLY_NONE] = "none",
	[TLV_REPLY_USED] = "used",
	[TLV_REPLY_UNTOUCHED] = "untouched",
	[TLV_REPLY_INTEGRITY] = "integrity-failed",
	[TLV_REPLY_UNVERIFIED] = "unverified",
};

static const char *const access_states[ACCESS_STATE_MAX] = {
	[ACCESS_NOT_ASKED] = "not-asked",
	[ACCESS_UNSENT] = "unsent",
	[ACCESS_PENDING] = "pending",
	[ACCESS_ANSWERED] = "answered",
	[ACCESS_NOT_UNDERSTOOD] = "not-understood",
	[ACCESS_GIVEN_UP] = "given-up",
};

static const char *name_of(const char *const *names, size_t count, uint8_t code,
			   char text[TLV_CODE_TEXT_MAX])
{
	if (code == 0 || code == CODE_RESERVED_LAST)
		return NULL;
	if (code < count)
		return names[code];
	snprintf(text, TLV_CODE_TEXT_MAX, "code-%u", code);
	return text;
}

const char *tlv_source_name(uint8_t code, char text[TLV_CODE_TEXT_MAX])
{
	return name_of(sources, COUNT(sources), code, text);
}

const char *tlv_method_name(uint8_t code, char text[TLV_CODE_TEXT_MAX])
{
	return name_of(methods, COUNT(methods), code, text);
}

const char *tlv_reply_state_name(enum tlv_reply_state state)
{
	return reply_states[state];
}

const char *tlv_access_state_name(enum access_state state)
{
	return access_states[state];
}

const char *tlv_mac_text(const struct tlv_location *location, char text[TLV_MAC_TEXT_MAX])
{
	size_t used = 0;

	if (!location->mac_size)
		return NULL;
	for (size_t i = 0; i < location->mac_size; i++)
		used += (size_t)snprintf(text + used, TLV_MAC_TEXT_MAX - used, "%s%02x",
					 i ? ":" : "", location->mac[i]);
	return text;
}
