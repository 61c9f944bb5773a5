/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What this stampctl knows of the outcomes that a stampd names. */
#ifndef CONTROL_OUTCOMES_H
#define CONTROL_OUTCOMES_H

#include <linux/bpf.h>

#define OUTCOME_UNKNOWN "unknown to this stampctl" /* the text of one of another version */

struct outcome_text {
	const char *name; /* in capitals */
	enum xdp_action action;
	const char *text;
	const char *hint; /* "": nothing to do */
};

/* By its name, in capitals or not; NULL for one of another version. */
const struct outcome_text *outcome_find(const char *name);

#endif
