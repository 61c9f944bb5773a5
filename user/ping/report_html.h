/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The run as one page of HTML that needs nothing else: no script, no network. */
#ifndef PING_REPORT_HTML_H
#define PING_REPORT_HTML_H

#include <stddef.h>
#include <stdint.h>

#include "ping/condition.h"
#include "ping/report.h"
#include "ping/timeline.h"
#include "sender/metrics.h"

/* Everything stays the caller's. */
struct html_session {
	const struct report_session *session;
	const struct metrics_summary *summary;
	const struct metrics *metrics; /* for distributions */
	const struct timeline *timeline;
	const struct verdict *verdict;
	const char *label; /* what tells it from others of the run: address, "dscp 46" */
};

struct html_run {
	const struct html_session *sessions;
	size_t count;
	uint64_t began_ns; /* UTC */
	uint64_t took_ns;
	const char *command; /* the command line; names and paths may hold anything */
	const char *version;
};

/*
 * Writes the page to `path`: to a new file beside it that then takes its place, so that no half
 * page is left; what is no regular file is written to as it is. 0, or -errno after a message.
 */
int report_html_write(const char *path, const struct html_run *run);

#endif
