/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Loads the XDP program, once per interface. */
#ifndef REFLECTOR_LOADER_H
#define REFLECTOR_LOADER_H

#include "reflector/shared_maps.h"
#include "stamp/config.h"
#include "stamp/outcome.h"

struct loader;

/*
 * Loads the program for one interface. Its counters are pinned below `pin_dir` (made when
 * missing) and adopted from there; it has no AF_XDP sockets. 0 or -errno, logged.
 */
int loader_open(struct loader **out, const struct shared_maps *maps,
		const struct reflector_config *settings, const char *pin_dir);

/* The XDP program; the program that judges for the socket tier; the interface's counters. */
int loader_program_fd(const struct loader *loader);
int loader_judge_fd(const struct loader *loader);

/* What it was loaded with, RFC 9534; 0: none. */
__u16 loader_micro_session_id(const struct loader *loader);
int loader_counts_fd(const struct loader *loader);

/* The map of AF_XDP sockets. */
int loader_slow_sockets_fd(const struct loader *loader);

/* In memory of the kernel's, until the loader is closed: which sockets the program may use, and
 * what became of the packets that came over them, since the interface was first reflected on. */
struct slow_sockets_state *loader_slow_state(const struct loader *loader);
struct outcome_counts *loader_slow_counts(const struct loader *loader);

/* Unloads what no link holds; pins stay. Takes NULL. */
void loader_close(struct loader *loader);

#endif
