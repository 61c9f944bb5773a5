/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * TLVs in user space: which may be used, what becomes of those that may not, and HMAC TLVs. HMACs
 * were made by
 *   echo OCTETS | xxd -r -p | openssl dgst -sha256 -mac HMAC -macopt key:KEY
 * over the Sequence Number, 0000002a, and the TLVs in front of them.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/cases.h"
#include "lib/hex.h"
#include "lib/tlv_rows.h"
#include "proto/request_tlvs.h"

#define SEQUENCE 42

static struct auth_keys *worked_key, *two_keys; /* the worked one alone, and behind another */

static void add_key(struct key_list *list, const char *text)
{
	struct key *key = &list->keys[list->count++];

	key->size = strlen(text);
	memcpy(key->octets, text, key->size);
}

static int open_keys(void **state)
{
	struct key_list list = { 0 };

	(void)state;
	add_key(&list, "doc-example-key-not-for-real-use");
	assert_int_equal(auth_keys_open(&worked_key, &list), 0);
	list.count = 0;
	add_key(&list, "another-key-of-the-documentation");
	add_key(&list, "doc-example-key-not-for-real-use");
	return auth_keys_open(&two_keys, &list);
}

static int close_keys(void **state)
{
	(void)state;
	auth_keys_close(worked_key);
	auth_keys_close(two_keys);
	return 0;
}

/* A request's TLVs on the way, in memory as large as it must be, at an odd address. */
struct work {
	struct request_tlvs tlvs;
	struct tlv_exchange exchange;
	uint8_t *memory;
};

static struct work examine(const uint8_t *octets, uint32_t length, bool is_required,
			   const struct auth_keys *keys)
{
	const struct tlvs_verification verification = { is_required, keys, bpf_htonl(SEQUENCE) };
	struct work work = { .memory = malloc(1 + length) };

	assert_non_null(work.memory);
	memcpy(work.memory + 1, octets, length);
	request_tlvs_examine(&work.tlvs, work.memory + 1, length, TLV_ROW_LINK, &verification);
	if (length)
		assert_memory_equal(work.memory + 1, octets, length);
	return work;
}

static void answer(struct work *work, const struct auth_keys *keys, uint32_t sequence)
{
	request_tlvs_answer(&work->tlvs, &work->exchange, tlv_row_is_own, NULL);
	request_tlvs_sign(&work->tlvs, keys, bpf_htonl(sequence));
}

/* Without a key, and where there are keys that no row needs. */
static void row_is_answered(void **state)
{
	const struct tlv_row *row = *state;

	for (unsigned int form = 0; form < 8; form++) {
		struct tlv_row_octets octets = tlv_row_read(row, form & 1);
		const struct auth_keys *keys = form & 4 ? worked_key : NULL;
		struct work work;

		if (!tlv_row_has(row, form & 2))
			continue;
		work = examine(octets.asked, octets.length, false, keys);
		work.exchange = tlv_row_exchange(row, form & 2);
		assert_int_equal(work.tlvs.use,
				 row->use == VERBATIM_ALSO ? TLVS_COPY : TLVS_ANSWER);
		assert_false(request_tlvs_name_other_link(&work.tlvs));
		answer(&work, keys, SEQUENCE);
		hex_assert_equal(row->name, work.memory + 1, octets.answered, octets.length);
		tlv_row_check(row, &work.exchange);
		free(work.memory);
	}
}

/* without an HMAC TLV no row is used where one is required. */
static void row_is_not_used_without_an_hmac(void **state)
{
	const struct tlv_row *row = *state;
	struct tlv_row_octets octets = tlv_row_read(row, true);
	struct work work = examine(octets.asked, octets.length, true, worked_key);
	uint8_t front[] = { 0x80, 1, 0, 1, 0x5a };
	bool is_malformed = work.tlvs.survey.flags & TLV_SURVEY_MALFORMED;

	work.exchange = tlv_row_exchange(row, false);
	assert_int_equal(work.tlvs.use, is_malformed ? TLVS_COPY : TLVS_DENY);
	answer(&work, worked_key, SEQUENCE);
	front[0] = is_malformed ? 0x80 : 0xa0;
	assert_memory_equal(work.memory + 1, front, sizeof(front));
	assert_false(work.exchange.has_class || work.exchange.has_source);
	assert_int_equal(work.exchange.policy.flags, row->flags);
	free(work.memory);
}

