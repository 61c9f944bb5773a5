/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Several sessions side by side: which stand out, and the table, laid out by hand. */
#include "lib/cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ping/report_table.h"

#define US 1000
#define MS 1000000
#define ROWS_MAX 5
#define NAMED_MAX 10

#define RUN(got, gone, p50_ns, p99_ns)                                                             \
	{                                                                                          \
		.sent = (got) + (gone), .received = (got), .lost = (gone),                         \
		.round_trip = {                                                                    \
			.known = (got) > 0,                                                        \
			.p50 = (p50_ns),                                                           \
			.p99 = (p99_ns),                                                           \
		},                                                                                 \
	}

static const struct terminal plain = { .columns = 80 };
static const struct terminal coloured = { true, true, true, true, 80 };

/* clang-format off */
static const struct outlier_case {
	const char *name;
	size_t count;
	struct metrics_summary rows[ROWS_MAX];
	const char *marks[ROWS_MAX]; /* l: loss, 5: p50, 9: p99 */
} outliers[] = {
	{ "no rows", 0, { { 0 } }, { NULL } },
	{ "a single row never stands out", 1, { RUN(10, 90, 50, 900) }, { "" } },
	{ "one and a half times the median p50 does not stand out, more does", 4,
	  { RUN(3, 0, 100, 0), RUN(3, 0, 100, 0), RUN(3, 0, 150, 0), RUN(3, 0, 151, 0) },
	  { "", "", "", "5" } },
	{ "of two in the middle the lower is the median", 2,
	  { RUN(9, 0, 500, 0), RUN(9, 0, 100, 0) }, { "5", "" } },
	{ "two replies are too few for a p50", 3,
	  { RUN(9, 0, 100, 0), RUN(9, 0, 100, 0), RUN(2, 0, 900, 0) }, { "", "", "" } },
	{ "three times the median p99 does not stand out, more does", 4,
	  { RUN(100, 0, 9, 100), RUN(100, 0, 9, 100), RUN(100, 0, 9, 300), RUN(100, 0, 9, 301) },
	  { "", "", "", "9" } },
	{ "99 replies are too few for a p99", 3,
	  { RUN(100, 0, 9, 100), RUN(100, 0, 9, 100), RUN(99, 0, 9, 900) }, { "", "", "" } },
	{ "three lost stand out among none, two do not", 4,
	  { RUN(50, 0, 9, 9), RUN(50, 0, 9, 9), RUN(47, 3, 9, 9), RUN(48, 2, 9, 9) },
	  { "", "", "l", "" } },
	{ "loss is compared by its share", 3,
	  { RUN(90, 10, 9, 9), RUN(900, 100, 9, 9), RUN(69, 31, 9, 9) }, { "", "", "l" } },
	{ "three times the median of loss does not stand out", 3,
	  { RUN(90, 10, 9, 9), RUN(90, 10, 9, 9), RUN(70, 30, 9, 9) }, { "", "", "" } },
	{ "no reply at all stands out from much loss", 3,
	  { RUN(5, 5, 9, 9), RUN(5, 5, 9, 9), RUN(0, 10, 0, 0) }, { "", "", "l" } },
	{ "where nothing is answered nothing stands out", 2,
	  { RUN(0, 10, 0, 0), RUN(0, 10, 0, 0) }, { "", "" } },
	{ "rows without packets are not counted", 5,
	  { RUN(0, 0, 0, 0), RUN(0, 0, 0, 0), RUN(0, 0, 0, 0), RUN(9, 0, 100, 0), RUN(9, 9, 200, 0) },
	  { "", "", "", "", "l5" } },
	{ "next to a median of zero or less no delay stands out", 3,
	  { RUN(100, 0, -5, 0), RUN(100, 0, 0, 0), RUN(100, 0, 900, 900) }, { "", "", "" } },
};

static const struct metrics_summary good = {
	.sent = 10, .received = 10, .round_trip = { .known = true, .min = 950 * US, .p50 = 1000 * US,
	.p99 = 1100 * US, .max = 1200 * US }, .ipdv_round_trip.known = true, .jitter_ns = 12300,
	.hops = { 12, 13 },
};
static const struct metrics_summary bad = {
	.sent = 100000, .received = 99995, .lost = 5, .round_trip = { .known = true, .min = 990 * US,
	.p50 = 1600 * US, .p99 = 15 * MS, .max = 1200 * MS }, .ipdv_round_trip.known = true,
	.jitter_ns = 456000, .hops = { 7, 0 }, .hops_changed = true,
};
static const struct metrics_summary silent = { .sent = 4, .lost = 4 };
static const struct metrics_summary idle = { .sent = 0 };

