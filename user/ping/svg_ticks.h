/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The ticks of an axis, and what is written at them. Pure. */
#ifndef PING_SVG_TICKS_H
#define PING_SVG_TICKS_H

#include "ping/svg_scale.h"

#define SVG_TICKS_MAX 24
#define SVG_TICK_TEXT_MAX 32

enum svg_quantity {
	SVG_DURATION, /* nanoseconds, in ns to s */
	SVG_ELAPSED,  /* nanoseconds, in ns to h */
	SVG_PERCENT,
	SVG_NUMBER, /* whole */
};

struct svg_ticks {
	enum svg_quantity quantity;
	size_t count;
	double at[SVG_TICKS_MAX]; /* rising */
};

/*
 * At most `most` (2 to SVG_TICKS_MAX) values on the scale: on a linear one all multiples of 1, 2 or
 * 5 times a power of ten in the unit that they are written in, on a logarithmic one such values or
 * only powers of ten.
 */
struct svg_ticks svg_ticks(const struct svg_scale *scale, enum svg_quantity quantity, size_t most);

/*
 * Writes a tick with its unit, and the decimals that tell it from its neighbours; all of a linear
 * scale are in one unit. Returns `text`.
 */
const char *svg_tick_text(const struct svg_scale *scale, const struct svg_ticks *ticks, size_t tick,
			  char text[SVG_TICK_TEXT_MAX]);

#endif
