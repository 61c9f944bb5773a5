/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A run of several sessions as text: one table, and what was asked of each. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/log.h"
#include "ping/duration_text.h"
#include "ping/report.h"
#include "ping/report_table.h"
#include "ping/report_text.h"

static void table_start(const struct report_session *sessions, size_t count)
{
	char interval[DURATION_TEXT_MAX];

	printf("stamp-ping: %zu sessions, %s, %s, a packet each %s%s\n", count,
	       report_mode(&sessions[0]), sessions[0].stateful ? "stateful" : "stateless",
	       duration_text((int64_t)sessions[0].interval_ns, interval),
	       sessions[0].poisson ? " on average" : "");
}

static void print_verdicts(const struct report_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct report_result *result = &run->results[i];

		if (!result->verdict->count)
			continue;
		printf("\n%s\n", result->session->label);
		report_print_verdict(result->verdict);
	}
}

static void table_end(const struct report_run *run)
{
	struct report_table_row *rows = calloc(run->count, sizeof(*rows));
	int err = rows ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < run->count; i++)
		rows[i] = (struct report_table_row){ run->results[i].session->label,
						     run->results[i].summary };
	printf("\n");
	if (!err)
		err = report_table_print(stdout, rows, run->count, run->terminal);
	if (err)
		log_error("no memory for the table of %zu sessions", run->count);
	print_verdicts(run);
	free(rows);
}

const struct report_form report_text_table = {
	.is_text = true,
	.is_quiet = true,
	.start = table_start,
	.reply = report_no_reply,
	.lost = report_no_lost,
	.end = table_end,
};
