/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The other end of step 5: what needs stampd goes to the AF_XDP socket of its queue. */
#ifndef HAND_OVER_BPF_H
#define HAND_OVER_BPF_H

#include "accept.bpf.h"
#include "stamp/cursor.h"
#include "stamp/handover.h"

/* Not every driver has room in front of a frame; stampd then takes T2 and judges by itself. */
static __always_inline void put_handover(struct xdp_md *ctx, const struct arrival *arrival)
{
	struct handover *handover;
	struct cursor cur;

	if (bpf_xdp_adjust_meta(ctx, -(int)sizeof(*handover)))
		return;
	cur = (struct cursor){ (void *)(long)ctx->data_meta, (void *)(long)ctx->data };
	handover = cursor_take(&cur, sizeof(*handover));
	if (!handover)
		return;
	*handover = (struct handover){
		.received_ns = arrival->received_ns,
		.magic = HANDOVER_MAGIC,
		.generation = arrival->generation,
		.policy = arrival->policy,
	};
}

/* stampd keeps the clock: when it is believed no more, nobody reads the UDP socket, and what would
 * be passed on would draw an ICMP port unreachable. */
static __always_inline enum stamp_outcome leave_to_socket(const struct arrival *arrival,
							  enum stamp_outcome why)
{
	return arrival->received_ns > arrival->clock.valid_until_ns ? OUTCOME_SLOW_PATH_DOWN : why;
}

static __always_inline int needs_stampd(enum stamp_outcome outcome)
{
	return outcome == OUTCOME_AUTHENTICATED || outcome == OUTCOME_EXTENDED;
}

/* `why` is what needs_stampd(). A socket that was there has gone with its process. */
static __always_inline enum stamp_outcome
hand_over(struct xdp_md *ctx, const struct arrival *arrival, enum stamp_outcome why)
{
	const volatile struct slow_sockets_state *state = &slow_state;
	__u32 queue = ctx->rx_queue_index;

	if (queue >= state->queues || bpf_xdp_get_buff_len(ctx) > state->frame_max)
		return leave_to_socket(arrival, why);
	put_handover(ctx, arrival);
	if (bpf_redirect_map(&slow_sockets, queue, XDP_DROP) != XDP_REDIRECT)
		return OUTCOME_SLOW_PATH_DOWN;
	return OUTCOME_SLOW_PATH;
}

#endif
