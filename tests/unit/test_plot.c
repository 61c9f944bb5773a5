/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Histogram and sparkline, letter by letter; what is expected was drawn by hand. */
#include "lib/cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ping/plot.h"

#define VALUES_MAX 4
#define EVENTS_MAX 6
#define MS 1000000

static const struct terminal unicode = { .unicode = true, .columns = 40 };
static const struct terminal ascii = { .columns = 40 };
static const struct terminal coloured = { true, true, true, true, 40 };
static const struct terminal narrow = { .unicode = true, .columns = 1 };
static const struct terminal wide = { .unicode = true, .columns = 1000 };

static struct distribution distribution;
static struct timeline timeline;

struct values {
	int64_t ns;
	unsigned int times;
};

/* clang-format off */
static const struct histogram_case {
	const char *name;
	const struct terminal *terminal;
	struct values values[VALUES_MAX];
	const char *text;
} histograms[] = {
	{ "no values are said to be none", &unicode, { { 0 } }, "x: no values\n" },
	{ "rows have a bar each, the longest fits the columns", &unicode,
	  { { 5, 2 }, { 6, 1 }, { 9, 1 } },
	  "x: 4 values, 5 ns to 9 ns     cumulative\n"
	  " 5 to 6 ns 2 ████████████████    50.00 %\n"
	  " 6 to 7 ns 1 ████████            75.00 %\n"
	  " 7 to 8 ns 0                     75.00 %\n"
	  " 8 to 9 ns 0                     75.00 %\n"
	  "9 to 10 ns 1 ████████           100.00 %\n" },
	{ "without Unicode bars are of ASCII", &ascii,
	  { { 5, 2 }, { 6, 1 }, { 9, 1 } },
	  "x: 4 values, 5 ns to 9 ns     cumulative\n"
	  " 5 to 6 ns 2 ################    50.00 %\n"
	  " 6 to 7 ns 1 ########            75.00 %\n"
	  " 7 to 8 ns 0                     75.00 %\n"
	  " 8 to 9 ns 0                     75.00 %\n"
	  "9 to 10 ns 1 ########           100.00 %\n" },
	{ "only the bar has a colour", &coloured, { { 42, 1 } },
	  "x: 1 value, 42 ns             cumulative\n"
	  "42 to 43 ns 1 \033[36m███████████████\033[0m   100.00 %\n" },
	{ "negative values", &unicode, { { -3, 1 }, { -2, 1 } },
	  "x: 2 values, -3 ns to -2 ns   cumulative\n"
	  "-4 to -3 ns 1 ███████████████    50.00 %\n"
	  "-3 to -2 ns 1 ███████████████   100.00 %\n" },
	/* 1 of 1998 is a 2000th of 13 columns: less than an eighth of one. */
	{ "what is beyond on either side has a row, and a bar however short", &unicode,
	  { { 5, 1 }, { 20, 1998 }, { 1000000, 1 } },
	  "x: 2000 values, 5 ns to 1.00 ms\n"
	  "   below 20 ns    1 ▏             0.05 %\n"
	  "   20 to 21 ns 1998 █████████    99.95 %\n"
	  "21 ns and more    1 ▏           100.00 %\n" },
	{ "a short bar of ASCII is a dot", &ascii,
	  { { 20, 1999 }, { 1000000, 1 } },
	  "x: 2000 values, 20 ns to 1.00 ms\n"
	  "   20 to 21 ns 1999 #########    99.95 %\n"
	  "21 ns and more    1 .           100.00 %\n" },
	{ "without room there is no bar", &narrow, { { 42, 1 } },
	  "x: 1 value, 42 ns\n"
	  "42 to 43 ns 1    100.00 %\n" },
	{ "a bar is no longer than 60", &wide, { { 42, 1 } },
	  "x: 1 value, 42 ns                                                          cumulative\n"
	  "42 to 43 ns 1 ████████████████████████████████████████████████████████████   100.00 %\n" },
};

#define ANSWER(span, delay)                                                                        \
	{ .sent_ns = (span) * MS, .answered = true, .delays_known = true, .round_trip_ns = (delay) }
#define LOST(span) { .sent_ns = (span) * MS, .lost = true }

