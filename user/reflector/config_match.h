/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Finds sessions that match the same requests, so that the second of them would never be asked. */
#ifndef REFLECTOR_CONFIG_MATCH_H
#define REFLECTOR_CONFIG_MATCH_H

#include "reflector/config.h"

struct match_set; /* what the sessions so far match */

/* Two sessions with something that both match. */
struct match_conflict {
	const struct session_config *earlier;
	struct prefix sender;
	struct prefix reflector;
	unsigned short ssid; /* 0: any */
};

/* NULL when memory is out. `config` is to hold the sessions that are added. */
struct match_set *match_set_open(const struct config *config);

/* 0; -EEXIST with `conflict`, valid while the configuration is unchanged; or -ENOMEM. */
int match_set_add(struct match_set *set, const struct session_config *session,
		  struct match_conflict *conflict);

/* Takes NULL. */
void match_set_close(struct match_set *set);

#endif
