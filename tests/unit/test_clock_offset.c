/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is claimed of the clock while stampd watches it, and after. */
#include "lib/cases.h"
#include "stamp/clock_offset.h"

#define VALID_UNTIL 5000000000ULL

/* clang-format off */
static const struct estimate_case {
	const char *name;
	uint16_t estimate;
	uint64_t monotonic_ns;
	uint16_t expected;
} estimate_cases[] = {
	{ "a watched clock is synchronized", 0x8587, 1, 0x8587 },
	{ "it is so to the last nanosecond", 0x8587, VALID_UNTIL, 0x8587 },
	{ "after it S is cleared and the rest stays", 0x8587, VALID_UNTIL + 1, 0x0587 },
	{ "for ever", 0x8587, UINT64_MAX, 0x0587 },
	{ "a clock that is not synchronized stays so", 0x3fff, 1, 0x3fff },
	{ "also when nobody watches", 0x3fff, UINT64_MAX, 0x3fff },
};
/* clang-format on */

static void estimate_is_claimed(void **state)
{
	const struct estimate_case *c = *state;
	struct clock_reading clock = {
		.valid_until_ns = VALID_UNTIL,
		.error_estimate = c->estimate,
	};

	assert_int_equal(clock_error_estimate(&clock, c->monotonic_ns), c->expected);
}

/* clang-format off */
static const struct source_case {
	const char *name;
	uint8_t source;
	uint16_t estimate;
	uint64_t monotonic_ns;
	uint8_t expected; /* RFC 8972 section 4.3 */
} source_cases[] = {
	{ "a watched clock has its source", 4, 0x8587, 1, 4 },
	{ "it has it to the last nanosecond", 1, 0x8587, VALID_UNTIL, 1 },
	{ "after it the clock runs free", 1, 0x8587, VALID_UNTIL + 1, 5 },
	{ "it runs free for ever", 2, 0x8587, UINT64_MAX, 5 },
	{ "a clock without S runs free", 1, 0x0587, 1, 5 },
	{ "a clock of which nothing is known runs free", 0, 0x3fff, 1, 5 },
};
/* clang-format on */

static void source_is_told(void **state)
{
	const struct source_case *c = *state;
	struct clock_reading clock = {
		.valid_until_ns = VALID_UNTIL,
		.error_estimate = c->estimate,
		.synchronization_source = c->source,
	};

	assert_int_equal(clock_synchronization_source(&clock, c->monotonic_ns), c->expected);
}

/* The kernel's program and user space map the same octets. */
static void layout_is_fixed(void **state)
{
	(void)state;
	assert_int_equal(offsetof(struct clock_offset, copies), 8);
	assert_int_equal(offsetof(struct clock_reading, known_second), 8);
	assert_int_equal(offsetof(struct clock_reading, valid_until_ns), 16);
	assert_int_equal(offsetof(struct clock_reading, tai_offset), 24);
	assert_int_equal(offsetof(struct clock_reading, error_estimate), 28);
	assert_int_equal(offsetof(struct clock_reading, synchronization_source), 30);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(estimate_cases) + ARRAY_SIZE(source_cases) + 1];
	size_t count = 0;

	ADD_CASES(tests, count, estimate_cases, estimate_is_claimed);
	ADD_CASES(tests, count, source_cases, source_is_told);
	ADD_TEST(tests, count, layout_is_fixed);
	return RUN_TESTS(tests, count, NULL, NULL);
}
