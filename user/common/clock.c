/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reads the system's clocks, and what the kernel claims of their truth (adjtimex). */
#include "common/clock.h"

#include <errno.h>
#include <sys/timex.h>
#include <time.h>

#include "stamp/timestamp.h"

/* These two clocks are always there, so reading them cannot fail. */
static uint64_t read_clock(clockid_t id)
{
	struct timespec now = { 0 };

	clock_gettime(id, &now);
	return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

uint64_t clock_realtime_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

uint64_t clock_monotonic_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int clock_quality_read(struct clock_quality *out)
{
	struct timex state = { .modes = 0 };
	int clock_state = adjtimex(&state);

	*out = (struct clock_quality){ .max_error_ns = UINT64_MAX };
	if (clock_state < 0)
		return -errno;
	out->synchronized = clock_state != TIME_ERROR && !(state.status & STA_UNSYNC);
	if (out->synchronized)
		out->max_error_ns = (uint64_t)state.maxerror * NSEC_PER_USEC;
	out->tai_offset = state.tai;
	return 0;
}
