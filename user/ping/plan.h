/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The sessions that the command line asks for: which path each measures, and how. */
#ifndef PING_PLAN_H
#define PING_PLAN_H

#include <stddef.h>

#include "common/address.h"
#include "ping/options.h"
#include "ping/sender_keys.h"
#include "sender/sender.h"

struct plan_path {
	const struct target *target;
	char address[SOCKADDR_TEXT_MAX]; /* of the target */
	struct session_settings settings;
};

struct plan {
	struct plan_path *paths;
	size_t count;
};

/* `options` and `keys` stay the caller's and must live as long. 0, or -errno after a message (but
 * for -ENOMEM). */
int plan_open(struct plan *plan, const struct sender_options *options,
	      const struct sender_keys *keys);

void plan_close(struct plan *plan);

#endif
