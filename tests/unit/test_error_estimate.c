/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The Error Estimate: worked figures, and the promise that a claim is never better than true. */
#include "lib/cases.h"
#include "stamp/error_estimate.h"

#define RANDOM_VALUES 1000000

/* clang-format off */
static const struct encode_case {
	const char *name;
	uint64_t error_ns;
	uint16_t expected;
} encode_cases[] = {
	{ "no error is the smallest one", 0, 0x0001 },
	{ "1 ns", 1, 0x0005 },
	{ "59 ns is the last with Scale 0", 59, 0x00fe },
	{ "60 ns needs Scale 1", 60, 0x0181 },
	{ "1 us", 1000, 0x0587 },
	{ "100 us", 100000, 0x0bd2 },
	{ "1 ms", 1000000, 0x0f84 },
	{ "10 ms", 10000000, 0x12a4 },
	{ "1 s", 1000000000, 0x1980 },
	{ "1 s and 1 ns is more than 1 s", 1000000001, 0x1981 },
	{ "the longest that 64 bits hold", UINT64_MAX, 0x3b8a },
};

static const struct decode_case {
	const char *name;
	uint16_t estimate;
	uint64_t expected;
} decode_cases[] = {
	{ "2^-32 s is rounded up to 1 ns", 0x0001, 1 },
	{ "5 * 2^-32 s", 0x0005, 2 },
	{ "S and Z are no part of the error", 0xc005, 2 },
	{ "1 us", 0x8587, 1006 },
	{ "1 s", 0x1980, 1000000000 },
	{ "half a second", 0x1880, 500000000 },
	{ "255 s", 0x20ff, 255000000000 },
	{ "unknown is more than 64 bits hold", STAMP_ERROR_UNKNOWN, UINT64_MAX },
	{ "a Multiplier of 0 claims nothing", 0x1900, UINT64_MAX },
};
/* clang-format on */

static void error_is_encoded(void **state)
{
	const struct encode_case *c = *state;

	assert_int_equal(stamp_error_encode(c->error_ns), c->expected);
}

static void estimate_is_decoded(void **state)
{
	const struct decode_case *c = *state;

	assert_int_equal(stamp_error_decode(c->estimate), c->expected);
}

/* Multiplier * 2^Scale >= error * 2^32, both times 10^9; and one step less would be too good. */
static void claim_is_true_and_tight(uint64_t error_ns)
{
	uint16_t estimate = stamp_error_encode(error_ns);
	unsigned __int128 multiplier = estimate & 0xff;
	unsigned int scale = estimate >> 8;
	unsigned __int128 error = (unsigned __int128)error_ns << 32;

	if (!multiplier || scale > 63 || (multiplier << scale) * NSEC_PER_SEC < error)
		fail_msg("%llu ns is claimed as 0x%04x", (unsigned long long)error_ns, estimate);
	if (multiplier > 1 && ((multiplier - 1) << scale) * NSEC_PER_SEC >= error)
		fail_msg("%llu ns could be better than 0x%04x", (unsigned long long)error_ns,
			 estimate);
	if (stamp_error_decode(estimate) < error_ns)
		fail_msg("0x%04x is read as less than %llu ns", estimate,
			 (unsigned long long)error_ns);
}

static void claims_are_never_better_than_true(void **state)
{
	uint64_t random = 0x5eed0004;

	(void)state;
	for (uint64_t error_ns = 0; error_ns < 100000; error_ns++)
		claim_is_true_and_tight(error_ns);
	for (unsigned int bit = 0; bit < 64; bit++)
		for (uint64_t near = 0; near < 3; near++)
			claim_is_true_and_tight((1ULL << bit) - 1 + near);
	for (int i = 0; i < RANDOM_VALUES; i++)
		claim_is_true_and_tight(cases_random(&random) >> i % 64);
}

/* Encoding what an estimate claims gives no worse an estimate, but for the rounding to 1 ns. */
static void decoded_claims_are_encoded_again(void **state)
{
	(void)state;
	for (unsigned int scale = 4; scale < 57; scale++)
		for (unsigned int multiplier = 128; multiplier < 256; multiplier++) {
			uint16_t estimate = (uint16_t)(scale << 8 | multiplier);
			uint64_t error_ns = stamp_error_decode(estimate);

			assert_in_range(stamp_error_encode(error_ns), estimate, estimate + 129);
			assert_true(stamp_error_decode(stamp_error_encode(error_ns - 1)) <=
				    error_ns);
		}
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(encode_cases) + ARRAY_SIZE(decode_cases) + 2];
	size_t count = 0;

	ADD_CASES(tests, count, encode_cases, error_is_encoded);
	ADD_CASES(tests, count, decode_cases, estimate_is_decoded);
	ADD_TEST(tests, count, claims_are_never_better_than_true);
	ADD_TEST(tests, count, decoded_claims_are_encoded_again);
	return RUN_TESTS(tests, count, NULL, NULL);
}
