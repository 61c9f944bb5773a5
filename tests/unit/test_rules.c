/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Generations of rules: they change with each update and never come back after a restart. */
#include "lib/cases.h"
#include "reflector/rules.h"

#define DAY_NS (86400ULL * 1000000000ULL)
#define DAY_MS 86400000U

/* clang-format off */
static const struct generation_case {
	const char *name;
	uint32_t present;
	uint64_t now_ns;
	uint32_t expected;
} generation_cases[] = {
	{ "a start takes the milliseconds of the clock", 0, 5000000000ULL, 5000 },
	{ "so does one after thirty days", 0, 30 * DAY_NS, 30U * DAY_MS },
	{ "and one after fifty, when 32 bits have wrapped", 0, 50 * DAY_NS,
	  (uint32_t)(50ULL * DAY_MS) },
	{ "a start in the first millisecond is not 0", 0, 1, 1 },
	{ "an update takes the clock, too", 5000, 6000000000ULL, 6000 },
	{ "two within a millisecond differ", 6000, 6000000000ULL, 6001 },
	{ "after thirty days as well", 30U * DAY_MS, 30 * DAY_NS, 30U * DAY_MS + 1 },
	{ "a burst ahead of the clock goes on counting", 7000, 6000000000ULL, 7001 },
	{ "0 is left out when they wrap", UINT32_MAX, 0, 1 },
};
/* clang-format on */

static void generation_is(void **state)
{
	const struct generation_case *c = *state;

	assert_int_equal(rules_generation_after(c->present, c->now_ns), c->expected);
}

int main(void)
{
	static struct CMUnitTest tests[ARRAY_SIZE(generation_cases)];

	for (size_t i = 0; i < ARRAY_SIZE(tests); i++)
		tests[i] = (struct CMUnitTest){ generation_cases[i].name, generation_is, NULL, NULL,
						(void *)&generation_cases[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
