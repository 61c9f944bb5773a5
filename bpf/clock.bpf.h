/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The clock entry, as it was at one moment of the packet: T2 and T3 are CLOCK_MONOTONIC plus it. */
#ifndef CLOCK_BPF_H
#define CLOCK_BPF_H

#include "maps.bpf.h"

#define CLOCK_READ_TRIES 3 /* stampd writes once a second: the second try always succeeds */

static __always_inline enum stamp_outcome read_clock(struct clock_reading *reading)
{
	const struct clock_offset *offset = &shared.clock;
	__u32 sequence;

	for (int i = 0; i < CLOCK_READ_TRIES; i++) {
		sequence = *(const volatile __u32 *)&offset->sequence;
		*reading = offset->copies[sequence & 1];
		if (sequence == *(const volatile __u32 *)&offset->sequence)
			break;
	}
	return sequence ? OUTCOME_CONTINUE : OUTCOME_NOT_READY;
}

#endif
