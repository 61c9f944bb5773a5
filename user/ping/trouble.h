/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What hinders the sessions to a target, in words for the operator: each kind once in a row. */
#ifndef PING_TROUBLE_H
#define PING_TROUBLE_H

#include <stdbool.h>

#include "ping/options.h"
#include "ping/plan.h"

/* All zero but `options` at first. */
struct trouble {
	const struct sender_options *options;
	int send_error; /* the latest, a positive errno; 0: none yet */
	int icmp_error; /* the same */
	bool wrong_hmac;
};

void trouble_tell(struct trouble *trouble, const struct plan_path *path,
		  const struct session_trouble *what);

#endif
