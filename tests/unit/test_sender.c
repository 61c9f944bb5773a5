/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The library of sessions, with real sockets on loopback in one event loop. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "common/address.h"
#include "common/clock.h"
#include "lib/hand_reflector.h"
#include "sender/sender.h"

#define SESSIONS 8
#define LIMIT_SECONDS 20
#define NS_PER_MS 1000000ULL
#define REMEMBERED 64

struct lab;

/* A session and all that was told of it. */
struct told {
	struct lab *lab;
	struct session *session;
	struct session_settings settings;
	uint64_t replies;
	uint64_t expected; /* number of the next reply */
	bool foreign;      /* a reply was not the next one, or not of this session */
	uint64_t first_sent_ns;
	uint64_t lost, lost_number[REMEMBERED], lost_sent_ns[REMEMBERED];
	uint64_t troubles;
	struct session_trouble trouble;
	unsigned int finished;
	int err;
	/* What to do: stop itself after so many replies, losses, troubles; call `removing`. */
	uint64_t stop_replies, stop_losses, stop_troubles, remove_replies;
	struct metrics_summary at_stop; /* and when its first packet was lost */
};

struct lab {
	struct event_loop *loop;
	struct sender *sender;
	struct hand_reflector reflector;
	struct told told[SESSIONS];
	unsigned int running; /* the loop ends with the last one */
	bool out_of_time;
	int limit_fd, remove_fd;
	struct told *removing;
};

static void stop(struct told *told)
{
	struct lab *lab = told->lab;

	session_stop(told->session);
	session_summarize(told->session, &told->at_stop, NULL);
	if (!--lab->running)
		event_loop_stop(lab->loop);
}

static void on_reply(void *context, const struct session_reply *reply)
{
	struct told *told = context;
	const struct metrics_sample *sample = reply->sample;
	const uint64_t one = 1;

	if (sample->match.number != told->expected || sample->reply->ssid != told->settings.ssid)
		told->foreign = true;
	if (!told->replies)
		told->first_sent_ns = sample->match.sent_ns;
	told->expected = sample->match.number + 1;
	told->replies++;
	if (told->replies == told->stop_replies)
		stop(told);
	if (told->replies != told->remove_replies)
		return;
	told->lab->removing = told;
	told->foreign |= write(told->lab->remove_fd, &one, sizeof(one)) != sizeof(one);
}

static void on_lost(void *context, uint64_t number, uint64_t sent_ns)
{
	struct told *told = context;

	if (told->lost < REMEMBERED) {
		told->lost_number[told->lost] = number;
		told->lost_sent_ns[told->lost] = sent_ns;
	}
	if (!told->lost)
		session_summarize(told->session, &told->at_stop, NULL);
	told->lost++;
	if (told->lost == told->stop_losses)
		stop(told);
}

static void on_trouble(void *context, const struct session_trouble *trouble)
{
	struct told *told = context;

	told->trouble = *trouble;
	told->troubles++;
	if (told->troubles == told->stop_troubles)
		stop(told);
}

static void on_finished(void *context, int err)
{
	struct told *told = context;

	told->finished++;
	told->err = err;
	if (!--told->lab->running)
		event_loop_stop(told->lab->loop);
}

static void on_limit(void *context, int fd)
{
	struct lab *lab = context;

	(void)fd;
	lab->out_of_time = true;
	event_loop_stop(lab->loop);
}

static void on_remove(void *context, int fd)
{
	struct lab *lab = context;
	uint64_t count;

	if (read(fd, &count, sizeof(count)) < 0)
		return;
	sender_remove(lab->removing->session);
	lab->removing->session = NULL;
	if (!--lab->running)
		event_loop_stop(lab->loop);
}

static void open_lab(struct lab *lab)
{
	const struct itimerspec limit = { .it_value.tv_sec = LIMIT_SECONDS };

	*lab = (struct lab){ .limit_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC),
			     .remove_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) };
	assert_int_equal(event_loop_open(&lab->loop), 0);
	assert_int_equal(timerfd_settime(lab->limit_fd, 0, &limit, NULL), 0);
	assert_int_equal(event_loop_add(lab->loop, lab->limit_fd, on_limit, lab), 0);
	assert_int_equal(event_loop_add(lab->loop, lab->remove_fd, on_remove, lab), 0);
	assert_int_equal(sender_open(&lab->sender, lab->loop), 0);
	hand_reflector_open(&lab->reflector, lab->loop);
}

static void close_lab(struct lab *lab)
{
	for (int i = 0; i < SESSIONS; i++)
		sender_remove(lab->told[i].session);
	hand_reflector_close(&lab->reflector);
	sender_close(lab->sender);
	event_loop_close(lab->loop);
	close(lab->limit_fd);
	close(lab->remove_fd);
}

