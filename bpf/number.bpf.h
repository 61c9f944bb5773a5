/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Step 6: the session's count of its replies, which numbers them when it is stateful. */
#ifndef NUMBER_BPF_H
#define NUMBER_BPF_H

#include "accept.bpf.h"

/* One reply will be sent: nothing may refuse the packet any more. Atomic, because two queues and
 * the socket tier can meet in one session. */
static __always_inline __u32 next_sequence(const struct arrival *arrival)
{
	struct session_state *state = arrival->state;

	if (!state)
		return 0;
	state->last_seen_ns = arrival->received_ns;
	return (__u32)__sync_fetch_and_add(&state->replies, 1);
}

#endif
