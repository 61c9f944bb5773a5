/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The run of stamp-ping: its sessions, to their end or a signal, and what is reported of them. */
#include "ping/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/event_loop.h"
#include "common/log.h"
#include "ping/live_line.h"
#include "ping/measurement.h"
#include "ping/plan.h"
#include "ping/report_html.h"
#include "ping/sender_keys.h"
#include "stamp/timestamp.h"

#define LIVE_NS (100 * NSEC_PER_MSEC)
#define PLOTTED_MIN 10 /* replies: fewer are read more easily as they are */

struct run {
	const struct sender_options *options;
	const struct report_form *form;
	struct terminal terminal; /* what the standard output can show */
	struct sender_keys keys;
	struct plan plan;
	struct trouble troubles[OPTIONS_TARGETS_MAX]; /* by target */
	struct event_loop *loop;
	struct sender *sender;
	struct measurement *measurements; /* as many as `plan` has paths, of which some are open */
	size_t opened;
	size_t running;
	struct live_line live;
	int live_fd;       /* its timer; -1: there is no line */
	uint64_t began_ns; /* UTC */
	uint64_t start_ns; /* the same, CLOCK_MONOTONIC */
	int err;           /* why the run ended before its time */
};

uint64_t run_time_ns(const struct run *run, uint64_t utc_ns)
{
	return utc_ns > run->began_ns ? utc_ns - run->began_ns : 0;
}

void run_make_room(struct run *run)
{
	live_line_clear(&run->live);
}

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

/* When sending ends by -c or -w, whichever is earlier; 0: by neither. */
static uint64_t sending_ns(const struct sender_options *options)
{
	uint64_t counted_ns = options->flood ? 0 : options->count * options->interval_ns;

	if (!options->duration_ns || (counted_ns && counted_ns < options->duration_ns))
		return counted_ns;
	return options->duration_ns;
}

/* All sessions together. */
static void draw_live_line(struct run *run, uint64_t now_ns)
{
	const struct sender_options *options = run->options;
	struct live_figures figures = {
		.count = options->count * run->opened,
		.elapsed_ns = now_ns - run->start_ns,
		.duration_ns = sending_ns(options),
	};

	for (size_t i = 0; i < run->opened; i++) {
		const struct measurement *measurement = &run->measurements[i];

		figures.sent += session_sent(measurement->session);
		figures.received += measurement->received;
		figures.lost += measurement->lost;
		if (!measurement->answered || run->opened > 1)
			continue;
		figures.round_trip_known = true;
		figures.round_trip_ns = measurement->round_trip_ns;
	}
	live_line_draw(&run->live, &figures, now_ns);
}

static void on_live_timer(void *context, int fd)
{
	uint64_t expirations;

	if (read(fd, &expirations, sizeof(expirations)) > 0)
		draw_live_line(context, clock_monotonic_ns());
}

static int open_live_line(struct run *run)
{
	const struct itimerspec timer = { .it_interval.tv_nsec = LIVE_NS,
					  .it_value.tv_nsec = LIVE_NS };

	if (!run->form->is_text || !run->terminal.redraws)
		return 0;
	run->live = live_line_on(stdout, &run->terminal);
	run->live_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (run->live_fd < 0 || timerfd_settime(run->live_fd, 0, &timer, NULL))
		return -errno;
	return event_loop_add(run->loop, run->live_fd, on_live_timer, run);
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
		err = open_live_line(run);
	if (!err)
		err = sender_open(&run->sender, run->loop);
	if (err)
		log_error("cannot wait for events: %s", strerror(-err));
	return err;
}

static bool wants_pictures(const struct run *run)
{
	const struct sender_options *options = run->options;

	return run->form->is_text && run->plan.count == 1 &&
	       (options->plot == PLOT_YES ||
		(options->plot == PLOT_ON_TERMINAL && run->terminal.is_terminal));
}

static int open_measurement(struct run *run, size_t index, bool timed)
{
	size_t target = (size_t)(run->plan.paths[index].target - run->options->targets);
	struct trouble *trouble = &run->troubles[target];

	trouble->options = run->options;
	return measurement_open(&run->measurements[index], run, run->sender, &run->plan, index,
				trouble, timed);
}