enum required { NEVER_REQUIRED, IF_REQUIRED, ALWAYS };
enum keys { NO_KEYS, WORKED, BOTH };

#define COS "80040004 b8000000"
#define COS_BACK "00040004 b8a80000"
#define COS_I "a0040004 b8000000"
#define PADDING "80010002 abcd"
#define PADDING_BACK "00010002 abcd"
#define PADDING_I "a0010002 abcd"
#define SIGNATURE "84a29dff58f27dd6cf67095d64730bd8"
#define SIGNED COS "80080010" SIGNATURE
#define SIGNED_BACK COS_BACK "00080010 ac846385ab4a5af9b4365be950cf5875"
#define SIGNED_I COS_I "a0080010" SIGNATURE
#define ALONE "5c0bb1baac4c6f62d7b6c553b67cd1b3"

/* clang-format off */
static const struct hmac_case {
	const char *name, *asked, *answered;
	enum tlvs_use use;
	enum required required; /* in which sessions it is so: default in both kinds */
	enum keys keys;
	uint32_t sequence;      /* of the reply */
	bool names_other_link;
} hmac_cases[] = {
	{ "R8972-4-6: no octets are no TLVs", "", "", TLVS_NONE, ALWAYS, WORKED, SEQUENCE, false },
	{ "R8972-4.8-8: the worked example", SIGNED "80010004 deadbeef",
	  SIGNED_BACK "00010004 deadbeef", TLVS_SIGN, ALWAYS, WORKED, SEQUENCE, false },
	{ "R8972-4.8-8: the reply's own number is covered", SIGNED,
	  COS_BACK "00080010 f9a05f21c209045cb22f2909bcc615a4", TLVS_SIGN, ALWAYS, WORKED, 7, false },
	{ "R8972-4.8-8: the key that verifies signs", SIGNED, SIGNED_BACK, TLVS_SIGN, ALWAYS, BOTH,
	  SEQUENCE, false },
	{ "R8972-4.8-8: the first key, too", COS "80080010 fd23d0381db0ebd3d8a6c1704d21969f",
	  COS_BACK "00080010 75acafac06a3160abf00c16ddfc3f913", TLVS_SIGN, ALWAYS, BOTH, SEQUENCE,
	  false },
	{ "R8972-4.8-2: Extra Padding in front is covered",
	  PADDING COS "80080010 14d5b255967cf24c04932826337e74bd",
	  PADDING_BACK COS_BACK "00080010 6ea6402ec8a6a387922fbd758740ccf8", TLVS_SIGN, ALWAYS,
	  WORKED, SEQUENCE, false },
	{ "R8972-4.8-2: an HMAC TLV alone", "80080010" ALONE, "00080010" ALONE, TLVS_SIGN, ALWAYS,
	  WORKED, SEQUENCE, false },
	{ "R8972-4.8-2: Extra Padding behind it is not covered", "80080010" ALONE PADDING PADDING,
	  "00080010" ALONE PADDING_BACK PADDING_BACK, TLVS_SIGN, ALWAYS, WORKED, SEQUENCE, false },
	{ "A-05: an octet left over behind it", SIGNED "80", SIGNED_BACK "c0", TLVS_SIGN, ALWAYS,
	  WORKED, SEQUENCE, false },
	{ "R8972-4-9: Extra Padding too long behind it", SIGNED "80010003 abcd",
	  SIGNED_BACK "40010003 abcd", TLVS_SIGN, ALWAYS, WORKED, SEQUENCE, false },

	{ "R8972-4.8-1: Extra Padding alone needs none", PADDING, PADDING_BACK, TLVS_ANSWER, ALWAYS,
	  WORKED, SEQUENCE, false },
	{ "R8972-4.8-1: Extra Padding twice does", PADDING PADDING, PADDING_I PADDING_I, TLVS_DENY,
	  IF_REQUIRED, WORKED, SEQUENCE, false },
	{ "A-07: none, where one is required", COS "00c80001 ff", COS_I "20c80001 ff", TLVS_DENY,
	  IF_REQUIRED, WORKED, SEQUENCE, false },
	{ "R8972-4.8-4: none, where none is required", COS, COS_BACK, TLVS_ANSWER, NEVER_REQUIRED,
	  WORKED, SEQUENCE, false },
	{ "A-18: malformed, where one is required", COS "80040000" SIGNED, COS "40040000" SIGNED,
	  TLVS_COPY, IF_REQUIRED, WORKED, SEQUENCE, false },
	{ "A-18: an octet left over behind Extra Padding", PADDING "80", PADDING "c0", TLVS_COPY,
	  IF_REQUIRED, WORKED, SEQUENCE, false },

	{ "A-08: no key", SIGNED PADDING, SIGNED_I PADDING_I, TLVS_DENY, ALWAYS, NO_KEYS, SEQUENCE,
	  false },
	{ "R8972-4.8-6: a wrong one", COS "80080010" Z16 PADDING, COS_I "a0080010" Z16 PADDING_I,
	  TLVS_DENY, ALWAYS, WORKED, SEQUENCE, false },
	{ "A-10: U as received and no other flag", "5f010000 ff080010" Z16, "20010000 a0080010" Z16,
	  TLVS_DENY, ALWAYS, WORKED, SEQUENCE, false },
	{ "R8972-4.2.1-2: sub-TLVs have no I", "80020014" Z4 "80010008" Z8 "ffc80000 80080010" Z16,
	  "a0020014" Z4 "80010008" Z8 "ffc80000 a0080010" Z16, TLVS_DENY, ALWAYS, WORKED, SEQUENCE,
	  false },
	{ "R8972-4.8-3: a TLV behind a right one", SIGNED COS, SIGNED_I COS_I, TLVS_DENY, ALWAYS,
	  WORKED, SEQUENCE, false },
	{ "R8972-4.8-3: an unknown TLV behind a right one", SIGNED "80c80000", SIGNED_I "a0c80000",
	  TLVS_DENY, ALWAYS, WORKED, SEQUENCE, false },
	{ "R8972-4.8-3: a malformed TLV behind a right one", SIGNED "80040000 ff",
	  SIGNED_I "80040000 ff", TLVS_DENY, ALWAYS, WORKED, SEQUENCE, false },
	{ "A-16: two right ones", SIGNED "80080010 56f253a86d68498d589a70f8e33392ee",
	  SIGNED_I "a0080010 56f253a86d68498d589a70f8e33392ee", TLVS_DENY, ALWAYS, WORKED, SEQUENCE,
	  false },
	{ "A-16: one that is cut short behind a right one", SIGNED "80080010", SIGNED_I "80080010",
	  TLVS_DENY, ALWAYS, WORKED, SEQUENCE, false },
	{ "A-17: of 15 octets", SIGNED "8008000f" F8 F4 "ffffff", SIGNED_I "8008000f" F8 F4 "ffffff",
	  TLVS_DENY, ALWAYS, WORKED, SEQUENCE, false },
	{ "R8972-4.8-6: an octet left over behind a wrong one", COS "80080010" Z16 "80",
	  COS_I "a0080010" Z16 "80", TLVS_DENY, ALWAYS, WORKED, SEQUENCE, false },

	{ "R9534-3.2-3: another link that is verified",
	  "800b0004 00070022 80080010 f3f848e470433748cd6c2510abcddd0e", "", TLVS_SIGN, ALWAYS,
	  WORKED, SEQUENCE, true },
	{ "R9534-3.2-3: another link that needs not be", "800b0004 00070022", "", TLVS_ANSWER,
	  NEVER_REQUIRED, WORKED, SEQUENCE, true },
	{ "R9534-3.2-3: another link that is not verified", "800b0004 00070022 80080010" Z16,
	  "a00b0004 00070022 a0080010" Z16, TLVS_DENY, ALWAYS, WORKED, SEQUENCE, false },
	{ "R9534-3.2-3: another link without a key", "800b0004 00070022 80080010" Z16,
	  "a00b0004 00070022 a0080010" Z16, TLVS_DENY, ALWAYS, NO_KEYS, SEQUENCE, false },
	{ "A-17: another link in front of an HMAC TLV that is malformed", "800b0004 00070022 80080000",
	  "800b0004 00070022 40080000", TLVS_COPY, ALWAYS, WORKED, SEQUENCE, false },
};
/* clang-format on */

