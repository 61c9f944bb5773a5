/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which processor a side of a measurement has to itself. */
#ifndef BENCH_PROCESSORS_H
#define BENCH_PROCESSORS_H

#include <errno.h>
#include <sched.h>

/* The n-th of the processors that may be used; -ENODEV: there are not so many. */
static inline int processor_at(const cpu_set_t *allowed, int n)
{
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, allowed) && n-- == 0)
			return cpu;
	return -ENODEV;
}

/* Keeps the calling thread on it. 0 or -errno. */
static inline int processor_pin(const cpu_set_t *allowed, int n)
{
	int cpu = processor_at(allowed, n);
	cpu_set_t one;

	if (cpu < 0)
		return cpu;
	CPU_ZERO(&one);
	CPU_SET((size_t)cpu, &one);
	return sched_setaffinity(0, sizeof(one), &one) ? -errno : 0;
}

#endif
