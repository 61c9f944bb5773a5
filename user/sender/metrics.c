/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a run measured: delay, its variation and loss, by direction. Pure, in bounded memory. */
#include "sender/metrics.h"

#include <errno.h>
#include <stdlib.h>

#include "sender/delay_variation.h"
#include "sender/interarrival_jitter.h"
#include "sender/reordering.h"
#include "stamp/error_estimate.h"
#include "stamp/wire.h"

/* Reflectors reply with TTL 255 (RFC 5357 section 4.2.1); more hops mean that this one did not. */
#define HOPS_MAX 64
#define REPLY_TTL 255
#define TTL_NOT_READ 255

/* A claim beyond a day (a Multiplier of 0 also reads so) bounds nothing. */
#define LARGEST_ERROR_NS (86400 * NSEC_PER_SEC)

/* T1 and T4 are UTC. A clock that was set forward in between makes a packet longer away than time
 * went by; one that is slewed differs from CLOCK_MONOTONIC by less than this. */
#define CLOCK_SLEW_NS (10 * NSEC_PER_MSEC)

/* How far apart two replies may come and still be compared as consecutive packets. */
#define RECENT_PACKETS 64

struct recent {
	bool valid;
	uint64_t number;
	struct delays delays;
};

struct metrics {
	struct metrics_settings settings;
	struct metrics_summary counts; /* distributions apart */
	struct loss loss;
	struct loss_bursts bursts;
	struct reordering reordering;
	struct distribution delays[METRICS_DELAY_MAX];
	struct delay_variation forward, backward;
	struct interarrival_jitter jitter_round_trip, jitter_forward, jitter_backward;
	uint64_t jitter_sum_ns; /* of the magnitudes of ipdv_round_trip */
	struct recent recent[RECENT_PACKETS];
	uint64_t transmitted;
	bool sender_unsynchronized, reflector_unsynchronized;
	uint64_t sender_error_ns, reflector_error_ns; /* the largest claimed in the run */
	uint64_t conversion_error_ns;                 /* the same, of metrics_conversion() */
	int err;
};

int metrics_open(struct metrics **out, const struct metrics_settings *settings)
{
	struct metrics *metrics = calloc(1, sizeof(*metrics));

	if (!metrics)
		return -ENOMEM;
	metrics->settings = *settings;
	*out = metrics;
	return 0;
}

static void note_error(struct metrics *metrics, int err)
{
	if (err)
		metrics->err = err;
}

static void add(struct metrics *metrics, enum metrics_delay delay, int64_t value_ns)
{
	note_error(metrics, distribution_add(&metrics->delays[delay], value_ns));
}

void metrics_sent(struct metrics *metrics, uint64_t late_ns)
{
	if (late_ns != METRICS_NEVER_DUE)
		add(metrics, METRICS_PACING, (int64_t)late_ns);
	metrics->counts.sent++;
}

void metrics_transmitted(struct metrics *metrics)
{
	metrics->transmitted++;
}

void metrics_lost(struct metrics *metrics, uint64_t number)
{
	loss_bursts_add(&metrics->bursts, number);
	metrics->counts.lost++;
}

void metrics_send_error(struct metrics *metrics)
{
	metrics->counts.send_errors++;
}

void metrics_icmp_error(struct metrics *metrics)
{
	metrics->counts.icmp_errors++;
}

void metrics_invalid(struct metrics *metrics)
{
	metrics->counts.invalid++;
}

void metrics_unverified(struct metrics *metrics)
{
	metrics->counts.unverified++;
}

