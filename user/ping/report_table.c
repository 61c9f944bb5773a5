/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Several sessions side by side. */
#include "ping/report_table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ping/duration_text.h"

#define LOSS_TEXT_MAX 16
#define NAMED_MAX 10 /* below the table; all are marked in it */

struct table {
	FILE *out;
	const struct terminal *terminal;
	const struct report_table_row *rows;
	size_t count;
	int label_width;
	struct report_table_marks *marks; /* by row */
	struct report_table_medians medians;
};

/* Little is not nothing, and much is not all. */
static const char *loss_text(double percent, char text[LOSS_TEXT_MAX])
{
	if (percent > 0 && percent < 0.01)
		snprintf(text, LOSS_TEXT_MAX, "<0.01 %%");
	else if (percent >= 99.95 && percent < 100)
		snprintf(text, LOSS_TEXT_MAX, ">99.9 %%");
	else if (percent > 0 && percent < 100)
		snprintf(text, LOSS_TEXT_MAX, "%.*f %%", percent < 9.995 ? 2 : 1, percent);
	else
		snprintf(text, LOSS_TEXT_MAX, "%.0f %%", percent);
	return text;
}

static const char *summary_loss_text(const struct metrics_summary *summary,
				     char text[LOSS_TEXT_MAX])
{
	uint64_t settled = summary->received + summary->lost;

	if (!settled)
		return "-";
	return loss_text(100.0 * (double)summary->lost / (double)settled, text);
}

static void print_cell(const struct table *table, const char *text, bool marked)
{
	fprintf(table->out, " %s%7s%s%s",
		marked ? terminal_style(table->terminal, TERMINAL_BAD) : "", text,
		marked ? "!" : " ", marked ? terminal_style(table->terminal, TERMINAL_PLAIN) : "");
}

static void print_duration(const struct table *table, bool known, int64_t ns)
{
	char text[DURATION_TEXT_MAX];

	fprintf(table->out, " %7s", known ? duration_text(ns, text) : "-");
}

static void print_marked_duration(const struct table *table, bool known, int64_t ns, bool marked)
{
	char text[DURATION_TEXT_MAX];

	print_cell(table, known ? duration_text(ns, text) : "-", marked);
}

static const char *way_text(unsigned int hops, char text[12])
{
	snprintf(text, 12, "%u", hops);
	return hops ? text : "?";
}

static void print_hops(const struct table *table, const struct metrics_summary *summary)
{
	char forward[12], backward[12];

	fprintf(table->out, " %s/%s%s\n", way_text(summary->hops.forward, forward),
		way_text(summary->hops.backward, backward), summary->hops_changed ? "*" : "");
}

static void print_row(const struct table *table, size_t index)
{
	const struct metrics_summary *summary = table->rows[index].summary;
	const struct report_table_marks *marks = &table->marks[index];
	const struct figures *round_trip = &summary->round_trip;
	char loss[LOSS_TEXT_MAX];

	fprintf(table->out, "%-*s %7" PRIu64, table->label_width, table->rows[index].label,
		summary->sent);
	print_cell(table, summary_loss_text(summary, loss), marks->loss);
	print_duration(table, round_trip->known, round_trip->min);
	print_marked_duration(table, round_trip->known, round_trip->p50, marks->p50);
	print_marked_duration(table, round_trip->known, round_trip->p99, marks->p99);
	print_duration(table, round_trip->known, round_trip->max);
	print_duration(table, summary->ipdv_round_trip.known, (int64_t)summary->jitter_ns);
	print_hops(table, summary);
}

static void print_heading(const struct table *table)
{
	fprintf(table->out, "%-*s %7s %7s  %7s %7s  %7s  %7s %7s hops\n", table->label_width, "",
		"sent", "loss", "min", "p50", "p99", "max", "jitter");
}

static void print_excess(const struct table *table, const char *name, int64_t ns,
			 struct metric_value median)
{
	char value[DURATION_TEXT_MAX], middle[DURATION_TEXT_MAX];

	fprintf(table->out, "; %s %s, median %s", name, duration_text(ns, value),
		duration_text((int64_t)median.value, middle));
}

static void print_named(const struct table *table, size_t index)
{
	const struct report_table_marks *marks = &table->marks[index];
	const struct metrics_summary *summary = table->rows[index].summary;
	char loss[LOSS_TEXT_MAX], middle[LOSS_TEXT_MAX];

	fprintf(table->out, "stands out: %s", table->rows[index].label);
	if (marks->loss)
		fprintf(table->out, "; loss %s, median %s", summary_loss_text(summary, loss),
			loss_text(table->medians.loss.value, middle));
	if (marks->p50)
		print_excess(table, "p50", summary->round_trip.p50, table->medians.p50);
	if (marks->p99)
		print_excess(table, "p99", summary->round_trip.p99, table->medians.p99);
	fprintf(table->out, "\n");
}

static void print_outliers(const struct table *table)
{
	size_t found = 0;

	for (size_t i = 0; i < table->count; i++) {
		const struct report_table_marks *marks = &table->marks[i];

		if (!marks->loss && !marks->p50 && !marks->p99)
			continue;
		if (found++ < NAMED_MAX)
			print_named(table, i);
	}
	if (found > NAMED_MAX)
		fprintf(table->out, "stand out, too: %zu more\n", found - NAMED_MAX);
	if (!found && table->count > 1)
		fprintf(table->out, "no row stands out\n");
}

static int widest_label(const struct report_table_row *rows, size_t count)
{
	size_t width = 0;

	for (size_t i = 0; i < count; i++)
		if (strlen(rows[i].label) > width)
			width = strlen(rows[i].label);
	return (int)width;
}

int report_table_print(FILE *out, const struct report_table_row *rows, size_t count,
		       const struct terminal *terminal)
{
	struct table table = {
		.out = out,
		.terminal = terminal,
		.rows = rows,
		.count = count,
		.label_width = widest_label(rows, count),
	};
	int err;

	table.marks = calloc(count ? count : 1, sizeof(*table.marks));
	if (!table.marks)
		return -ENOMEM;
	err = report_table_outliers(rows, count, table.marks, &table.medians);
	if (!err) {
		print_heading(&table);
		for (size_t i = 0; i < count; i++)
			print_row(&table, i);
		print_outliers(&table);
	}
	free(table.marks);
	return err;
}
