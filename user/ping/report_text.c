/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The run as text: a line per packet and a summary. What is not known is called unknown. */
#include "ping/report.h"

#include <inttypes.h>
#include <stdio.h>

#include "ping/duration_text.h"
#include "ping/plot.h"
#include "ping/report_text.h"
#include "ping/report_tlv.h"

static const char *who(const struct report_session *session, char *text, size_t size)
{
	bool named = session->name != session->address && !session->numeric;

	if (named)
		snprintf(text, size, "%s (%s)", session->name, session->address);
	else
		snprintf(text, size, "%s", session->address);
	return text;
}

static void text_start(const struct report_session *session, size_t count)
{
	char peer[512], interval[DURATION_TEXT_MAX];

	(void)count;
	printf("stamp-ping %s port %u: ", who(session, peer, sizeof(peer)), session->port);
	if (session->ssid)
		printf("SSID %u", session->ssid);
	else
		printf("no SSID");
	printf(", %zu octets, %s, %s", session->size, report_mode(session),
	       session->stateful ? "stateful" : "stateless");
	if (session->poisson)
		printf(", random intervals of %s on average",
		       duration_text((int64_t)session->interval_ns, interval));
	printf("\n");
}

static void print_hops(unsigned int hops)
{
	if (hops)
		printf("%u", hops);
	else
		printf("?");
}

static const char *remark(const struct session_reply *reply)
{
	enum match_verdict verdict = reply->sample->match.verdict;

	if (verdict == MATCH_DUPLICATE)
		return " (duplicate)";
	if (verdict == MATCH_LATE)
		return reply->sample->match.sent_ns ? " (late)" : " (late, long forgotten)";
	if (!reply->delays.valid)
		return " (invalid: the reflector's times contradict each other or ours)";
	return reply->sample->match.reordered ? " (reordered)" : "";
}

static void text_reply(const struct report_session *session, const struct session_reply *reply)
{
	const struct metrics_sample *sample = reply->sample;
	char peer[512], round_trip[DURATION_TEXT_MAX], reflector[DURATION_TEXT_MAX];

	printf("%zu octets from %s: seq=%" PRIu64, sample->reply->size,
	       who(session, peer, sizeof(peer)), sample->match.number);
	if (session->stateful)
		printf(" reflector-seq=%" PRIu32, sample->reply->sequence);
	if (reply->delays.valid)
		printf(" rtt=%s reflector=%s",
		       duration_text(reply->delays.round_trip_ns, round_trip),
		       duration_text(reply->delays.reflector_ns, reflector));
	printf(" ttl=%u/", sample->reply->sender_ttl);
	if (sample->ttl >= 0)
		printf("%d hops=", sample->ttl);
	else
		printf("? hops=");
	print_hops(reply->hops.forward);
	printf("/");
	print_hops(reply->hops.backward);
	if (sample->tlvs)
		report_tlv_reply(sample->tlvs);
	printf("%s\n", remark(reply));
}

static void text_lost(const struct report_session *session, uint64_t number)
{
	char timeout[DURATION_TEXT_MAX];

	printf("seq=%" PRIu64 ": no reply within %s\n", number,
	       duration_text((int64_t)session->timeout_ns, timeout));
}

static void print_figures(const char *title, const struct figures *figures, const char *why)
{
	char min[DURATION_TEXT_MAX], mean[DURATION_TEXT_MAX], stddev[DURATION_TEXT_MAX];
	char p50[DURATION_TEXT_MAX], p95[DURATION_TEXT_MAX], p99[DURATION_TEXT_MAX];
	char max[DURATION_TEXT_MAX];

	if (!figures->known) {
		printf("%-16s unknown (%s)\n", title, why);
		return;
	}
	printf("%-16s %9s %9s %9s %9s %9s %9s %9s\n", title, duration_text(figures->min, min),
	       duration_text(figures->mean, mean), duration_text(figures->stddev, stddev),
	       duration_text(figures->p50, p50), duration_text(figures->p95, p95),
	       duration_text(figures->p99, p99), duration_text(figures->max, max));
}

void report_print_if(uint64_t count, const char *text)
{
	if (count)
		printf(", %" PRIu64 " %s", count, text);
}

static void print_packets(const struct metrics_summary *summary)
{
	uint64_t settled = summary->received + summary->lost;

	printf("packets          %" PRIu64 " sent, %" PRIu64 " received, %" PRIu64 " lost",
	       summary->sent, summary->received, summary->lost);
	if (settled)
		printf(" (%.4g %%)", 100.0 * (double)summary->lost / (double)settled);
	printf(", %" PRIu64 " duplicates, %" PRIu64 " reordered, %" PRIu64 " late",
	       summary->duplicates, summary->reordered, summary->late);
	report_print_if(summary->under_way, "still under way");
	report_print_if(summary->invalid, "invalid");
	report_print_if(summary->foreign, "foreign");
	report_print_if(summary->unverified, "with a wrong HMAC");
	report_print_if(summary->overflowed, "lost at our own socket");
	report_print_if(summary->send_errors, "not sent");
	report_print_if(summary->icmp_errors, "ICMP errors");
	printf("\n");
}

static void print_loss(const struct report_session *session, const struct metrics_summary *summary)
{
	const struct loss_by_direction *loss = &summary->loss;
	uint64_t directed = loss->forward + loss->backward;

	if (!loss->known) {
		printf("lost             by direction unknown (%s)\n",
		       session->stateful ? "no reply, or the reflector's numbers contradict us"
					 : "needs a stateful reflector and --stateful");
		return;
	}
	printf("lost             %" PRIu64 " forward, %" PRIu64 " backward", loss->forward,
	       loss->backward);
	report_print_if(summary->lost > directed ? summary->lost - directed : 0, "late or unknown");
	printf("\n");
}

