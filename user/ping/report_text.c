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

/* How losses and reordered packets lay; nothing if there were none. */
static void print_patterns(const struct metrics_summary *summary)
{
	const struct loss_bursts *bursts = &summary->bursts;
	const struct reordering_summary *reordering = &summary->reordering;

	if (bursts->count)
		printf("loss bursts      %" PRIu64
		       ", of %.1f packets on average, the longest of %" PRIu64 "\n",
		       bursts->count, (double)bursts->lost / (double)bursts->count,
		       bursts->longest);
	if (summary->reordered)
		printf("reordered        %.3g %%, later by %s%.1f replies on average, by %" PRIu64
		       " at most (RFC 4737)\n",
		       metrics_reordered_percent(summary), reordering->at_least ? "at least " : "",
		       reordering->extent_mean, reordering->extent_max);
}

static void print_jitter(const struct metrics_summary *summary)
{
	char mean[DURATION_TEXT_MAX], round_trip[DURATION_TEXT_MAX], forward[DURATION_TEXT_MAX];
	char backward[DURATION_TEXT_MAX];

	if (!summary->ipdv_round_trip.known || !summary->jitter.known)
		return;
	printf("jitter           mean |ipdv| %s; by RFC 3550 %s, forward %s, backward %s\n",
	       duration_text((int64_t)summary->jitter_ns, mean),
	       duration_text((int64_t)summary->jitter.round_trip, round_trip),
	       duration_text((int64_t)summary->jitter.forward, forward),
	       duration_text((int64_t)summary->jitter.backward, backward));
}

static void print_bound(const struct metrics_summary *summary)
{
	char bound[DURATION_TEXT_MAX];

	if (!summary->one_way_known)
		return;
	printf("                 forward and backward are known to +/- %s\n",
	       duration_text((int64_t)summary->one_way_bound_ns, bound));
	if (summary->one_way_refuted)
		printf("note             below 0 by more than that: a clock, here or there, is "
		       "farther "
		       "off than it claims\n");
	else if (summary->one_way_negative)
		printf("note             below 0: the two clocks differ by more than the delay; it "
		       "is "
		       "true to that bound\n");
}

static void print_delays(const struct metrics_summary *summary)
{
	const char *no_reply = "no valid reply";
	const char *no_one_way = summary->received ? "clocks not synchronised" : no_reply;
	const char *no_pair = "no two valid replies in a row";

	printf("%-16s %9s %9s %9s %9s %9s %9s %9s\n", "", "min", "mean", "stddev", "p50", "p95",
	       "p99", "max");
	print_figures("round trip", &summary->round_trip, no_reply);
	print_figures("in the reflector", &summary->reflector, no_reply);
	print_figures("forward", &summary->forward, no_one_way);
	print_figures("backward", &summary->backward, no_one_way);
	print_bound(summary);
	print_figures("ipdv round trip", &summary->ipdv_round_trip, no_pair);
	print_figures("ipdv forward", &summary->ipdv_forward, no_pair);
	print_figures("ipdv backward", &summary->ipdv_backward, no_pair);
	print_figures("pdv round trip", &summary->pdv, no_reply);
	print_figures("pdv forward", &summary->pdv_forward, no_reply);
	print_figures("pdv backward", &summary->pdv_backward, no_reply);
	print_jitter(summary);
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

/* Few hosts have times of the card; on the others they are not spoken of. */
static void print_sources(const char *way, bool with_hardware, uint64_t hardware, uint64_t kernel,
			  uint64_t user)
{
	printf("%s ", way);
	if (with_hardware)
		printf("%" PRIu64 " hardware, ", hardware);
	printf("%" PRIu64 " kernel, %" PRIu64 " user; ", kernel, user);
}

static void print_timestamps(const struct metrics_summary *summary)
{
	bool with_hardware = summary->transmit_hardware || summary->receive_hardware;

	printf("timestamps       ");
	print_sources("transmit", with_hardware, summary->transmit_hardware,
		      summary->transmit_kernel, summary->transmit_user);
	print_sources("receive", with_hardware, summary->receive_hardware, summary->receive_kernel,
		      summary->receive_user);
	printf("%" PRIu64 " transmit timestamps never came\n", summary->transmit_missing);
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

/* What to check when nothing came back. */
static void print_silence(const struct report_session *session,
			  const struct metrics_summary *summary)
{
	if (!summary->sent || summary->received || summary->late)
		return;
	if (summary->icmp_errors)
		printf("note             no reply; the warnings about ICMP errors say why\n");
	else if (summary->invalid || summary->foreign || summary->unverified)
		printf("note             something came back, but no reply to these packets\n");
	else
		printf("note             no reply at all: does a Session-Reflector run there, on "
		       "port "
		       "%u (-p)?\n"
		       "note             do firewalls let UDP through both ways, is this sender "
		       "allowed there%s?\n",
		       session->port, session->authenticated ? ", are the keys the same" : "");
}

static void print_protocol(const struct metrics_summary *summary)
{
	if (summary->twamp_light)
		printf("note             %" PRIu64
		       " replies are those of a TWAMP Light reflector (RFC "
		       "5357): shorter than STAMP's, no SSID\n",
		       summary->twamp_light);
	if (summary->without_ssid > summary->twamp_light)
		printf("note             %" PRIu64
		       " replies carry no SSID: the reflector lacks RFC 8972\n",
		       summary->without_ssid - summary->twamp_light);
}

static void print_notes(const struct report_session *session, const struct metrics_summary *summary)
{
	print_silence(session, summary);
	print_protocol(summary);
	if (summary->overflowed)
		printf("note             our own socket was full when replies came: raise "
		       "net.core.rmem_max or -i\n");
	if (summary->own_numbers && !session->stateful)
		printf("note             the reflector numbers its replies itself: --stateful "
		       "shows loss by direction\n");
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
	print_patterns(summary);
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
