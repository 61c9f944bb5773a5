/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stampd's clock entry: true when written, kept each second, and at once when the clock is set. */
#include "lib/cases.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/event_loop.h"
#include "reflector/clock_sync.h"

#define HOUR_NS (3600 * NSEC_PER_SEC)
#define TOLERANCE_NS 1000000 /* between two readings of the clock by this test */
#define LIMIT_SECONDS 10
#define SET_AT_ONCE_NS (NSEC_PER_SEC / 2) /* the periodic update alone would take up to 1 s */

static struct clock_offset entry;
static struct event_loop *loop;
static struct clock_sync *sync_under_test;

static const struct clock_reading *published(void)
{
	return &entry.copies[entry.sequence & 1];
}

/* Offset and known second hold, and somebody vouches for them for the next seconds. */
static void assert_true_now(void)
{
	uint64_t monotonic = clock_monotonic_ns();
	uint64_t utc = clock_realtime_ns();
	int64_t off = (int64_t)(monotonic + published()->utc_offset_ns - utc);

	assert_in_range(llabs(off), 0, TOLERANCE_NS);
	assert_in_range(utc / NSEC_PER_SEC - published()->known_second, 0, 3);
	assert_in_range(published()->valid_until_ns - monotonic, NSEC_PER_SEC, 3 * NSEC_PER_SEC);
}

static void on_limit(void *context, int fd)
{
	(void)context;
	(void)fd;
	fail_msg("no update within %d s", LIMIT_SECONDS);
}

struct wait {
	uint32_t sequence; /* to be left behind */
	int timer_fd;
};

static void look(void *context, int fd)
{
	struct wait *wait = context;
	uint64_t expirations;

	assert_int_equal(read(fd, &expirations, sizeof(expirations)), sizeof(expirations));
	if (entry.sequence != wait->sequence)
		event_loop_stop(loop);
}

/* A timer that calls `handler` first after `first_ns`, then every `again_ns`. */
static int start_timer(uint64_t first_ns, uint64_t again_ns, event_handler handler, void *context)
{
	const struct itimerspec timer = {
		.it_value = { (time_t)(first_ns / NSEC_PER_SEC), (long)(first_ns % NSEC_PER_SEC) },
		.it_interval = { 0, (long)again_ns },
	};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(timerfd_settime(fd, 0, &timer, NULL), 0);
	assert_int_equal(event_loop_add(loop, fd, handler, context), 0);
	return fd;
}

static void stop_timer(int fd)
{
	event_loop_remove(loop, fd);
	close(fd);
}

/* Serves until the entry is written again; how long that took, in nanoseconds. */
static uint64_t wait_for_update(void)
{
	struct wait wait = { .sequence = entry.sequence };
	uint64_t start = clock_monotonic_ns();
	int limit = start_timer(LIMIT_SECONDS * NSEC_PER_SEC, 0, on_limit, NULL);
	int looks = start_timer(1000000, 1000000, look, &wait);

	assert_int_equal(event_loop_run(loop), 0);
	stop_timer(looks);
	stop_timer(limit);
	return clock_monotonic_ns() - start;
}

static void open_sync_with(const struct config *config)
{
	assert_int_equal(event_loop_open(&loop), 0);
	assert_int_equal(clock_sync_open(&sync_under_test, loop, &entry, config), 0);
}

static void open_sync(enum tai_source source, int tai_offset)
{
	const struct config config = { .tai_source = source, .tai_offset = tai_offset };

	open_sync_with(&config);
}

static int close_sync(void **state)
{
	(void)state;
	clock_sync_close(sync_under_test);
	event_loop_close(loop);
	sync_under_test = NULL;
	loop = NULL;
	return 0;
}

static void the_entry_is_true_when_it_opens(void **state)
{
	(void)state;
	open_sync(TAI_FIXED, 37);
	assert_true(entry.sequence != 0);
	assert_true_now();
	assert_int_equal(published()->tai_offset, 37);
}

/* Whether the kernel says that something synchronises its clock. */
static bool kernel_is_synchronized(struct timex *kernel)
{
	*kernel = (struct timex){ .modes = 0 };
	return adjtimex(kernel) != TIME_ERROR && !(kernel->status & STA_UNSYNC);
}

static void s_and_the_error_are_what_the_kernel_says(void **state)
{
	struct timex kernel;
	bool synchronized;

	(void)state;
	open_sync(TAI_FROM_KERNEL, 0);
	synchronized = kernel_is_synchronized(&kernel);
	assert_int_equal(!!(published()->error_estimate & STAMP_ERROR_SYNCHRONIZED), synchronized);
	assert_int_equal(published()->tai_offset, kernel.tai);
	if (!synchronized)
		assert_int_equal(published()->error_estimate, STAMP_ERROR_UNKNOWN);
	else
		assert_true(stamp_error_decode(published()->error_estimate) >=
			    (uint64_t)kernel.maxerror * 1000);
}

