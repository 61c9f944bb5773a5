/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is seen of a request's TLVs before any of them is answered: RFC 8972 section 4. */
#include <stdlib.h>
#include <string.h>

#include "lib/cases.h"
#include "lib/hex.h"
#include "lib/tlv_rows.h"

#define NO_LIMIT 100
#define KERNEL_TLVS 8
#define KERNEL_SUB_TLVS 4

static const struct tlv_limits no_limits = { NO_LIMIT, NO_LIMIT };
static const struct tlv_limits kernel_limits = { KERNEL_TLVS, KERNEL_SUB_TLVS };

/* Surveys a copy that is as large as it must be, of which the first `touchable` octets can be
 * touched, and sees to it that nothing is changed. */
static struct tlv_survey survey_of(const uint8_t *octets, uint32_t length, uint32_t touchable,
				   __u16 link, struct tlv_limits limits)
{
	uint8_t *copy = malloc(touchable ? touchable : 1);
	struct tlv_area area = { .start = copy, .length = length };
	struct tlv_survey survey;

	assert_non_null(copy);
	memcpy(copy, octets, touchable);
	area.end = copy + touchable;
	survey = survey_tlvs(&area, link, limits);
	if (touchable)
		assert_memory_equal(copy, octets, touchable);
	free(copy);
	return survey;
}

#define MALFORMED TLV_SURVEY_MALFORMED
#define INTRICATE (TLV_SURVEY_MALFORMED | TLV_SURVEY_INTRICATE)
#define BEYOND TLV_SURVEY_BEYOND
#define OTHER TLV_SURVEY_OTHER
#define HAS_HMAC (TLV_SURVEY_HMAC | TLV_SURVEY_OTHER)
#define BAD_HMAC (TLV_SURVEY_BAD_HMAC | TLV_SURVEY_OTHER)
#define MISPLACED (HAS_HMAC | TLV_SURVEY_MISPLACED)
#define WRONG_MEMBER (TLV_SURVEY_WRONG_MEMBER | TLV_SURVEY_OTHER)

#define COS "80040004 b8000000"
#define PADDING "80010001 aa"
#define HMAC "80080010" Z16

