/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Pairs of measurements taken side by side, their medians, and the line that is printed of them. */
#ifndef BENCH_FIGURES_H
#define BENCH_FIGURES_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 9

/* One side of a comparison, a value per round. */
struct series {
	double values[ROUNDS];
};

/* `then` is what comes after the target is met; 0: nothing. */
struct target {
	double value;
	double then;
	bool at_least; /* otherwise at most */
	const char *unit;
};

static inline double seconds_of(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static inline int compare_values(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static inline double median(const struct series *series)
{
	struct series sorted = *series;

	qsort(sorted.values, ROUNDS, sizeof(sorted.values[0]), compare_values);
	return sorted.values[ROUNDS / 2];
}

/* The median of the rounds' own ratios: what disturbs a round disturbs both of its sides. */
static inline double median_ratio(const struct series *ours, const struct series *floor)
{
	struct series ratios;

	for (int i = 0; i < ROUNDS; i++)
		ratios.values[i] = ours->values[i] / floor->values[i];
	return median(&ratios);
}

static inline double median_difference(const struct series *ours, const struct series *floor)
{
	struct series differences;

	for (int i = 0; i < ROUNDS; i++)
		differences.values[i] = ours->values[i] - floor->values[i];
	return median(&differences);
}

static inline void print_judgement(const struct target *target, double limit, double value)
{
	bool met = target->at_least ? value >= limit : value <= limit;

	printf("%s %.2f%s   %s", target->at_least ? ">=" : "<=", limit, target->unit,
	       met ? "met" : "missed");
}

static inline void print_figure(const char *name, const char *what, double value,
				const struct target *target)
{
	printf("%-4s%-92s %6.2f%-3s   target ", name, what, value, target->unit);
	print_judgement(target, target->value, value);
	if (target->then > 0) {
		printf(", then ");
		print_judgement(target, target->then, value);
	}
	putchar('\n');
	fflush(stdout);
}

#endif
