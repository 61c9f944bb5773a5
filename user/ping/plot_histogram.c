/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A distribution as rows with bars. */
#include "ping/plot.h"

#include <inttypes.h>
#include <string.h>

#include "ping/duration_text.h"
#include "ping/plot_edges.h"

#define BAR_MAX 60
#define SHARE "cumulative"
#define SHARE_WIDTH ((unsigned int)sizeof(SHARE)) /* with the space before it */
#define ROWS_MAX (PLOT_EDGES_MAX + 1)

struct row {
	char text[PLOT_EDGE_TEXT_MAX + 16];
	uint64_t count;
	uint64_t so_far; /* this one and all before it */
};

struct rows {
	struct row row[ROWS_MAX];
	size_t count;
	uint64_t fullest;
	unsigned int text_width, count_width, bar_width;
};

static void add_row(struct rows *rows, uint64_t so_far, const char *before, const char *text,
		    const char *after)
{
	struct row *row = &rows->row[rows->count];
	unsigned int width;

	row->so_far = so_far;
	row->count = so_far - (rows->count ? rows->row[rows->count - 1].so_far : 0);
	if (row->count > rows->fullest)
		rows->fullest = row->count;
	width = (unsigned int)snprintf(row->text, sizeof(row->text), "%s%s%s", before, text, after);
	if (width > rows->text_width)
		rows->text_width = width;
	rows->count++;
}

static void fill_rows(struct rows *rows, const struct distribution *distribution)
{
	struct plot_edges edges = plot_edges_for(distribution);
	uint64_t below = distribution_below(distribution, edges.at[0]);
	char text[PLOT_EDGE_TEXT_MAX];

	*rows = (struct rows){ 0 };
	if (below)
		add_row(rows, below, "below ", plot_edges_text(&edges, 0, text), "");
	for (size_t i = 0; i + 1 < edges.count; i++) {
		below = distribution_below(distribution, edges.at[i + 1]);
		add_row(rows, below, "", plot_edges_row_text(&edges, i, text), "");
	}
	if (below < distribution->count)
		add_row(rows, distribution->count, "",
			plot_edges_text(&edges, edges.count - 1, text), " and more");
}

static void fit_rows(struct rows *rows, unsigned int columns)
{
	unsigned int rest;

	rows->count_width = (unsigned int)snprintf(NULL, 0, "%" PRIu64, rows->fullest);
	rest = rows->text_width + 1 + rows->count_width + 1 + SHARE_WIDTH;
	rows->bar_width = columns > rest ? columns - rest : 0;
	if (rows->bar_width > BAR_MAX)
		rows->bar_width = BAR_MAX;
}

/* What is not nothing shows. */
static uint64_t eighths(const struct rows *rows, uint64_t count)
{
	double share = (double)count / (double)rows->fullest;
	uint64_t length = (uint64_t)(share * 8 * rows->bar_width + 0.5);

	return count && !length && rows->bar_width ? 1 : length;
}

static unsigned int print_bar(FILE *out, uint64_t length, bool unicode)
{
	static const char *const parts[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	unsigned int whole = (unsigned int)(length / 8), part = length % 8;

	if (!unicode && whole)
		part = 0;
	for (unsigned int i = 0; i < whole; i++)
		fputs(unicode ? "█" : "#", out);
	if (part)
		fputs(unicode ? parts[part] : ".", out);
	return whole + (part ? 1 : 0);
}

/* In hundredths of a percent, rounded down: 100 % are all. */
static uint64_t hundredths(uint64_t so_far, uint64_t count)
{
	return (uint64_t)((double)so_far * 10000 / (double)count);
}

static void print_row(FILE *out, const struct rows *rows, const struct row *row,
		      const struct terminal *terminal)
{
	uint64_t share = hundredths(row->so_far, rows->row[rows->count - 1].so_far);
	unsigned int bar;

	fprintf(out, "%*s %*" PRIu64 " %s", (int)rows->text_width, row->text,
		(int)rows->count_width, row->count, terminal_style(terminal, TERMINAL_BAR));
	bar = print_bar(out, eighths(rows, row->count), terminal->unicode);
	fprintf(out, "%s%*s %5" PRIu64 ".%02" PRIu64 " %%\n",
		terminal_style(terminal, TERMINAL_PLAIN), (int)(rows->bar_width - bar), "",
		share / 100, share % 100);
}

static void print_title(FILE *out, const struct rows *rows, const char *title,
			const struct distribution *distribution)
{
	char min[DURATION_TEXT_MAX], max[DURATION_TEXT_MAX];
	int width =
		(int)(rows->text_width + 1 + rows->count_width + 1 + rows->bar_width + SHARE_WIDTH);

	width -= fprintf(out, "%s: %" PRIu64 " %s, ", title, distribution->count,
			 distribution->count == 1 ? "value" : "values");
	if (distribution->min == distribution->max)
		width -= fprintf(out, "%s", duration_text(distribution->min, min));
	else
		width -= fprintf(out, "%s to %s", duration_text(distribution->min, min),
				 duration_text(distribution->max, max));
	if (width >= (int)SHARE_WIDTH)
		fprintf(out, "%*s", width, SHARE);
	fprintf(out, "\n");
}

void plot_histogram(FILE *out, const struct distribution *distribution, const char *title,
		    const struct terminal *terminal)
{
	struct rows rows;

	if (!distribution->count) {
		fprintf(out, "%s: no values\n", title);
		return;
	}
	fill_rows(&rows, distribution);
	fit_rows(&rows, terminal->columns);
	print_title(out, &rows, title, distribution);
	for (size_t i = 0; i < rows.count; i++)
		print_row(out, &rows, &rows.row[i], terminal);
}
