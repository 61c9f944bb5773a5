/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* All figures of a session as tables, each driven by its rows. What is not known says so. */
#include "ping/report_html_parts.h"

#include <inttypes.h>
#include <stddef.h>

#include "ping/duration_text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SUMMARY(member) offsetof(struct metrics_summary, member)

/* --- delays: a row for each distribution ------------------------------------------------------ */

struct delay_row {
	const char *name;
	size_t figures; /* in the summary */
};

struct delay_column {
	const char *name;
	size_t figure;
};

#define FIGURE(member) offsetof(struct figures, member)

/* clang-format off */
static const struct delay_row delay_rows[] = {
	{ "round trip", SUMMARY(round_trip) },
	{ "in the reflector", SUMMARY(reflector) },
	{ "forward", SUMMARY(forward) },
	{ "backward", SUMMARY(backward) },
	{ "IPDV round trip", SUMMARY(ipdv_round_trip) },
	{ "IPDV forward", SUMMARY(ipdv_forward) },
	{ "IPDV backward", SUMMARY(ipdv_backward) },
	{ "PDV round trip", SUMMARY(pdv) },
	{ "PDV forward", SUMMARY(pdv_forward) },
	{ "PDV backward", SUMMARY(pdv_backward) },
	{ "sent later than due", SUMMARY(pacing) },
};

static const struct delay_column delay_columns[] = {
	{ "min", FIGURE(min) },
	{ "mean", FIGURE(mean) },
	{ "stddev", FIGURE(stddev) },
	{ "p50", FIGURE(p50) },
	{ "p95", FIGURE(p95) },
	{ "p99", FIGURE(p99) },
	{ "p99.9", FIGURE(p99_9) },
	{ "max", FIGURE(max) },
};
/* clang-format on */

static const void *member(const void *of, size_t offset)
{
	return (const char *)of + offset;
}

static void write_delays(FILE *out, const struct figures *figures)
{
	char text[DURATION_TEXT_MAX];

	if (!figures->known) {
		fprintf(out, "<td class=\"unknown\" colspan=\"%zu\">unknown</td>",
			COUNT(delay_columns));
		return;
	}
	for (size_t i = 0; i < COUNT(delay_columns); i++) {
		const int64_t *ns = member(figures, delay_columns[i].figure);

		fprintf(out, "<td>%s</td>", duration_text(*ns, text));
	}
}

static void write_delay_table(FILE *out, const struct metrics_summary *summary)
{
	fputs("<div class=\"wide\" role=\"region\" aria-label=\"Delays\" tabindex=\"0\">\n"
	      "<table class=\"delays\"><caption>Delays</caption>\n"
	      "<thead><tr><td></td>",
	      out);
	for (size_t i = 0; i < COUNT(delay_columns); i++)
		fprintf(out, "<th scope=\"col\">%s</th>", delay_columns[i].name);
	fputs("</tr></thead>\n<tbody>\n", out);
	for (size_t i = 0; i < COUNT(delay_rows); i++) {
		fprintf(out, "<tr><th scope=\"row\">%s</th>", delay_rows[i].name);
		write_delays(out, member(summary, delay_rows[i].figures));
		fputs("</tr>\n", out);
	}
	fputs("</tbody></table></div>\n", out);
}

/* --- facts: a row for each number ------------------------------------------------------------- */

enum fact_kind {
	FACT_COUNT,    /* uint64_t */
	FACT_DURATION, /* uint64_t, nanoseconds */
	FACT_HOPS,     /* unsigned int, 0: unknown */
	FACT_TRUTH,    /* bool */
};

struct fact {
	const char *name;
	enum fact_kind kind;
	size_t offset;                                           /* in the summary */
	bool (*is_known)(const struct metrics_summary *summary); /* NULL: it always is */
};

static bool loss_is_known(const struct metrics_summary *summary)
{
	return summary->loss.known;
}

static bool overflow_is_known(const struct metrics_summary *summary)
{
	return summary->overflow_known;
}

static bool pairs_are_known(const struct metrics_summary *summary)
{
	return summary->ipdv_round_trip.known;
}

static bool jitter_is_known(const struct metrics_summary *summary)
{
	return summary->jitter.known;
}

static bool one_way_is_known(const struct metrics_summary *summary)
{
	return summary->one_way_known;
}

static bool reply_is_known(const struct metrics_summary *summary)
{
	return summary->received > 0;
}

static bool hops_are_known(const struct metrics_summary *summary)
{
	return summary->hops.forward || summary->hops.backward;
}

/* clang-format off */
static const struct fact packets[] = {
	{ "sent", FACT_COUNT, SUMMARY(sent), NULL },
	{ "received", FACT_COUNT, SUMMARY(received), NULL },
	{ "lost", FACT_COUNT, SUMMARY(lost), NULL },
	{ "lost forward", FACT_COUNT, SUMMARY(loss.forward), loss_is_known },
	{ "lost backward", FACT_COUNT, SUMMARY(loss.backward), loss_is_known },
	{ "late", FACT_COUNT, SUMMARY(late), NULL },
	{ "duplicates", FACT_COUNT, SUMMARY(duplicates), NULL },
	{ "reordered (RFC 4737)", FACT_COUNT, SUMMARY(reordered), NULL },
	{ "their largest extent, in replies", FACT_COUNT, SUMMARY(reordering.extent_max), NULL },
	{ "loss bursts", FACT_COUNT, SUMMARY(bursts.count), NULL },
	{ "packets of the longest burst", FACT_COUNT, SUMMARY(bursts.longest), NULL },
	{ "still under way", FACT_COUNT, SUMMARY(under_way), NULL },
	{ "not sent", FACT_COUNT, SUMMARY(send_errors), NULL },
	{ "ICMP errors", FACT_COUNT, SUMMARY(icmp_errors), NULL },
};

