/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Ticks, scales, paths and escaped text of the HTML report; what is expected was made by hand. */
#include "lib/cases.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ping/html_text.h"
#include "ping/svg_path.h"
#include "ping/svg_ticks.h"

static char *written;
static size_t length;

static FILE *memory(void)
{
	FILE *out = open_memstream(&written, &length);

	assert_non_null(out);
	return out;
}

static void assert_written(FILE *out, const char *expected)
{
	fclose(out);
	assert_string_equal(written, expected);
	free(written);
}

static const struct tick_case {
	const char *name;
	struct svg_scale scale;
	enum svg_quantity quantity;
	size_t most;
	const char *texts;
} tick_cases[] = {
	{ "ticks from 0 are in the unit of the largest",
	  { 0, 50e6, false },
	  SVG_DURATION,
	  7,
	  "0 ms,10 ms,20 ms,30 ms,40 ms,50 ms," },
	{ "ticks have the decimals that tell them apart",
	  { 9e6, 10.5e6, false },
	  SVG_DURATION,
	  4,
	  "9.0 ms,9.5 ms,10.0 ms,10.5 ms," },
	{ "ticks go below zero", { -20e3, 20e3, false }, SVG_DURATION, 3, "-20 us,0 us,20 us," },
	{ "a long run is in minutes",
	  { 0, 600e9, false },
	  SVG_ELAPSED,
	  6,
	  "0 min,2 min,4 min,6 min,8 min,10 min," },
	{ "a delay is never in minutes", { 0, 200e9, false }, SVG_DURATION, 3, "0 s,100 s,200 s," },
	{ "hops are whole", { 2, 4, false }, SVG_NUMBER, 9, "2,3,4," },
	{ "a logarithmic axis has powers of ten, each in its unit",
	  { 50e3, 5e9, true },
	  SVG_DURATION,
	  7,
	  "100 us,1 ms,10 ms,100 ms,1 s," },
};

static void ticks_are(void **state)
{
	const struct tick_case *c = *state;
	struct svg_ticks ticks = svg_ticks(&c->scale, c->quantity, c->most);
	char text[SVG_TICK_TEXT_MAX];
	FILE *out = memory();

	for (size_t i = 0; i < ticks.count; i++)
		fprintf(out, "%s,", svg_tick_text(&c->scale, &ticks, i, text));
	assert_written(out, c->texts);
}

static const struct fit_case {
	const char *name;
	double min, max;
	struct svg_scale scale;
} fit_cases[] = {
	{ "a scale begins at 0 if that costs little", 21, 42, { 0, 50, false } },
	{ "a scale does not begin at 0 if that costs much", 55, 73, { 55, 75, false } },
	{ "fifty times is still linear", 1, 50, { 0, 50, false } },
	{ "more than fifty times is logarithmic", 60, 4000, { 50, 5000, true } },
	{ "negative values are linear", -20, 80, { -20, 80, false } },
	{ "nothing but 0 has room around it", 0, 0, { -0.6, 0.6, false } },
};

static void scale_fits(void **state)
{
	const struct fit_case *c = *state;
	struct svg_scale scale = svg_scale_fit(c->min, c->max, 6);

	assert_int_equal(scale.logarithmic, c->scale.logarithmic);
	assert_float_equal(scale.min, c->scale.min, 1e-6);
	assert_float_equal(scale.max, c->scale.max, 1e-6);
}

static void what_is_no_number_is_none_on_a_scale(void **state)
{
	struct svg_scale scale = svg_scale_linear(NAN, INFINITY, 5);

	(void)state;
	assert_true(isfinite(scale.min) && isfinite(scale.max) && scale.max > scale.min);
	assert_true(isfinite(svg_scale_at(&scale, NAN)));
}

static const struct svg_point points[] = {
	{ .x = 0, .y = 0.5, .low = 0.25 },
	{ .x = 0.5, .y = 1, .low = 0 },
	{ .x = 1, .y = 0.75, .low = 0.75, .gap = true },
};

static void line_moves_over_a_gap(void **state)
{
	FILE *out = memory();

	(void)state;
	svg_line_data(out, points, ARRAY_SIZE(points));
	assert_written(out, "M0 500L500 0M1000 250");
}

static void area_is_closed_before_a_gap(void **state)
{
	FILE *out = memory();

	(void)state;
	svg_area_data(out, points, ARRAY_SIZE(points));
	assert_written(out, "M0 500L500 0L500 1000L0 750ZM1000 250L1000 250Z");
}

static const struct text_case {
	const char *name, *text, *expected;
} text_cases[] = {
	{ "markup is text", "<a href=\"x\">&'", "&lt;a href=&quot;x&quot;&gt;&amp;&#39;" },
	{ "UTF-8 stays as it is", "f\xc3\xbcr \xe2\x82\xac", "f\xc3\xbcr \xe2\x82\xac" },
	{ "octets that are no UTF-8 are replaced", "a\xff\xc3", "a\xef\xbf\xbd\xef\xbf\xbd" },
	{ "an overlong < is replaced", "\xc0\xbc", "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "control characters are replaced", "\x1b[1m", "\xef\xbf\xbd[1m" },
};

static void text_is(void **state)
{
	const struct text_case *c = *state;
	FILE *out = memory();

	html_text(out, c->text);
	assert_written(out, c->expected);
}

int main(void)
{
	struct CMUnitTest
		tests[ARRAY_SIZE(tick_cases) + ARRAY_SIZE(fit_cases) + ARRAY_SIZE(text_cases) + 3];
	size_t count = 0;

	ADD_CASES(tests, count, tick_cases, ticks_are);
	ADD_CASES(tests, count, fit_cases, scale_fits);
	ADD_TEST(tests, count, what_is_no_number_is_none_on_a_scale);
	ADD_TEST(tests, count, line_moves_over_a_gap);
	ADD_TEST(tests, count, area_is_closed_before_a_gap);
	ADD_CASES(tests, count, text_cases, text_is);
	return RUN_TESTS(tests, count, NULL, NULL);
}
