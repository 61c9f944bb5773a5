/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A timeline as points of a chart. Pure. */
#ifndef PING_HTML_SERIES_H
#define PING_HTML_SERIES_H

#include <stdbool.h>
#include <stddef.h>

#include "ping/svg_path.h"
#include "ping/svg_scale.h"
#include "ping/timeline.h"

/* Which of a span's ranges. */
#define HTML_RANGE(member) offsetof(struct timeline_span, member)

struct html_points {
	size_t count;
	struct svg_point at[2 * TIMELINE_SPANS];
};

/* The least and the largest value seen; not `known` without any. */
struct html_extent {
	bool known;
	double min, max;
};

void html_extent_widen(struct html_extent *extent, double min, double max);

/* Of all values, and of the means of each span; widens what `extent` has. */
void html_extent_add(struct html_extent *extent, const struct timeline *timeline, size_t range);
void html_extent_add_means(struct html_extent *extent, const struct timeline *timeline,
			   size_t range);

/* The end of the last span, in nanoseconds from the start; at least 1. */
double html_series_end(const struct timeline *timeline);

/*
 * The mean of each span that has any value, at its middle; low is the least, and only means
 * something for html_band(). Where everything was lost there is a gap; where nothing was sent,
 * none.
 */
void html_means(struct html_points *out, const struct timeline *timeline, size_t range,
		const struct svg_scale *x, const struct svg_scale *y);

/* From the least to the largest of each span, at its middle, with the same gaps. */
void html_band(struct html_points *out, const struct timeline *timeline, size_t range,
	       const struct svg_scale *x, const struct svg_scale *y);

/* The same as steps: each span from its beginning to its end. */
void html_steps(struct html_points *out, const struct timeline *timeline, size_t range,
		const struct svg_scale *x, const struct svg_scale *y);

#endif
