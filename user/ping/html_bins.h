/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A distribution as the bars of a histogram, and as a line that rises to 1. Pure. */
#ifndef PING_HTML_BINS_H
#define PING_HTML_BINS_H

#include <stddef.h>
#include <stdint.h>

#include "ping/svg_path.h"
#include "ping/svg_scale.h"
#include "sender/distribution.h"

#define HTML_BINS_MAX 64
#define HTML_CDF_POINTS 201

/* From `from` up to, but without, `to`; below zero without `from`, but with `to`. Nanoseconds. */
struct html_bin {
	int64_t from, to;
	uint64_t count;
};

struct html_bins {
	struct svg_scale scale; /* logarithmic if the values want that */
	uint64_t below, above;  /* values outside of the scale: few, and far out */
	size_t count;
	struct html_bin at[HTML_BINS_MAX];
};

/*
 * Bars whose edges are those of the distribution's buckets, so that each value is in exactly one of
 * them. `distribution` is not empty.
 */
void html_bins_read(struct html_bins *out, const struct distribution *distribution);

/* The part of the values that is at most so large, all along the scale. The same. */
void html_cdf(struct svg_point points[HTML_CDF_POINTS], const struct distribution *distribution,
	      const struct svg_scale *scale);

#endif