static int open_one(void **state)
{
	static struct lab lab;

	open_lab(&lab);
	*state = &lab;
	return 0;
}

static int close_one(void **state)
{
	close_lab(*state);
	return 0;
}

/* The n-th session, with SSID n + 1: `count` packets to the reflector, 2 ms apart. */
static struct told *prepare(struct lab *lab, int n, uint64_t count)
{
	struct told *told = &lab->told[n];

	told->lab = lab;
	told->settings = (struct session_settings){
		.path = { .peer = lab->reflector.address, .ttl = 255 },
		.count = count,
		.interval_ns = 2 * NS_PER_MS,
		.timeout_ns = 2000 * NS_PER_MS,
		.size = 44,
		.ssid = (uint16_t)(n + 1),
	};
	return told;
}

static int add(struct told *told)
{
	const struct session_observer observer = { told, on_reply, on_lost, on_trouble,
						   on_finished };

	return sender_add(told->lab->sender, &told->settings, &observer, &told->session);
}

static void start_at(struct told *told, uint64_t first_ns)
{
	assert_int_equal(add(told), 0);
	told->lab->running++;
	session_start(told->session, first_ns);
}

static void start(struct told *told)
{
	start_at(told, clock_monotonic_ns());
}

static void run(struct lab *lab)
{
	assert_int_equal(event_loop_run(lab->loop), 0);
	assert_false(lab->out_of_time);
}

static struct hand_session *seen(struct told *told)
{
	return &told->lab->reflector.sessions[told->settings.ssid];
}

static void assert_answered(struct told *told)
{
	struct metrics_summary summary;

	session_summarize(told->session, &summary, NULL);
	assert_int_equal(told->finished, 1);
	assert_int_equal(told->err, 0);
	assert_false(told->foreign);
	assert_int_equal(told->replies, told->settings.count);
	assert_int_equal(told->lost, 0);
	assert_int_equal(summary.sent, told->settings.count);
	assert_int_equal(summary.received, told->settings.count);
	assert_int_equal(summary.foreign, 0);
	assert_int_equal(seen(told)->received, told->settings.count);
}

static void each_session_gets_its_own_replies_and_finishes(void **state)
{
	struct lab *lab = *state;

	for (int i = 0; i < SESSIONS; i++)
		start(prepare(lab, i, 5 + (uint64_t)i));
	run(lab);
	for (int i = 0; i < SESSIONS; i++)
		assert_answered(&lab->told[i]);
}

static void each_packet_has_its_transmit_and_receive_time(void **state)
{
	struct lab *lab = *state;
	struct told *told = prepare(lab, 0, 20);
	struct metrics_summary summary;

	start(told);
	run(lab);
	session_summarize(told->session, &summary, NULL);
	assert_int_equal(summary.transmit_kernel, 20);
	assert_int_equal(summary.transmit_missing, 0);
	assert_int_equal(summary.receive_kernel, 20);
}

static void a_closed_port_loses_in_order_of_number_while_another_session_goes_on(void **state)
{
	struct lab *lab = *state;
	struct told *refused = prepare(lab, 0, 10), *answered = prepare(lab, 1, 50);

	refused->settings.path.peer = closed_port();
	refused->settings.timeout_ns = 20 * NS_PER_MS;
	start(refused);
	start(answered);
	run(lab);
	assert_int_equal(refused->finished, 1);
	assert_int_equal(refused->err, 0);
	assert_int_equal(refused->replies, 0);
	assert_int_equal(refused->lost, 10);
	for (uint64_t i = 0; i < 10; i++)
		assert_int_equal(refused->lost_number[i], i);
	assert_true(refused->troubles > 0);
	assert_int_equal(refused->trouble.kind, SESSION_ICMP_ERROR);
	assert_int_equal(refused->trouble.error, ECONNREFUSED);
	assert_answered(answered);
}

/* Not before it was written into the packet, not after it came. */
static void a_loss_tells_when_the_packet_was_sent(void **state)
{
	struct lab *lab = *state;
	struct told *told = prepare(lab, 0, 10);

	lab->reflector.mute = true;
	told->settings.timeout_ns = 30 * NS_PER_MS;
	start(told);
	run(lab);
	assert_int_equal(told->lost, 10);
	for (int i = 0; i < 10; i++)
		assert_in_range(told->lost_sent_ns[i], seen(told)->sent_ns[i],
				seen(told)->arrived_ns[i]);
}

