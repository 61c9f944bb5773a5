/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "unit/html_scene.h"

#include <stdlib.h>
#include "lib/cases.h"

#define NOON_NS 1736942400000000000ULL
#define REFLECTOR_NS 2000
#define HOPS_FORWARD 3
#define HOPS_BACKWARD 5
#define HOPS_LONGER 4
#define SYNCHRONISED_1_US 0x8587
#define UNSYNCHRONISED 0x3fff

static const struct verdict not_asked = { .asked = false };

/* A session that is being played, and how far it is. */
struct play {
	const struct html_plan *plan;
	struct metrics *metrics;
	struct timeline *timeline;
	uint64_t random, number;
};

static bool every(const struct play *play, uint64_t period)
{
	return period && play->number % period == period - 1;
}

static bool within(const struct play *play, uint64_t from, uint64_t to)
{
	return play->number >= from && play->number < to;
}

static void range_add(struct timeline_range *range, int64_t value)
{
	range->min = range->count && range->min < value ? range->min : value;
	range->max = range->count && range->max > value ? range->max : value;
	range->sum += (double)value;
	range->count++;
}

static struct timeline_span *span_of(const struct play *play)
{
	uint64_t span = play->number * play->plan->interval_ns / play->timeline->width_ns;

	if (play->timeline->count <= span)
		play->timeline->count = span + 1;
	return &play->timeline->spans[span];
}

static uint64_t noise(struct play *play)
{
	return play->plan->noise_ns ? cases_random(&play->random) % play->plan->noise_ns : 0;
}

static bool is_stepped(const struct play *play)
{
	return within(play, play->plan->step_from, play->plan->step_to);
}

static uint64_t forward_delay(struct play *play)
{
	const struct html_plan *plan = play->plan;
	uint64_t delay = plan->forward_ns + noise(play);

	if (is_stepped(play))
		delay += plan->step_ns;
	return every(play, plan->outlier_every) ? plan->outlier_ns : delay;
}

static struct probe_reply reply_of(struct play *play, uint64_t sent_ns)
{
	const struct html_plan *plan = play->plan;
	uint64_t received_ns = sent_ns + forward_delay(play) + (uint64_t)plan->clock_off_ns;

	return (struct probe_reply){
		.size = 44,
		.sequence = (uint32_t)play->number,
		.sender_sequence = (uint32_t)play->number,
		.ssid = 7,
		.error_estimate = plan->synchronised ? SYNCHRONISED_1_US : UNSYNCHRONISED,
		.sender_ttl = (uint8_t)(256 - HOPS_FORWARD - (is_stepped(play) ? HOPS_LONGER : 0)),
		.received_ns = received_ns,
		.sent_ns = received_ns + REFLECTOR_NS,
	};
}

static struct metrics_sample sample_of(struct play *play, const struct probe_reply *reply,
				       uint64_t sent_ns)
{
	uint64_t left_ns = reply->sent_ns - (uint64_t)play->plan->clock_off_ns;

	return (struct metrics_sample){
		.match = { .verdict = MATCH_ANSWER,
			   .number = play->number,
			   .sent_ns = sent_ns,
			   .elapsed_ns = 60 * NSEC_PER_SEC,
			   .source = TIME_KERNEL,
			   .reordered = every(play, play->plan->reordered_every) },
		.reply = reply,
		.received_ns = left_ns + play->plan->backward_ns + noise(play),
		.source = TIME_KERNEL,
		.ttl = 256 - HOPS_BACKWARD,
		.traffic_class = -1,
	};
}

static void draw(struct play *play, const struct metrics_sample *sample)
{
	struct timeline_span *span = span_of(play);
	struct delays delays = metrics_delays(sample);

	span->answered++;
	span->reordered += sample->match.reordered;
	range_add(&span->round_trip, delays.round_trip_ns);
	range_add(&span->forward, delays.forward_ns);
	range_add(&span->backward, delays.backward_ns);
	range_add(&span->hops_forward, metrics_hops(play->metrics, sample).forward);
	range_add(&span->hops_backward, metrics_hops(play->metrics, sample).backward);
}

