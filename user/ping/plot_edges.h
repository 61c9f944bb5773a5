/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where the rows of a histogram begin and end, chosen to fit what was measured. Pure. */
#ifndef PING_PLOT_EDGES_H
#define PING_PLOT_EDGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sender/distribution.h"

#define PLOT_ROWS 12 /* some more where rounding the edges asks for it */
#define PLOT_EDGES_MAX (PLOT_ROWS + 4)
#define PLOT_EDGE_TEXT_MAX 48

/*
 * Row i is from at[i] up to, but without, at[i + 1]; below zero it is the one nearer to zero that
 * does not belong, as in the buckets of the distribution.
 */
struct plot_edges {
	int64_t at[PLOT_EDGES_MAX]; /* nanoseconds, rising */
	size_t count;               /* at least 2 */
	int64_t step;               /* between any two; 0: they grow like 1, 2, 5, 10 */
};

/*
 * Rows for the values from the lowest thousandth to p99.9 of a distribution that is not empty; what
 * is outside has no row. Of equal and of growing rows it takes those whose fullest has fewer
 * values. Equal rows are never finer than the distribution's buckets: a few buckets each, or many.
 */
struct plot_edges plot_edges_for(const struct distribution *distribution);

/* "1.25 to 1.50 ms", "0.7 to 1 ms": row `index`; returns `text`. */
const char *plot_edges_row_text(const struct plot_edges *edges, size_t index,
				char text[PLOT_EDGE_TEXT_MAX]);

/* "1.50 ms": edge `index`; returns `text`. */
const char *plot_edges_text(const struct plot_edges *edges, size_t index,
			    char text[PLOT_EDGE_TEXT_MAX]);

#endif
