/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The distribution of signed nanoseconds in bounded memory: exact moments, percentiles to 1 %. */
#ifndef SENDER_DISTRIBUTION_H
#define SENDER_DISTRIBUTION_H

#include <stdbool.h>
#include <stdint.h>

#include "sender/sparse_histogram.h"

/* All zero is empty. What it allocates, distribution_clear() frees. */
struct distribution {
	uint64_t count;
	uint64_t negative;
	int64_t min;
	int64_t max;
	double mean;
	double squares;                /* sum of squared distances from the mean (Welford) */
	struct sparse_histogram below; /* magnitudes of the negative values */
	struct sparse_histogram above;
};

/* Nanoseconds; when `known` is false the rest means nothing. */
struct figures {
	bool known;
	int64_t min;
	int64_t mean;
	int64_t stddev; /* of these values, not an estimate for others: divided by n */
	int64_t p50;
	int64_t p95;
	int64_t p99;
	int64_t p99_9;
	int64_t max;
};

/* 0, or -ENOMEM: then the value is in none of the figures. */
int distribution_add(struct distribution *distribution, int64_t value_ns);

/* Not known when nothing was added. */
struct figures distribution_figures(const struct distribution *distribution);

/* How many values are at most `value_ns`, to the width of a bucket. */
uint64_t distribution_at_most(const struct distribution *distribution, int64_t value_ns);

/* How many values are below `edge`, the same. */
uint64_t distribution_below(const struct distribution *distribution, int64_t edge);

/* The smallest value from `low` to `high` that `rank` values do not exceed, the same; `high` if
 * there is none. */
int64_t distribution_at_rank(const struct distribution *distribution, uint64_t rank, int64_t low,
			     int64_t high);

/* Empties it and gives its memory back. */
void distribution_clear(struct distribution *distribution);

/* The same values, each less `offset_ns`. */
struct figures figures_shift(struct figures figures, int64_t offset_ns);

#endif
