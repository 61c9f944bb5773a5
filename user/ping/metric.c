/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The figures of a run by their names, for --fail-if and --nagios: one table. */
#include "ping/metric.h"

#include <stddef.h>
#include <string.h>

#include "ping/duration_text.h"

#define ROWS (sizeof(rows) / sizeof(*rows))
#define PREFIXES (sizeof(prefixes) / sizeof(*prefixes))

typedef struct metric_value (*getter)(const struct metrics_summary *summary,
				      const struct metric *metric);

struct metric_row {
	const char *name;
	enum metric_kind kind;
	getter get;
	size_t offset; /* in the summary, or in the prefix's figures */
};

struct metric_prefix {
	const char *text;
	size_t figures; /* offset in the summary */
};

static const void *member(const struct metrics_summary *summary, size_t offset)
{
	return (const char *)summary + offset;
}

static struct metric_value get_count(const struct metrics_summary *summary,
				     const struct metric *metric)
{
	const uint64_t *count = member(summary, metric->row->offset);

	return (struct metric_value){ true, (double)*count };
}

static struct metric_value get_directed(const struct metrics_summary *summary,
					const struct metric *metric)
{
	const uint64_t *count = member(summary, metric->row->offset);

	return (struct metric_value){ summary->loss.known, (double)*count };
}

static struct metric_value get_hops(const struct metrics_summary *summary,
				    const struct metric *metric)
{
	const unsigned int *hops = member(summary, metric->row->offset);

	return (struct metric_value){ *hops != 0, *hops };
}

/* What is still under way is neither lost nor not. */
static struct metric_value get_loss(const struct metrics_summary *summary,
				    const struct metric *metric)
{
	uint64_t settled = summary->received + summary->lost;

	(void)metric;
	if (!settled)
		return (struct metric_value){ false, 0 };
	return (struct metric_value){ true, 100.0 * (double)summary->lost / (double)settled };
}

static struct metric_value get_jitter(const struct metrics_summary *summary,
				      const struct metric *metric)
{
	(void)metric;
	return (struct metric_value){ summary->ipdv_round_trip.known, (double)summary->jitter_ns };
}

static struct metric_value get_rfc3550(const struct metrics_summary *summary,
				       const struct metric *metric)
{
	const uint64_t *ns = member(summary, metric->row->offset);

	return (struct metric_value){ summary->jitter.known, (double)*ns };
}

static struct metric_value get_reordered(const struct metrics_summary *summary,
					 const struct metric *metric)
{
	(void)metric;
	return (struct metric_value){ summary->arrived != 0, metrics_reordered_percent(summary) };
}

static struct metric_value get_figure(const struct metrics_summary *summary,
				      const struct metric *metric)
{
	const struct figures *figures = member(summary, metric->prefix->figures);
	const int64_t *ns = (const void *)((const char *)figures + metric->row->offset);

	return (struct metric_value){ figures->known, (double)*ns };
}

#define SUMMARY(member) offsetof(struct metrics_summary, member)
#define FIGURE(member) offsetof(struct figures, member)

