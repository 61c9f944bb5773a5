/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* When the next packet leaves: a schedule in absolute time, so that lateness never adds up. */
#include "sender/pace.h"

#define CATCH_UP_NS 10000000ULL
#define CATCH_UP_PACKETS 64ULL

struct pace pace_start(uint64_t now_ns, uint64_t interval_ns, uint64_t count, uint64_t duration_ns)
{
	return (struct pace){
		.start_ns = now_ns,
		.end_ns = duration_ns ? now_ns + duration_ns : UINT64_MAX,
		.interval_ns = interval_ns,
		.count = count ? count : UINT64_MAX,
	};
}

static uint64_t largest_burst(uint64_t interval_ns)
{
	uint64_t packets = CATCH_UP_NS / interval_ns;

	if (packets < 1)
		return 1;
	return packets < CATCH_UP_PACKETS ? packets : CATCH_UP_PACKETS;
}

uint64_t pace_take(struct pace *pace, uint64_t now_ns)
{
	uint64_t burst = largest_burst(pace->interval_ns);
	uint64_t due, taken = 0;

	if (pace_done(pace) || now_ns < pace_next_ns(pace))
		return 0;
	due = (now_ns - pace_next_ns(pace)) / pace->interval_ns + 1;
	if (due > burst) {
		pace->start_ns += (due - burst) * pace->interval_ns;
		pace->shifted_ns += (due - burst) * pace->interval_ns;
		due = burst;
	}
	for (; taken < due && !pace_done(pace); taken++)
		pace->taken++;
	return taken;
}

uint64_t pace_next_ns(const struct pace *pace)
{
	return pace->start_ns + pace->taken * pace->interval_ns;
}

bool pace_done(const struct pace *pace)
{
	return pace->taken >= pace->count || pace_next_ns(pace) >= pace->end_ns;
}

void pace_stop(struct pace *pace)
{
	pace->count = pace->taken;
}
