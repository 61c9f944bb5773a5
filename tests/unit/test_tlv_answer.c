/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TLVs turned from a request's to its reply's, as the kernel does it, and what that adds to the
 * checksum. Each copy is as large as it must be, so that the sanitizer sees what is outside. */
#include <stdlib.h>
#include <string.h>

#include "lib/cases.h"
#include "lib/hex.h"
#include "lib/packet.h"
#include "lib/prefix_of.h"
#include "lib/tlv_rows.h"

#define NOON 1736942400ULL /* 2025-01-15 12:00:00 UTC */

/* As many as the kernel takes, and one more for what is put in front of a row. */
static const struct tlv_limits limits = { .tlvs = 9, .sub_tlvs = 4 };

/* Both walks over TLVs of which the first octets up to `area->end` can be touched; false: they are
 * another's to answer. */
static bool answer(const struct tlv_area *area, struct tlv_exchange *exchange)
{
	struct tlv_survey survey = survey_tlvs(area, TLV_ROW_LINK, limits);

	if (survey.flags & (TLV_SURVEY_BEYOND | TLV_SURVEY_INTRICATE))
		return false;
	exchange->at = 0;
	for (uint32_t i = 0; i < survey.count; i++)
		assert_true(answer_next_tlv(area, limits.sub_tlvs, exchange, tlv_row_is_own, NULL));
	assert_int_equal(exchange->at, survey.sound);
	if (survey.flags & TLV_SURVEY_MALFORMED)
		assert_true(mark_malformed(area, exchange));
	return true;
}

/* Sums in network order, each octet in its place; one of zero may be either of two. */
static uint16_t sum_with(const uint8_t *octets, uint32_t length, uint64_t change)
{
	uint16_t sum = packet_sum(octets, length, 0);
	uint8_t words[8];

	memcpy(words, &change, sizeof(words));
	sum = packet_sum(words, sizeof(words), sum);
	return sum == 0xffff ? 0 : sum;
}

/* Answers a copy at an address that is no multiple of four, as in a frame, and at an odd one. */
static void answer_is(const struct tlv_row *row, const struct tlv_row_octets *octets, bool is_ip6,
		      uint32_t shift)
{
	struct tlv_exchange exchange = tlv_row_exchange(row, is_ip6);
	uint8_t *memory = malloc(shift + octets->length);
	struct tlv_area area = {
		.start = memory + shift,
		.end = memory + shift + octets->length,
		.length = octets->length,
	};

	assert_non_null(memory);
	memcpy(area.start, octets->asked, octets->length);
	assert_true(answer(&area, &exchange));
	hex_assert_equal(row->name, area.start, octets->answered, octets->length);
	tlv_row_check(row, &exchange);
	assert_int_equal(sum_with(octets->asked, octets->length, exchange.change),
			 sum_with(octets->answered, octets->length, 0));
	free(memory);
}

/* RFC 1071 section 2.B: the sum counts what is at an odd place for the other octet. */
static void row_is_answered_and_summed(void **state)
{
	const struct tlv_row *row = *state;

	for (unsigned int form = 0; form < 8; form++) {
		struct tlv_row_octets octets = tlv_row_read(row, form & 1);
		bool is_ip6 = form & 2;

		if (tlv_row_has(row, is_ip6))
			answer_is(row, &octets, is_ip6, form & 4 ? 1 : 2);
	}
}

/* Where only the first octets can be touched, all is answered or nothing. */
static void row_is_answered_whole_or_not_at_all(void **state)
{
	const struct tlv_row *row = *state;
	struct tlv_row_octets octets = tlv_row_read(row, false);
	bool is_ip6 = row->family == ONLY_IP6;

	for (uint32_t touchable = 1; touchable <= octets.length; touchable++) {
		struct tlv_exchange exchange = tlv_row_exchange(row, is_ip6);
		uint8_t *memory = malloc(touchable);
		struct tlv_area area = { memory, memory + touchable, octets.length };

		assert_non_null(memory);
		memcpy(memory, octets.asked, touchable);
		if (answer(&area, &exchange))
			hex_assert_equal(row->name, memory, octets.answered, touchable);
		else
			hex_assert_equal(row->name, memory, octets.asked, touchable);
		free(memory);
	}
}

