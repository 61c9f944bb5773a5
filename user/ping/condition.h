/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Conditions like "loss>1%" on the figures of a run: when one holds, the run failed. */
#ifndef PING_CONDITION_H
#define PING_CONDITION_H

#include <stdbool.h>
#include <stddef.h>

#include "ping/metric.h"

#define CONDITIONS_MAX 32
#define CONDITION_TEXT_MAX 48

enum comparison { COMPARE_ABOVE, COMPARE_AT_LEAST, COMPARE_BELOW, COMPARE_AT_MOST };

struct condition {
	char text[CONDITION_TEXT_MAX]; /* as given, without blanks */
	struct metric metric;
	enum comparison comparison;
	double limit; /* in the metric's unit */
};

struct conditions {
	size_t count;
	struct condition list[CONDITIONS_MAX];
};

struct failure {
	const struct condition *condition;
	struct metric_value value; /* not known: so the condition cannot be ruled out */
};

struct verdict {
	bool asked; /* any condition was given */
	size_t count;
	struct failure failed[CONDITIONS_MAX];
};

/* Adds every condition of `text`, with blanks between them. 0, or -EINVAL after a message. */
int conditions_add(struct conditions *conditions, const char *text);

/* Which conditions hold, or may hold because the figure is unknown. `conditions` must live on. */
struct verdict conditions_judge(const struct conditions *conditions,
				const struct metrics_summary *summary);

#endif
