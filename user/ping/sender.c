/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The Session-Sender's run: sends by the schedule, receives, ends in time or by a signal. */
#include "ping/sender.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/event_loop.h"
#include "common/log.h"
#include "ping/exchange.h"
#include "sender/pace.h"
#include "stamp/timestamp.h"

struct sender {
	const struct sender_options *options;
	struct exchange *exchange;
	struct event_loop *loop;
	struct pace pace;
	int timer_fd;
	int err; /* why the run ended before its time */
};

static void stop(struct sender *sender, int err)
{
	sender->err = err;
	event_loop_stop(sender->loop);
}

/* An Access Report that was not answered is still to be sent again, or given up. */
static bool is_finished(const struct sender *sender)
{
	return pace_done(&sender->pace) && exchange_under_way(sender->exchange) == 0 &&
	       exchange_repeat_ns(sender->exchange) == UINT64_MAX;
}

/* The next packet; after the last one when its time for a reply is over. */
static uint64_t next_event_ns(const struct sender *sender)
{
	if (!pace_done(&sender->pace))
		return pace_next_ns(&sender->pace);
	if (exchange_under_way(sender->exchange))
		return exchange_last_sent_ns(sender->exchange) + sender->options->timeout_ns;
	return UINT64_MAX;
}

static int arm_timer(struct sender *sender)
{
	uint64_t event_ns = next_event_ns(sender);
	uint64_t repeat_ns = exchange_repeat_ns(sender->exchange);
	uint64_t wake_ns = event_ns < repeat_ns ? event_ns : repeat_ns;
	const struct itimerspec timer = {
		.it_value = { (time_t)(wake_ns / NSEC_PER_SEC), (long)(wake_ns % NSEC_PER_SEC) },
	};

	return timerfd_settime(sender->timer_fd, TFD_TIMER_ABSTIME, &timer, NULL) ? -errno : 0;
}

/* What came in time is not lost because we are late, so replies are taken before losses. */
static void on_timer(void *context, int fd)
{
	struct sender *sender = context;
	uint64_t expirations, due_ns[PACE_BURST_MAX];
	size_t due;
	int err;

	if (read(fd, &expirations, sizeof(expirations)) < 0)
		return;
	err = exchange_receive(sender->exchange);
	due = err ? 0 : pace_take(&sender->pace, clock_monotonic_ns(), due_ns);
	for (size_t i = 0; i < due; i++)
		exchange_send(sender->exchange, due_ns[i]);
	if (!err)
		exchange_repeat(sender->exchange, sender->pace.end_ns);
	exchange_expire(sender->exchange);
	if (!err)
		err = arm_timer(sender);
	if (err || is_finished(sender))
		stop(sender, err);
}

static void on_socket(void *context, int fd)
{
	struct sender *sender = context;
	int err = exchange_receive(sender->exchange);

	(void)fd;
	if (err || is_finished(sender))
		stop(sender, err);
}

static void on_signal(void *context, int number)
{
	(void)number;
	stop(context, 0);
}

static int open_events(struct sender *sender)
{
	sigset_t signals;
	int err = event_loop_open(&sender->loop);

	if (err)
		return err;
	sender->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (sender->timer_fd < 0)
		return -errno;
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	err = event_loop_add_signals(sender->loop, &signals, on_signal, sender);
	if (!err)
		err = event_loop_add(sender->loop, sender->timer_fd, on_timer, sender);
	if (!err)
		err = event_loop_add(sender->loop, exchange_fd(sender->exchange), on_socket,
				     sender);
	return err;
}

int sender_open(struct sender **out, const struct sender_options *options)
{
	struct sender *sender = calloc(1, sizeof(*sender));
	int err;

	if (!sender)
		return -ENOMEM;
	sender->options = options;
	sender->timer_fd = -1;
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	err = exchange_open(&sender->exchange, options);
	if (err)
		goto fail; /* told already */
	err = open_events(sender);
	if (err) {
		log_error("cannot wait for events: %s", strerror(-err));
		goto fail;
	}
	*out = sender;
	return 0;
fail:
	sender_close(sender);
	return err;
}

static int start_pace(struct sender *sender)
{
	const struct sender_options *options = sender->options;
	uint64_t seed;

	sender->pace = pace_start(clock_monotonic_ns(), options->interval_ns, options->count,
				  options->duration_ns);
	if (!options->poisson)
		return 0;
	if (getrandom(&seed, sizeof(seed), 0) < 0)
		return -errno;
	pace_randomize(&sender->pace, seed);
	return 0;
}

int sender_run(struct sender *sender, enum sender_result *result)
{
	int err = start_pace(sender);

	if (!err)
		err = arm_timer(sender);
	if (!err)
		err = event_loop_run(sender->loop);
	if (err)
		log_error("the run broke off: %s", strerror(-err));
	else
		err = sender->err;
	return exchange_report(sender->exchange, err, result);
}

void sender_close(struct sender *sender)
{
	if (!sender)
		return;
	event_loop_close(sender->loop);
	if (sender->timer_fd >= 0)
		close(sender->timer_fd);
	exchange_close(sender->exchange);
	free(sender);
}
