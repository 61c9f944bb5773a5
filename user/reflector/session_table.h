/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reads the sessions that the program keeps (maps session_table, session_counts). */
#ifndef REFLECTOR_SESSION_TABLE_H
#define REFLECTOR_SESSION_TABLE_H

#include "reflector/shared_maps.h"

/* While sessions come and go the counts are about right. */
struct session_figures {
	__u64 present; /* heard of within ref-wait */
	__u64 idle;    /* longer ago: forgotten, their entries are the first to be used again */
	__u64 created; /* since the table was made */
	__u64 evicted; /* of them, those that had to make room */
	__u64 memory;  /* octets of the kernel's; 0: not known */
};

/* 0 or -errno. */
int session_table_read(const struct shared_maps *maps, struct session_figures *out);

#endif
