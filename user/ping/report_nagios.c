/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The run as one line of a monitoring plugin: state, what matters, and performance data. */
#include "ping/report.h"

#include <stdio.h>

/* clang-format off */
static const struct performance {
	const char *label;
	const char *metric;
} performance[] = {
	{ "rtt_min", "min" },
	{ "rtt_p50", "p50" },
	{ "rtt_p99", "p99" },
	{ "rtt_max", "max" },
	{ "jitter", "jitter" },
	{ "loss", "loss" },
	{ "sent", "sent" },
	{ "received", "received" },
	{ "lost_forward", "lost.forward" },
	{ "lost_backward", "lost.backward" },
	{ "hops_forward", "hops.forward" },
	{ "hops_backward", "hops.backward" },
};
/* clang-format on */

static void print_metric(const char *before, const char *name,
			 const struct metrics_summary *summary)
{
	char text[METRIC_TEXT_MAX];
	struct metric_value value;
	struct metric metric;

	if (!metric_find(name, &metric))
		return;
	value = metric_value(&metric, summary);
	printf("%s%s", before, metric_text(&metric, &value, text));
}

static void print_failed(const struct verdict *verdict)
{
	char text[METRIC_TEXT_MAX];

	for (size_t i = 0; i < verdict->count; i++) {
		const struct failure *failure = &verdict->failed[i];

		printf("%s%s (it is %s)", i ? ", " : "", failure->condition->text,
		       metric_text(&failure->condition->metric, &failure->value, text));
	}
	if (verdict->count)
		printf("; ");
}

/* In base units, as readers of performance data want them; U is what they call unknown. */
static void print_performance(const struct performance *item, const struct metrics_summary *summary)
{
	struct metric_value value;
	struct metric metric;

	if (!metric_find(item->metric, &metric))
		return;
	value = metric_value(&metric, summary);
	if (!value.known)
		printf(" %s=U;;;", item->label);
	else if (metric_kind(&metric) == METRIC_DURATION)
		printf(" %s=%.9fs;;;", item->label, value.value / 1e9);
	else if (metric_kind(&metric) == METRIC_PERCENT)
		printf(" %s=%.6g%%;;;", item->label, value.value);
	else
		printf(" %s=%.0f;;;", item->label, value.value);
}

/* Of one session: the options refuse more. */
static void nagios_end(const struct report_run *run)
{
	const struct report_result *result = &run->results[0];

	if (run->err)
		return; /* main() says so by report_nagios_unknown() */
	printf("STAMP %s - %s: ", result->verdict->count ? "CRITICAL" : "OK",
	       result->session->address);
	print_failed(result->verdict);
	print_metric("rtt p50 ", "p50", result->summary);
	print_metric(", loss ", "loss", result->summary);
	print_metric(", hops ", "hops.forward", result->summary);
	print_metric("/", "hops.backward", result->summary);
	printf(" |");
	for (size_t i = 0; i < sizeof(performance) / sizeof(*performance); i++)
		print_performance(&performance[i], result->summary);
	printf("\n");
}

/* A bar would begin the performance data, and only the first line is shown. */
void report_nagios_unknown(const char *why)
{
	printf("STAMP UNKNOWN - ");
	for (; *why; why++)
		putchar(*why == '|' || *why == '\n' ? ' ' : *why);
	printf("\n");
}

const struct report_form report_nagios = {
	.is_quiet = true,
	.start = report_no_start,
	.reply = report_no_reply,
	.lost = report_no_lost,
	.end = nagios_end,
};
