/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Loads the XDP program, once per interface, and the maps that all interfaces share. */
#ifndef REFLECTOR_LOADER_H
#define REFLECTOR_LOADER_H

#include "stamp/config.h"
#include "stamp/shared_state.h"

struct stamp_reflector_bpf;

/* Maps that every interface's program uses. The pointers are into mapped memory of the kernel's. */
struct shared_maps {
	struct stamp_reflector_bpf *skel; /* owns the maps, loads no program */
	struct port_set *ports;
	struct clock_offset *clock;
	struct rules_state *rules_state;
	int lock_fd; /* the pin folder, locked: one stampd for each */
	int rules_fd;
	int local_addresses_fd;
	int session_table_fd;
	unsigned int max_sessions; /* entries of the session table */
	__u8 address_round;        /* value of the local addresses of the latest round */
};

/*
 * Makes the shared maps. The session table is pinned below `pin_path` (which must lie on a bpffs
 * and is made when missing), so that the numbers of stateful sessions outlive stampd: a pinned one
 * is adopted if it is compatible, and otherwise replaced, said so. 0 or -errno, logged.
 */
int shared_maps_open(struct shared_maps **out, const char *pin_path, unsigned int max_sessions);

/* Closes the maps; pins stay. Takes NULL. */
void shared_maps_close(struct shared_maps *maps);

struct loader;

/*
 * Loads the program for one interface. Its counters are pinned below `pin_dir` (made when
 * missing) and adopted from there. 0 or -errno, logged.
 */
int loader_open(struct loader **out, const struct shared_maps *maps,
		const struct reflector_config *settings, const char *pin_dir);

/* The XDP program; the program that judges for the socket tier; the interface's counters. */
int loader_program_fd(const struct loader *loader);
int loader_judge_fd(const struct loader *loader);
int loader_counts_fd(const struct loader *loader);

/* Unloads what no link holds; pins stay. Takes NULL. */
void loader_close(struct loader *loader);

/* Sends what libbpf has to say to the log, at debug level. */
void loader_join_log(void);

#endif
