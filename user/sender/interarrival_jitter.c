/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The interarrival jitter of RFC 3550 section 6.4.1. Pure. */
#include "sender/interarrival_jitter.h"

#include <math.h>

#define GAIN (1.0 / 16)

void interarrival_jitter_add(struct interarrival_jitter *jitter, int64_t delay_ns)
{
	double difference = fabs((double)(delay_ns - jitter->previous_ns));

	if (jitter->started) {
		jitter->jitter_ns += (difference - jitter->jitter_ns) * GAIN;
		jitter->known = true;
	}
	jitter->previous_ns = delay_ns;
	jitter->started = true;
}
