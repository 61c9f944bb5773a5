/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the charts of one session over time have in common. */
#ifndef PING_REPORT_HTML_TIME_H
#define PING_REPORT_HTML_TIME_H

#include <stdio.h>

#include "ping/report_html.h"
#include "ping/svg_path.h"
#include "ping/svg_plot.h"

struct time_chart {
	FILE *out;
	const struct report_result *session;
	struct svg_scale x; /* nanoseconds from the start of the run */
	struct svg_ticks x_ticks;
};

/* Packets lost, late, duplicated and reordered: marks, with their number as <title>. */
void report_html_marks(const struct time_chart *chart);

#endif
