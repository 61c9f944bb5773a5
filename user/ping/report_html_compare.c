/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The sessions of a run beside each other, as a table; the worst value of each column stands out.
 */
#include "ping/report_html_parts.h"

#include <math.h>

#include "ping/html_text.h"
#include "ping/metric.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct column {
	const char *name, *metric;
	bool judged; /* the largest value is the worst */
} columns[] = {
	{ "sent", "sent", false },
	{ "loss", "loss", true },
	{ "p50", "p50", true },
	{ "p99", "p99", true },
	{ "max", "max", true },
	{ "jitter", "jitter", true },
	{ "hops forward", "hops.forward", true },
	{ "hops backward", "hops.backward", true },
};

static struct metric_value value_of(const struct column *column,
				    const struct report_result *session, struct metric *metric)
{
	if (!metric_find(column->metric, metric))
		return (struct metric_value){ .known = false };
	return metric_value(metric, session->summary);
}

/* The worst value of a column; not known where all known ones are equal. */
static struct metric_value worst_of(const struct column *column, const struct report_run *run)
{
	struct metric_value worst = { 0 };
	double best = 0;
	struct metric metric;

	for (size_t i = 0; i < run->count && column->judged; i++) {
		struct metric_value value = value_of(column, &run->results[i], &metric);

		if (!value.known)
			continue;
		best = worst.known ? fmin(best, value.value) : value.value;
		worst.value = worst.known ? fmax(worst.value, value.value) : value.value;
		worst.known = true;
	}
	worst.known = worst.known && worst.value > best;
	return worst;
}

static void write_cell(FILE *out, const struct column *column, const struct report_result *session,
		       const struct metric_value *worst)
{
	struct metric metric;
	struct metric_value value = value_of(column, session, &metric);
	bool is_worst = value.known && worst->known && value.value >= worst->value;
	char text[METRIC_TEXT_MAX];

	if (!value.known)
		fputs("<td class=\"unknown\">unknown</td>", out);
	else if (is_worst)
		fprintf(out,
			"<td class=\"worst\">%s<abbr title=\"worst of the column\">*</abbr></td>",
			metric_text(&metric, &value, text));
	else
		fprintf(out, "<td>%s</td>", metric_text(&metric, &value, text));
}

static void write_rows(FILE *out, const struct report_run *run)
{
	struct metric_value worst[COUNT(columns)];

	for (size_t i = 0; i < COUNT(columns); i++)
		worst[i] = worst_of(&columns[i], run);
	for (size_t i = 0; i < run->count; i++) {
		fprintf(out, "<tr><th scope=\"row\"><a href=\"#session-%zu\">", i + 1);
		html_text(out, run->results[i].session->label);
		fputs("</a></th>", out);
		for (size_t j = 0; j < COUNT(columns); j++)
			write_cell(out, &columns[j], &run->results[i], &worst[j]);
		fputs("</tr>\n", out);
	}
}

static void write_table(FILE *out, const struct report_run *run)
{
	fputs("<div class=\"wide tables\" role=\"region\" aria-label=\"Sessions\" tabindex=\"0\">\n"
	      "<table class=\"compare\"><caption>Sessions compared; * marks the worst value of a "
	      "column</caption>\n<thead><tr><th scope=\"col\">session</th>",
	      out);
	for (size_t i = 0; i < COUNT(columns); i++)
		fprintf(out, "<th scope=\"col\">%s</th>", columns[i].name);
	fputs("</tr></thead>\n<tbody>\n", out);
	write_rows(out, run);
	fputs("</tbody></table></div>\n", out);
}

void report_html_compare(FILE *out, const struct report_run *run)
{
	write_table(out, run);
	report_html_overlay(out, run);
}
