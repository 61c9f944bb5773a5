/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the XDP program writes ahead of a frame that it hands to the slow path. */
#ifndef STAMP_HANDOVER_H
#define STAMP_HANDOVER_H

#include "stamp/session.h"

#define HANDOVER_MAGIC 0x53544d50 /* not left over from another packet: readers clear it */

/* At most 32 octets, a multiple of 4: what older kernels allow in front of a frame. */
struct handover {
	__u64 received_ns;            /* T2, CLOCK_MONOTONIC */
	__u32 magic;                  /* HANDOVER_MAGIC */
	__u32 generation;             /* of the rules that gave the policy; never 0 */
	struct session_policy policy; /* of the session that the request belongs to */
};

_Static_assert(sizeof(struct handover) == 32, "no hidden padding");

#endif