static int open_measurements(struct run *run)
{
	bool timed = run->options->html_file || wants_pictures(run);
	int err = 0;

	run->measurements = calloc(run->plan.count, sizeof(*run->measurements));
	if (!run->measurements)
		return -ENOMEM;
	for (; !err && run->opened < run->plan.count; run->opened += !err)
		err = open_measurement(run, run->opened, timed);
	return err;
}

int run_open(struct run **out, const struct sender_options *options)
{
	struct run *run = calloc(1, sizeof(*run));
	int err;

	if (!run)
		return -ENOMEM;
	run->options = options;
	run->form = report_form_for(options);
	run->terminal = terminal_of(stdout);
	run->live_fd = -1;
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

static void tell_start(const struct run *run)
{
	struct report_session *sessions = calloc(run->opened, sizeof(*sessions));

	for (size_t i = 0; sessions && i < run->opened; i++)
		sessions[i] = run->measurements[i].report;
	if (sessions)
		run->form->start(sessions, run->opened);
	free(sessions);
}

/* Apart from each other, so that their packets do not meet. */
static void start_sessions(struct run *run)
{
	uint64_t apart_ns = run->options->interval_ns / run->opened;

	run->began_ns = clock_realtime_ns();
	run->start_ns = clock_monotonic_ns();
	run->running = run->opened;
	for (size_t i = 0; i < run->opened; i++)
		session_start(run->measurements[i].session, run->start_ns + i * apart_ns);
}

static enum run_result result_of(const struct measurement *measurement)
{
	if (measurement->verdict.count)
		return RUN_CONDITION_HELD;
	return measurement->summary.received ? RUN_ANSWERED : RUN_NOT_ANSWERED;
}

/* The worst of all sessions. */
static enum run_result end_measurements(struct run *run, struct report_result *results)
{
	enum run_result worst = RUN_ANSWERED;

	for (size_t i = 0; i < run->opened; i++) {
		struct measurement *measurement = &run->measurements[i];
		enum run_result result;

		measurement_end(measurement);
		results[i] = measurement_result(measurement);
		result = result_of(measurement);
		worst = result > worst ? result : worst;
		if (!run->err)
			run->err = measurement_error(measurement);
	}
	return worst;
}

/* Of lines that were lost earlier it is no longer known why. */
static int write_to_output(const struct run *run, const struct report_run *report)
{
	errno = 0;
	run->form->end(report);
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	log_error("cannot write the report to the standard output: %s",
		  errno ? strerror(errno) : "lines of it are lost; is there room where it leads?");
	return -EIO;
}

/* To the standard output, and, even if that fails, to the file. */
static int write_reports(const struct run *run, const struct report_run *report)
{
	int err = write_to_output(run, report);

	if (run->options->html_file && report_html_write(run->options->html_file, report))
		err = -EIO;
	return err ? err : report->err;
}

/* The command line in one line; NULL without memory. The caller's to free. */
static char *command_text(const struct sender_options *options)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (int i = 0; out && i < options->argc; i++)
		fprintf(out, "%s%s", i ? " " : "", options->argv[i]);
	if (out)
		fclose(out);
	return text;
}

static int report(struct run *run, enum run_result *result)
{
	struct report_result *results = calloc(run->opened, sizeof(*results));
	struct report_run report = {
		.results = results,
		.count = run->opened,
		.began_ns = run->began_ns,
		.took_ns = clock_monotonic_ns() - run->start_ns,
		.terminal = &run->terminal,
	};
	char *command = command_text(run->options);
	int err = -ENOMEM;

	run_make_room(run);
	if (results && command) {
		*result = end_measurements(run, results);
		report.err = run->err;
		report.plot = wants_pictures(run) &&
			      (run->options->plot == PLOT_YES ||
			       run->measurements[0].summary.received >= PLOTTED_MIN);
		report.command = command;
		err = write_reports(run, &report);
	}
	free(command);
	free(results);
	return err;
}

int run_measure(struct run *run, enum run_result *result)
{
	int err;

	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	tell_start(run);
	start_sessions(run);
	err = event_loop_run(run->loop);
	if (err) {
		run_make_room(run);
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
	if (run->live_fd >= 0)
		close(run->live_fd);
	plan_close(&run->plan);
	sender_keys_close(&run->keys);
	free(run);
}