/* clang-format off */
static const struct metric_row rows[] = {
	{ "loss", METRIC_PERCENT, get_loss, 0 },
	{ "reordering", METRIC_PERCENT, get_reordered, 0 },
	{ "lost", METRIC_COUNT, get_count, SUMMARY(lost) },
	{ "loss.burst", METRIC_COUNT, get_count, SUMMARY(bursts.longest) },
	{ "lost.forward", METRIC_COUNT, get_directed, SUMMARY(loss.forward) },
	{ "lost.backward", METRIC_COUNT, get_directed, SUMMARY(loss.backward) },
	{ "duplicates", METRIC_COUNT, get_count, SUMMARY(duplicates) },
	{ "reordered", METRIC_COUNT, get_count, SUMMARY(reordered) },
	{ "late", METRIC_COUNT, get_count, SUMMARY(late) },
	{ "received", METRIC_COUNT, get_count, SUMMARY(received) },
	{ "sent", METRIC_COUNT, get_count, SUMMARY(sent) },
	{ "hops.forward", METRIC_COUNT, get_hops, SUMMARY(hops.forward) },
	{ "hops.backward", METRIC_COUNT, get_hops, SUMMARY(hops.backward) },
	{ "jitter", METRIC_DURATION, get_jitter, 0 },
	{ "jitter.rfc3550", METRIC_DURATION, get_rfc3550, SUMMARY(jitter.round_trip) },
	{ "jitter.rfc3550.forward", METRIC_DURATION, get_rfc3550, SUMMARY(jitter.forward) },
	{ "jitter.rfc3550.backward", METRIC_DURATION, get_rfc3550, SUMMARY(jitter.backward) },
	{ "min", METRIC_DURATION, get_figure, FIGURE(min) },
	{ "mean", METRIC_DURATION, get_figure, FIGURE(mean) },
	{ "p50", METRIC_DURATION, get_figure, FIGURE(p50) },
	{ "p95", METRIC_DURATION, get_figure, FIGURE(p95) },
	{ "p99", METRIC_DURATION, get_figure, FIGURE(p99) },
	{ "p99.9", METRIC_DURATION, get_figure, FIGURE(p99_9) },
	{ "max", METRIC_DURATION, get_figure, FIGURE(max) },
	{ "stddev", METRIC_DURATION, get_figure, FIGURE(stddev) },
};

/* For the rows that are figures of a distribution. */
static const struct metric_prefix prefixes[] = {
	{ "", SUMMARY(round_trip) },
	{ "forward.", SUMMARY(forward) },
	{ "backward.", SUMMARY(backward) },
	{ "reflector.", SUMMARY(reflector) },
	{ "ipdv.", SUMMARY(ipdv_round_trip) },
	{ "pdv.", SUMMARY(pdv) },
};
/* clang-format on */

static bool is_figure(const struct metric_row *row)
{
	return row->get == get_figure;
}

static const struct metric_row *find_row(const char *name, bool prefixed)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (!strcmp(rows[i].name, name) && (!prefixed || is_figure(&rows[i])))
			return &rows[i];
	}
	return NULL;
}

bool metric_find(const char *name, struct metric *out)
{
	for (size_t i = 0; i < PREFIXES; i++) {
		size_t length = strlen(prefixes[i].text);

		if (strncmp(name, prefixes[i].text, length) != 0)
			continue;
		*out = (struct metric){ find_row(name + length, length != 0), &prefixes[i] };
		if (out->row)
			return true;
	}
	return false;
}

enum metric_kind metric_kind(const struct metric *metric)
{
	return metric->row->kind;
}

struct metric_value metric_value(const struct metric *metric, const struct metrics_summary *summary)
{
	return metric->row->get(summary, metric);
}

const char *metric_text(const struct metric *metric, const struct metric_value *value,
			char text[METRIC_TEXT_MAX])
{
	if (!value->known)
		snprintf(text, METRIC_TEXT_MAX, "unknown");
	else if (metric->row->kind == METRIC_PERCENT)
		snprintf(text, METRIC_TEXT_MAX, "%.4g %%", value->value);
	else if (metric->row->kind == METRIC_COUNT)
		snprintf(text, METRIC_TEXT_MAX, "%.0f", value->value);
	else
		duration_text((int64_t)value->value, text);
	return text;
}

static void write_kind(FILE *out, enum metric_kind kind, const char *text)
{
	const char *comma = "";

	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].kind != kind)
			continue;
		fprintf(out, "%s%s", comma, rows[i].name);
		comma = ", ";
	}
	fputs(text, out);
}

void metric_write_names(FILE *out)
{
	write_kind(out, METRIC_PERCENT, " (a percentage); ");
	write_kind(out, METRIC_COUNT, " (numbers); ");
	write_kind(out, METRIC_DURATION, " (durations, of the round trip); from min on also with");
	for (size_t i = 1; i < PREFIXES; i++)
		fprintf(out, "%s %s",
			i == 1             ? ""
			: i + 1 < PREFIXES ? ","
					   : " or",
			prefixes[i].text);
	fputs(" before it", out);
}
