/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Questions to the program stamp_judge, as many as go into one run, which costs more than they. */
#ifndef REFLECTOR_INQUIRY_H
#define REFLECTOR_INQUIRY_H

#include <stddef.h>

#include "stamp/judgement.h"

struct inquiry {
	int judge_fd; /* whom the questions are for */
	int err;      /* the first */
	size_t count;
	struct judgement_result *answers[JUDGEMENTS_MAX];
	struct judgement questions[JUDGEMENTS_MAX];
};

void inquiry_begin(struct inquiry *inquiry);

/*
 * Adds a question for this interface's program. The answer is there after inquiry_end() at the
 * latest: OUTCOME_SEND_FAILED where the program could not be run. `answer` may be NULL.
 */
void inquiry_add(struct inquiry *inquiry, int judge_fd, const struct judgement *question,
		 struct judgement_result *answer);

/* Asks what was not asked yet. 0, or -errno of the first run that failed. */
int inquiry_end(struct inquiry *inquiry);

#endif