/* clang-format off */
static const struct survey_case {
	const char *name, *octets;
	uint32_t count, sound, flags, hmac_at;
} survey_cases[] = {
	{ "R8972-4-6: no octet, no TLV", "", 0, 0, 0, 0 },
	{ "R8972-4.8-1: Extra Padding is nothing other", PADDING, 1, 5, 0, 0 },
	{ "R8972-4.8-1: Extra Padding twice, too", PADDING PADDING, 2, 10, 0, 0 },
	{ "a TLV that is something other", COS, 1, 8, OTHER, 0 },
	{ "an unknown one, too", "00c80000", 1, 4, OTHER, 0 },
	{ "all of several are counted", COS "00c80001 ff" PADDING, 3, 18, OTHER, 0 },

	{ "A-05: one octet", "80", 0, 0, MALFORMED, 0 },
	{ "A-05: three octets", "800400", 0, 0, MALFORMED, 0 },
	{ "A-05: two octets behind a TLV", COS "8004", 1, 8, MALFORMED | OTHER, 0 },
	{ "R8972-4-9: Extra Padding too long is nothing other", "80010001", 0, 0, MALFORMED, 0 },
	{ "R8972-4-9: an unknown Type too long", "80c80001", 0, 0, MALFORMED | OTHER, 0 },
	{ "R8972-4-9: what is behind a malformed one is not seen", "80040000" HMAC, 0, 0,
	  MALFORMED | OTHER, 0 },
	{ "R8972-4.2-2: Location", "80020003 000000", 0, 0, INTRICATE | OTHER, 0 },
	{ "R8972-4.2-2: Location with a sub-TLV too long", "80020008" Z4 "00c80001", 0, 0,
	  INTRICATE | OTHER, 0 },
	{ "R8972-4.2.1-3: Location with a sub-TLV of a wrong Length", "80020008" Z4 "80010000", 0, 0,
	  INTRICATE | OTHER, 0 },
	{ "R8972-4.3-2: Timestamp Information", "80030000", 0, 0, INTRICATE | OTHER, 0 },
	{ "R8972-4.3-2: Timestamp Information with two octets left over", "80030006" Z4 "0000", 0, 0,
	  INTRICATE | OTHER, 0 },
	{ "R8972-4.7-3: Follow-Up Telemetry", "8007000f" F8 F4 "ffffff", 0, 0, INTRICATE | OTHER, 0 },

	{ "R8972-4.8-2: an HMAC TLV alone", HMAC, 1, 20, HAS_HMAC, 0 },
	{ "R8972-4.8-2: an HMAC TLV behind all others", COS PADDING HMAC, 3, 33, HAS_HMAC, 13 },
	{ "R8972-4.8-2: Extra Padding behind it", COS HMAC PADDING PADDING, 4, 38, HAS_HMAC, 8 },
	{ "R8972-4.8-3: another TLV behind it", HMAC COS, 2, 28, MISPLACED, 0 },
	{ "R8972-4.8-3: another TLV behind it and padding", HMAC PADDING COS, 3, 33, MISPLACED, 0 },
	{ "R8972-4.8-3: an unknown TLV behind it", HMAC "00c80000", 2, 24, MISPLACED, 0 },
	{ "R8972-4.8-3: a malformed TLV behind it", HMAC "80040000", 1, 20, MISPLACED | MALFORMED,
	  0 },
	{ "R8972-4.8-3: malformed Location behind it", HMAC "80020000", 1, 20, MISPLACED | INTRICATE,
	  0 },
	{ "A-16: an HMAC TLV behind it", HMAC HMAC, 2, 40, MISPLACED, 20 },
	{ "A-16: a malformed HMAC TLV behind it", HMAC "80080000", 1, 20,
	  MISPLACED | BAD_HMAC | MALFORMED, 0 },
	{ "A-05: an octet left over behind it", HMAC "80", 1, 20, HAS_HMAC | MALFORMED, 0 },
	{ "Extra Padding too long behind it", HMAC "80010001", 1, 20, HAS_HMAC | MALFORMED, 0 },
	{ "A-17: an HMAC TLV of 0 octets", "80080000", 0, 0, BAD_HMAC | MALFORMED, 0 },
	{ "A-17: an HMAC TLV of 15 octets", PADDING "8008000f" F8 F4 "ffffff", 1, 5,
	  BAD_HMAC | MALFORMED, 0 },
	{ "A-17: an HMAC TLV cut short", "80080010" Z8, 0, 0, BAD_HMAC | MALFORMED, 0 },
	{ "A-18: an HMAC TLV behind a malformed one is not seen", COS "80050000" HMAC, 1, 8,
	  MALFORMED | OTHER, 0 },

	{ "R9534-3.2-3: another link", "800b0004 00070022", 1, 8, WRONG_MEMBER, 0 },
	{ "R9534-3.2-3: the greatest number, at an odd place", PADDING "800b0004 0007ffff", 2, 13,
	  WRONG_MEMBER, 0 },
	{ "R9534-3.2-3: it differs in its high octet", "800b0004 00070121", 1, 8, WRONG_MEMBER, 0 },
	{ "R9534-3.2-3: the right link", "800b0004 00220021", 1, 8, OTHER, 0 },
	{ "R9534-3.2-4: no link", "800b0004 00220000", 1, 8, OTHER, 0 },
	{ "R9534-3.2-3: a right one and a wrong one", "800b0004 00070021 800b0004 00070022", 2, 16,
	  WRONG_MEMBER, 0 },
	{ "R9534-3.2-3: a wrong one in front of a malformed TLV", "800b0004 00070022 80", 1, 8,
	  WRONG_MEMBER | MALFORMED, 0 },
	{ "R9534-3.1-1: of 5 octets it is malformed", "800b0005 0007002200", 0, 0,
	  MALFORMED | OTHER, 0 },
};
/* clang-format on */

