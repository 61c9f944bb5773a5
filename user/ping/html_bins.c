/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "ping/html_bins.h"

#include <math.h>
#include <stdlib.h>

#define WANTED 48
#define FEWEST 8 /* widths of a bar that are shown at least, with or without a bar */
/* Values that are farther apart than so many times the middle 99 % are not all shown. */
#define FAR_OUT 10

struct view {
	int64_t min, max;
};

/* The width of the bucket that holds this magnitude. */
static int64_t bucket_width(uint64_t magnitude)
{
	if (magnitude < HISTOGRAM_STEPS)
		return 1;
	return 1LL << (histogram_highest_bit(magnitude) - HISTOGRAM_STEP_BITS);
}

static uint64_t magnitude(int64_t value)
{
	return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/* The largest multiple of `width` that is no larger. */
static int64_t align_down(int64_t value, int64_t width)
{
	int64_t rest = value % width;

	return value - (rest < 0 ? rest + width : rest);
}

/* What is beyond lies in the last bucket, as if it were there. */
static int64_t clamp(int64_t value)
{
	const int64_t limit = (1LL << HISTOGRAM_VALUE_BITS) - 1;

	if (value < -limit)
		return -limit;
	return value > limit ? limit : value;
}

/* The smallest value that `rank` values do not exceed. */
static int64_t value_at(const struct distribution *distribution, uint64_t rank)
{
	return distribution_at_rank(distribution, rank, clamp(distribution->min),
				    clamp(distribution->max));
}

/* All values, unless a few of them would leave no room for the rest. */
static struct view linear_view(const struct distribution *distribution)
{
	struct view all = { clamp(distribution->min), clamp(distribution->max) };
	uint64_t outside = distribution->count / 200;
	int64_t low = value_at(distribution, outside + 1);
	int64_t high = value_at(distribution, distribution->count - outside);
	int64_t middle = high - low, margin;

	margin = middle + 4 * bucket_width(magnitude(low)) + 4 * bucket_width(magnitude(high));
	if (all.max - all.min <= FAR_OUT * margin)
		return all;
	return (struct view){
		low - all.min > margin / 4 ? low - margin / 4 : all.min,
		all.max - high > margin / 4 ? high + margin / 4 : all.max,
	};
}

static void add_bin(struct html_bins *out, const struct distribution *distribution, int64_t from,
		    int64_t to)
{
	uint64_t count =
		distribution_below(distribution, to) - distribution_below(distribution, from);

	if (to > from && out->count < HTML_BINS_MAX)
		out->at[out->count++] = (struct html_bin){ from, to, count };
}

/* So that one bar is not as wide as the chart. */
static void set_linear_scale(struct html_bins *out, int64_t width)
{
	double low = (double)out->at[0].from, high = (double)out->at[out->count - 1].to;
	double missing = (double)FEWEST * (double)width - (high - low);

	if (missing > 0) {
		low -= missing / 2;
		high += missing / 2;
	}
	if (low < 0 && out->at[0].from >= 0) {
		high -= low;
		low = 0;
	}
	out->scale = (struct svg_scale){ .min = low, .max = high };
}

static void read_linear(struct html_bins *out, const struct distribution *distribution)
{
	struct view view = linear_view(distribution);
	uint64_t low = magnitude(view.min), high = magnitude(view.max);
	int64_t width = bucket_width(low > high ? low : high), from;

	while ((view.max - view.min) / width >= WANTED)
		width *= 2;
	from = align_down(view.min - (view.min < 0), width);
	do {
		add_bin(out, distribution, from, from + width);
		from += width;
	} while (from < view.max + (view.max >= 0));
	set_linear_scale(out, width);
}

static int64_t logarithmic_step(const struct view *view, int step)
{
	return llround((double)view->min *
		       pow((double)view->max / (double)view->min, (double)step / WANTED));
}

/* Bars that look equally wide, but for where the nearest edges of buckets are. */
static void read_logarithmic(struct html_bins *out, const struct distribution *distribution)
{
	struct view all = { clamp(distribution->min), clamp(distribution->max) };
	int64_t from = align_down(all.min, bucket_width(magnitude(all.min)));

	for (int i = 1; i <= WANTED; i++) {
		int64_t wanted = i < WANTED ? logarithmic_step(&all, i) : all.max;
		int64_t width = bucket_width(magnitude(wanted));
		int64_t to = align_down(wanted, width) + (i < WANTED ? 0 : width);

		if (to <= from)
			continue;
		add_bin(out, distribution, from, to);
		from = to;
	}
	out->scale = svg_scale_logarithmic((double)out->at[0].from, (double)from);
}

void html_bins_read(struct html_bins *out, const struct distribution *distribution)
{
	struct svg_scale fit = svg_scale_fit((double)clamp(distribution->min),
					     (double)clamp(distribution->max), WANTED);

	*out = (struct html_bins){ 0 };
	if (fit.logarithmic)
		read_logarithmic(out, distribution);
	else
		read_linear(out, distribution);
	out->below = distribution_below(distribution, out->at[0].from);
	out->above =
		distribution->count - distribution_below(distribution, out->at[out->count - 1].to);
}

void html_cdf(struct svg_point points[HTML_CDF_POINTS], const struct distribution *distribution,
	      const struct svg_scale *scale)
{
	for (size_t i = 0; i < HTML_CDF_POINTS; i++) {
		double x = (double)i / (HTML_CDF_POINTS - 1);
		int64_t value = llround(svg_scale_value(scale, x));
		uint64_t count = distribution_at_most(distribution, value);

		points[i] = (struct svg_point){
			.x = x,
			.y = (double)count / (double)distribution->count,
		};
	}
}