static void a_stopped_session_is_silent_and_the_others_go_on(void **state)
{
	struct lab *lab = *state;
	struct told *stopped = prepare(lab, 0, 0), *other = prepare(lab, 1, 30);
	struct metrics_summary summary;

	stopped->stop_replies = 3;
	start(stopped);
	start(other);
	run(lab);
	session_summarize(stopped->session, &summary, NULL);
	assert_int_equal(stopped->replies, 3);
	assert_int_equal(stopped->finished, 0);
	assert_int_equal(summary.sent, stopped->at_stop.sent);
	assert_int_equal(seen(stopped)->received, summary.sent);
	assert_answered(other);
}

static void a_session_that_stops_at_a_loss_tells_no_other(void **state)
{
	struct lab *lab = *state;
	struct told *told = prepare(lab, 0, 10);
	struct metrics_summary summary;

	lab->reflector.mute = true;
	told->settings.interval_ns = 1;
	told->settings.timeout_ns = 20 * NS_PER_MS;
	told->stop_losses = 3;
	start(told);
	run(lab);
	session_summarize(told->session, &summary, NULL);
	assert_int_equal(told->lost, 3);
	assert_int_equal(summary.lost, 3);
	assert_int_equal(summary.under_way, 7);
	assert_int_equal(told->finished, 0);
}

/* What is longer than a datagram can be is never sent. */
static void a_session_that_stops_at_a_trouble_tells_no_other(void **state)
{
	struct lab *lab = *state;
	struct told *told = prepare(lab, 0, 10);
	struct metrics_summary summary;

	told->settings.size = 70000;
	told->settings.interval_ns = 1;
	told->stop_troubles = 2;
	start(told);
	run(lab);
	session_summarize(told->session, &summary, NULL);
	assert_int_equal(told->troubles, 2);
	assert_int_equal(told->trouble.kind, SESSION_NOT_SENT);
	assert_int_equal(told->trouble.error, EMSGSIZE);
	assert_int_equal(summary.send_errors, 2);
	assert_int_equal(told->finished, 0);
}

/* Errors of the packets that were under way still wait when the session is asked. */
static void a_stopped_session_tells_nothing_when_it_is_summarized(void **state)
{
	struct lab *lab = *state;
	struct told *told = prepare(lab, 0, 10);
	struct metrics_summary summary;

	told->settings.path.peer = closed_port();
	told->settings.interval_ns = 1;
	told->stop_troubles = 1;
	start(told);
	run(lab);
	session_summarize(told->session, &summary, NULL);
	assert_int_equal(told->troubles, 1);
}

static void a_session_can_be_removed_while_others_run(void **state)
{
	struct lab *lab = *state;
	struct told *removed = prepare(lab, 0, 0), *other = prepare(lab, 1, 30);

	removed->remove_replies = 3;
	start(removed);
	start(other);
	run(lab);
	assert_null(removed->session);
	assert_int_equal(removed->finished, 0);
	assert_answered(other);
}

static void a_flood_sends_each_packet_once_and_ends(void **state)
{
	struct lab *lab = *state;
	struct told *told = prepare(lab, 0, 5000);

	told->settings.flood = true;
	told->settings.interval_ns = 0;
	start(told);
	run(lab);
	assert_answered(told);
}

static void a_flood_without_replies_has_a_bounded_number_under_way(void **state)
{
	struct lab *lab = *state;
	struct told *told = prepare(lab, 0, SESSION_FLOOD_MAX + 1000);
	struct metrics_summary summary;

	lab->reflector.mute = true;
	told->settings.flood = true;
	told->settings.timeout_ns = 500 * NS_PER_MS;
	start(told);
	run(lab);
	session_summarize(told->session, &summary, NULL);
	assert_in_range(told->at_stop.sent, 1, SESSION_FLOOD_MAX);
	assert_int_equal(summary.sent, SESSION_FLOOD_MAX + 1000);
	assert_int_equal(summary.lost, SESSION_FLOOD_MAX + 1000);
	assert_int_equal(told->lost, SESSION_FLOOD_MAX + 1000);
	assert_int_equal(told->finished, 1);
}

static void a_session_that_starts_later_sends_first_at_its_time(void **state)
{
	struct lab *lab = *state;
	struct told *later = prepare(lab, 0, 3), *now = prepare(lab, 1, 3);
	uint64_t first_ns = clock_monotonic_ns() + 100 * NS_PER_MS;

	start_at(later, first_ns);
	start(now);
	run(lab);
	assert_answered(later);
	assert_answered(now);
	assert_true(seen(later)->first_ns >= first_ns);
	assert_true(seen(now)->first_ns < first_ns);
}

