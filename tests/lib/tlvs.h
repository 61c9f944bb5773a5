/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TLVs of the Session-Sender as people write them: --tlv texts and hexadecimal octets. */
#ifndef TESTS_TLVS_H
#define TESTS_TLVS_H

#include <stdio.h>
#include <string.h>

#include "lib/cases.h"
#include "lib/hex.h"
#include "proto/auth_keys.h"
#include "ping/tlv_options.h"

#define TLVS_OCTETS_MAX 1024

/* The TLVs of several --tlv, with blanks between them; "hmac" is the HMAC TLV. */
static inline struct tlv_request tlvs_of(const char *texts)
{
	const struct tlv_item hmac = { .type = STAMP_TLV_HMAC, .octets = STAMP_HMAC_SIZE };
	struct tlv_request request = { .count = 0 };
	char copy[512];

	snprintf(copy, sizeof(copy), "%s", texts);
	for (char *text = strtok(copy, " "); text; text = strtok(NULL, " ")) {
		if (!strcmp(text, "hmac"))
			request.items[request.count++] = hmac;
		else
			assert_int_equal(tlv_options_add(&request, text), 0);
	}
	return request;
}

/* The octets of hexadecimal digits, blanks apart; gives how many. */
static inline size_t tlvs_hex(const char *hex, uint8_t octets[TLVS_OCTETS_MAX])
{
	return hex_read(hex, octets, TLVS_OCTETS_MAX);
}

/* The key of the worked packets; fixtures of a group. */
static struct auth_keys *tlvs_keys __attribute__((unused));

static inline int tlvs_open_keys(void **state)
{
	static const char worked[] = "doc-example-key-not-for-real-use";
	struct key_list list = { .count = 1, .keys = { { .size = sizeof(worked) - 1 } } };

	(void)state;
	memcpy(list.keys[0].octets, worked, sizeof(worked) - 1);
	assert_int_equal(auth_keys_open(&tlvs_keys, &list), 0);
	return 0;
}

static inline int tlvs_close_keys(void **state)
{
	(void)state;
	auth_keys_close(tlvs_keys);
	return 0;
}

#endif
