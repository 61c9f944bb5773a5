/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One session of a run, and the report of it. */
#include "ping/measurement.h"

#include <errno.h>

#include "common/log.h"
#include "ping/run.h"

static void on_reply(void *context, const struct session_reply *reply)
{
	struct measurement *measurement = context;

	measurement->form->reply(&measurement->report, reply);
	if (!measurement->options->require_ssid || reply->sample->reply->ssid)
		return;
	log_error("%s: its replies carry no SSID: it lacks RFC 8972", measurement->path->address);
	run_stop(measurement->run, -EPROTONOSUPPORT);
}

static void on_lost(void *context, uint64_t number, uint64_t sent_ns)
{
	struct measurement *measurement = context;

	(void)sent_ns;
	measurement->form->lost(&measurement->report, number);
}

static void on_trouble(void *context, const struct session_trouble *trouble)
{
	struct measurement *measurement = context;

	trouble_tell(&measurement->trouble, trouble);
}

static void on_finished(void *context, int err)
{
	struct measurement *measurement = context;

	run_finished(measurement->run, err);
}

int measurement_open(struct measurement *measurement, struct run *run, struct sender *sender,
		     const struct sender_options *options, const struct plan_path *path)
{
	const struct session_observer observer = {
		.context = measurement,
		.reply = on_reply,
		.lost = on_lost,
		.trouble = on_trouble,
		.finished = on_finished,
	};

	*measurement = (struct measurement){
		.run = run,
		.options = options,
		.path = path,
		.form = report_form_for(options),
		.report = report_session_of(options, path),
		.trouble = { .options = options, .path = path },
	};
	return sender_add(sender, &path->settings, &observer, &measurement->session);
}

void measurement_end(struct measurement *measurement)
{
	session_summarize(measurement->session, &measurement->summary, &measurement->tlvs);
	measurement->verdict =
		conditions_judge(&measurement->options->conditions, &measurement->summary);
}

int measurement_error(const struct measurement *measurement)
{
	return measurement->summary.sent ? 0 : -measurement->trouble.send_error;
}

void measurement_close(struct measurement *measurement)
{
	sender_remove(measurement->session);
}
