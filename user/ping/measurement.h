/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One session of a run, and what is reported of it. */
#ifndef PING_MEASUREMENT_H
#define PING_MEASUREMENT_H

#include "ping/plan.h"
#include "ping/report.h"
#include "ping/timeline.h"
#include "ping/trouble.h"
#include "sender/sender.h"

struct run;

struct measurement {
	struct run *run;
	const struct sender_options *options;
	const struct plan_path *path;
	const struct report_form *form;
	char label[PLAN_LABEL_MAX];
	struct report_session report;
	struct trouble *trouble; /* of all sessions to its target; the run's */
	int send_error;          /* the latest, a positive errno; 0: none yet */
	struct session *session;
	struct timeline *timeline; /* NULL: nobody wants to see it */
	/* For the live line. */
	uint64_t received, lost;
	bool answered;
	int64_t round_trip_ns; /* the latest, if `answered` */
	/* At the end. */
	struct metrics_summary summary;
	struct tlv_summary tlvs;
	struct verdict verdict;
};

/*
 * Opens the session that measures a path of the plan. `measurement` stays where it is; `plan` and
 * its options must live as long. `timed`: keep how it went over time. 0, or -errno after a message
 * (but for -ENOMEM).
 */
int measurement_open(struct measurement *measurement, struct run *run, struct sender *sender,
		     const struct plan *plan, size_t index, struct trouble *trouble, bool timed);

/* Takes the figures as they are now. */
void measurement_end(struct measurement *measurement);

/* Those figures for reports, valid as long as `measurement`. */
struct report_result measurement_result(const struct measurement *measurement);

/* The error that has kept all packets from being sent, which was told; 0: some were sent. */
int measurement_error(const struct measurement *measurement);

void measurement_close(struct measurement *measurement);

#endif
