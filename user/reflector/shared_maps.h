/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The maps that the programs of all interfaces share. */
#ifndef REFLECTOR_SHARED_MAPS_H
#define REFLECTOR_SHARED_MAPS_H

#include <stdbool.h>

#include "stamp/shared_state.h"

struct stamp_reflector_bpf;

/* Maps that every interface's program uses. The pointers are into mapped memory of the kernel's. */
struct shared_maps {
	struct stamp_reflector_bpf *skel; /* owns the maps, loads no program */
	struct port_set *ports;
	struct clock_offset *clock;
	struct rules_state *rules_state;
	struct limits *limits;
	struct rate_limits *rate_limits;
	int lock_fd; /* the pin folder, locked: one stampd for each */
	int rule_set_fd;
	int rules_fd;
	int local_addresses_fd;
	int session_table_fd;
	int session_counts_fd;
	unsigned int max_sessions; /* entries of the session table */
	bool upper_rules;          /* the present rules are in the upper half of their map */
	__u8 address_round;        /* value of the local addresses of the latest round */
};

/*
 * Makes the shared maps. The session table and its counts are pinned below `pin_path` (which must
 * lie on a bpffs and is made when missing), so that the numbers of stateful sessions outlive
 * stampd: pinned ones are adopted if compatible, and otherwise replaced, said so. 0 or -errno,
 * logged.
 */
int shared_maps_open(struct shared_maps **out, const char *pin_path, unsigned int max_sessions);

/* Closes the maps; pins stay. Takes NULL. */
void shared_maps_close(struct shared_maps *maps);

#endif
