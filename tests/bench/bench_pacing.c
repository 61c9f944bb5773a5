/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * P9: how late stamp-ping is at 1,000 packets a second, against a loop that only sleeps.
 *
 * stamp-ping's lateness ends where it hands a packet to the kernel, the loop's where it has read
 * the clock; in between stamp-ping receives, matches and reports. The loop has no timer slack: the
 * 50 us that a process has by default would delay it and not stamp-ping, whose timerfd has none.
 *
 * What comes of 1 % of the packets is mostly what the host of a virtual machine does, and that
 * changes from second to second: one after the other, two such loops differ by more than the
 * target. So both run at the same time on the same core, and a second loop with them: how far the
 * two loops differ tells what the figure is worth.
 */
#include <pthread.h>
#include <sys/prctl.h>

#include "bench/figures.h"
#include "bench/ping.h"
#include "bench/processors.h"

#define INTERVAL_NS 1000000ULL
#define PACKETS 4000
#define PACED "--fast -i 1ms -c 4000"
#define LEAST_SLACK_NS 1UL
#define LOOPS 2

struct loop {
	pthread_t thread;
	__u64 due_ns; /* CLOCK_MONOTONIC, first of the next time */
	double late_us[PACKETS];
};

static const struct target target = { 1.25, 0, false, "x" };

/* Threads inherit the core, and what they set of the slack is theirs alone. */
static void *sleep_bare(void *context)
{
	struct loop *loop = context;

	prctl(PR_SET_TIMERSLACK, LEAST_SLACK_NS);
	for (int i = 0; i < PACKETS; i++, loop->due_ns += INTERVAL_NS) {
		const struct timespec due = { (time_t)(loop->due_ns / NSEC_PER_SEC),
					      (long)(loop->due_ns % NSEC_PER_SEC) };

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
		loop->late_us[i] = (double)(clock_monotonic_ns() - loop->due_ns) / 1e3;
	}
	return NULL;
}

/* Half an interval apart, so that they do not meet. */
static int start_loops(struct loop loops[LOOPS], int *started)
{
	__u64 now_ns = clock_monotonic_ns();

	for (*started = 0; *started < LOOPS; ++*started) {
		struct loop *loop = &loops[*started];
		int err;

		loop->due_ns = now_ns + (__u64)(*started + 1) * INTERVAL_NS / LOOPS;
		err = -pthread_create(&loop->thread, NULL, sleep_bare, loop);
		if (err)
			return err;
	}
	return 0;
}

static double end_loop(struct loop *loop)
{
	pthread_join(loop->thread, NULL);
	qsort(loop->late_us, PACKETS, sizeof(*loop->late_us), compare_values);
	return loop->late_us[PACKETS * 99 / 100 - 1];
}

static int measure_ours(const struct ping_bench *bench, double *p99_us)
{
	json_t *report = ping_run(bench, PACED);
	int err = report ? ping_number(report, "pacing_ns", "p99", p99_us) : -EPROTO;

	if (!err)
		*p99_us /= 1e3;
	json_decref(report);
	return err;
}

static int measure_round(const struct ping_bench *bench, double *ours_us, double bare_us[LOOPS])
{
	static struct loop loops[LOOPS];
	int started, err = start_loops(loops, &started);

	if (!err)
		err = measure_ours(bench, ours_us);
	for (int i = 0; i < started; i++)
		bare_us[i] = end_loop(&loops[i]);
	return err;
}

static int measure(const struct ping_bench *bench)
{
	struct series ours, bare[LOOPS];
	char what[128];

	for (int i = 0; i < ROUNDS; i++) {
		double p99_us[LOOPS];
		int err = measure_round(bench, &ours.values[i], p99_us);

		if (err)
			return err;
		for (int j = 0; j < LOOPS; j++)
			bare[j].values[i] = p99_us[j];
	}
	snprintf(what, sizeof(what),
		 "p99 lateness at 1,000/s: %.0f us, nanosleep loop %.0f us (two loops: %.2fx; "
		 "median of %d pairs)",
		 median(&ours), median(&bare[0]), median_ratio(&bare[1], &bare[0]), ROUNDS);
	print_figure("P9", what, median_ratio(&ours, &bare[0]), &target);
	return 0;
}

int main(int argc, char **argv)
{
	cpu_set_t processors;

	if (sched_getaffinity(0, sizeof(processors), &processors) || processor_pin(&processors, 0))
		return EXIT_FAILURE;
	return ping_main(argc, argv, measure);
}
