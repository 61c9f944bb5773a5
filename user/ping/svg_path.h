/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Lines and areas of a chart as SVG paths, which fill whatever room they get. */
#ifndef PING_SVG_PATH_H
#define PING_SVG_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define SVG_PATH_UNITS 1000 /* across and down a path's own coordinates */

/* From 0 to 1 each, from the left and from the bottom. */
struct svg_point {
	double x;
	double y;
	double low; /* only of areas: `y` is their upper edge */
	bool gap;   /* nothing joins it to the point before */
};

/* A nested svg element that paths of this file are written in between. */
void svg_paths_open(FILE *out);
void svg_paths_close(FILE *out);

/* The value of `d`: a line through the points. Points that nothing joins leave no mark. */
void svg_line_data(FILE *out, const struct svg_point *points, size_t count);

/* The value of `d`: closed shapes between the two edges. */
void svg_area_data(FILE *out, const struct svg_point *points, size_t count);

/* Path elements of such data; `class` is ours, not a user's text. Nothing without points. */
void svg_line(FILE *out, const char *class, const struct svg_point *points, size_t count);
void svg_area(FILE *out, const char *class, const struct svg_point *points, size_t count);

/*
 * Dots at the points, for outside of svg_paths_open(): at all when they are few, else at those that
 * nothing joins.
 */
void svg_dots(FILE *out, const char *class, const struct svg_point *points, size_t count);

/* Writes a part of the whole as "12.5%", with at most two decimals. */
void svg_percent(FILE *out, const char *attribute, double part);

#endif
