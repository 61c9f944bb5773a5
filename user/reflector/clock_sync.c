/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/clock_sync.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/event_loop.h"
#include "common/log.h"

#define UPDATE_SECONDS 1
#define VALID_NS (3 * NSEC_PER_SEC) /* without an update: two may be late before S is cleared */
#define SAMPLES 8
#define FAR_FUTURE_SECONDS (1LL << 40)

struct clock_sync {
	struct event_loop *loop;
	struct clock_offset *entry;
	struct clock_reading reading;
	enum tai_source tai_source;
	int tai_offset;
	__u8 source; /* while the clock is synchronised */
	int period_fd;
	int clock_set_fd;
	void (*follower)(void *context);
	void *follower_context;
};

/* CLOCK_REALTIME - CLOCK_MONOTONIC lies between the two. */
struct offset_range {
	__u64 lowest;
	__u64 width;
};

/* The narrowest of a few readings of one clock between two of the other. */
static struct offset_range measure_offset(void)
{
	struct offset_range best = { .width = ~0ULL };

	for (int i = 0; i < SAMPLES; i++) {
		__u64 before = clock_monotonic_ns();
		__u64 utc = clock_realtime_ns();
		__u64 after = clock_monotonic_ns();

		if (after - before < best.width)
			best = (struct offset_range){ utc - after, after - before };
	}
	return best;
}

/*
 * Both clocks run at the same rate, so the offset changes only when the clock is set: a value that
 * the measurement still allows is kept, and timestamps don't jitter by how well it was measured.
 */
static __u64 settle_offset(__u64 present, struct offset_range measured)
{
	if (present - measured.lowest <= measured.width)
		return present;
	return measured.lowest + measured.width / 2;
}

void clock_offset_publish(struct clock_offset *entry, const struct clock_reading *reading)
{
	__u32 next = entry->sequence + 1;

	if (next == 0) /* never written; it comes round after 136 years of seconds */
		next = 2;
	entry->copies[next & 1] = *reading;
	__atomic_store_n(&entry->sequence, next, __ATOMIC_RELEASE);
}

static void update(struct clock_sync *sync)
{
	struct clock_reading *reading = &sync->reading;
	__u64 monotonic = clock_monotonic_ns();
	struct clock_quality quality;
	int err = clock_quality_read(&quality);

	if (err)
		log_error("adjtimex: %s: the clock is taken for unsynchronised", strerror(-err));
	reading->utc_offset_ns = settle_offset(reading->utc_offset_ns, measure_offset());
	/* A second of margin: no time that is converted may lie before it. */
	reading->known_second = (monotonic + reading->utc_offset_ns) / NSEC_PER_SEC - 1;
	reading->valid_until_ns = monotonic + VALID_NS;
	reading->tai_offset = sync->tai_source == TAI_FIXED ? sync->tai_offset : quality.tai_offset;
	reading->error_estimate = STAMP_ERROR_UNKNOWN;
	reading->synchronization_source = STAMP_SYNC_LOCAL;
	if (quality.synchronized) {
		reading->error_estimate =
			STAMP_ERROR_SYNCHRONIZED | stamp_error_encode(quality.max_error_ns);
		reading->synchronization_source = sync->source;
	}
	clock_offset_publish(sync->entry, reading);
}

static void on_period(void *context, int fd)
{
	struct clock_sync *sync = context;
	__u64 expirations;

	if (read(fd, &expirations, sizeof(expirations)) <= 0)
		return;
	update(sync);
	if (sync->follower)
		sync->follower(sync->follower_context);
}

static int arm_clock_set(int fd)
{
	const struct itimerspec never = { .it_value.tv_sec = FAR_FUTURE_SECONDS };

	return timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL)
		       ? -errno
		       : 0;
}

static void on_clock_set(void *context, int fd)
{
	__u64 expirations;

	if (read(fd, &expirations, sizeof(expirations)) >= 0 || errno != ECANCELED)
		return;
	if (arm_clock_set(fd)) /* first, or a step in between would go unseen for a second */
		log_error("cannot watch for the clock being set: %s", strerror(errno));
	update(context);
	log_info("the clock was set: timestamps follow it from now on");
}

static int start_timers(struct clock_sync *sync)
{
	const struct itimerspec period = {
		.it_interval.tv_sec = UPDATE_SECONDS,
		.it_value.tv_sec = UPDATE_SECONDS,
	};
	int err;

	sync->period_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	sync->clock_set_fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (sync->period_fd < 0 || sync->clock_set_fd < 0 ||
	    timerfd_settime(sync->period_fd, 0, &period, NULL))
		return -errno;
	err = arm_clock_set(sync->clock_set_fd);
	if (!err)
		err = event_loop_add(sync->loop, sync->period_fd, on_period, sync);
	if (!err)
		err = event_loop_add(sync->loop, sync->clock_set_fd, on_clock_set, sync);
	return err;
}

int clock_sync_open(struct clock_sync **out, struct event_loop *loop, struct clock_offset *entry,
		    const struct config *config)
{
	struct clock_sync *sync = calloc(1, sizeof(*sync));
	int err;

	if (!sync)
		return -ENOMEM;
	*sync = (struct clock_sync){
		.loop = loop,
		.entry = entry,
		.period_fd = -1,
		.clock_set_fd = -1,
	};
	err = start_timers(sync);
	if (err) {
		log_error("cannot start the clock's timers: %s", strerror(-err));
		clock_sync_close(sync);
		return err;
	}
	clock_sync_configure(sync, config);
	*out = sync;
	return 0;
}

/* The kernel does not say what synchronises the clock; NTP is what most likely does. */
void clock_sync_configure(struct clock_sync *sync, const struct config *config)
{
	sync->tai_source = config->tai_source;
	sync->tai_offset = config->tai_offset;
	sync->source = config->sync_source ? (__u8)config->sync_source : STAMP_SYNC_NTP;
	update(sync);
}

void clock_sync_set_follower(struct clock_sync *sync, void (*follower)(void *context),
			     void *context)
{
	sync->follower = follower;
	sync->follower_context = context;
}

struct clock_reading clock_sync_reading(const struct clock_sync *sync)
{
	return sync->reading;
}

static void close_timer(struct clock_sync *sync, int fd)
{
	if (fd < 0)
		return;
	event_loop_remove(sync->loop, fd);
	close(fd);
}

void clock_sync_close(struct clock_sync *sync)
{
	if (!sync)
		return;
	close_timer(sync, sync->period_fd);
	close_timer(sync, sync->clock_set_fd);
	free(sync);
}
