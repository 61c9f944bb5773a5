/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* When the next packet leaves: a schedule in absolute time, so that lateness never adds up. */
#include "sender/pace.h"

#include "sender/exponential.h"

#define CATCH_UP_NS 10000000ULL

struct pace pace_start(uint64_t now_ns, uint64_t interval_ns, uint64_t count, uint64_t duration_ns)
{
	return (struct pace){
		.next_ns = now_ns,
		.end_ns = duration_ns ? now_ns + duration_ns : UINT64_MAX,
		.interval_ns = interval_ns,
		.count = count ? count : UINT64_MAX,
	};
}

void pace_randomize(struct pace *pace, uint64_t seed)
{
	pace->random = true;
	pace->random_state = seed;
}

void pace_flood(struct pace *pace)
{
	pace->flood = true;
}

static uint64_t next_interval(struct pace *pace)
{
	if (!pace->random)
		return pace->interval_ns;
	return exponential_ns(&pace->random_state, pace->interval_ns);
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Whole intervals, so that the packets stay as far apart as they were; of random ones what is left
 * of an interval is distributed as all of it, so there any time will do. */
static uint64_t time_to_move_back(const struct pace *pace, uint64_t late_ns)
{
	uint64_t window_ns = smaller(CATCH_UP_NS, PACE_BURST_MAX * pace->interval_ns);
	uint64_t packets = window_ns / pace->interval_ns;
	uint64_t due = late_ns / pace->interval_ns + 1;

	if (pace->random)
		return late_ns > window_ns ? late_ns - window_ns : 0;
	if (packets < 1)
		packets = 1;
	return due > packets ? (due - packets) * pace->interval_ns : 0;
}

static uint64_t move_back(struct pace *pace, uint64_t now_ns)
{
	uint64_t back_ns = time_to_move_back(pace, now_ns - pace->next_ns);

	pace->next_ns += back_ns;
	pace->shifted_ns += back_ns;
	return back_ns;
}

/* Each is due when it is taken; the end is that of time or count alone. */
static size_t take_flood(struct pace *pace, uint64_t now_ns, size_t limit, uint64_t *due_ns)
{
	size_t taken = 0;

	pace->next_ns = now_ns;
	for (; taken < limit && !pace_done(pace); taken++) {
		due_ns[taken] = now_ns;
		pace->taken++;
	}
	return taken;
}

size_t pace_take(struct pace *pace, uint64_t now_ns, size_t limit, uint64_t due_ns[PACE_BURST_MAX])
{
	uint64_t back_ns;
	size_t taken = 0;

	if (limit > PACE_BURST_MAX)
		limit = PACE_BURST_MAX;
	if (limit == 0 || pace_done(pace) || now_ns < pace->next_ns)
		return 0;
	if (pace->flood)
		return take_flood(pace, now_ns, limit, due_ns);
	back_ns = move_back(pace, now_ns);
	for (; taken < limit && pace->next_ns <= now_ns && !pace_done(pace); taken++) {
		due_ns[taken] = pace->next_ns;
		pace->taken++;
		pace->next_ns += next_interval(pace);
	}
	if (taken)
		due_ns[0] -= back_ns;
	return taken;
}

void pace_give_back(struct pace *pace, size_t count)
{
	pace->taken -= count;
}

uint64_t pace_next_ns(const struct pace *pace)
{
	return pace->next_ns;
}

bool pace_done(const struct pace *pace)
{
	return pace->taken >= pace->count || pace->next_ns >= pace->end_ns;
}

void pace_stop(struct pace *pace)
{
	pace->count = pace->taken;
}
