/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The figures of a run by their names, for --fail-if and --nagios: one table. */
#ifndef PING_METRIC_H
#define PING_METRIC_H

#include <stdbool.h>
#include <stdio.h>

#include "sender/metrics.h"

enum metric_kind { METRIC_PERCENT, METRIC_COUNT, METRIC_DURATION };

struct metric_row;
struct metric_prefix;

/* A name, taken apart: "forward.p99" is the row p99 with the prefix "forward.". */
struct metric {
	const struct metric_row *row;
	const struct metric_prefix *prefix;
};

struct metric_value {
	bool known;
	double value; /* percent, a number, or nanoseconds: exact up to 2^53 */
};

#define METRIC_TEXT_MAX 32 /* as DURATION_TEXT_MAX */

/* False if there is no such metric. */
bool metric_find(const char *name, struct metric *out);

enum metric_kind metric_kind(const struct metric *metric);

struct metric_value metric_value(const struct metric *metric,
				 const struct metrics_summary *summary);

/* Writes "1.5 %", "12", "12.3 us" or "unknown"; returns `text`. */
const char *metric_text(const struct metric *metric, const struct metric_value *value,
			char text[METRIC_TEXT_MAX]);

/* All names, by kind, as one sentence without its full stop. */
void metric_write_names(FILE *out);

#endif
