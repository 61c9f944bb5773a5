/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The frame as the program finds it: its linear part, and its length with all fragments. */
#ifndef FRAME_BPF_H
#define FRAME_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "stamp/parse.h"

#define IP_OFFSET_MASK 0x1f /* more than Ethernet and two tags have */

static __always_inline struct cursor cursor_at_frame(const struct xdp_md *ctx)
{
	return (struct cursor){ (void *)(long)ctx->data, (void *)(long)ctx->data_end };
}

/* Finds the headers of a packet that was parsed; `cur` is at the beginning of the frame, and behind
 * the UDP header then. 0 when they are not there. */
static __always_inline int find_headers(struct cursor *cur, struct parsed_packet *pkt)
{
	void *frame = cur->pos;

	pkt->eth = cursor_take(cur, sizeof(*pkt->eth));
	cur->pos = frame;
	if (!pkt->eth || !cursor_take(cur, pkt->ip_offset))
		return 0;
	pkt->ip = cursor_take(cur, pkt->is_ip6 ? sizeof(*pkt->ip6) : sizeof(*pkt->ip4));
	pkt->udp = cursor_take(cur, sizeof(*pkt->udp));
	return pkt->ip && pkt->udp;
}

/*
 * The same headers, at an offset that the verifier does not know: from here on it walks frames with
 * none, one and two VLAN tags as one, or the program would be too large for Linux 6.1. The port is
 * read twice, and differs from itself by nothing.
 */
static __always_inline int forget_tags(const struct xdp_md *ctx, struct cursor *cur,
				       struct parsed_packet *pkt)
{
	const volatile __be16 *port = &pkt->udp->dest;
	__u32 offset = pkt->ip_offset ^ *port;

	offset ^= *port;
	barrier_var(offset); /* so that the mask is applied to the sum of it all */
	pkt->ip_offset = offset & IP_OFFSET_MASK;
	*cur = cursor_at_frame(ctx);
	return find_headers(cur, pkt);
}

static __always_inline enum stamp_outcome check_lengths(struct xdp_md *ctx, struct cursor *cur,
							struct parsed_packet *pkt)
{
	void *frame = (void *)(long)ctx->data;
	__u32 frame_length = cur->end - frame;
	__u32 end = cur->pos - frame; /* of the payload */
	enum stamp_outcome outcome = check_udp_length(pkt);

	if (outcome)
		return outcome;
	end += pkt->payload_length;
	/* Padding, or fragments that hold the rest or padding; base packets fit the linear part. */
	if (frame_length != end || pkt->payload_length > STAMP_BASE_SIZE)
		frame_length = bpf_xdp_get_buff_len(ctx);
	return find_payload(cur, pkt, end, frame_length);
}

#endif