static const struct auth_keys *keys_of(const struct hmac_case *c)
{
	if (c->keys == NO_KEYS)
		return NULL;
	return c->keys == WORKED ? worked_key : two_keys;
}

static void assert_case(const struct hmac_case *c, bool is_required)
{
	uint8_t asked[TLV_ROW_MAX], expected[TLV_ROW_MAX];
	uint32_t length = hex_read(c->asked, asked, TLV_ROW_MAX);
	struct work work = examine(asked, length, is_required, keys_of(c));
	bool uses_class = strstr(c->answered, COS_BACK);

	work.exchange = tlv_row_exchange(&(struct tlv_row){ 0 }, false);
	assert_int_equal(work.tlvs.use, c->use);
	assert_int_equal(request_tlvs_name_other_link(&work.tlvs), c->names_other_link);
	if (!c->names_other_link) {
		answer(&work, keys_of(c), c->sequence);
		assert_int_equal(hex_read(c->answered, expected, TLV_ROW_MAX), length);
		hex_assert_equal(c->name, work.memory + 1, expected, length);
		assert_int_equal(work.exchange.has_class, uses_class);
	}
	free(work.memory);
}

static void hmac_is_judged(void **state)
{
	const struct hmac_case *c = *state;

	if (c->required != NEVER_REQUIRED)
		assert_case(c, true);
	if (c->required != IF_REQUIRED)
		assert_case(c, false);
}

