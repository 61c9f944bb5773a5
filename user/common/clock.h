/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reads the system's clocks, and what the kernel claims of their truth (adjtimex). */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct clock_quality {
	bool synchronized;     /* an external source sets CLOCK_REALTIME */
	uint64_t max_error_ns; /* how far CLOCK_REALTIME may be off; UINT64_MAX when not
				  synchronised */
	int tai_offset;        /* TAI - UTC, seconds; 0 until a time daemon sets it */
};

/* Nanoseconds since 1970 UTC. */
uint64_t clock_realtime_ns(void);

/* Nanoseconds since some moment at boot; never goes back, never steps. */
uint64_t clock_monotonic_ns(void);

/* Needs no privilege. 0 or -errno; on failure `out` claims nothing: not synchronised, offset 0. */
int clock_quality_read(struct clock_quality *out);

#endif
