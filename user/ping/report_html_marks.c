/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What became of the packets of one session over time, a row for each fate. */
#include "ping/report_html_time.h"

#include <inttypes.h>
#include <stddef.h>

#include "ping/duration_text.h"

#define ROW_HEIGHT 20
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct mark_row {
	const char *name;
	size_t offset; /* of the count in a span */
};

static const struct mark_row mark_rows[] = {
	{ "lost", offsetof(struct timeline_span, lost) },
	{ "late", offsetof(struct timeline_span, late) },
	{ "duplicates", offsetof(struct timeline_span, duplicates) },
	{ "reordered", offsetof(struct timeline_span, reordered) },
};

static uint64_t marked(const struct timeline *timeline, size_t span, const struct mark_row *row)
{
	const char *at = (const char *)&timeline->spans[span] + row->offset;

	return *(const uint64_t *)(const void *)at;
}

static uint64_t marked_in_all(const struct timeline *timeline, const struct mark_row *row)
{
	uint64_t count = 0;

	for (size_t i = 0; i < timeline->count; i++)
		count += marked(timeline, i, row);
	return count;
}

static void draw_mark(const struct time_chart *chart, const struct mark_row *row, size_t span,
		      size_t place)
{
	const struct timeline *timeline = chart->session->timeline;
	char from[DURATION_TEXT_MAX], to[DURATION_TEXT_MAX];

	fprintf(chart->out, "<rect y=\"%zu\" height=\"%d\"", place * ROW_HEIGHT + 4,
		ROW_HEIGHT - 8);
	svg_percent(chart->out, "x", (double)span / (double)timeline->count);
	svg_percent(chart->out, "width", 1.0 / (double)timeline->count);
	fprintf(chart->out, "><title>%" PRIu64 " %s, sent from %s to %s</title></rect>\n",
		marked(timeline, span, row), row->name,
		duration_text((int64_t)(span * timeline->width_ns), from),
		duration_text((int64_t)((span + 1) * timeline->width_ns), to));
}

static void draw_marks(const struct time_chart *chart, const struct mark_row *row, size_t place)
{
	const struct timeline *timeline = chart->session->timeline;

	fprintf(chart->out, "<g class=\"y\"><text x=\"-8\" y=\"%zu\" dy=\"0.35em\">%s</text></g>\n",
		place * ROW_HEIGHT + ROW_HEIGHT / 2, row->name);
	fprintf(chart->out, "<g class=\"marks %s\">\n", row->name);
	for (size_t i = 0; i < timeline->count; i++) {
		if (marked(timeline, i, row))
			draw_mark(chart, row, i, place);
	}
	fputs("</g>\n", chart->out);
}

/* Loss has its row also when there is none, so that one sees that. */
static bool row_is_shown(const struct timeline *timeline, size_t row)
{
	return row == 0 || marked_in_all(timeline, &mark_rows[row]) > 0;
}

void report_html_marks(const struct time_chart *chart)
{
	const struct timeline *timeline = chart->session->timeline;
	struct svg_plot plot = {
		.title = "Packets over time",
		.description = "Packets lost, answered late, twice or out of order, by when they "
			       "were sent.",
		.x = chart->x,
		.y = { .max = 1 },
		.x_ticks = chart->x_ticks,
		.x_text = true,
	};
	size_t place = 0;

	for (size_t i = 0; i < COUNT(mark_rows); i++)
		plot.height += row_is_shown(timeline, i) ? ROW_HEIGHT : 0;
	svg_plot_open(chart->out, &plot);
	for (size_t i = 0; i < COUNT(mark_rows); i++) {
		if (row_is_shown(timeline, i))
			draw_marks(chart, &mark_rows[i], place++);
	}
	svg_plot_close(chart->out);
}
