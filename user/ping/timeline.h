/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How a run went over time, for charts, in constant memory. Pure. */
#ifndef PING_TIMELINE_H
#define PING_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIMELINE_SPANS 512 /* an even number */

struct timeline_range {
	uint64_t count; /* 0: the rest means nothing */
	int64_t min;
	int64_t max;
	double sum; /* mean: sum / count */
};

/* Packets by when they were sent, whatever became of them later. */
struct timeline_span {
	uint64_t answered;
	uint64_t lost;
	uint64_t late; /* these are among the lost */
	uint64_t duplicates;
	uint64_t reordered;
	struct timeline_range round_trip, forward, backward; /* nanoseconds, of the answered */
	struct timeline_range hops_forward, hops_backward;
};

/*
 * The run is divided into spans of equal width; when it outgrows TIMELINE_SPANS of them, each two
 * become one of twice the width. Times are nanoseconds from the start of the run.
 */
struct timeline {
	uint64_t width_ns; /* of a span */
	size_t count;      /* spans up to the latest that has an event */
	struct timeline_span spans[TIMELINE_SPANS];
};

/* What became of one packet, or of a further reply to it. */
struct timeline_event {
	uint64_t sent_ns;
	bool answered, lost, late, duplicate,
		reordered; /* late: a lost one was answered after all */
	bool delays_known;
	int64_t round_trip_ns;
	bool one_way_known;
	int64_t forward_ns, backward_ns;
	unsigned int hops_forward, hops_backward; /* 0: not known */
};

/* Starts with spans of `width_ns`, the interval between packets; 0 is taken as 1. */
void timeline_start(struct timeline *timeline, uint64_t width_ns);

/*
 * Events come in any order: a loss is told after the answers to later packets. As in the figures of
 * the run, delays and hops are taken from answers only, not from late replies or duplicates.
 */
void timeline_add(struct timeline *timeline, const struct timeline_event *event);

/* Adds one span's packets to another's, for charts with fewer columns than there are spans. */
void timeline_span_merge(struct timeline_span *into, const struct timeline_span *from);

#endif
