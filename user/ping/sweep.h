/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A value that differs from session to session of a run: --sweep. Pure. */
#ifndef PING_SWEEP_H
#define PING_SWEEP_H

#include <stddef.h>
#include <stdint.h>

#define SWEEP_MAX 256 /* values */

enum sweep_kind {
	SWEEP_NONE,
	SWEEP_SIZE,  /* octets of a packet */
	SWEEP_DSCP,  /* of the packets */
	SWEEP_FLOWS, /* source ports: the values say nothing but how many */
};

struct sweep {
	enum sweep_kind kind;
	size_t count;
	uint16_t values[SWEEP_MAX];
};

/* Reads "size=A..B,STEP", "dscp=N,A..B" or "flows=N". 0, or -EINVAL after a message. */
int sweep_parse(const char *text, struct sweep *out);

#endif