static const struct source_case {
	unsigned int configured;
	uint8_t published; /* while the kernel says synchronised */
} source_cases[] = {
	{ 0, STAMP_SYNC_NTP },
	{ STAMP_SYNC_NTP, STAMP_SYNC_NTP },
	{ STAMP_SYNC_PTP, STAMP_SYNC_PTP },
	{ STAMP_SYNC_SSU_BITS, STAMP_SYNC_SSU_BITS },
	{ STAMP_SYNC_GNSS, STAMP_SYNC_GNSS },
	{ STAMP_SYNC_LOCAL, STAMP_SYNC_LOCAL },
};

/* Each is published as soon as it is configured. */
static void assert_sources(bool synchronized)
{
	struct config config = { .sync_source = source_cases[0].configured };

	open_sync_with(&config);
	for (size_t i = 0; i < ARRAY_SIZE(source_cases); i++) {
		uint32_t sequence = entry.sequence;

		config.sync_source = source_cases[i].configured;
		clock_sync_configure(sync_under_test, &config);
		assert_int_equal(entry.sequence, sequence + 1);
		assert_int_equal(published()->synchronization_source,
				 synchronized ? source_cases[i].published : STAMP_SYNC_LOCAL);
	}
}

static void the_source_is_what_is_configured_while_the_kernel_says_synchronized(void **state)
{
	struct timex kernel;

	(void)state;
	assert_sources(kernel_is_synchronized(&kernel));
}

static void it_is_written_again_each_second(void **state)
{
	uint64_t offset;

	(void)state;
	open_sync(TAI_FIXED, 0);
	offset = published()->utc_offset_ns;
	for (int i = 0; i < 2; i++) {
		assert_in_range(wait_for_update(), 0, 3 * NSEC_PER_SEC / 2);
		assert_true_now();
		/* Only setting the clock changes the offset: measuring it again must not. */
		assert_in_range(llabs((int64_t)(published()->utc_offset_ns - offset)), 0, 20000);
	}
}

/* Moves CLOCK_REALTIME; 0 or -errno. */
static int set_clock(int64_t by_ns)
{
	uint64_t to = clock_realtime_ns() + (uint64_t)by_ns;
	const struct timespec time = { (time_t)(to / NSEC_PER_SEC), (long)(to % NSEC_PER_SEC) };

	return clock_settime(CLOCK_REALTIME, &time) ? -errno : 0;
}

/* 0 or -errno. */
static int set_synchronized(bool synchronized)
{
	struct timex change = {
		.modes = ADJ_STATUS | ADJ_MAXERROR,
		.status = synchronized ? STA_PLL : STA_UNSYNC,
		.maxerror = 1000,
	};

	return adjtimex(&change) < 0 ? -errno : 0;
}

static void skip_unless_the_clock_is_ours(void)
{
	if (getenv("STAMP_MAY_SET_CLOCK"))
		return;
	print_message("skipped: the clock of this machine is not ours to set; "
		      "scripts/run_in_vm.sh lets it be\n");
	skip();
}

static void the_source_follows_the_kernel(void **state)
{
	struct timex kernel;

	(void)state;
	skip_unless_the_clock_is_ours();
	for (int synchronized = 1; synchronized >= 0; synchronized--) {
		assert_int_equal(set_synchronized(synchronized), 0);
		assert_int_equal(kernel_is_synchronized(&kernel), synchronized);
		assert_sources(synchronized);
		close_sync(NULL);
	}
}

static void it_follows_at_once_when_the_clock_is_set(void **state)
{
	static const int64_t steps[] = { HOUR_NS, -HOUR_NS, NSEC_PER_SEC, -(int64_t)NSEC_PER_SEC };

	(void)state;
	skip_unless_the_clock_is_ours();
	open_sync(TAI_FIXED, 0);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		wait_for_update(); /* the periodic one, so that the next is not due for a second */
		assert_int_equal(set_clock(steps[i]), 0);
		assert_in_range(wait_for_update(), 0, SET_AT_ONCE_NS);
		assert_true_now();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_entry_is_true_when_it_opens, close_sync),
		cmocka_unit_test_teardown(s_and_the_error_are_what_the_kernel_says, close_sync),
		cmocka_unit_test_teardown(
			the_source_is_what_is_configured_while_the_kernel_says_synchronized,
			close_sync),
		cmocka_unit_test_teardown(the_source_follows_the_kernel, close_sync),
		cmocka_unit_test_teardown(it_is_written_again_each_second, close_sync),
		cmocka_unit_test_teardown(it_follows_at_once_when_the_clock_is_set, close_sync),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
