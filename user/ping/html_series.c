/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "ping/html_series.h"

#include <math.h>

static const struct timeline_range *range_of(const struct timeline *timeline, size_t span,
					     size_t range)
{
	return (const void *)((const char *)&timeline->spans[span] + range);
}

static double mean_of(const struct timeline_range *range)
{
	return range->sum / (double)range->count;
}

void html_extent_widen(struct html_extent *extent, double min, double max)
{
	extent->min = extent->known ? fmin(extent->min, min) : min;
	extent->max = extent->known ? fmax(extent->max, max) : max;
	extent->known = true;
}

void html_extent_add(struct html_extent *extent, const struct timeline *timeline, size_t range)
{
	for (size_t i = 0; i < timeline->count; i++) {
		const struct timeline_range *of = range_of(timeline, i, range);

		if (of->count)
			html_extent_widen(extent, (double)of->min, (double)of->max);
	}
}

void html_extent_add_means(struct html_extent *extent, const struct timeline *timeline,
			   size_t range)
{
	for (size_t i = 0; i < timeline->count; i++) {
		const struct timeline_range *of = range_of(timeline, i, range);

		if (of->count)
			html_extent_widen(extent, mean_of(of), mean_of(of));
	}
}

double html_series_end(const struct timeline *timeline)
{
	return fmax((double)timeline->width_ns * (double)timeline->count, 1);
}

/* Walks the spans that have a value. */
struct walk {
	const struct timeline *timeline;
	size_t range;
	size_t span; /* the present one */
	size_t next;
	const struct timeline_range *values;
	bool gap; /* everything was lost somewhere since the one before */
};

static bool walk_next(struct walk *walk)
{
	walk->gap = false;
	while (walk->next < walk->timeline->count) {
		const struct timeline_span *span = &walk->timeline->spans[walk->next];

		walk->span = walk->next;
		walk->values = range_of(walk->timeline, walk->next++, walk->range);
		if (walk->values->count)
			return true;
		if (span->lost && !span->answered)
			walk->gap = true;
	}
	return false;
}

/* `at` in spans from the start. */
static void add_point(struct html_points *out, const struct walk *walk, double at,
		      const struct svg_scale *x, struct svg_point point)
{
	point.x = svg_scale_at(x, at * (double)walk->timeline->width_ns);
	out->at[out->count++] = point;
}

void html_means(struct html_points *out, const struct timeline *timeline, size_t range,
		const struct svg_scale *x, const struct svg_scale *y)
{
	struct walk walk = { .timeline = timeline, .range = range };

	out->count = 0;
	while (walk_next(&walk)) {
		struct svg_point point = { .gap = walk.gap };

		point.y = svg_scale_at(y, mean_of(walk.values));
		add_point(out, &walk, (double)walk.span + 0.5, x, point);
	}
}

static struct svg_point edges(const struct walk *walk, const struct svg_scale *y)
{
	return (struct svg_point){
		.y = svg_scale_at(y, (double)walk->values->max),
		.low = svg_scale_at(y, (double)walk->values->min),
		.gap = walk->gap,
	};
}

void html_band(struct html_points *out, const struct timeline *timeline, size_t range,
	       const struct svg_scale *x, const struct svg_scale *y)
{
	struct walk walk = { .timeline = timeline, .range = range };

	out->count = 0;
	while (walk_next(&walk))
		add_point(out, &walk, (double)walk.span + 0.5, x, edges(&walk, y));
}

void html_steps(struct html_points *out, const struct timeline *timeline, size_t range,
		const struct svg_scale *x, const struct svg_scale *y)
{
	struct walk walk = { .timeline = timeline, .range = range };

	out->count = 0;
	while (walk_next(&walk)) {
		struct svg_point point = edges(&walk, y);

		add_point(out, &walk, (double)walk.span, x, point);
		point.gap = false;
		add_point(out, &walk, (double)walk.span + 1, x, point);
	}
}