static const struct fact replies[] = {
	{ "invalid", FACT_COUNT, SUMMARY(invalid), NULL },
	{ "foreign", FACT_COUNT, SUMMARY(foreign), NULL },
	{ "with a wrong HMAC", FACT_COUNT, SUMMARY(unverified), NULL },
	{ "lost at our own socket", FACT_COUNT, SUMMARY(overflowed), overflow_is_known },
	{ "of a TWAMP Light reflector", FACT_COUNT, SUMMARY(twamp_light), NULL },
	{ "without SSID: no RFC 8972 there", FACT_COUNT, SUMMARY(without_ssid), NULL },
	{ "numbered by a stateful reflector", FACT_COUNT, SUMMARY(own_numbers), NULL },
};

static const struct fact path[] = {
	{ "jitter: mean size of IPDV round trip", FACT_DURATION, SUMMARY(jitter_ns), pairs_are_known },
	{ "jitter by RFC 3550, round trip", FACT_DURATION, SUMMARY(jitter.round_trip), jitter_is_known },
	{ "jitter by RFC 3550, forward", FACT_DURATION, SUMMARY(jitter.forward), jitter_is_known },
	{ "jitter by RFC 3550, backward", FACT_DURATION, SUMMARY(jitter.backward), jitter_is_known },
	{ "hops forward, latest", FACT_HOPS, SUMMARY(hops.forward), NULL },
	{ "hops backward, latest", FACT_HOPS, SUMMARY(hops.backward), NULL },
	{ "path length changed", FACT_TRUTH, SUMMARY(hops_changed), hops_are_known },
};

static const struct fact clocks[] = {
	{ "sender synchronised", FACT_TRUTH, SUMMARY(sender_synchronized), NULL },
	{ "reflector synchronised", FACT_TRUTH, SUMMARY(reflector_synchronized), reply_is_known },
	{ "one-way delays known to +/-", FACT_DURATION, SUMMARY(one_way_bound_ns), one_way_is_known },
	{ "T1 by the network card", FACT_COUNT, SUMMARY(transmit_hardware), NULL },
	{ "T1 by the kernel", FACT_COUNT, SUMMARY(transmit_kernel), NULL },
	{ "T1 by stamp-ping", FACT_COUNT, SUMMARY(transmit_user), NULL },
	{ "T4 by the network card", FACT_COUNT, SUMMARY(receive_hardware), NULL },
	{ "T4 by the kernel", FACT_COUNT, SUMMARY(receive_kernel), NULL },
	{ "T4 by stamp-ping", FACT_COUNT, SUMMARY(receive_user), NULL },
	{ "T1 that never came", FACT_COUNT, SUMMARY(transmit_missing), NULL },
};

static const struct {
	const char *title;
	const struct fact *facts;
	size_t count;
} fact_tables[] = {
	{ "Packets", packets, COUNT(packets) },
	{ "Replies apart", replies, COUNT(replies) },
	{ "Path and variation", path, COUNT(path) },
	{ "Clocks and timestamps", clocks, COUNT(clocks) },
};
/* clang-format on */

static bool fact_is_known(const struct fact *fact, const struct metrics_summary *summary)
{
	const unsigned int *hops = member(summary, fact->offset);

	if (fact->kind == FACT_HOPS)
		return *hops != 0;
	return !fact->is_known || fact->is_known(summary);
}

static void write_value(FILE *out, enum fact_kind kind, const void *value)
{
	char text[DURATION_TEXT_MAX];

	if (kind == FACT_TRUTH)
		fputs(*(const bool *)value ? "yes" : "no", out);
	else if (kind == FACT_HOPS)
		fprintf(out, "%u", *(const unsigned int *)value);
	else if (kind == FACT_DURATION)
		fputs(duration_text((int64_t) * (const uint64_t *)value, text), out);
	else
		fprintf(out, "%" PRIu64, *(const uint64_t *)value);
}

static void write_fact(FILE *out, const struct fact *fact, const struct metrics_summary *summary)
{
	fprintf(out, "<tr><th scope=\"row\">%s</th>", fact->name);
	if (fact_is_known(fact, summary)) {
		fputs("<td>", out);
		write_value(out, fact->kind, member(summary, fact->offset));
		fputs("</td></tr>\n", out);
	} else {
		fputs("<td class=\"unknown\">unknown</td></tr>\n", out);
	}
}

void report_html_tables(FILE *out, const struct report_result *session)
{
	write_delay_table(out, session->summary);
	fputs("<div class=\"facts\">\n", out);
	for (size_t table = 0; table < COUNT(fact_tables); table++) {
		fprintf(out, "<table><caption>%s</caption><tbody>\n", fact_tables[table].title);
		for (size_t i = 0; i < fact_tables[table].count; i++)
			write_fact(out, &fact_tables[table].facts[i], session->summary);
		fputs("</tbody></table>\n", out);
	}
	fputs("</div>\n", out);
}