/* What the exchange of a session makes of one TLV. */
static struct exchange_case {
	const char *name, *asked, *answered;
	struct tlv_exchange exchange;
} exchange_cases[] = {
	{ "R8972-4.2.2-3: without a source MAC address a zero EUI-64",
	  "80020010" Z4 "80010008" F8,
	  "00020010" Z4 "00030008" Z8,
	  { .source_mac = { 0xffff, 0xffff, 0xffff } } },
	{ "R8972-4.2.2-3: hidden, it is an EUI-64 all the same",
	  "80020010" Z4 "80010008" F8,
	  "00020010" Z4 "00030008" Z8,
	  { .policy.flags = SESSION_HIDE_MAC } },
	{ "R8972-4.3-3: a clock by GNSS",
	  "80030004" Z4,
	  "00030004 04020402",
	  { .synchronization_source = STAMP_SYNC_GNSS } },
	{ "R8972-4.4-3: all of DSCP and ECN",
	  "80040004" Z4,
	  "00040004 03fc0000",
	  { .traffic_class = 0xff } },
	{ "R8972-4.4-3: ECN only", "80040004" Z4, "00040004 000c0000", { .traffic_class = 0x03 } },
	{ "R8972-4.4-3: the lowest bit of the DSCP only",
	  "80040004" Z4,
	  "00040004 00100000",
	  { .traffic_class = 0x04 } },
	{ "R8972-4.4-5: DSCP 0 denied",
	  "80040004" Z4,
	  "00040004 01010000",
	  { .traffic_class = 0x40, .policy.dscp_denied = 1 } },
	{ "R8972-4.5-2: the session's counts",
	  "8005000c fedcba98" F8,
	  "0005000c fedcba98 80000001 7fffffff",
	  { .received = 0x80000001, .sequence = 0x7fffffff } },
	{ "R8972-4.7-5: NTP",
	  "80070010" F16,
	  "00070010 00000006 eb3221c0 80000000 02000000",
	  { .sequence = 7,
	    .previous_sent_ns = NOON * NSEC_PER_SEC + NSEC_PER_SEC / 2,
	    .known_second = NOON,
	    .policy.flags = SESSION_STATEFUL } },
	{ "R8972-4.7-5: PTP",
	  "80070010" F16,
	  "00070010 00000000 6787a365 1dcd6500 02000000",
	  { .sequence = 1,
	    .previous_sent_ns = NOON * NSEC_PER_SEC + NSEC_PER_SEC / 2,
	    .known_second = NOON,
	    .tai_offset = 37,
	    .policy.flags = SESSION_STATEFUL | SESSION_PTP } },
	{ "R8972-4.7-4: a stateless session has no reply before",
	  "80070010" F16,
	  "00070010" Z16,
	  { .sequence = 7, .previous_sent_ns = NOON * NSEC_PER_SEC, .known_second = NOON } },
	{ "A-11: nor has the first of a stateful one",
	  "80070010" F16,
	  "00070010" Z16,
	  { .previous_sent_ns = NOON * NSEC_PER_SEC,
	    .known_second = NOON,
	    .policy.flags = SESSION_STATEFUL } },
	{ "when the reply before left may not be known",
	  "80070010" F16,
	  "00070010" Z16,
	  { .sequence = 7, .policy.flags = SESSION_STATEFUL } },
	{ "A-13: a link without a number", "000b0004 00070022", "800b0004 00070022", { .at = 0 } },
	{ "R9534-3.2-5: the greatest number",
	  "800b0004 00070000",
	  "000b0004 0007ffff",
	  { .micro_session_id = 0xffff } },
};

