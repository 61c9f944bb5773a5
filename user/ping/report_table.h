/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Several sessions side by side: a row each, and which of them stand out. */
#ifndef PING_REPORT_TABLE_H
#define PING_REPORT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "ping/metric.h"
#include "ping/terminal.h"
#include "sender/metrics.h"

struct report_table_row {
	const char *label; /* the target, or what tells the sessions apart */
	const struct metrics_summary *summary;
};

/* In what a row stands out. */
struct report_table_marks {
	bool loss, p50, p99;
};

/* Percent and nanoseconds; of an even number the lower of the two in the middle. */
struct report_table_medians {
	struct metric_value loss, p50, p99;
};

/*
 * Compares each row with the median of all. A row stands out
 *   in p50,  when it is more than 1.5 times the median; at least 3 replies count as a p50;
 *   in p99,  when it is more than 3 times the median; at least 100 replies count as a p99;
 *   in loss, when at least 3 packets were lost and either the share is more than 3 times the
 *            median, or no reply came at all and the median is below 100 %.
 * So a single row never does. Rows too few or too short to say so are not marked: no mark is no
 * proof that paths are alike. `marks` has room for `count`. 0 or -ENOMEM.
 */
int report_table_outliers(const struct report_table_row *rows, size_t count,
			  struct report_table_marks *marks, struct report_table_medians *medians);

/*
 * Prints the rows in the order given; what stands out is followed by `!`, in red where there is
 * colour, and named once more below the table. `-` is not known, `?` in hops as well, and `*`
 * behind hops says that they changed. 80 columns wide when labels have at most 14 letters.
 * 0 or -ENOMEM.
 */
int report_table_print(FILE *out, const struct report_table_row *rows, size_t count,
		       const struct terminal *terminal);

#endif
