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
	return (__u32)__sync_fetch_and_add(&state->replies, 1);
}

/* Requests of the session, with this one, whose reply got this number. */
static __always_inline __u32 count_received(const struct arrival *arrival, __u32 sequence)
{
	return sequence + 1 + (arrival->state ? arrival->state->unanswered : 0);
}

/* When the reply left that was numbered before this one; 0 when that is not known. */
static __always_inline __u64 previous_reply_ns(const struct arrival *arrival, __u32 sequence)
{
	if (!arrival->state)
		return 0;
	return session_previous_ns(arrival->state->latest, sequence, arrival->received_ns);
}

/* The session's next requests may ask when its replies left. */
static __always_inline void note_tlvs(const struct arrival *arrival)
{
	if (arrival->state)
		arrival->state->has_tlvs = 1;
}

static __always_inline void note_sent(const struct arrival *arrival, __u64 sent_ns, __u32 sequence)
{
	if (arrival->state)
		arrival->state->latest = session_latest(sent_ns, sequence);
}

#endif
