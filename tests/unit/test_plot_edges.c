/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The rows of a histogram: which ranges are chosen, and how they are called. */
#include "lib/cases.h"

#include <stdlib.h>
#include <string.h>

#include "ping/plot_edges.h"

#define VALUES_MAX 6
#define ROWS_MAX 12
#define US 1000LL
#define MS (1000 * US)
#define S (1000 * MS)

static struct distribution distribution;

struct values {
	int64_t ns;
	unsigned int times;
};

/* clang-format off */
static const struct edges_case {
	const char *name;
	struct values values[VALUES_MAX];
	const char *rows[ROWS_MAX]; /* up to a NULL */
	const char *end;            /* the last edge */
} cases[] = {
	{ "one value has one row", { { 42, 1 } }, { "42 to 43 ns" }, "43 ns" },
	{ "zero has one row", { { 0, 7 } }, { "0 to 1 ns" }, "1 ns" },
	{ "a negative value is in the row below it", { { -5, 1 } },
	  { "-6 to -5 ns" }, "-5 ns" },
	{ "values close together have rows of equal width",
	  { { 5, 2 }, { 6, 1 }, { 9, 1 } },
	  { "5 to 6 ns", "6 to 7 ns", "7 to 8 ns", "8 to 9 ns", "9 to 10 ns" }, "10 ns" },
	/* From 2^16 to 2^17 a bucket is 1024 ns wide; 98 304 is 96 of them. */
	{ "rows are no finer than buckets", { { 98304, 1 }, { 100000, 1 } },
	  { "98.3 to 99.3 us", "99.3 to 100.4 us" }, "100.4 us" },
	/* 3.2 ms in 12 rows and up to the next round step; from 2^21 a bucket is 32 768 ns wide. */
	{ "wide rows have round edges", { { 0, 1 }, { 600 * US, 1 }, { 2100 * US, 1 }, { 3200 * US, 1 } },
	  { "0 to 500 us", "0.5 to 1.0 ms", "1.0 to 1.5 ms", "1.5 to 2.0 ms", "2.0 to 2.5 ms",
	    "2.5 to 3.0 ms", "3.0 to 3.5 ms" }, "3.5 ms" },
	{ "a row can be 25 wide", { { 0, 1 }, { 80, 1 }, { 160, 1 }, { 250, 1 } },
	  { "0 to 25 ns", "25 to 50 ns", "50 to 75 ns", "75 to 100 ns", "100 to 125 ns",
	    "125 to 150 ns", "150 to 175 ns", "175 to 200 ns", "200 to 225 ns", "225 to 250 ns",
	    "250 to 275 ns" }, "275 ns" },
	{ "values of every size have rows that grow",
	  { { 30 * US, 9 }, { 300 * US, 9 }, { 3 * MS, 9 }, { 30 * MS, 9 } },
	  { "20 to 50 us", "50 to 100 us", "100 to 200 us", "200 to 500 us", "0.5 to 1 ms",
	    "1 to 2 ms", "2 to 5 ms", "5 to 10 ms", "10 to 20 ms", "20 to 50 ms" }, "50 ms" },
	{ "rows grow from zero to both sides",
	  { { -3 * MS, 1 }, { -3 * US, 9 }, { 3 * US, 9 }, { 30 * US, 9 }, { 300 * US, 1 } },
	  { "-5 to -2 ms", "-2 to -1 ms", "-1 to -0.5 ms", "-500 to -200 us", "-200 to -100 us",
	    "-100 to -50 us", "-50 to 0 us", "0 to 50 us", "50 to 100 us", "100 to 200 us",
	    "200 to 500 us" }, "500 us" },
	{ "from a nanosecond to a quarter of an hour",
	  { { 1, 9 }, { US, 9 }, { MS, 9 }, { S, 9 }, { 900 * S, 9 } },
	  { NULL }, "1000 s" },
};
/* clang-format on */

static void fill(const struct values *values)
{
	distribution_clear(&distribution);
	for (size_t i = 0; i < VALUES_MAX; i++)
		for (unsigned int k = 0; k < values[i].times; k++)
			distribution_add(&distribution, values[i].ns);
}

static void rows_are_as_written(void **state)
{
	const struct edges_case *c = *state;
	char text[PLOT_EDGE_TEXT_MAX];
	struct plot_edges edges;
	size_t rows = 0;

	fill(c->values);
	edges = plot_edges_for(&distribution);
	for (; rows < ROWS_MAX && c->rows[rows]; rows++) {
		assert_in_range(rows, 0, edges.count - 2);
		assert_string_equal(plot_edges_row_text(&edges, rows, text), c->rows[rows]);
	}
	if (!c->end)
		return;
	assert_string_equal(plot_edges_text(&edges, edges.count - 1, text), c->end);
	if (rows)
		assert_int_equal(edges.count, rows + 1);
}

static int64_t random_value(uint64_t *random, unsigned int bits)
{
	int64_t value = (int64_t)(cases_random(random) >> (64 - bits));

	value >>= cases_random(random) % bits;
	return cases_random(random) % 4 ? value : -value;
}

static void fill_at_random(uint64_t *random)
{
	size_t count = cases_random(random) % 3000 + 1;
	unsigned int bits = (unsigned int)(cases_random(random) % 63 + 1);
	int64_t shift = cases_random(random) % 2 ? random_value(random, 40) : 0;

	distribution_clear(&distribution);
	for (size_t i = 0; i < count; i++)
		distribution_add(&distribution, random_value(random, bits) + shift);
}

/* A row more of them than there should be where the edge cuts a bucket. */
static void assert_rows_hold_nearly_all(const struct plot_edges *edges)
{
	uint64_t thousandth = distribution.count / 1000 + 1;
	int64_t limit = 1LL << HISTOGRAM_VALUE_BITS;

	if (distribution.min > -limit)
		assert_in_range(distribution_below(&distribution, edges->at[0]), 0, 2 * thousandth);
	if (distribution.max < limit)
		assert_in_range(distribution_below(&distribution, edges->at[edges->count - 1]),
				distribution.count - thousandth, distribution.count);
}

static void any_values_have_rising_rows_that_hold_nearly_all(void **state)
{
	uint64_t random = 3;

	(void)state;
	for (int run = 0; run < 300; run++) {
		struct plot_edges edges;

		fill_at_random(&random);
		edges = plot_edges_for(&distribution);
		assert_in_range(edges.count, 2, PLOT_EDGES_MAX);
		for (size_t i = 1; i < edges.count; i++) {
			assert_true(edges.at[i - 1] < edges.at[i]);
			assert_true(distribution_below(&distribution, edges.at[i - 1]) <=
				    distribution_below(&distribution, edges.at[i]));
		}
		assert_rows_hold_nearly_all(&edges);
	}
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases) + 1];
	size_t count = 0;

	ADD_CASES(tests, count, cases, rows_are_as_written);
	ADD_TEST(tests, count, any_values_have_rising_rows_that_hold_nearly_all);
	return RUN_TESTS(tests, count, NULL, NULL);
}
