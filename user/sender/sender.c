/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The sessions of a thread: one timer and one inbox for all of them, each served when it is due. */
#include "sender/sender.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "common/log.h"
#include "sender/session.h"
#include "stamp/timestamp.h"

/* Then the sockets have their turn, whatever else is due. */
#define SESSIONS_PER_WAKEUP 32

struct sender {
	struct event_loop *loop;
	int timer_fd;
	uint64_t armed_ns; /* when the timer expires; DUE_NEVER: it is off; 0: it has expired */
	struct due_queue queue;
	size_t sessions;
	struct session_commons commons;
};

static struct session *session_of(struct due *due)
{
	return (struct session *)((char *)due - offsetof(struct session, due));
}

static uint64_t first_due_ns(const struct sender *sender)
{
	const struct due *first = due_queue_first(&sender->queue);

	return first ? first->at_ns : DUE_NEVER;
}

static void set_timer(struct sender *sender, uint64_t at_ns)
{
	struct itimerspec timer = { 0 };

	if (at_ns != DUE_NEVER)
		timer.it_value = (struct timespec){ (time_t)(at_ns / NSEC_PER_SEC),
						    (long)(at_ns % NSEC_PER_SEC) };
	sender->armed_ns = at_ns;
	timerfd_settime(sender->timer_fd, TFD_TIMER_ABSTIME, &timer, NULL);
}

/* What is due no more costs one wakeup, setting the timer for each reply many calls. */
static void arm(struct sender *sender)
{
	uint64_t at_ns = first_due_ns(sender);

	if (at_ns < sender->armed_ns)
		set_timer(sender, at_ns);
}

static void reschedule(struct session *session)
{
	due_queue_set(&session->sender->queue, &session->due, session_due_ns(session));
}

/* The timer need not be read: when it is set, or off, it has not expired any more. It stays expired
 * while something is due, which spares a flood an interrupt for each batch. */
static void on_timer(void *context, int fd)
{
	struct sender *sender = context;
	uint64_t now_ns = clock_monotonic_ns();

	(void)fd;
	sender->armed_ns = 0;
	for (int i = 0; i < SESSIONS_PER_WAKEUP; i++) {
		struct due *first = due_queue_first(&sender->queue);

		if (!first || first->at_ns > now_ns)
			break;
		session_serve(session_of(first));
		reschedule(session_of(first));
	}
	if (first_due_ns(sender) > clock_monotonic_ns())
		set_timer(sender, first_due_ns(sender));
}

static void on_socket(void *context, int fd)
{
	struct session *session = context;

	(void)fd;
	session_receive(session);
	session_finish(session, 0);
	reschedule(session);
	arm(session->sender);
}

/* Each session has a socket. */
static void allow_many_sockets(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur == files.rlim_max)
		return;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}

static int open_timer(struct sender *sender)
{
	sender->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (sender->timer_fd < 0)
		return -errno;
	return event_loop_add(sender->loop, sender->timer_fd, on_timer, sender);
}

int sender_open(struct sender **out, struct event_loop *loop)
{
	struct sender *sender = calloc(1, sizeof(*sender));
	int err;

	if (!sender)
		return -ENOMEM;
	sender->loop = loop;
	sender->armed_ns = DUE_NEVER;
	allow_many_sockets();
	err = open_timer(sender);
	if (!err)
		err = udp_inbox_open(&sender->commons.datagrams, UDP_DATAGRAM_MAX);
	if (!err)
		err = udp_inbox_open(&sender->commons.events, 0);
	if (!err)
		err = nic_clocks_open(&sender->commons.nics);
	if (err) {
		sender_close(sender);
		return err;
	}
	*out = sender;
	return 0;
}

int sender_add(struct sender *sender, const struct session_settings *settings,
	       const struct session_observer *observer, struct session **out)
{
	struct session *session;
	int err = due_queue_reserve(&sender->queue, sender->sessions + 1);

	if (!err)
		err = session_open(&session, &sender->commons, settings, observer);
	if (err)
		return err;
	session->sender = sender;
	err = event_loop_add(sender->loop, udp_socket_fd(session->socket), on_socket, session);
	if (err) {
		log_error("cannot wait for replies: %s", strerror(-err));
		session_close(session);
		return err;
	}
	sender->sessions++;
	*out = session;
	return 0;
}

/* A seed of zeros makes intervals no less random, only the same in each run. */
static uint64_t random_seed(void)
{
	uint64_t seed = 0;

	if (getrandom(&seed, sizeof(seed), 0) < 0)
		log_warning("no random octets to be had: %s", strerror(errno));
	return seed;
}

void session_start(struct session *session, uint64_t first_ns)
{
	const struct session_settings *settings = &session->settings;
	uint64_t now_ns = clock_monotonic_ns();

	if (first_ns < now_ns)
		first_ns = now_ns;
	session->pace =
		pace_start(first_ns, settings->interval_ns, settings->count, settings->duration_ns);
	if (settings->poisson)
		pace_randomize(&session->pace, random_seed());
	if (settings->flood)
		pace_flood(&session->pace);
	session->running = true;
	reschedule(session);
	arm(session->sender);
}

void sender_remove(struct session *session)
{
	if (!session)
		return;
	due_queue_set(&session->sender->queue, &session->due, DUE_NEVER);
	event_loop_remove(session->sender->loop, udp_socket_fd(session->socket));
	session->sender->sessions--;
	session_close(session);
}

void sender_close(struct sender *sender)
{
	if (!sender)
		return;
	nic_clocks_close(sender->commons.nics);
	udp_inbox_close(sender->commons.events);
	udp_inbox_close(sender->commons.datagrams);
	due_queue_close(&sender->queue);
	if (sender->timer_fd >= 0) {
		event_loop_remove(sender->loop, sender->timer_fd);
		close(sender->timer_fd);
	}
	free(sender);
}
