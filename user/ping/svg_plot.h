/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The frame of a chart: an svg element as wide as its surroundings, with axes. Positions are parts
 * of it, so that text keeps its size when the chart does not; ticks are written outside of its box,
 * where the style sheet has left room.
 */
#ifndef PING_SVG_PLOT_H
#define PING_SVG_PLOT_H

#include <stdbool.h>
#include <stdio.h>

#include "ping/svg_ticks.h"

struct svg_plot {
	const char *title; /* texts are written as they are needed, never as markup */
	const char *description;
	unsigned int height; /* CSS pixels */
	struct svg_scale x, y;
	struct svg_ticks x_ticks, y_ticks;
	bool x_text; /* ticks of x are told below; if not, a chart below has the same axis */
};

/* The svg element with axes; what is drawn between the two lies above them. */
void svg_plot_open(FILE *out, const struct svg_plot *plot);
void svg_plot_close(FILE *out);

#endif
