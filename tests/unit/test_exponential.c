/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Random intervals: their mean, their distribution, and what they depend on. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sender/exponential.h"

#define DRAWS 100000
#define MEAN_NS 10000000ULL
#define DECILES 10

/* -ln(1 - n/10) of the mean, n = 1 to 9, rounded from what bc -l prints. */
static const double decile_bounds[DECILES - 1] = {
	0.105360516, 0.223143551, 0.356674944, 0.510825624, 0.693147181,
	0.916290732, 1.203972804, 1.609437912, 2.302585093,
};

static size_t decile_of(uint64_t ns)
{
	size_t decile = 0;

	while (decile < DECILES - 1 && (double)ns > decile_bounds[decile] * (double)MEAN_NS)
		decile++;
	return decile;
}

/* A hundredth of the mean is three standard deviations of a mean of 100,000. */
static void the_mean_is_what_was_asked_for(void **state)
{
	uint64_t random = 1, sum_ns = 0;

	(void)state;
	for (int i = 0; i < DRAWS; i++)
		sum_ns += exponential_ns(&random, MEAN_NS);
	assert_in_range(sum_ns / DRAWS, MEAN_NS * 99 / 100, MEAN_NS * 101 / 100);
}

/* The standard deviation of a count is 95. */
static void every_decile_has_a_tenth(void **state)
{
	uint64_t random = 2;
	unsigned int counts[DECILES] = { 0 };

	(void)state;
	for (int i = 0; i < DRAWS; i++)
		counts[decile_of(exponential_ns(&random, MEAN_NS))]++;
	for (size_t i = 0; i < DECILES; i++)
		assert_in_range(counts[i], DRAWS / 10 - 400, DRAWS / 10 + 400);
}

/* A short interval says nothing about the next: 1 - 1/e of all are below the mean. */
static void an_interval_does_not_depend_on_the_one_before(void **state)
{
	uint64_t random = 3, before_ns = exponential_ns(&random, MEAN_NS);
	unsigned int both_short = 0;

	(void)state;
	for (int i = 0; i < DRAWS; i++) {
		uint64_t now_ns = exponential_ns(&random, MEAN_NS);

		both_short += now_ns < MEAN_NS && before_ns < MEAN_NS;
		before_ns = now_ns;
	}
	assert_in_range(both_short, DRAWS * 39 / 100, DRAWS * 41 / 100); /* 39.96 % */
}

/* At 10 us one interval in 20,000 is shorter than half a nanosecond. */
static void rounding_to_zero_is_as_rare_as_it_has_to_be(void **state)
{
	uint64_t random = 4;
	unsigned int zeros = 0;

	(void)state;
	for (int i = 0; i < DRAWS; i++)
		zeros += exponential_ns(&random, 10000) == 0;
	assert_in_range(zeros, 0, 20); /* 5 are expected */
}

static void an_interval_is_never_longer_than_37_times_the_mean(void **state)
{
	const uint64_t hour_ns = 3600000000000;
	uint64_t random = 5;

	(void)state;
	for (int i = 0; i < DRAWS; i++)
		assert_in_range(exponential_ns(&random, hour_ns), 0, 37 * hour_ns);
}

static void seeds_differ_and_repeat(void **state)
{
	uint64_t one = 6, same = 6, other = 7;

	(void)state;
	for (int i = 0; i < 100; i++) {
		uint64_t interval_ns = exponential_ns(&one, MEAN_NS);

		assert_int_equal(interval_ns, exponential_ns(&same, MEAN_NS));
		assert_int_not_equal(interval_ns, exponential_ns(&other, MEAN_NS));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_mean_is_what_was_asked_for),
		cmocka_unit_test(every_decile_has_a_tenth),
		cmocka_unit_test(an_interval_does_not_depend_on_the_one_before),
		cmocka_unit_test(rounding_to_zero_is_as_rare_as_it_has_to_be),
		cmocka_unit_test(an_interval_is_never_longer_than_37_times_the_mean),
		cmocka_unit_test(seeds_differ_and_repeat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
