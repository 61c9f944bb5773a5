/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The sessions that the command line asks for: which path each measures, and how. */
#ifndef PING_PLAN_H
#define PING_PLAN_H

#include <stddef.h>

#include "common/address.h"
#include "ping/options.h"
#include "ping/sender_keys.h"
#include "sender/sender.h"

#define PLAN_LABEL_MAX (TARGET_HOST_MAX + 32)

struct plan_path {
	const struct target *target;
	char address[SOCKADDR_TEXT_MAX]; /* of the target */
	struct session_settings settings;
};

/* Each target with each value of the sweep. */
struct plan {
	const struct sender_options *options;
	struct plan_path *paths;
	size_t count;
};

/* Finds the targets. `options` and `keys` stay the caller's and must live as long. 0, or -errno
 * after a message (but for -ENOMEM); the plan is to be closed in any case. */
int plan_open(struct plan *plan, const struct sender_options *options,
	      const struct sender_keys *keys);

/* What tells a path from the others of the plan: target, "dscp 46", "port 50123". `local` is where
 * its session sends from. Returns `text`. */
const char *plan_label(const struct plan *plan, const struct plan_path *path,
		       const struct sockaddr_storage *local, char text[PLAN_LABEL_MAX]);

void plan_close(struct plan *plan);

#endif
