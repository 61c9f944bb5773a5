/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The run of stamp-ping: its sessions, to their end or a signal, and what is reported of them. */
#include "ping/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/event_loop.h"
#include "common/log.h"
#include "ping/measurement.h"
#include "ping/plan.h"
#include "ping/sender_keys.h"

struct run {
	const struct sender_options *options;
	struct sender_keys keys;
	struct plan plan;
	struct event_loop *loop;
	struct sender *sender;
	struct measurement *measurements; /* as many as `plan` has paths, of which some are open */
	size_t opened;
	size_t running;
	int err; /* why the run ended before its time */
};

void run_stop(struct run *run, int err)
{
	run->err = err;
	event_loop_stop(run->loop);
}

void run_finished(struct run *run, int err)
{
	run->running--;
	if (err || !run->running)
		run_stop(run, err);
}

static void on_signal(void *context, int number)
{
	(void)number;
	run_stop(context, 0);
}

static int open_events(struct run *run)
{
	sigset_t signals;
	int err = event_loop_open(&run->loop);

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	if (!err)
		err = event_loop_add_signals(run->loop, &signals, on_signal, run);
	if (!err)
		err = sender_open(&run->sender, run->loop);
	if (err)
		log_error("cannot wait for events: %s", strerror(-err));
	return err;
}

static int open_measurements(struct run *run)
{
	int err = 0;

	run->measurements = calloc(run->plan.count, sizeof(*run->measurements));
	if (!run->measurements)
		return -ENOMEM;
	for (; !err && run->opened < run->plan.count; run->opened += !err)
		err = measurement_open(&run->measurements[run->opened], run, run->sender,
				       run->options, &run->plan.paths[run->opened]);
	return err;
}

int run_open(struct run **out, const struct sender_options *options)
{
	struct run *run = calloc(1, sizeof(*run));
	int err;

	if (!run)
		return -ENOMEM;
	run->options = options;
	err = sender_keys_open(&run->keys, options);
	if (!err)
		err = plan_open(&run->plan, options, &run->keys);
	if (!err)
		err = open_events(run);
	if (!err)
		err = open_measurements(run);
	if (err) {
		run_close(run);
		return err;
	}
	*out = run;
	return 0;
}

/* One after the other, so that they do not disturb each other. */
static void start_sessions(struct run *run)
{
	uint64_t now_ns = clock_monotonic_ns();
	uint64_t apart_ns = run->options->interval_ns / run->opened;

	run->running = run->opened;
	for (size_t i = 0; i < run->opened; i++)
		session_start(run->measurements[i].session, now_ns + i * apart_ns);
}

static enum run_result worse(enum run_result a, enum run_result b)
{
	return a > b ? a : b;
}

static enum run_result result_of(const struct measurement *measurement)
{
	if (measurement->verdict.count)
		return RUN_CONDITION_HELD;
	return measurement->summary.received ? RUN_ANSWERED : RUN_NOT_ANSWERED;
}

static int report(struct run *run, enum run_result *result)
{
	struct measurement *measurement = &run->measurements[0];
	int err = run->err;

	*result = RUN_ANSWERED;
	measurement_end(measurement);
	*result = worse(*result, result_of(measurement));
	if (!err)
		err = measurement_error(measurement);
	measurement->form->end(
		&measurement->report,
		&(struct report_run){ &measurement->summary, &measurement->verdict, err });
	if (fflush(stdout) || ferror(stdout)) {
		log_error("cannot write the report: %s", strerror(errno));
		return -EIO;
	}
	return err;
}

int run_measure(struct run *run, enum run_result *result)
{
	int err;

	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	run->measurements[0].form->start(&run->measurements[0].report);
	start_sessions(run);
	err = event_loop_run(run->loop);
	if (err) {
		log_error("the run broke off: %s", strerror(-err));
		run->err = err;
	}
	return report(run, result);
}

void run_close(struct run *run)
{
	if (!run)
		return;
	for (size_t i = 0; i < run->opened; i++)
		measurement_close(&run->measurements[i]);
	free(run->measurements);
	sender_close(run->sender);
	event_loop_close(run->loop);
	plan_close(&run->plan);
	sender_keys_close(&run->keys);
	free(run);
}