static void print_delays(const struct metrics_summary *summary)
{
	const char *no_reply = "no valid reply";
	const char *no_one_way = summary->received ? "clocks not synchronised" : no_reply;
	const char *no_pair = "no two valid replies in a row";
	char bound[DURATION_TEXT_MAX];

	printf("%-16s %9s %9s %9s %9s %9s %9s %9s\n", "", "min", "mean", "stddev", "p50", "p95",
	       "p99", "max");
	print_figures("round trip", &summary->round_trip, no_reply);
	print_figures("in the reflector", &summary->reflector, no_reply);
	print_figures("forward", &summary->forward, no_one_way);
	print_figures("backward", &summary->backward, no_one_way);
	if (summary->one_way_known)
		printf("                 forward and backward are known to +/- %s\n",
		       duration_text((int64_t)summary->one_way_bound_ns, bound));
	print_figures("ipdv round trip", &summary->ipdv_round_trip, no_pair);
	print_figures("ipdv forward", &summary->ipdv_forward, no_pair);
	print_figures("ipdv backward", &summary->ipdv_backward, no_pair);
}

static void print_way(const char *name, unsigned int hops)
{
	printf("%s ", name);
	if (hops)
		printf("%u", hops);
	else
		printf("unknown");
}

static void print_hop_counts(const struct metrics_summary *summary)
{
	printf("hops             ");
	print_way("forward", summary->hops.forward);
	print_way(", backward", summary->hops.backward);
	printf("%s\n", summary->hops_changed ? "; they changed" : "");
}

static void print_timestamps(const struct metrics_summary *summary)
{
	printf("timestamps       transmit %" PRIu64 " kernel, %" PRIu64 " user; receive %" PRIu64
	       " kernel, %" PRIu64 " user; %" PRIu64 " transmit timestamps never came\n",
	       summary->transmit_kernel, summary->transmit_user, summary->receive_kernel,
	       summary->receive_user, summary->transmit_missing);
}

/* Packets a second of a flood; how late they were only where it matters: then they did not leave as
 * the interval promises. */
static void print_pacing(const struct report_session *session, const struct report_run *run)
{
	const struct metrics_summary *summary = run->results[0].summary;
	const struct figures *pacing = &summary->pacing;
	char p50[DURATION_TEXT_MAX], p99[DURATION_TEXT_MAX], max[DURATION_TEXT_MAX];

	if (session->flood && run->took_ns)
		printf("flood            %.0f packets a second sent, %.0f received\n",
		       (double)summary->sent * 1e9 / (double)run->took_ns,
		       (double)summary->received * 1e9 / (double)run->took_ns);
	if (!pacing->known || pacing->p99 <= (int64_t)session->interval_ns / 10)
		return;
	printf("sent late by     p50 %s, p99 %s, max %s\n", duration_text(pacing->p50, p50),
	       duration_text(pacing->p99, p99), duration_text(pacing->max, max));
}

static void print_notes(const struct report_session *session, const struct metrics_summary *summary)
{
	if (summary->without_ssid)
		printf("note             %" PRIu64
		       " replies carry no SSID: the reflector lacks RFC "
		       "8972\n",
		       summary->without_ssid);
	if (summary->overflowed)
		printf("note             our own socket was full when replies came: raise "
		       "net.core.rmem_max or -i\n");
	if (summary->own_numbers && !session->stateful)
		printf("note             the reflector numbers its replies itself: --stateful "
		       "shows "
		       "loss by direction\n");
}

void report_print_verdict(const struct verdict *verdict)
{
	char text[METRIC_TEXT_MAX];

	if (verdict->asked && !verdict->count)
		printf("failed           none of the conditions\n");
	for (size_t i = 0; i < verdict->count; i++) {
		const struct failure *failure = &verdict->failed[i];

		printf("failed           %s: it is %s\n", failure->condition->text,
		       metric_text(&failure->condition->metric, &failure->value, text));
	}
}

static void print_pictures(const struct report_run *run)
{
	const struct report_result *result = &run->results[0];

	if (!run->plot)
		return;
	printf("\n");
	plot_histogram(stdout, metrics_distribution(result->metrics, METRICS_ROUND_TRIP),
		       "round trip", run->terminal);
	printf("\n");
	plot_sparkline(stdout, result->timeline, run->terminal);
}

static void text_end(const struct report_run *run)
{
	const struct report_session *session = run->results[0].session;
	const struct metrics_summary *summary = run->results[0].summary;
	char peer[512];

	printf("\n--- %s port %u ---\n", who(session, peer, sizeof(peer)), session->port);
	print_packets(summary);
	print_loss(session, summary);
	print_delays(summary);
	print_hop_counts(summary);
	print_timestamps(summary);
	print_pacing(session, run);
	if (summary->tlvs)
		report_tlv_summary(summary->tlvs);
	print_notes(session, summary);
	report_print_verdict(run->results[0].verdict);
	print_pictures(run);
}

const struct report_form report_text = {
	.is_text = true,
	.start = text_start,
	.reply = text_reply,
	.lost = text_lost,
	.end = text_end,
};

const struct report_form report_text_summary = {
	.is_text = true,
	.is_quiet = true,
	.start = text_start,
	.reply = report_no_reply,
	.lost = report_no_lost,
	.end = text_end,
};
