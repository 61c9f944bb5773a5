/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Delay and loss over time as a line of letters. */
#include "ping/plot.h"

#include <inttypes.h>

#include "ping/duration_text.h"

#define LEVELS 8

/* The timeline in so many spans that each has a column. */
struct columns {
	size_t together; /* spans of the timeline in a column */
	size_t count;
	struct timeline_span span[TIMELINE_SPANS];
	struct timeline_span all;
	bool known; /* any mean */
	double min, max;
};

static double mean(const struct timeline_span *span)
{
	return span->round_trip.sum / (double)span->round_trip.count;
}

static void find_limits(struct columns *columns)
{
	for (size_t i = 0; i < columns->count; i++) {
		double value = mean(&columns->span[i]);

		if (!columns->span[i].round_trip.count)
			continue;
		if (!columns->known || value < columns->min)
			columns->min = value;
		if (!columns->known || value > columns->max)
			columns->max = value;
		columns->known = true;
	}
}

static void fill_columns(struct columns *columns, const struct timeline *timeline, size_t width)
{
	*columns = (struct columns){ .together = (timeline->count + width - 1) / width };
	for (size_t i = 0; i < timeline->count; i++) {
		timeline_span_merge(&columns->span[i / columns->together], &timeline->spans[i]);
		timeline_span_merge(&columns->all, &timeline->spans[i]);
	}
	columns->count = (timeline->count + columns->together - 1) / columns->together;
	find_limits(columns);
}

/* 0 to LEVELS - 1; equal values are in the middle. */
static unsigned int level(const struct columns *columns, const struct timeline_span *span)
{
	double range = columns->max - columns->min;

	if (!(range > 0))
		return LEVELS / 2 - 1;
	return (unsigned int)((mean(span) - columns->min) / range * (LEVELS - 1) + 0.5);
}

static void print_levels(FILE *out, const struct columns *columns, const struct terminal *terminal)
{
	static const char *const blocks[LEVELS] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const digits[LEVELS] = { "1", "2", "3", "4", "5", "6", "7", "8" };
	const char *const *letters = terminal->unicode ? blocks : digits;

	if (!columns->known)
		return;
	fputs(terminal_style(terminal, TERMINAL_BAR), out);
	for (size_t i = 0; i < columns->count; i++) {
		const struct timeline_span *span = &columns->span[i];

		fputs(span->round_trip.count ? letters[level(columns, span)] : " ", out);
	}
	fprintf(out, "%s\n", terminal_style(terminal, TERMINAL_PLAIN));
}

static void print_lost(FILE *out, const struct columns *columns, const struct terminal *terminal)
{
	uint64_t settled = columns->all.answered + columns->all.lost;

	if (!columns->all.lost)
		return;
	fputs(terminal_style(terminal, TERMINAL_BAD), out);
	for (size_t i = 0; i < columns->count; i++) {
		const struct timeline_span *span = &columns->span[i];

		fputc(!span->lost ? ' ' : span->answered ? '!' : 'x', out);
	}
	fprintf(out, "%s\n! some lost, x all: %" PRIu64 " of %" PRIu64 "\n",
		terminal_style(terminal, TERMINAL_PLAIN), columns->all.lost, settled);
}

static void print_heading(FILE *out, const struct columns *columns, uint64_t width_ns)
{
	char width[DURATION_TEXT_MAX], min[DURATION_TEXT_MAX], max[DURATION_TEXT_MAX];

	fprintf(out, "round trip over time, %s a column: ",
		duration_text((int64_t)(width_ns * columns->together), width));
	if (!columns->known)
		fprintf(out, "no values\n");
	else
		fprintf(out, "means of %s to %s\n", duration_text((int64_t)columns->min, min),
			duration_text((int64_t)columns->max, max));
}

void plot_sparkline(FILE *out, const struct timeline *timeline, const struct terminal *terminal)
{
	struct columns columns;

	if (!timeline->count) {
		fprintf(out, "round trip over time: no values\n");
		return;
	}
	fill_columns(&columns, timeline, terminal->columns ? terminal->columns : 1);
	print_heading(out, &columns, timeline->width_ns);
	print_levels(out, &columns, terminal);
	print_lost(out, &columns, terminal);
}
