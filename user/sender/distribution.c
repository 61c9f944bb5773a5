/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The distribution of signed nanoseconds in bounded memory: exact moments, percentiles to 1 %. */
#include "sender/distribution.h"

#include <math.h>

static int count_value(struct distribution *distribution, int64_t value_ns)
{
	if (value_ns >= 0)
		return sparse_histogram_add(&distribution->above, (uint64_t)value_ns);
	return sparse_histogram_add(&distribution->below, 0 - (uint64_t)value_ns);
}

int distribution_add(struct distribution *distribution, int64_t value_ns)
{
	double distance = (double)value_ns - distribution->mean;
	int err = count_value(distribution, value_ns);

	if (err)
		return err;
	if (!distribution->count || value_ns < distribution->min)
		distribution->min = value_ns;
	if (!distribution->count || value_ns > distribution->max)
		distribution->max = value_ns;
	distribution->count++;
	distribution->negative += value_ns < 0;
	distribution->mean += distance / (double)distribution->count;
	distribution->squares += distance * ((double)value_ns - distribution->mean);
	return 0;
}

/* A bucket's middle can lie outside of what was really seen. */
static int64_t percentile(const struct distribution *distribution, uint32_t per_mille)
{
	uint64_t rank = histogram_rank(distribution->count, per_mille);
	uint64_t negative = distribution->negative;
	int64_t value;

	if (rank <= negative)
		value = -(int64_t)sparse_histogram_at_rank(&distribution->below,
							   negative - rank + 1);
	else
		value = (int64_t)sparse_histogram_at_rank(&distribution->above, rank - negative);
	if (value < distribution->min)
		return distribution->min;
	return value > distribution->max ? distribution->max : value;
}

struct figures distribution_figures(const struct distribution *distribution)
{
	if (!distribution->count)
		return (struct figures){ .known = false };
	return (struct figures){
		.known = true,
		.min = distribution->min,
		.mean = llround(distribution->mean),
		.stddev = llround(sqrt(distribution->squares / (double)distribution->count)),
		.p50 = percentile(distribution, 500),
		.p95 = percentile(distribution, 950),
		.p99 = percentile(distribution, 990),
		.p99_9 = percentile(distribution, 999),
		.max = distribution->max,
	};
}

/* Of the negative values those whose magnitude is no smaller. */
uint64_t distribution_at_most(const struct distribution *distribution, int64_t value_ns)
{
	if (value_ns >= distribution->max)
		return distribution->count;
	if (value_ns >= 0)
		return distribution->negative +
		       sparse_histogram_at_most(&distribution->above, (uint64_t)value_ns);
	return distribution->negative -
	       sparse_histogram_at_most(&distribution->below, 0 - (uint64_t)value_ns - 1);
}

uint64_t distribution_below(const struct distribution *distribution, int64_t edge)
{
	return distribution_at_most(distribution, edge < 0 ? edge : edge - 1);
}

int64_t distribution_at_rank(const struct distribution *distribution, uint64_t rank, int64_t low,
			     int64_t high)
{
	while (low < high) {
		int64_t middle = low + (high - low) / 2;

		if (distribution_at_most(distribution, middle) >= rank)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

void distribution_clear(struct distribution *distribution)
{
	sparse_histogram_clear(&distribution->below);
	sparse_histogram_clear(&distribution->above);
	*distribution = (struct distribution){ 0 };
}

struct figures figures_shift(struct figures figures, int64_t offset_ns)
{
	figures.min -= offset_ns;
	figures.mean -= offset_ns;
	figures.p50 -= offset_ns;
	figures.p95 -= offset_ns;
	figures.p99 -= offset_ns;
	figures.p99_9 -= offset_ns;
	figures.max -= offset_ns;
	return figures;
}
