/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Pictures of a run made of letters. They fit the terminal's columns when these are at least 60. */
#ifndef PING_PLOT_H
#define PING_PLOT_H

#include <stdio.h>

#include "ping/terminal.h"
#include "ping/timeline.h"
#include "sender/distribution.h"

/*
 * Prints a histogram, some twelve rows from the lowest thousandth to p99.9 and one for what is
 * beyond on either side: range, count, bar, and the share of the values up to the end of the row,
 * rounded down, so that it is the CDF, too. Counts are right to the width of a bucket.
 */
void plot_histogram(FILE *out, const struct distribution *distribution, const char *title,
		    const struct terminal *terminal);

/*
 * Prints how the mean round trip went over time, one letter per column, a digit from 1 to 8 without
 * Unicode; below it where packets were lost, if any were: `!` some, `x` all that were sent then.
 */
void plot_sparkline(FILE *out, const struct timeline *timeline, const struct terminal *terminal);

#endif
