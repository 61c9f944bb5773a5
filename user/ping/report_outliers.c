/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which of several sessions stand out: each against the median of all. Pure. */
#include "ping/report_table.h"

#include <errno.h>
#include <stdlib.h>

#define LOST_MIN 3
#define P50_REPLIES_MIN 3
#define P99_REPLIES_MIN 100
#define P50_TIMES 1.5
#define P99_TIMES 3
#define LOSS_TIMES 3

typedef struct metric_value value_function(const struct metrics_summary *summary);

static struct metric_value loss_of(const struct metrics_summary *summary)
{
	uint64_t settled = summary->received + summary->lost;

	if (!settled)
		return (struct metric_value){ .known = false };
	return (struct metric_value){ true, 100.0 * (double)summary->lost / (double)settled };
}

static struct metric_value p50_of(const struct metrics_summary *summary)
{
	bool known = summary->round_trip.known && summary->received >= P50_REPLIES_MIN;

	return (struct metric_value){ known, (double)summary->round_trip.p50 };
}

static struct metric_value p99_of(const struct metrics_summary *summary)
{
	bool known = summary->round_trip.known && summary->received >= P99_REPLIES_MIN;

	return (struct metric_value){ known, (double)summary->round_trip.p99 };
}

static int compare(const void *one, const void *other)
{
	double a = *(const double *)one, b = *(const double *)other;

	return (a > b) - (a < b);
}

/* `scratch` has room for `count`. */
static struct metric_value median(const struct report_table_row *rows, size_t count,
				  value_function *value_of, double *scratch)
{
	size_t known = 0;

	for (size_t i = 0; i < count; i++) {
		struct metric_value value = value_of(rows[i].summary);

		if (value.known)
			scratch[known++] = value.value;
	}
	if (!known)
		return (struct metric_value){ .known = false };
	qsort(scratch, known, sizeof(*scratch), compare);
	return (struct metric_value){ true, scratch[(known - 1) / 2] };
}

/* Next to a median of zero or less there are no multiples. */
static bool exceeds(struct metric_value value, struct metric_value median, double times)
{
	return value.known && median.known && median.value > 0 &&
	       value.value > times * median.value;
}

static bool loss_stands_out(const struct metrics_summary *summary, struct metric_value median)
{
	struct metric_value loss = loss_of(summary);

	if (summary->lost < LOST_MIN || !median.known)
		return false;
	return loss.value > LOSS_TIMES * median.value || (!summary->received && median.value < 100);
}

int report_table_outliers(const struct report_table_row *rows, size_t count,
			  struct report_table_marks *marks, struct report_table_medians *medians)
{
	double *scratch = calloc(count ? count : 1, sizeof(*scratch));

	if (!scratch)
		return -ENOMEM;
	*medians = (struct report_table_medians){
		.loss = median(rows, count, loss_of, scratch),
		.p50 = median(rows, count, p50_of, scratch),
		.p99 = median(rows, count, p99_of, scratch),
	};
	free(scratch);
	for (size_t i = 0; i < count; i++) {
		const struct metrics_summary *summary = rows[i].summary;

		marks[i] = (struct report_table_marks){
			.loss = loss_stands_out(summary, medians->loss),
			.p50 = exceeds(p50_of(summary), medians->p50, P50_TIMES),
			.p99 = exceeds(p99_of(summary), medians->p99, P99_TIMES),
		};
	}
	return 0;
}
