/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One session of a run, and what is reported of it. */
#include "ping/measurement.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "ping/run.h"

static void note_reply(struct measurement *measurement, const struct session_reply *reply)
{
	const struct match_result *match = &reply->sample->match;
	const struct timeline_event event = {
		.sent_ns = run_time_ns(measurement->run, match->sent_ns),
		.answered = match->verdict == MATCH_ANSWER,
		.late = match->verdict == MATCH_LATE,
		.duplicate = match->verdict == MATCH_DUPLICATE,
		.reordered = match->reordered,
		.delays_known = reply->delays.valid,
		.round_trip_ns = reply->delays.round_trip_ns,
		.one_way_known = reply->delays.valid,
		.forward_ns = reply->delays.forward_ns,
		.backward_ns = reply->delays.backward_ns,
		.hops_forward = reply->hops.forward,
		.hops_backward = reply->hops.backward,
	};

	if (match->sent_ns)
		timeline_add(measurement->timeline, &event);
}

static void on_reply(void *context, const struct session_reply *reply)
{
	struct measurement *measurement = context;

	if (measurement->timeline)
		note_reply(measurement, reply);
	if (reply->sample->match.verdict == MATCH_ANSWER) {
		measurement->received++;
		measurement->answered |= reply->delays.valid;
		measurement->round_trip_ns = reply->delays.round_trip_ns;
	}
	if (!measurement->form->is_quiet)
		run_make_room(measurement->run);
	measurement->form->reply(&measurement->report, reply);
	if (!measurement->options->require_ssid || reply->sample->reply->ssid)
		return;
	run_make_room(measurement->run);
	log_error("%s: its replies carry no SSID: it lacks RFC 8972", measurement->path->address);
	run_stop(measurement->run, -EPROTONOSUPPORT);
}

static void on_lost(void *context, uint64_t number, uint64_t sent_ns)
{
	struct measurement *measurement = context;
	const struct timeline_event event = {
		.sent_ns = run_time_ns(measurement->run, sent_ns),
		.lost = true,
	};

	if (measurement->timeline)
		timeline_add(measurement->timeline, &event);
	measurement->lost++;
	if (!measurement->form->is_quiet)
		run_make_room(measurement->run);
	measurement->form->lost(&measurement->report, number);
}

static void on_trouble(void *context, const struct session_trouble *trouble)
{
	struct measurement *measurement = context;

	run_make_room(measurement->run);
	if (trouble->kind == SESSION_NOT_SENT)
		measurement->send_error = trouble->error;
	trouble_tell(measurement->trouble, measurement->path, trouble);
}

static void on_finished(void *context, int err)
{
	struct measurement *measurement = context;

	run_finished(measurement->run, err);
}

static struct report_session describe(const struct measurement *measurement, size_t index)
{
	const struct plan_path *path = measurement->path;
	const struct session_settings *settings = &path->settings;
	bool named = strcmp(path->target->host, path->address) != 0;

	return (struct report_session){
		.number = (unsigned int)index + 1,
		.label = measurement->label,
		.name = named ? path->target->host : path->address,
		.address = path->address,
		.port = path->target->port,
		.source_port = sockaddr_port(session_local(measurement->session)),
		.ssid = settings->ssid,
		.dscp = settings->path.dscp,
		.size = settings->size,
		.interval_ns = settings->interval_ns,
		.timeout_ns = settings->timeout_ns,
		.poisson = settings->poisson,
		.flood = settings->flood,
		.stateful = settings->stateful,
		.authenticated = settings->keys != NULL,
		.numeric = measurement->options->numeric,
	};
}

int measurement_open(struct measurement *measurement, struct run *run, struct sender *sender,
		     const struct plan *plan, size_t index, struct trouble *trouble, bool timed)
{
	const struct plan_path *path = &plan->paths[index];
	const struct session_observer observer = {
		.context = measurement,
		.reply = on_reply,
		.lost = on_lost,
		.trouble = on_trouble,
		.finished = on_finished,
	};
	int err;

	*measurement = (struct measurement){
		.run = run,
		.options = plan->options,
		.path = path,
		.form = report_form_for(plan->options),
		.trouble = trouble,
		.timeline = timed ? calloc(1, sizeof(*measurement->timeline)) : NULL,
	};
	if (timed && !measurement->timeline)
		return -ENOMEM;
	if (timed)
		timeline_start(measurement->timeline, path->settings.interval_ns);
	err = sender_add(sender, &path->settings, &observer, &measurement->session);
	if (err) {
		measurement_close(measurement);
		return err;
	}
	plan_label(plan, path, session_local(measurement->session), measurement->label);
	measurement->report = describe(measurement, index);
	return 0;
}

void measurement_end(struct measurement *measurement)
{
	session_summarize(measurement->session, &measurement->summary, &measurement->tlvs);
	measurement->verdict =
		conditions_judge(&measurement->options->conditions, &measurement->summary);
}

struct report_result measurement_result(const struct measurement *measurement)
{
	return (struct report_result){
		.session = &measurement->report,
		.summary = &measurement->summary,
		.verdict = &measurement->verdict,
		.metrics = session_metrics(measurement->session),
		.timeline = measurement->timeline,
	};
}

int measurement_error(const struct measurement *measurement)
{
	return measurement->summary.sent ? 0 : -measurement->send_error;
}

void measurement_close(struct measurement *measurement)
{
	sender_remove(measurement->session);
	free(measurement->timeline);
}