void metrics_overflowed(struct metrics *metrics, uint64_t count)
{
	metrics->counts.overflow_known = true;
	metrics->counts.overflowed = count;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

void metrics_conversion(struct metrics *metrics, uint64_t error_ns)
{
	metrics->conversion_error_ns = larger(metrics->conversion_error_ns, error_ns);
}

void metrics_clock(struct metrics *metrics, const struct clock_quality *quality)
{
	if (!quality->synchronized)
		metrics->sender_unsynchronized = true;
	metrics->sender_error_ns = larger(metrics->sender_error_ns, quality->max_error_ns);
}

struct delays metrics_delays(const struct metrics_sample *sample)
{
	const struct probe_reply *reply = sample->reply;
	struct delays delays = {
		.reflector_ns = (int64_t)(reply->sent_ns - reply->received_ns),
		.forward_ns = (int64_t)(reply->received_ns - sample->match.sent_ns),
		.backward_ns = (int64_t)(sample->received_ns - reply->sent_ns),
	};
	int64_t away_ns = (int64_t)(sample->received_ns - sample->match.sent_ns);

	if (!sample->match.sent_ns || delays.reflector_ns < 0 || away_ns < delays.reflector_ns ||
	    away_ns > (int64_t)(sample->match.elapsed_ns + CLOCK_SLEW_NS))
		return delays;
	delays.round_trip_ns = away_ns - delays.reflector_ns;
	delays.valid = true;
	return delays;
}

static unsigned int count_hops(int sent_ttl, int received_ttl)
{
	int hops = sent_ttl - received_ttl + 1;

	return received_ttl > 0 && hops > 0 && hops <= HOPS_MAX ? (unsigned int)hops : 0;
}

/* Whether no host starts with this TTL: a router has lowered it. */
static bool has_crossed_routers(int ttl)
{
	return ttl > 0 && ttl != 255 && ttl != 128 && ttl != 64 && ttl != 32;
}

/* A reflector that cannot read the TTL sends 255 back (RFC 5357 section 4.2.1): where the way back
 * has routers, that is no proof of a reflector on our link. */
struct hops metrics_hops(const struct metrics *metrics, const struct metrics_sample *sample)
{
	bool unread = sample->reply->sender_ttl == TTL_NOT_READ && has_crossed_routers(sample->ttl);

	return (struct hops){
		.forward =
			unread ? 0 : count_hops(metrics->settings.ttl, sample->reply->sender_ttl),
		.backward = count_hops(REPLY_TTL, sample->ttl),
	};
}

static void note_hops(unsigned int *known, unsigned int hops, bool *changed)
{
	if (!hops)
		return;
	if (*known && *known != hops)
		*changed = true;
	*known = hops;
}

static void add_variation(struct metrics *metrics, const struct delays *earlier,
			  const struct delays *later)
{
	int64_t round_trip_ns = later->round_trip_ns - earlier->round_trip_ns;

	add(metrics, METRICS_IPDV_ROUND_TRIP, round_trip_ns);
	metrics->jitter_sum_ns += (uint64_t)llabs(round_trip_ns);
	add(metrics, METRICS_IPDV_FORWARD, later->forward_ns - earlier->forward_ns);
	add(metrics, METRICS_IPDV_BACKWARD, later->backward_ns - earlier->backward_ns);
}

/* Compares with the packets sent just before and just after this one, in whatever order they come;
 * RFC 3393 uses pairs of which both arrived. */
static void compare_neighbours(struct metrics *metrics, uint64_t number,
			       const struct delays *delays)
{
	const struct recent *before = &metrics->recent[(number - 1) % RECENT_PACKETS];
	const struct recent *after = &metrics->recent[(number + 1) % RECENT_PACKETS];

	if (before->valid && before->number == number - 1)
		add_variation(metrics, &before->delays, delays);
	if (after->valid && after->number == number + 1)
		add_variation(metrics, delays, &after->delays);
	metrics->recent[number % RECENT_PACKETS] = (struct recent){ true, number, *delays };
}

/* In the order of arrival, and without regard to the offset between the clocks. */
static void add_arrival(struct metrics *metrics, const struct delays *delays)
{
	interarrival_jitter_add(&metrics->jitter_round_trip, delays->round_trip_ns);
	interarrival_jitter_add(&metrics->jitter_forward, delays->forward_ns);
	interarrival_jitter_add(&metrics->jitter_backward, delays->backward_ns);
	note_error(metrics, delay_variation_add(&metrics->forward, delays->forward_ns));
	note_error(metrics, delay_variation_add(&metrics->backward, delays->backward_ns));
}

static void add_delays(struct metrics *metrics, const struct metrics_sample *sample)
{
	struct delays delays = metrics_delays(sample);

	if (!delays.valid) {
		metrics->counts.invalid++;
		return;
	}
	add(metrics, METRICS_ROUND_TRIP, delays.round_trip_ns);
	add(metrics, METRICS_REFLECTOR, delays.reflector_ns);
	add(metrics, METRICS_FORWARD, delays.forward_ns);
	add(metrics, METRICS_BACKWARD, delays.backward_ns);
	compare_neighbours(metrics, sample->match.number, &delays);
	add_arrival(metrics, &delays);
}

static void note_sources(struct metrics_summary *counts, const struct metrics_sample *sample)
{
	counts->transmit_hardware += sample->match.source == TIME_HARDWARE;
	counts->transmit_kernel += sample->match.source == TIME_KERNEL;
	counts->transmit_user += sample->match.source == TIME_USER;
	counts->receive_hardware += sample->source == TIME_HARDWARE;
	counts->receive_kernel += sample->source == TIME_KERNEL;
	counts->receive_user += sample->source == TIME_USER;
}

static void note_reflector(struct metrics *metrics, const struct probe_reply *reply, bool has_ssid)
{
	if (!(reply->error_estimate & STAMP_ERROR_SYNCHRONIZED))
		metrics->reflector_unsynchronized = true;
	metrics->reflector_error_ns =
		larger(metrics->reflector_error_ns, stamp_error_decode(reply->error_estimate));
	metrics->counts.without_ssid += has_ssid && reply->ssid == 0;
	metrics->counts.with_ssid += has_ssid && reply->ssid != 0;
	metrics->counts.twamp_light += reply->size < STAMP_BASE_SIZE;
	metrics->counts.own_numbers += reply->sequence != reply->sender_sequence;
}

static void add_answer(struct metrics *metrics, const struct metrics_sample *sample)
{
	struct metrics_summary *counts = &metrics->counts;
	struct hops hops = metrics_hops(metrics, sample);

	counts->received++;
	note_sources(counts, sample);
	note_reflector(metrics, sample->reply, metrics->settings.ssid != 0);
	note_hops(&counts->hops.forward, hops.forward, &counts->hops_changed);
	note_hops(&counts->hops.backward, hops.backward, &counts->hops_changed);
	add_delays(metrics, sample);
}

void metrics_reply(struct metrics *metrics, const struct metrics_sample *sample)
{
	enum match_verdict verdict = sample->match.verdict;

	if (verdict == MATCH_FOREIGN) {
		metrics->counts.foreign++;
		return;
	}
	loss_reply(&metrics->loss, sample->match.number, sample->reply->sequence,
		   verdict == MATCH_DUPLICATE);
	if (verdict != MATCH_DUPLICATE && sample->match.sent_ns)
		reordering_arrival(&metrics->reordering, sample->match.number,
				   sample->match.reordered);
	metrics->counts.duplicates += verdict == MATCH_DUPLICATE;
	metrics->counts.late += verdict == MATCH_LATE;
	if (verdict == MATCH_ANSWER)
		add_answer(metrics, sample);
}

const struct distribution *metrics_distribution(const struct metrics *metrics,
						enum metrics_delay delay)
{
	return &metrics->delays[delay];
}

static struct figures figures_of(const struct metrics *metrics, enum metrics_delay delay)
{
	return distribution_figures(metrics_distribution(metrics, delay));
}

static void summarize_clocks(const struct metrics *metrics, struct metrics_summary *out)
{
	bool bounded = metrics->sender_error_ns <= LARGEST_ERROR_NS &&
		       metrics->reflector_error_ns <= LARGEST_ERROR_NS;
	int64_t lowest_ns;

	out->sender_synchronized = !metrics->sender_unsynchronized;
	out->reflector_synchronized = out->received && !metrics->reflector_unsynchronized;
	out->one_way_known = out->sender_synchronized && out->reflector_synchronized && bounded;
	if (!out->one_way_known)
		return;
	out->one_way_bound_ns = metrics->sender_error_ns + metrics->reflector_error_ns +
				metrics->conversion_error_ns;
	out->forward = figures_of(metrics, METRICS_FORWARD);
	out->backward = figures_of(metrics, METRICS_BACKWARD);
	lowest_ns = out->forward.min < out->backward.min ? out->forward.min : out->backward.min;
	out->one_way_negative = lowest_ns < 0;
	out->one_way_refuted = lowest_ns < -(int64_t)out->one_way_bound_ns;
}

static void summarize_reordering(const struct reordering *reordering, struct metrics_summary *out)
{
	out->arrived = reordering->arrivals;
	out->reordered = reordering->reordered;
	out->reordering = (struct reordering_summary){
		.extent_max = reordering->extent_max,
		.at_least = reordering->at_least,
	};
	if (reordering->reordered)
		out->reordering.extent_mean =
			(double)reordering->extent_sum / (double)reordering->reordered;
}

static void summarize_variation(const struct metrics *metrics, struct metrics_summary *out)
{
	out->ipdv_round_trip = figures_of(metrics, METRICS_IPDV_ROUND_TRIP);
	out->ipdv_forward = figures_of(metrics, METRICS_IPDV_FORWARD);
	out->ipdv_backward = figures_of(metrics, METRICS_IPDV_BACKWARD);
	if (out->ipdv_round_trip.known)
		out->jitter_ns =
			metrics->jitter_sum_ns / metrics->delays[METRICS_IPDV_ROUND_TRIP].count;
	out->jitter = (struct jitter_summary){
		.known = metrics->jitter_round_trip.known,
		.round_trip = (uint64_t)metrics->jitter_round_trip.jitter_ns,
		.forward = (uint64_t)metrics->jitter_forward.jitter_ns,
		.backward = (uint64_t)metrics->jitter_backward.jitter_ns,
	};
	out->pdv = figures_shift(out->round_trip, out->round_trip.min);
	out->pdv_forward = delay_variation_figures(&metrics->forward);
	out->pdv_backward = delay_variation_figures(&metrics->backward);
}

void metrics_summarize(const struct metrics *metrics, uint64_t under_way,
		       struct metrics_summary *out)
{
	*out = metrics->counts;
	out->under_way = under_way;
	out->bursts = metrics->bursts;
	summarize_reordering(&metrics->reordering, out);
	if (metrics->settings.stateful)
		out->loss = loss_result(&metrics->loss);
	if (!metrics->settings.without_transmit_times)
		out->transmit_missing = out->sent - metrics->transmitted;
	out->round_trip = figures_of(metrics, METRICS_ROUND_TRIP);
	out->reflector = figures_of(metrics, METRICS_REFLECTOR);
	summarize_variation(metrics, out);
	out->pacing = figures_of(metrics, METRICS_PACING);
	summarize_clocks(metrics, out);
}

double metrics_reordered_percent(const struct metrics_summary *summary)
{
	if (!summary->arrived)
		return 0;
	return 100.0 * (double)summary->reordered / (double)summary->arrived;
}

int metrics_error(const struct metrics *metrics)
{
	return metrics->err;
}

void metrics_close(struct metrics *metrics)
{
	if (!metrics)
		return;
	for (size_t i = 0; i < METRICS_DELAY_MAX; i++)
		distribution_clear(&metrics->delays[i]);
	delay_variation_clear(&metrics->forward);
	delay_variation_clear(&metrics->backward);
	free(metrics);
}