/* R8972-4.8-5: of all that is covered, and of the HMAC. */
static void every_flipped_bit_is_denied(void **state)
{
	uint8_t octets[TLV_ROW_MAX];
	uint32_t length = hex_read(SIGNED, octets, TLV_ROW_MAX);

	(void)state;
	for (uint32_t bit = 0; bit < 8 * length; bit++) {
		struct work work;

		octets[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		work = examine(octets, length, true, worked_key);
		/* The HMAC TLV's flags are not covered; a bit of a Type or Length makes other TLVs.
		 */
		assert_int_equal(work.tlvs.use == TLVS_SIGN, bit / 8 == 8);
		assert_int_not_equal(work.tlvs.use, TLVS_ANSWER);
		octets[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		free(work.memory);
	}
}

/* R8972-4.8-8: the Sequence Number is covered. */
static void another_number_is_denied(void **state)
{
	struct tlvs_verification verification = { true, worked_key, bpf_htonl(SEQUENCE + 1) };
	uint8_t octets[TLV_ROW_MAX];
	uint32_t length = hex_read(SIGNED, octets, TLV_ROW_MAX);
	struct request_tlvs tlvs;

	(void)state;
	request_tlvs_examine(&tlvs, octets, length, 0, &verification);
	assert_int_equal(tlvs.use, TLVS_DENY);
	verification.sequence = bpf_htonl(SEQUENCE);
	request_tlvs_examine(&tlvs, octets, length, 0, &verification);
	assert_int_equal(tlvs.use, TLVS_SIGN);
}

/* As many TLVs as a datagram has room for, and as many sub-TLVs. */
static void a_whole_datagram_of_headers_is_answered(void **state)
{
	enum { SIZE = 65507 - 44 };
	uint8_t *octets = calloc(1, SIZE);
	struct work work;

	(void)state;
	assert_non_null(octets);
	work = examine(octets, SIZE, false, NULL);
	answer(&work, NULL, SEQUENCE);
	for (uint32_t at = 0; at < SIZE; at++)
		assert_int_equal(work.memory[1 + at], at == SIZE - 3 ? 0x40 : at % 4 ? 0 : 0x80);
	free(work.memory);
	memcpy(octets, (uint8_t[]){ 0x80, 2, (SIZE - 7) >> 8, (SIZE - 7) & 0xff }, 4);
	work = examine(octets, SIZE - 3, false, NULL);
	answer(&work, NULL, SEQUENCE);
	for (uint32_t at = 8; at < SIZE - 3; at++)
		assert_int_equal(work.memory[1 + at], at % 4 ? 0 : 0x80);
	free(work.memory);
	free(octets);
}

int main(void)
{
	struct CMUnitTest tests[2 * ARRAY_SIZE(tlv_rows) + ARRAY_SIZE(hmac_cases) + 3];
	size_t count = 0;

	ADD_CASES(tests, count, tlv_rows, row_is_answered);
	ADD_CASES(tests, count, tlv_rows, row_is_not_used_without_an_hmac);
	ADD_CASES(tests, count, hmac_cases, hmac_is_judged);
	ADD_TEST(tests, count, every_flipped_bit_is_denied);
	ADD_TEST(tests, count, another_number_is_denied);
	ADD_TEST(tests, count, a_whole_datagram_of_headers_is_answered);
	return RUN_TESTS(tests, count, open_keys, close_keys);
}
