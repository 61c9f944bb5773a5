/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* When the next packet leaves: a schedule in absolute time, so that lateness never adds up. */
#ifndef SENDER_PACE_H
#define SENDER_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACE_BURST_MAX 64 /* packets of a tick */

/*
 * A tick that comes late sends what is due, but at most what was missed in the last 10 ms, at
 * most 64 packets, and at least one: a burst measures itself and not the path. What is due beyond
 * that is not left out; the rest of the schedule moves back instead (`shifted_ns`).
 */
struct pace {
	uint64_t next_ns; /* CLOCK_MONOTONIC, when the next packet is due */
	uint64_t end_ns;  /* nothing is due at or after it */
	uint64_t interval_ns;
	uint64_t count; /* packets in all; UINT64_MAX: no end */
	uint64_t taken;
	uint64_t shifted_ns;
	bool flood; /* always due */
	bool random;
	uint64_t random_state;
};

/* `count` 0: no end; `duration_ns` 0: no end. The first packet is due at once. */
struct pace pace_start(uint64_t now_ns, uint64_t interval_ns, uint64_t count, uint64_t duration_ns);

/* Makes the intervals random: exponentially distributed, `interval_ns` on average. The next due
 * time is still the one before plus an interval, whenever the packet was really sent. */
void pace_randomize(struct pace *pace, uint64_t seed);

/* Makes the next packet always due: intervals mean nothing. */
void pace_flood(struct pace *pace);

/*
 * How many packets to send now, at most `limit`, of which PACE_BURST_MAX count; they count as
 * taken. `due_ns` gets when each was due: the first before the schedule moved back, the others as
 * moved.
 */
size_t pace_take(struct pace *pace, uint64_t now_ns, size_t limit, uint64_t due_ns[PACE_BURST_MAX]);

/* Of those taken last in a flood, this many were not sent after all. */
void pace_give_back(struct pace *pace, size_t count);

/* When the next packet is due. */
uint64_t pace_next_ns(const struct pace *pace);

/* Whether there is no next packet. */
bool pace_done(const struct pace *pace);

/* Takes nothing any more. */
void pace_stop(struct pace *pace);

#endif