static void survey_is(void **state)
{
	const struct survey_case *c = *state;
	uint8_t octets[TLV_ROW_MAX];
	uint32_t length = hex_read(c->octets, octets, TLV_ROW_MAX);
	struct tlv_survey survey = survey_of(octets, length, length, TLV_ROW_LINK, no_limits);

	assert_int_equal(survey.flags, c->flags);
	assert_int_equal(survey.count, c->count);
	assert_int_equal(survey.sound, c->sound);
	assert_int_equal(survey.hmac_at, c->hmac_at);
}

/* nothing is wrong then. */
static void without_a_number_no_link_is_wrong(void **state)
{
	uint8_t octets[TLV_ROW_MAX];
	uint32_t length = hex_read("800b0004 00070022", octets, TLV_ROW_MAX);

	(void)state;
	assert_int_equal(survey_of(octets, length, length, 0, no_limits).flags, OTHER);
}

/* By the tables of RFC 8972 section 4, RFC 9503 section 3 and RFC 9534 section 3.1; of zeros, each
 * four octets behind the fixed ones of Location and Timestamp Information are a sub-TLV. */
static bool may_have(uint32_t type, uint32_t length)
{
	switch (type) {
	case 2:
	case 3:
		return length && length % 4 == 0;
	case 4:
	case 6:
	case 11:
		return length == 4;
	case 5:
		return length == 12;
	case 7:
	case 8:
		return length == 16;
	case 9:
		return length == 4 || length == 16;
	default:
		return true;
	}
}

/* R8972-4-3, R8972-4-9, R8972-6-1: every Type with every Length up to 40, of zeros. */
static void each_type_has_its_lengths(void **state)
{
	(void)state;
	for (uint32_t type = 0; type < 256; type++)
		for (uint32_t length = 0; length <= 40; length++) {
			uint8_t octets[44] = { 0x80, (uint8_t)type, 0, (uint8_t)length };
			struct tlv_survey survey =
				survey_of(octets, 4 + length, 4 + length, 0, no_limits);

			if (!(survey.flags & MALFORMED) != may_have(type, length))
				fail_msg("Type %u with Length %u", type, length);
			assert_int_equal(survey.count, may_have(type, length));
		}
}

/* R8972-4.2.1-3: 8 octets for a MAC address, 16 for others, and any for what requests don't ask
 * with; Timestamp Information has none that is known. */
static void each_sub_tlv_has_its_length(void **state)
{
	(void)state;
	for (uint32_t type = 0; type < 256; type++)
		for (uint32_t length = 0; length <= 24; length++) {
			uint8_t octets[36] = { 0x80,
					       2,
					       0,
					       (uint8_t)(8 + length),
					       [9] = (uint8_t)type,
					       [11] = (uint8_t)length };
			bool is_good = type == 1                ? length == 8
				       : type == 4 || type == 7 ? length == 16
								: true;

			if (!(survey_of(octets, 12 + length, 12 + length, 0, no_limits).flags &
			      MALFORMED) != is_good)
				fail_msg("sub-TLV %u with Length %u", type, length);
			octets[1] = 3;
			assert_int_equal(
				survey_of(octets, 12 + length, 12 + length, 0, no_limits).flags,
				OTHER);
		}
}

/* R8972-4-9: cut anywhere else than between two TLVs, the last one is malformed. */
static void a_packet_cut_anywhere_is_seen_to_be(void **state)
{
	static const uint32_t ends[] = { 0, 5, 41, 49, 65, 73, 93, 113, 121 };
	uint8_t octets[TLV_ROW_MAX];
	uint32_t whole =
		hex_read(PADDING "80020020" Z4 "80010008" Z8 "80c8000c" F8 F4 COS "8005000c" F8 F4
				 "80060004 10010000 80070010" F16 "80090010" F16 "800b0004" Z4,
			 octets, TLV_ROW_MAX);
	size_t sound = 0;

	(void)state;
	assert_int_equal(whole, ends[ARRAY_SIZE(ends) - 1]);
	for (uint32_t length = 0; length <= whole; length++) {
		struct tlv_survey survey = survey_of(octets, length, length, 0, no_limits);

		sound += sound + 1 < ARRAY_SIZE(ends) && ends[sound + 1] == length;
		assert_int_equal(survey.count, sound);
		assert_int_equal(survey.sound, ends[sound]);
		assert_int_equal(survey.flags & MALFORMED, ends[sound] == length ? 0 : MALFORMED);
		assert_false(survey.flags & BEYOND);
	}
}

