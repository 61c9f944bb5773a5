/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is read first: the run in one sentence, its conditions, the main figures, parameters. */
#include "ping/report_html_parts.h"

#include <inttypes.h>
#include <string.h>

#include "ping/duration_text.h"
#include "ping/html_text.h"
#include "ping/metric.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A figure by its name in --fail-if, which is one of ours. */
static const char *figure(const struct report_result *session, const char *name,
			  char text[METRIC_TEXT_MAX])
{
	struct metric_value value;
	struct metric metric;

	if (!metric_find(name, &metric))
		return "unknown";
	value = metric_value(&metric, session->summary);
	return metric_text(&metric, &value, text);
}

static void write_conditions(FILE *out, const struct verdict *verdict)
{
	char text[METRIC_TEXT_MAX];

	if (!verdict->asked)
		return;
	if (!verdict->count) {
		fputs("<p class=\"badge passed\">Passed: none of the conditions holds.</p>\n", out);
		return;
	}
	fputs("<p class=\"badge failed\">Failed:", out);
	for (size_t i = 0; i < verdict->count; i++) {
		const struct failure *failure = &verdict->failed[i];

		fputs(i ? "; <b>" : " <b>", out);
		html_text(out, failure->condition->text);
		fprintf(out, "</b>: it is %s",
			metric_text(&failure->condition->metric, &failure->value, text));
	}
	fputs("</p>\n", out);
}

void report_html_verdict(FILE *out, const struct report_result *session)
{
	const struct metrics_summary *summary = session->summary;
	char loss[METRIC_TEXT_MAX], p50[METRIC_TEXT_MAX], p99[METRIC_TEXT_MAX];

	fprintf(out, "<p class=\"verdict\">%" PRIu64 " packets sent, %" PRIu64 " answered",
		summary->sent, summary->received);
	if (summary->received + summary->lost)
		fprintf(out, ", %s lost", figure(session, "loss", loss));
	if (summary->round_trip.known)
		fprintf(out, "; round trip p50 %s, p99 %s", figure(session, "p50", p50),
			figure(session, "p99", p99));
	fputs(summary->received ? ".</p>\n" : ": nothing was measured.</p>\n", out);
	write_conditions(out, session->verdict);
}

static void write_tile(FILE *out, const char *name, const char *value)
{
	fprintf(out, "<div class=\"tile%s\"><dt>%s</dt><dd>%s</dd></div>\n",
		strcmp(value, "unknown") != 0 ? "" : " unknown", name, value);
}

void report_html_tiles(FILE *out, const struct report_result *session)
{
	static const struct {
		const char *name, *metric;
	} tiles[] = {
		{ "loss", "loss" },
		{ "round trip p50", "p50" },
		{ "round trip p99", "p99" },
		{ "jitter", "jitter" },
		{ "forward p50", "forward.p50" },
		{ "backward p50", "backward.p50" },
		{ "hops forward", "hops.forward" },
		{ "hops backward", "hops.backward" },
	};
	char text[METRIC_TEXT_MAX];

	fputs("<dl class=\"tiles\">\n", out);
	for (size_t i = 0; i < COUNT(tiles); i++)
		write_tile(out, tiles[i].name, figure(session, tiles[i].metric, text));
	fputs("</dl>\n", out);
}

/* --- parameters ----------------------------------------------------------------------------- */

static void write_parameter(FILE *out, const char *value)
{
	fputs("<td>", out);
	html_text(out, value);
	fputs("</td>", out);
}

static void write_interval(FILE *out, const struct report_session *session)
{
	char interval[DURATION_TEXT_MAX];

	if (session->flood)
		fputs("none, a flood", out);
	else
		fprintf(out, "%s%s", duration_text((int64_t)session->interval_ns, interval),
			session->poisson ? " on average, random" : "");
}

static void write_pace(FILE *out, const struct report_session *session)
{
	char timeout[DURATION_TEXT_MAX];

	fputs("<td>", out);
	write_interval(out, session);
	fprintf(out, "</td><td>%s</td>", duration_text((int64_t)session->timeout_ns, timeout));
}

static void write_session(FILE *out, const struct report_result *of)
{
	const struct report_session *session = of->session;

	fputs("<tr><th scope=\"row\">", out);
	html_text(out, of->session->label);
	fputs("</th>", out);
	write_parameter(out, session->name);
	write_parameter(out, session->address);
	fprintf(out, "<td>%u</td>", session->port);
	if (session->ssid)
		fprintf(out, "<td>%u</td>", session->ssid);
	else
		fputs("<td>none</td>", out);
	fprintf(out, "<td>%zu octets</td>", session->size);
	write_pace(out, session);
	fprintf(out, "<td>%s</td><td>%s</td></tr>\n", report_mode(session),
		session->stateful ? "stateful" : "stateless");
}

void report_html_parameters(FILE *out, const struct report_run *run)
{
	static const char *const columns[] = {
		"target",  "address", "port",
		"SSID",    "size",    "interval",
		"timeout", "mode",    "reflector taken as",
	};

	fputs("<p class=\"command\"><code>", out);
	html_text(out, run->command);
	fputs("</code></p>\n"
	      "<div class=\"wide\" role=\"region\" aria-label=\"Parameters\" tabindex=\"0\">\n"
	      "<table class=\"parameters\"><caption>Parameters</caption>\n"
	      "<thead><tr><th scope=\"col\">session</th>",
	      out);
	for (size_t i = 0; i < COUNT(columns); i++)
		fprintf(out, "<th scope=\"col\">%s</th>", columns[i]);
	fputs("</tr></thead>\n<tbody>\n", out);
	for (size_t i = 0; i < run->count; i++)
		write_session(out, &run->results[i]);
	fputs("</tbody></table></div>\n", out);
}