/* The duration counts from then on, and the packet is not late. */
static void a_session_whose_time_has_passed_starts_at_once(void **state)
{
	struct lab *lab = *state;
	struct told *told = prepare(lab, 0, 0);
	struct metrics_summary summary;

	told->settings.duration_ns = 9 * NS_PER_MS;
	start_at(told, 0);
	run(lab);
	session_summarize(told->session, &summary, NULL);
	assert_in_range(summary.sent, 1, 5);
	assert_int_equal(summary.received, summary.sent);
	assert_in_range(summary.pacing.max, 0, LIMIT_SECONDS * 1000 * NS_PER_MS);
}

static void on_time(void *context, int fd)
{
	(void)fd;
	event_loop_stop(context);
}

static uint64_t thread_ns(void)
{
	struct timespec used;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return (uint64_t)used.tv_sec * 1000 * NS_PER_MS + (uint64_t)used.tv_nsec;
}

/* What was to be sent is due no more when the timer expires. */
static void a_stopped_session_lets_the_loop_sleep(void **state)
{
	struct lab *lab = *state;
	struct told *told = prepare(lab, 0, 10);
	const struct itimerspec time = { .it_value.tv_nsec = 200 * NS_PER_MS };
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	uint64_t used_ns;

	assert_int_equal(event_loop_add(lab->loop, fd, on_time, lab->loop), 0);
	assert_int_equal(timerfd_settime(fd, 0, &time, NULL), 0);
	start_at(told, clock_monotonic_ns() + 20 * NS_PER_MS);
	session_stop(told->session);
	used_ns = thread_ns();
	run(lab);
	assert_in_range(thread_ns() - used_ns, 0, 50 * NS_PER_MS);
	assert_int_equal(seen(told)->received, 0);
	event_loop_remove(lab->loop, fd);
	close(fd);
}

/* One more descriptor than there are now would be too many. */
static void limit_descriptors(struct rlimit *before)
{
	int next = dup(STDERR_FILENO);
	struct rlimit limit;

	assert_true(next >= 0);
	close(next);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, before), 0);
	limit = *before;
	limit.rlim_cur = (rlim_t)next;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void without_descriptors_no_session_is_added_and_the_others_go_on(void **state)
{
	struct lab *lab = *state;
	struct told *told = prepare(lab, 0, 10), *refused = prepare(lab, 1, 10);
	struct rlimit before;

	start(told);
	limit_descriptors(&before);
	assert_int_equal(add(refused), -EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_null(refused->session);
	run(lab);
	assert_answered(told);
	start(refused);
	run(lab);
	assert_answered(refused);
}

static void a_session_from_a_port_in_use_is_refused_and_the_others_go_on(void **state)
{
	struct lab *lab = *state;
	struct told *told = prepare(lab, 0, 10), *refused = prepare(lab, 1, 10);

	start(told);
	refused->settings.path.source = lab->reflector.address;
	assert_int_equal(add(refused), -EADDRINUSE);
	assert_null(refused->session);
	run(lab);
	assert_answered(told);
}

/* No assertion in a thread: it would jump out of the wrong stack. */
static void *run_loop(void *context)
{
	struct lab *lab = context;

	if (event_loop_run(lab->loop))
		lab->out_of_time = true;
	return NULL;
}

static void two_senders_run_in_two_threads(void **state)
{
	static struct lab labs[2];
	pthread_t threads[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		open_lab(&labs[i]);
		for (int j = 0; j < SESSIONS; j++)
			start(prepare(&labs[i], j, 50));
	}
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, run_loop, &labs[i]), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	for (int i = 0; i < 2; i++) {
		assert_false(labs[i].out_of_time);
		for (int j = 0; j < SESSIONS; j++)
			assert_answered(&labs[i].told[j]);
		close_lab(&labs[i]);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_one, close_one)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_session_gets_its_own_replies_and_finishes),
		TEST(each_packet_has_its_transmit_and_receive_time),
		TEST(a_closed_port_loses_in_order_of_number_while_another_session_goes_on),
		TEST(a_loss_tells_when_the_packet_was_sent),
		TEST(a_stopped_session_is_silent_and_the_others_go_on),
		TEST(a_session_that_stops_at_a_loss_tells_no_other),
		TEST(a_session_that_stops_at_a_trouble_tells_no_other),
		TEST(a_stopped_session_tells_nothing_when_it_is_summarized),
		TEST(a_session_can_be_removed_while_others_run),
		TEST(a_flood_sends_each_packet_once_and_ends),
		TEST(a_flood_without_replies_has_a_bounded_number_under_way),
		TEST(a_session_that_starts_later_sends_first_at_its_time),
		TEST(a_session_whose_time_has_passed_starts_at_once),
		TEST(a_stopped_session_lets_the_loop_sleep),
		TEST(without_descriptors_no_session_is_added_and_the_others_go_on),
		TEST(a_session_from_a_port_in_use_is_refused_and_the_others_go_on),
		cmocka_unit_test(two_senders_run_in_two_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
