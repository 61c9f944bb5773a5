/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where values stand on an axis of a chart. Pure; never gives what is no number. */
#ifndef PING_SVG_SCALE_H
#define PING_SVG_SCALE_H

#include <stdbool.h>
#include <stddef.h>

#define SVG_ROUNDING 1e-9 /* of a step, or of a value: so far off is still on it */

/* `max` is above `min`, which is above 0 if the scale is logarithmic. */
struct svg_scale {
	double min, max;
	bool logarithmic;
};

/* The smallest 1, 2 or 5 times a power of ten that is no smaller; `value` is above 0. */
double svg_round_up(double value);

/*
 * The scale for values from `min` to `max`, in either order: from one multiple of a round step to
 * another, `most` such steps or one more; from 0 where that costs no more than half of it. Equal
 * values get room around them. Values that are not finite count as 0.
 */
struct svg_scale svg_scale_linear(double min, double max, size_t most);

/* With 1, 2 or 5 times powers of ten at its ends. `min` is above 0. */
struct svg_scale svg_scale_logarithmic(double min, double max);

/* Logarithmic when `max` is more than 50 times `min`, which is above 0; else linear. */
struct svg_scale svg_scale_fit(double min, double max, size_t most);

/* 0 at `min` to 1 at `max`, never beyond; and back. */
double svg_scale_at(const struct svg_scale *scale, double value);
double svg_scale_value(const struct svg_scale *scale, double at);

#endif