static void exchange_decides(void **state)
{
	const struct exchange_case *c = *state;
	struct tlv_exchange exchange = c->exchange;
	uint8_t octets[TLV_ROW_MAX], expected[TLV_ROW_MAX], asked[TLV_ROW_MAX];
	uint32_t length = hex_read(c->asked, octets, TLV_ROW_MAX);
	struct tlv_area area = { octets, octets + length, length };

	memcpy(asked, octets, length);
	assert_true(answer_next_tlv(&area, limits.sub_tlvs, &exchange, tlv_row_is_own, NULL));
	assert_int_equal(hex_read(c->answered, expected, TLV_ROW_MAX), length);
	hex_assert_equal(c->name, octets, expected, length);
	assert_int_equal(sum_with(asked, length, exchange.change), sum_with(octets, length, 0));
}

/* R8972-4.4-4, R8972-4.4-5: each DSCP with each ECN, permitted and denied. */
static void every_class_of_service_is_answered(void **state)
{
	(void)state;
	for (uint32_t form = 0; form < 64 * 256 * 2; form++) {
		uint32_t wanted = form & 63, traffic_class = form >> 6 & 255, denied = form >> 14;
		struct tlv_exchange exchange = {
			.traffic_class = (__u8)traffic_class,
			.policy = { .dscp_denied = (denied ? 0 : ~0ULL) ^ 1ULL << wanted },
		};
		uint8_t octets[8] = { 0x80, 4, 0, 4, (uint8_t)(wanted << 2) };
		struct tlv_area area = { octets, octets + sizeof(octets), sizeof(octets) };

		assert_true(answer_next_tlv(&area, 0, &exchange, tlv_row_is_own, NULL));
		assert_int_equal(packet_get32(octets), 0x00040004);
		assert_int_equal(packet_get32(octets + 4),
				 wanted << 26 | traffic_class << 18 | denied << 16);
		assert_int_equal(exchange.policy.dscp, denied ? traffic_class >> 2 : wanted);
	}
}

/* Random octets at random places, over and over: no carry is lost. */
static void random_changes_are_summed(void **state)
{
	uint64_t random = 0x5eed0010;
	uint8_t octets[64], before[64];

	(void)state;
	for (int i = 0; i < 100000; i++) {
		uint32_t at = (uint32_t)(cases_random(&random) >> 32) % (sizeof(octets) - 8);
		struct tlv_area area = { octets, octets + sizeof(octets), sizeof(octets) };
		struct tlv_exchange exchange = { 0 };
		struct tlv_place place = { &area, at, &exchange.change };
		struct tlv_writer writer;

		for (size_t j = 0; j < sizeof(octets); j++)
			octets[j] = i & 1 ? (uint8_t)(cases_random(&random) >> 56) : 0xff;
		memcpy(before, octets, sizeof(octets));
		assert_true(tlv_open(&writer, &place, 8));
		for (uint32_t word = 0; word < 4; word++)
			tlv_put(&writer, word & 1,
				i & 2 ? (__be32)cases_random(&random) : (__be32) - (word & 1));
		exchange.at = at;
		assert_true(mark_malformed(&area, &exchange));
		assert_int_equal(sum_with(before, sizeof(octets), exchange.change),
				 sum_with(octets, sizeof(octets), 0));
	}
}

int main(void)
{
	struct CMUnitTest tests[2 * ARRAY_SIZE(tlv_rows) + ARRAY_SIZE(exchange_cases) + 2];
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(tlv_rows); i++) {
		struct tlv_row *row = (struct tlv_row *)&tlv_rows[i];

		if (row->use != IN_KERNEL)
			continue;
		tests[count++] = (struct CMUnitTest){ row->name, row_is_answered_and_summed, NULL,
						      NULL, row };
		tests[count++] =
			(struct CMUnitTest){ row->name, row_is_answered_whole_or_not_at_all, NULL,
					     NULL, row };
	}
	ADD_CASES(tests, count, exchange_cases, exchange_decides);
	ADD_TEST(tests, count, every_class_of_service_is_answered);
	ADD_TEST(tests, count, random_changes_are_summed);
	return RUN_TESTS(tests, count, NULL, NULL);
}
