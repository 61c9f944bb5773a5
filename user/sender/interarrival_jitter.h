/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The interarrival jitter of RFC 3550 section 6.4.1. Pure. */
#ifndef SENDER_INTERARRIVAL_JITTER_H
#define SENDER_INTERARRIVAL_JITTER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * J += (|D| - J) / 16, D the delay less that of the packet that arrived before. J is kept as a
 * double: division by 16 is exact, and no delay makes it overflow. All zero is a new run.
 */
struct interarrival_jitter {
	bool started;
	bool known; /* two packets arrived */
	int64_t previous_ns;
	double jitter_ns;
};

/* Delays in the order of arrival, nanoseconds; a constant offset between two clocks cancels. */
void interarrival_jitter_add(struct interarrival_jitter *jitter, int64_t delay_ns);

#endif