#define TWO COS COS
#define EIGHT TWO TWO TWO TWO
#define FOUR_SUB_TLVS Z16

/* clang-format off */
static const struct limit_case {
	const char *name, *octets;
	bool is_beyond;
} limit_cases[] = {
	{ "eight TLVs are within", EIGHT, false },
	{ "nine are not", EIGHT PADDING, true },
	{ "nor are eight and an octet left over", EIGHT "80", true },
	{ "seven and a malformed one are", TWO TWO TWO COS "80040000", false },
	{ "four sub-TLVs are within", "80020014" Z4 FOUR_SUB_TLVS, false },
	{ "five are not", "80020018" Z4 FOUR_SUB_TLVS Z4, true },
	{ "nor are four and an octet left over", "80020015" Z4 FOUR_SUB_TLVS "00", true },
	{ "three and one too long are", "80020014" Z4 Z8 Z4 "00c80001", false },
	{ "each TLV may have four", "80020014" Z4 FOUR_SUB_TLVS "80030014" Z4 FOUR_SUB_TLVS, false },
};
/* clang-format on */

static void limits_of_the_kernel_are_told(void **state)
{
	const struct limit_case *c = *state;
	uint8_t octets[TLV_ROW_MAX];
	uint32_t length = hex_read(c->octets, octets, TLV_ROW_MAX);

	assert_int_equal(survey_of(octets, length, length, 0, kernel_limits).flags & BEYOND,
			 c->is_beyond ? BEYOND : 0);
	assert_int_equal(survey_of(octets, length, length, 0, no_limits).flags & BEYOND, 0);
}

/* In the kernel a TLV may begin, or have its Value, behind what can be touched: stampd's. But of
 * what is not understood only the header is needed. */
static void what_cannot_be_touched_is_told(void **state)
{
	static const struct {
		const char *octets;
		uint32_t needed;
	} rows[] = {
		{ COS, 8 },
		{ PADDING, 4 },
		{ "80c80010" Z16, 4 },
		{ "80040003 000000", 4 },
		{ "80020004" Z4, 8 },
		{ "80020010" Z4 "80010008" Z8, 20 },
		{ "80030004" Z4, 8 },
		{ "8005000c" Z8 Z4, 16 },
		{ "80060004" Z4, 8 },
		{ "80070010" Z16, 20 },
		{ "80090004" Z4, 8 },
		{ "80090010" Z16, 20 },
		{ "800b0004 00070022", 8 },
		{ "80010008" Z8 COS, 20 },
		{ "80", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint8_t octets[TLV_ROW_MAX];
		uint32_t length = hex_read(rows[i].octets, octets, TLV_ROW_MAX);

		for (uint32_t touchable = 0; touchable <= length; touchable++)
			if (!!(survey_of(octets, length, touchable, 0, kernel_limits).flags &
			       BEYOND) != (touchable < rows[i].needed))
				fail_msg("%s: %u octets can be touched", rows[i].octets, touchable);
	}
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(survey_cases) + ARRAY_SIZE(limit_cases) + 5];
	size_t count = 0;

	ADD_CASES(tests, count, survey_cases, survey_is);
	ADD_CASES(tests, count, limit_cases, limits_of_the_kernel_are_told);
	ADD_TEST(tests, count, without_a_number_no_link_is_wrong);
	ADD_TEST(tests, count, each_type_has_its_lengths);
	ADD_TEST(tests, count, each_sub_tlv_has_its_length);
	ADD_TEST(tests, count, a_packet_cut_anywhere_is_seen_to_be);
	ADD_TEST(tests, count, what_cannot_be_touched_is_told);
	return RUN_TESTS(tests, count, NULL, NULL);
}