static const struct sparkline_case {
	const char *name;
	const struct terminal *terminal;
	size_t events;
	struct timeline_event event[EVENTS_MAX]; /* spans are of 1 ms */
	const char *text;
} sparklines[] = {
	{ "a run of no packets", &unicode, 0, { { 0 } }, "round trip over time: no values\n" },
	{ "from the least to the greatest mean", &unicode,
	  4, { ANSWER(0, 1000), ANSWER(1, 8000), ANSWER(2, 4000), ANSWER(2, 6000) },
	  "round trip over time, 1.00 ms a column: means of 1.00 us to 8.00 us\n"
	  "▁█▅\n" },
	{ "without Unicode in digits", &ascii,
	  4, { ANSWER(0, 1000), ANSWER(1, 8000), ANSWER(2, 4000), ANSWER(2, 6000) },
	  "round trip over time, 1.00 ms a column: means of 1.00 us to 8.00 us\n"
	  "185\n" },
	{ "one value", &unicode, 1, { ANSWER(0, 1000) },
	  "round trip over time, 1.00 ms a column: means of 1.00 us to 1.00 us\n"
	  "▄\n" },
	{ "equal values, and a time without packets", &unicode,
	  3, { ANSWER(0, -5), ANSWER(1, -5), ANSWER(3, -5) },
	  "round trip over time, 1.00 ms a column: means of -5 ns to -5 ns\n"
	  "▄▄ ▄\n" },
	{ "where packets were lost, some and all", &unicode,
	  6, { ANSWER(0, 10), ANSWER(1, 80), LOST(1), LOST(2), ANSWER(3, 10), LOST(5) },
	  "round trip over time, 1.00 ms a column: means of 10 ns to 80 ns\n"
	  "▁█ ▁  \n"
	  " !x  x\n"
	  "! some lost, x all: 3 of 6\n" },
	{ "losses are red", &coloured,
	  2, { ANSWER(0, 10), LOST(1) },
	  "round trip over time, 1.00 ms a column: means of 10 ns to 10 ns\n"
	  "\033[36m▄ \033[0m\n"
	  "\033[1;31m x\033[0m\n"
	  "! some lost, x all: 1 of 2\n" },
	{ "everything was lost", &ascii,
	  2, { LOST(0), LOST(1) },
	  "round trip over time, 1.00 ms a column: no values\n"
	  "xx\n"
	  "! some lost, x all: 2 of 2\n" },
	/* 81 spans on 40 columns: three share one. */
	{ "a long run is made to fit", &unicode,
	  4, { ANSWER(0, 10), ANSWER(2, 30), LOST(3), ANSWER(80, 90) },
	  "round trip over time, 3.00 ms a column: means of 20 ns to 90 ns\n"
	  "▁                         █\n"
	  " x                         \n"
	  "! some lost, x all: 1 of 4\n" },
	{ "a single column holds everything", &narrow,
	  3, { ANSWER(0, 10), ANSWER(80, 20), LOST(99) },
	  "round trip over time, 100 ms a column: means of 15 ns to 15 ns\n"
	  "▄\n"
	  "!\n"
	  "! some lost, x all: 1 of 3\n" },
};
/* clang-format on */

static char *text;
static size_t size;

static void assert_written(FILE *out, const char *expected)
{
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, expected);
	free(text);
}

static void histogram_is_drawn(void **state)
{
	const struct histogram_case *c = *state;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	distribution_clear(&distribution);
	for (size_t i = 0; i < VALUES_MAX; i++)
		for (unsigned int k = 0; k < c->values[i].times; k++)
			distribution_add(&distribution, c->values[i].ns);
	plot_histogram(out, &distribution, "x", c->terminal);
	assert_written(out, c->text);
}

static void sparkline_is_drawn(void **state)
{
	const struct sparkline_case *c = *state;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	timeline_start(&timeline, MS);
	for (size_t i = 0; i < c->events; i++)
		timeline_add(&timeline, &c->event[i]);
	plot_sparkline(out, &timeline, c->terminal);
	assert_written(out, c->text);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(histograms) + ARRAY_SIZE(sparklines)];
	size_t count = 0;

	ADD_CASES(tests, count, histograms, histogram_is_drawn);
	ADD_CASES(tests, count, sparklines, sparkline_is_drawn);
	return RUN_TESTS(tests, count, NULL, NULL);
}
