/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The parts of the page that report_html_write() puts together. */
#ifndef PING_REPORT_HTML_PARTS_H
#define PING_REPORT_HTML_PARTS_H

#include <stdbool.h>
#include <stdio.h>

#include "ping/report_html.h"

#define REPORT_HTML_COLOURS 8 /* classes s1 to s8 of the style sheet */

/* The style sheet, for a style element. */
extern const char *const report_html_style[];

/* What was measured in one paragraph, whether the conditions hold, and the main figures. */
void report_html_verdict(FILE *out, const struct report_result *session);
void report_html_tiles(FILE *out, const struct report_result *session);

/* Delay, loss and path length over time. */
void report_html_time(FILE *out, const struct report_result *session);

/* Histogram and CDF of each delay. */
void report_html_spread(FILE *out, const struct report_result *session);

/* All figures, as tables. */
void report_html_tables(FILE *out, const struct report_result *session);

/* The command line and the parameters of each session. */
void report_html_parameters(FILE *out, const struct report_run *run);

/* Several sessions beside each other: a table, and its charts. */
void report_html_compare(FILE *out, const struct report_run *run);
void report_html_overlay(FILE *out, const struct report_run *run);

/* A swatch and what it stands for, in a legend. `class` is of the style sheet: "s1". */
void report_html_key(FILE *out, const char *class, const char *text);

/* Opens a figure with its heading; what follows is its legend, then report_html_frame(). */
void report_html_figure(FILE *out, const char *heading);
/* From the legend to the charts, which have room for ticks to their left and below. */
void report_html_frame(FILE *out);
/* Closes the charts; what follows is what is to be said of them. */
void report_html_frame_end(FILE *out);
void report_html_figure_end(FILE *out);

#endif