static void answer(struct play *play)
{
	uint64_t sent_ns = NOON_NS + play->number * play->plan->interval_ns;
	struct probe_reply reply = reply_of(play, sent_ns);
	struct metrics_sample sample = sample_of(play, &reply, sent_ns);

	metrics_reply(play->metrics, &sample);
	draw(play, &sample);
	if (!every(play, play->plan->twice_every))
		return;
	sample.match.verdict = MATCH_DUPLICATE;
	metrics_reply(play->metrics, &sample);
	span_of(play)->duplicates++;
}

static void lose(struct play *play, bool late)
{
	struct probe_reply reply = reply_of(play, NOON_NS);
	struct metrics_sample sample = sample_of(play, &reply, NOON_NS);

	metrics_lost(play->metrics, play->number);
	span_of(play)->lost++;
	if (!late)
		return;
	sample.match.verdict = MATCH_LATE;
	metrics_reply(play->metrics, &sample);
	span_of(play)->late++;
}

static void play_packet(struct play *play)
{
	const struct html_plan *plan = play->plan;
	bool late = every(play, plan->late_every);

	metrics_sent(play->metrics, 100 + play->number % 900);
	metrics_transmitted(play->metrics);
	if (plan->silent || late || within(play, plan->lost_from, plan->lost_to))
		lose(play, late && !plan->silent);
	else
		answer(play);
}

static struct timeline *new_timeline(const struct html_plan *plan)
{
	struct timeline *timeline = calloc(1, sizeof(*timeline));

	assert_non_null(timeline);
	timeline->width_ns = plan->interval_ns;
	while (timeline->width_ns * TIMELINE_SPANS < plan->packets * plan->interval_ns)
		timeline->width_ns *= 2;
	return timeline;
}

static struct metrics *new_metrics(const struct html_plan *plan)
{
	struct clock_quality quality = { plan->synchronised, 1000, 37 };
	struct metrics_settings settings = { .ttl = 255, .ssid = 7 };
	struct metrics *metrics;

	assert_int_equal(metrics_open(&metrics, &settings), 0);
	metrics_clock(metrics, &quality);
	return metrics;
}

static const struct metrics_summary *summary_of(const struct metrics *metrics)
{
	struct metrics_summary *summary = calloc(1, sizeof(*summary));

	assert_non_null(summary);
	metrics_summarize(metrics, 0, summary);
	return summary;
}

static const struct report_session *session_of(const struct html_plan *plan, const char *name,
					       const char *label)
{
	struct report_session *session = calloc(1, sizeof(*session));

	assert_non_null(session);
	*session = (struct report_session){
		.label = label,
		.name = name,
		.address = "192.0.2.2",
		.port = 862,
		.ssid = 7,
		.size = 44,
		.interval_ns = plan->interval_ns,
		.timeout_ns = NSEC_PER_SEC,
	};
	return session;
}

void html_scene_add(struct html_scene *scene, const struct html_plan *plan, const char *label,
		    const char *name)
{
	struct play play = {
		.plan = plan,
		.metrics = new_metrics(plan),
		.timeline = new_timeline(plan),
		.random = scene->count + 1,
	};

	for (; play.number < plan->packets; play.number++)
		play_packet(&play);
	scene->sessions[scene->count++] = (struct report_result){
		.session = session_of(plan, name, label),
		.summary = summary_of(play.metrics),
		.metrics = play.metrics,
		.timeline = play.timeline,
		.verdict = &not_asked,
	};
}

struct report_run html_scene_run(const struct html_scene *scene)
{
	const struct timeline *timeline = scene->sessions[0].timeline;

	return (struct report_run){
		.results = scene->sessions,
		.count = scene->count,
		.began_ns = NOON_NS,
		.took_ns = timeline->width_ns * timeline->count,
		.command = "stamp-ping -c 1000 --report run.html 192.0.2.2",
	};
}

void html_scene_clear(struct html_scene *scene)
{
	for (size_t i = 0; i < scene->count; i++) {
		free((void *)scene->sessions[i].session);
		free((void *)scene->sessions[i].summary);
		free((void *)scene->sessions[i].timeline);
		metrics_close((struct metrics *)scene->sessions[i].metrics);
	}
	scene->count = 0;
}
