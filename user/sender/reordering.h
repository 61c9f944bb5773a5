/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reordering by RFC 4737: how many packets, and by how many arrivals. Pure, bounded memory. */
#ifndef SENDER_REORDERING_H
#define SENDER_REORDERING_H

#include <stdbool.h>
#include <stdint.h>

#define REORDERING_REMEMBERED 128

/* An arrival with a number above all before it. */
struct reordering_highest {
	uint64_t number;
	uint64_t arrival;
};

/*
 * The extent of a reordered packet (section 4.2.2) is the number of arrivals since the first one
 * that was sent later. That one had the highest number so far, so only such ones are remembered,
 * the latest of them. All zero is a new run.
 */
struct reordering {
	uint64_t arrivals; /* replies, duplicates excluded */
	uint64_t reordered;
	uint64_t extent_max; /* 0: none was reordered */
	uint64_t extent_sum; /* the mean is extent_sum / reordered */
	bool at_least;       /* an extent went beyond what is remembered: both are lower bounds */
	uint64_t highest;    /* how many arrivals had a new highest number */
	struct reordering_highest ring[REORDERING_REMEMBERED];
};

/*
 * The first reply to packet `number` came, which is remembered. `reordered`: after one to a later
 * packet, as match_reply() decides.
 */
void reordering_arrival(struct reordering *reordering, uint64_t number, bool reordered);

#endif
