/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The log-linear histogram: where values go, how far its answers are off, merging. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "stamp/histogram.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static const struct index_case {
	const char *name;
	uint64_t value;
	uint32_t index;
} index_cases[] = {
	{ "zero is in the first bucket", 0, 0 },
	{ "63 ns has a bucket of its own", 63, 63 },
	{ "64 ns has a bucket of its own", 64, 64 },
	{ "127 ns has a bucket of its own", 127, 127 },
	{ "128 ns and 129 ns share a bucket", 129, 128 },
	{ "130 ns is in the next", 130, 129 },
	{ "255 ns ends the octave", 255, 191 },
	{ "1 us is in the 62nd bucket from 512 ns on", 1000, 256 + 61 },
	{ "the largest value that has a bucket", (1ULL << 40) - 1, HISTOGRAM_BUCKETS - 1 },
	{ "18 minutes are in the last bucket", 1ULL << 40, HISTOGRAM_BUCKETS - 1 },
	{ "the largest number is in the last bucket", UINT64_MAX, HISTOGRAM_BUCKETS - 1 },
};

static void is_in_its_bucket(void **state)
{
	const struct index_case *c = *state;

	assert_int_equal(histogram_index(c->value), c->index);
}

static void a_bucket_is_within_one_percent_of_its_values(void **state)
{
	(void)state;
	for (uint64_t value = 1; value < 1ULL << 40; value += value / 300 + 1) {
		uint64_t middle = histogram_value(histogram_index(value));
		uint64_t apart = middle > value ? middle - value : value - middle;

		assert_true(apart * 100 <= value);
	}
}

static void buckets_follow_each_other_without_gaps(void **state)
{
	uint32_t last = 0;

	(void)state;
	for (uint64_t value = 0; value < 100000; value++) {
		uint32_t index = histogram_index(value);

		assert_true(index == last || index == last + 1);
		last = index;
	}
}

static void percentiles_of_known_values(void **state)
{
	static struct histogram histogram;

	(void)state;
	for (uint64_t value = 1; value <= 100; value++)
		histogram_add(&histogram, value);
	assert_int_equal(histogram_count(&histogram), 100);
	assert_int_equal(histogram_percentile(&histogram, 0), 1);
	assert_int_equal(histogram_percentile(&histogram, 500), 50);
	assert_int_equal(histogram_percentile(&histogram, 950), 95);
	assert_int_equal(histogram_percentile(&histogram, 999), 100);
	assert_int_equal(histogram_percentile(&histogram, 1000), 100);
}

static void nothing_in_it_is_zero(void **state)
{
	static const struct histogram histogram;

	(void)state;
	assert_int_equal(histogram_count(&histogram), 0);
	assert_int_equal(histogram_percentile(&histogram, 500), 0);
}

static void merged_counts_add_up(void **state)
{
	static struct histogram one, other;

	(void)state;
	histogram_add(&one, 10);
	histogram_add(&other, 10);
	histogram_add(&other, 1ULL << 50);
	histogram_merge(&one, &other);
	assert_int_equal(one.counts[10], 2);
	assert_int_equal(one.counts[HISTOGRAM_BUCKETS - 1], 1);
	assert_int_equal(histogram_count(&one), 3);
}

static void ranks_do_not_overflow(void **state)
{
	(void)state;
	assert_int_equal(histogram_rank(1, 500), 1);
	assert_int_equal(histogram_rank(3, 500), 2);
	assert_int_equal(histogram_rank(1000, 999), 999);
	assert_true(histogram_rank(UINT64_MAX, 1000) == UINT64_MAX);
}

/* Written down by hand: bit n is the highest of 2^n and of 2^(n+1) - 1. */
static void both_ways_to_the_highest_bit_agree(void **state)
{
	(void)state;
	assert_int_equal(histogram_highest_bit(0), 0);
	assert_int_equal(histogram_highest_bit_by_halves(0), 0);
	for (__u32 bit = 0; bit < 63; bit++) {
		__u64 lowest = 1ULL << bit, highest = 2 * lowest - 1;

		assert_int_equal(histogram_highest_bit(lowest), bit);
		assert_int_equal(histogram_highest_bit(highest), bit);
		assert_int_equal(histogram_highest_bit_by_halves(lowest), bit);
		assert_int_equal(histogram_highest_bit_by_halves(highest), bit);
	}
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(index_cases) + 7];
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(index_cases); i++)
		tests[count++] = (struct CMUnitTest){ index_cases[i].name, is_in_its_bucket, NULL,
						      NULL, (void *)&index_cases[i] };
	tests[count++] =
		(struct CMUnitTest)cmocka_unit_test(a_bucket_is_within_one_percent_of_its_values);
	tests[count++] =
		(struct CMUnitTest)cmocka_unit_test(buckets_follow_each_other_without_gaps);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(percentiles_of_known_values);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(nothing_in_it_is_zero);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(merged_counts_add_up);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(ranks_do_not_overflow);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(both_ways_to_the_highest_bit_agree);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
