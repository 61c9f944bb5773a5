/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How a run went over time, for charts, in constant memory. Pure. */
#include "ping/timeline.h"

void timeline_start(struct timeline *timeline, uint64_t width_ns)
{
	*timeline = (struct timeline){ .width_ns = width_ns ? width_ns : 1 };
}

static void range_merge(struct timeline_range *into, const struct timeline_range *from)
{
	if (!from->count)
		return;
	if (!into->count || from->min < into->min)
		into->min = from->min;
	if (!into->count || from->max > into->max)
		into->max = from->max;
	into->count += from->count;
	into->sum += from->sum;
}

static void range_add(struct timeline_range *range, int64_t value)
{
	range_merge(range, &(struct timeline_range){ 1, value, value, (double)value });
}

void timeline_span_merge(struct timeline_span *into, const struct timeline_span *from)
{
	into->answered += from->answered;
	into->lost += from->lost;
	into->late += from->late;
	into->duplicates += from->duplicates;
	into->reordered += from->reordered;
	range_merge(&into->round_trip, &from->round_trip);
	range_merge(&into->forward, &from->forward);
	range_merge(&into->backward, &from->backward);
	range_merge(&into->hops_forward, &from->hops_forward);
	range_merge(&into->hops_backward, &from->hops_backward);
}

static void double_width(struct timeline *timeline)
{
	struct timeline_span *spans = timeline->spans;

	for (size_t i = 0; i < TIMELINE_SPANS / 2; i++) {
		struct timeline_span both = spans[2 * i];

		timeline_span_merge(&both, &spans[2 * i + 1]);
		spans[i] = both;
	}
	for (size_t i = TIMELINE_SPANS / 2; i < TIMELINE_SPANS; i++)
		spans[i] = (struct timeline_span){ 0 };
	timeline->width_ns *= 2;
	timeline->count = (timeline->count + 1) / 2;
}

static void add_answer(struct timeline_span *span, const struct timeline_event *event)
{
	if (event->delays_known)
		range_add(&span->round_trip, event->round_trip_ns);
	if (event->delays_known && event->one_way_known) {
		range_add(&span->forward, event->forward_ns);
		range_add(&span->backward, event->backward_ns);
	}
	if (event->hops_forward)
		range_add(&span->hops_forward, event->hops_forward);
	if (event->hops_backward)
		range_add(&span->hops_backward, event->hops_backward);
}

void timeline_add(struct timeline *timeline, const struct timeline_event *event)
{
	struct timeline_span *span;
	size_t index;

	while (event->sent_ns / timeline->width_ns >= TIMELINE_SPANS)
		double_width(timeline);
	index = (size_t)(event->sent_ns / timeline->width_ns);
	if (timeline->count <= index)
		timeline->count = index + 1;
	span = &timeline->spans[index];
	span->answered += event->answered;
	span->lost += event->lost;
	span->late += event->late;
	span->duplicates += event->duplicate;
	span->reordered += event->reordered;
	if (event->answered)
		add_answer(span, event);
}
