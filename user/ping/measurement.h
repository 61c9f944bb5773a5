/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One session of a run, and the report of it. */
#ifndef PING_MEASUREMENT_H
#define PING_MEASUREMENT_H

#include "ping/plan.h"
#include "ping/report.h"
#include "ping/trouble.h"
#include "sender/sender.h"

struct run;

struct measurement {
	struct run *run;
	const struct sender_options *options;
	const struct plan_path *path;
	const struct report_form *form;
	struct report_session report;
	struct trouble trouble;
	struct session *session;
	/* At the end. */
	struct metrics_summary summary;
	struct tlv_summary tlvs;
	struct verdict verdict;
};

/* `measurement` stays where it is; `path` and `options` must live as long. 0, or -errno after a
 * message (but for -ENOMEM). */
int measurement_open(struct measurement *measurement, struct run *run, struct sender *sender,
		     const struct sender_options *options, const struct plan_path *path);

/* Takes the figures as they are now. */
void measurement_end(struct measurement *measurement);

/* The error that has kept all packets from being sent, which was told; 0: some were sent. */
int measurement_error(const struct measurement *measurement);

void measurement_close(struct measurement *measurement);

#endif