static const struct table_case {
	const char *name;
	const struct terminal *terminal;
	size_t count;
	struct report_table_row rows[ROWS_MAX];
	const char *text;
} tables[] = {
	{ "no rows are a heading", &plain, 0, { { 0 } },
	  "    sent    loss      min     p50      p99      max  jitter hops\n" },
	{ "a single row", &plain, 1, { { "flow 1", &good } },
	  "          sent    loss      min     p50      p99      max  jitter hops\n"
	  "flow 1      10     0 %   950 us 1.00 ms  1.10 ms  1.20 ms 12.3 us 12/13\n" },
	{ "alike", &plain, 2, { { "192.0.2.1", &good }, { "192.0.2.20", &good } },
	  "              sent    loss      min     p50      p99      max  jitter hops\n"
	  "192.0.2.1       10     0 %   950 us 1.00 ms  1.10 ms  1.20 ms 12.3 us 12/13\n"
	  "192.0.2.20      10     0 %   950 us 1.00 ms  1.10 ms  1.20 ms 12.3 us 12/13\n"
	  "no row stands out\n" },
	{ "what stands out is marked and named", &plain,
	  5, { { "a", &good }, { "b", &bad }, { "c", &good }, { "d", &silent }, { "e", &idle } },
	  "     sent    loss      min     p50      p99      max  jitter hops\n"
	  "a      10     0 %   950 us 1.00 ms  1.10 ms  1.20 ms 12.3 us 12/13\n"
	  "b  100000 <0.01 %!  990 us 1.60 ms! 15.0 ms   1.20 s  456 us 7/?*\n"
	  "c      10     0 %   950 us 1.00 ms  1.10 ms  1.20 ms 12.3 us 12/13\n"
	  "d       4   100 %!       -       -        -        -       - ?/?\n"
	  "e       0       -        -       -        -        -       - ?/?\n"
	  "stands out: b; loss <0.01 %, median 0 %; p50 1.60 ms, median 1.00 ms\n"
	  "stands out: d; loss 100 %, median 0 %\n" },
	{ "where there is colour the mark is red, too", &coloured,
	  2, { { "a", &good }, { "d", &silent } },
	  "     sent    loss      min     p50      p99      max  jitter hops\n"
	  "a      10     0 %   950 us 1.00 ms  1.10 ms  1.20 ms 12.3 us 12/13\n"
	  "d       4 \033[1;31m  100 %!\033[0m       -       -        -        -       - ?/?\n"
	  "stands out: d; loss 100 %, median 0 %\n" },
};
/* clang-format on */

static void rows_stand_out(void **state)
{
	const struct outlier_case *c = *state;
	struct report_table_row rows[ROWS_MAX] = { { "", NULL } };
	struct report_table_marks marks[ROWS_MAX];
	struct report_table_medians medians;

	for (size_t i = 0; i < c->count; i++)
		rows[i].summary = &c->rows[i];
	assert_int_equal(report_table_outliers(rows, c->count, marks, &medians), 0);
	for (size_t i = 0; i < c->count; i++) {
		assert_int_equal(marks[i].loss, strchr(c->marks[i], 'l') != NULL);
		assert_int_equal(marks[i].p50, strchr(c->marks[i], '5') != NULL);
		assert_int_equal(marks[i].p99, strchr(c->marks[i], '9') != NULL);
	}
}

static char *printed(const struct report_table_row *rows, size_t count,
		     const struct terminal *terminal)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(report_table_print(out, rows, count, terminal), 0);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void table_is_printed(void **state)
{
	const struct table_case *c = *state;
	char *text = printed(c->rows, c->count, c->terminal);

	assert_string_equal(text, c->text);
	free(text);
}

static void shares_of_loss_are_told_apart_from_none_and_all(void **state)
{
	static const struct {
		uint64_t received, lost;
		const char *text;
	} shares[] = {
		{ 1, 0, "    0 % " },         { 20000, 1, "<0.01 % " },  { 9999, 1, " 0.01 % " },
		{ 999, 1, " 0.10 % " },       { 90, 10, " 10.0 % " },    { 1, 1999, " >99.9 % " },
		{ 2001, 997999, " 99.8 % " }, { 1, 999999, ">99.9 % " }, { 0, 1, "  100 % " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(shares); i++) {
		struct metrics_summary summary = { .received = shares[i].received,
						   .lost = shares[i].lost };
		char *text = printed(&(struct report_table_row){ "", &summary }, 1, &plain);

		assert_non_null(strstr(text, shares[i].text));
		free(text);
	}
}

static void many_rows_that_stand_out_are_counted(void **state)
{
	struct report_table_row rows[3 * NAMED_MAX];
	char *text, *line;
	size_t named = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		rows[i] = (struct report_table_row){ "x", i < NAMED_MAX + 2 ? &silent : &good };
	text = printed(rows, ARRAY_SIZE(rows), &plain);
	for (line = text; (line = strstr(line, "stands out: ")); line++)
		named++;
	assert_int_equal(named, NAMED_MAX);
	assert_non_null(strstr(text, "\nstand out, too: 2 more\n"));
	free(text);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(outliers) + ARRAY_SIZE(tables) + 2];
	size_t count = 0;

	ADD_CASES(tests, count, outliers, rows_stand_out);
	ADD_CASES(tests, count, tables, table_is_printed);
	ADD_TEST(tests, count, shares_of_loss_are_told_apart_from_none_and_all);
	ADD_TEST(tests, count, many_rows_that_stand_out_are_counted);
	return RUN_TESTS(tests, count, NULL, NULL);
}
