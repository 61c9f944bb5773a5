/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reordering by RFC 4737: how many packets, and by how many arrivals. Pure, bounded memory. */
#include "sender/reordering.h"

static struct reordering_highest *place(struct reordering *reordering, uint64_t index)
{
	return &reordering->ring[index % REORDERING_REMEMBERED];
}

static uint64_t oldest_of(const struct reordering *reordering)
{
	uint64_t highest = reordering->highest;

	return highest > REORDERING_REMEMBERED ? highest - REORDERING_REMEMBERED : 0;
}

/* Numbers in the ring rise, so the first above `number` is found by halves. */
static uint64_t first_above(struct reordering *reordering, uint64_t number)
{
	uint64_t low = oldest_of(reordering), high = reordering->highest;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (place(reordering, middle)->number > number)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static void measure_extent(struct reordering *reordering, uint64_t number)
{
	uint64_t first = first_above(reordering, number);
	uint64_t extent = reordering->arrivals - place(reordering, first)->arrival;

	if (first && first == oldest_of(reordering))
		reordering->at_least = true;
	if (extent > reordering->extent_max)
		reordering->extent_max = extent;
	reordering->extent_sum += extent;
	reordering->reordered++;
}

void reordering_arrival(struct reordering *reordering, uint64_t number, bool reordered)
{
	if (reordered)
		measure_extent(reordering, number);
	else
		*place(reordering, reordering->highest++) =
			(struct reordering_highest){ number, reordering->arrivals };
	reordering->arrivals++;
}
