/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Step 7: the frame's size; its headers are turned by stamp/turn_around.h. */
#ifndef MAKE_ROOM_BPF_H
#define MAKE_ROOM_BPF_H

#include "frame.bpf.h"
#include "stamp/turn_around.h"

/* Finds the headers again after the frame has moved. */
static __always_inline enum stamp_outcome relocate(struct xdp_md *ctx, struct parsed_packet *pkt)
{
	struct cursor cur = cursor_at_frame(ctx);

	pkt->eth = cursor_take(&cur, sizeof(*pkt->eth));
	cur.pos = (void *)(long)ctx->data;
	if (!pkt->eth || !cursor_take(&cur, pkt->ip_offset))
		return OUTCOME_NO_ROOM_TO_GROW;
	pkt->ip = cursor_take(&cur, pkt->is_ip6 ? sizeof(*pkt->ip6) : sizeof(*pkt->ip4));
	pkt->udp = cursor_take(&cur, sizeof(*pkt->udp));
	pkt->base = cursor_take(&cur, STAMP_BASE_SIZE);
	return pkt->ip && pkt->udp && pkt->base ? OUTCOME_CONTINUE : OUTCOME_NO_ROOM_TO_GROW;
}

/* The frame ends where the reply does: short requests grow to 44 octets, padding goes. */
static __always_inline enum stamp_outcome make_room(struct xdp_md *ctx, struct parsed_packet *pkt)
{
	int growth = -(int)pkt->padding;
	enum stamp_outcome outcome;

	if (!growth && pkt->base)
		return OUTCOME_CONTINUE;
	if (pkt->payload_length < STAMP_BASE_SIZE) {
		growth += STAMP_BASE_SIZE - (int)pkt->payload_length;
		pkt->payload_length = STAMP_BASE_SIZE;
	}
	if (growth && bpf_xdp_adjust_tail(ctx, growth))
		return OUTCOME_NO_ROOM_TO_GROW;
	outcome = relocate(ctx, pkt);
	if (!outcome)
		set_lengths(pkt);
	return outcome;
}

#endif
