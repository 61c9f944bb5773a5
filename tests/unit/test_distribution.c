/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Distributions of signed nanoseconds: exact moments, percentiles across zero. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sender/distribution.h"

static struct distribution distribution;

static void fill(const int64_t *values, size_t count)
{
	distribution_clear(&distribution);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(distribution_add(&distribution, values[i]), 0);
}

static void nothing_added_is_not_known(void **state)
{
	(void)state;
	fill(NULL, 0);
	assert_false(distribution_figures(&distribution).known);
}

static void moments_are_exact(void **state)
{
	static const int64_t values[] = { 1000002, 1000004, 1000004, 1000004,
					  1000005, 1000005, 1000007, 1000009 };
	struct figures figures;

	(void)state;
	fill(values, 8);
	figures = distribution_figures(&distribution);
	assert_true(figures.known);
	assert_int_equal(figures.min, 1000002);
	assert_int_equal(figures.mean, 1000005);
	assert_int_equal(figures.stddev, 2);
	assert_int_equal(figures.max, 1000009);
}

static void one_value_is_all_its_figures(void **state)
{
	static const int64_t values[] = { -123456789 };
	struct figures figures;

	(void)state;
	fill(values, 1);
	figures = distribution_figures(&distribution);
	assert_int_equal(figures.min, -123456789);
	assert_int_equal(figures.mean, -123456789);
	assert_int_equal(figures.stddev, 0);
	assert_int_equal(figures.p50, -123456789);
	assert_int_equal(figures.p99_9, -123456789);
	assert_int_equal(figures.max, -123456789);
}

static void percentiles_go_across_zero(void **state)
{
	static const int64_t values[] = { 20, -30, -10, 0, 10, -20, 30, 40, -40, 50 };
	struct figures figures;

	(void)state;
	fill(values, 10);
	figures = distribution_figures(&distribution);
	assert_int_equal(figures.min, -40);
	assert_int_equal(figures.p50, 0);
	assert_int_equal(figures.p95, 50);
	assert_int_equal(figures.mean, 5);
}

static void values_are_counted_up_to_a_limit_on_both_sides_of_zero(void **state)
{
	static const int64_t values[] = { 20, -30, -10, 0, 10, -20, 30, 40, -40, 50 };
	static const struct {
		int64_t limit;
		uint64_t count;
	} rows[] = {
		{ INT64_MIN, 0 }, { -41, 0 }, { -40, 1 }, { -11, 3 }, { -10, 4 },        { -1, 4 },
		{ 0, 5 },         { 10, 6 },  { 19, 6 },  { 49, 9 },  { INT64_MAX, 10 },
	};

	(void)state;
	fill(values, 10);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(distribution_at_most(&distribution, rows[i].limit), rows[i].count);
}

static void extreme_values_stay_in_order(void **state)
{
	static const int64_t values[] = { INT64_MIN, INT64_MAX };
	struct figures figures;

	(void)state;
	fill(values, 2);
	figures = distribution_figures(&distribution);
	assert_true(figures.min == INT64_MIN);
	assert_true(figures.max == INT64_MAX);
	assert_true(figures.p50 <= figures.p95);
}

static void a_shift_moves_all_but_the_spread(void **state)
{
	static const int64_t values[] = { 100, 110 };
	struct figures figures;

	(void)state;
	fill(values, 2);
	figures = figures_shift(distribution_figures(&distribution), 100);
	assert_int_equal(figures.min, 0);
	assert_int_equal(figures.mean, 5);
	assert_int_equal(figures.stddev, 5);
	assert_int_equal(figures.p50, 0);
	assert_int_equal(figures.max, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_added_is_not_known),
		cmocka_unit_test(moments_are_exact),
		cmocka_unit_test(one_value_is_all_its_figures),
		cmocka_unit_test(percentiles_go_across_zero),
		cmocka_unit_test(values_are_counted_up_to_a_limit_on_both_sides_of_zero),
		cmocka_unit_test(extreme_values_stay_in_order),
		cmocka_unit_test(a_shift_moves_all_but_the_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
