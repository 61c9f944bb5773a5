/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The line that tells how a run goes: its text, and when and where it is drawn. */
#include "lib/cases.h"

#include <stdio.h>
#include <stdlib.h>

#include "ping/live_line.h"

#define SECOND 1000000000ULL
#define TENTH (SECOND / 10)

static const struct terminal terminal = { true, true, true, true, 100 };

/* clang-format off */
static const struct text_case {
	const char *name;
	struct live_figures figures;
	unsigned int columns;
	const char *text;
} texts[] = {
	{ "nothing sent yet", { .count = 10 }, 99, "  0 %, 0 of 10 sent, 0 received" },
	{ "a run of packets",
	  { .sent = 250, .count = 1000, .received = 240, .lost = 10, .elapsed_ns = 25 * SECOND,
	    .rate_known = true, .rate = 10, .round_trip_known = true, .round_trip_ns = 1234567 }, 120,
	  " 25 %, 250 of 1000 sent, 240 received, 10 lost (4 %), round trip 1.23 ms, 10.0/s, 75.0 s left" },
	{ "a run of a time",
	  { .sent = 10, .received = 10, .elapsed_ns = 15 * SECOND, .duration_ns = 60 * SECOND }, 99,
	  " 25 %, 10 sent in 15.0 s, 10 received, 0 lost (0 %), 45.0 s left" },
	{ "the limit that comes first decides",
	  { .sent = 10, .count = 100, .elapsed_ns = 15 * SECOND, .duration_ns = 20 * SECOND }, 99,
	  " 75 %, 10 of 100 sent, 0 received, 5.00 s left" },
	{ "a run without an end has no progress",
	  { .sent = 3, .received = 2, .elapsed_ns = 2500000000, .rate_known = true, .rate = 120000 }, 99,
	  "3 sent in 2.50 s, 2 received, 0 lost (0 %), 120000/s" },
	{ "when all is sent no time is left",
	  { .sent = 10, .count = 10, .received = 9, .elapsed_ns = SECOND }, 99,
	  "100 %, 10 of 10 sent, 9 received, 0 lost (0 %)" },
	{ "more than was asked for is all of it", { .sent = 11, .count = 10, .elapsed_ns = 1 }, 99,
	  "100 %, 11 of 10 sent, 0 received" },
	{ "a part that just fits is shown",
	  { .sent = 3, .count = 10, .received = 2, .elapsed_ns = 3 * SECOND }, 31,
	  " 30 %, 3 of 10 sent, 2 received" },
	{ "a part that does not fit is left out with all after it",
	  { .sent = 3, .count = 10, .received = 2, .elapsed_ns = 3 * SECOND, .rate_known = true }, 30,
	  " 30 %, 3 of 10 sent" },
	{ "no columns show nothing", { .sent = 3 }, 0, "" },
	{ "the greatest numbers fit the text",
	  { UINT64_MAX, UINT64_MAX, UINT64_MAX / 2, UINT64_MAX / 2, UINT64_MAX / 2, UINT64_MAX, true,
	    1e15, true, INT64_MAX }, 1000,
	  "100 %, 18446744073709551615 of 18446744073709551615 sent, 9223372036854775807 received, "
	  "9223372036854775807 lost (50 %), round trip 9223372037 s, 1000000000000000/s" },
};

#define DRAWN "\r\033[K"

/* Drawn for `sent` of 100 packets each time. */
static const struct drawing_case {
	const char *name;
	bool redraws;
	size_t times;
	struct { uint64_t at, sent; } time[4];
	const char *text; /* and it is cleared at the end */
} drawings[] = {
	{ "a line is drawn in place of the one before", true, 2, { { 0, 0 }, { TENTH, 1 } },
	  DRAWN "  0 %, 0 of 100 sent, 0 received"
	  DRAWN "  1 %, 1 of 100 sent, 0 received" DRAWN },
	{ "not more than ten a second", true, 3, { { 5, 0 }, { 5 + TENTH - 1, 1 }, { 5 + TENTH, 2 } },
	  DRAWN "  0 %, 0 of 100 sent, 0 received"
	  DRAWN "  2 %, 2 of 100 sent, 0 received" DRAWN },
	{ "the rate is that of the last full second", true, 4,
	  { { 0, 0 }, { 2 * SECOND, 10 }, { 2 * SECOND + TENTH, 50 }, { 3 * SECOND, 60 } },
	  DRAWN "  0 %, 0 of 100 sent, 0 received"
	  DRAWN " 10 %, 10 of 100 sent, 0 received, 5.0/s"
	  DRAWN " 50 %, 50 of 100 sent, 0 received, 5.0/s"
	  DRAWN " 60 %, 60 of 100 sent, 0 received, 50.0/s" DRAWN },
	{ "nothing where a line cannot be redrawn", false, 2, { { 0, 0 }, { SECOND, 1 } }, "" },
	{ "nothing is cleared where nothing was drawn", true, 0, { { 0, 0 } }, "" },
};
/* clang-format on */

static void text_is_as_written(void **state)
{
	const struct text_case *c = *state;
	char text[LIVE_LINE_TEXT_MAX];

	assert_string_equal(live_line_text(&c->figures, c->columns, text), c->text);
}

static void line_is_drawn(void **state)
{
	const struct drawing_case *c = *state;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct live_line line;

	assert_non_null(out);
	line = live_line_on(out, &terminal);
	line.terminal.redraws = c->redraws;
	for (size_t i = 0; i < c->times; i++)
		live_line_draw(&line,
			       &(struct live_figures){ .sent = c->time[i].sent, .count = 100 },
			       c->time[i].at);
	live_line_clear(&line);
	live_line_clear(&line);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, c->text);
	free(text);
}

static void a_line_of_zeros_is_never_drawn(void **state)
{
	struct live_line line = { 0 };

	(void)state;
	live_line_draw(&line, &(struct live_figures){ .sent = 1 }, SECOND);
	live_line_clear(&line);
	assert_false(line.drawn);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(texts) + ARRAY_SIZE(drawings) + 1];
	size_t count = 0;

	ADD_CASES(tests, count, texts, text_is_as_written);
	ADD_CASES(tests, count, drawings, line_is_drawn);
	ADD_TEST(tests, count, a_line_of_zeros_is_never_drawn);
	return RUN_TESTS(tests, count, NULL, NULL);
}
