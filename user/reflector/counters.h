/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sums an interface's outcome counters over its CPUs, and into the totals that operators read. */
#ifndef REFLECTOR_COUNTERS_H
#define REFLECTOR_COUNTERS_H

#include "stamp/outcome.h"

struct verdict_totals {
	__u64 received;
	__u64 reflected;
	__u64 slow_path; /* handed to user space */
	__u64 passed;    /* to the kernel's network stack */
	__u64 dropped;
};

/* Sums the map behind `fd`, one of struct outcome_counts per CPU. 0 or -errno. */
int counters_read(int fd, struct outcome_counts *out);

/* Counts so many packets that had this outcome. Any thread may. */
void counters_add(struct outcome_counts *counts, enum stamp_outcome outcome, __u64 number);

/* Copies counts that other threads are adding to: each by itself as it was at some moment. */
void counters_snapshot(const struct outcome_counts *counts, struct outcome_counts *out);

/*
 * Totals by what became of the packets. `received` is counted at the program's entry; while
 * packets come, those between entry and exit make it larger than the sum of the others.
 */
struct verdict_totals counters_total(const struct outcome_counts *counts);

/* The name of an outcome as JSON and metrics have it ("other_traffic"); a constant. */
const char *outcome_name(enum stamp_outcome outcome);

#endif
