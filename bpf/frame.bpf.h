/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The frame as the program finds it: its linear part, and its length with all fragments. */
#ifndef FRAME_BPF_H
#define FRAME_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "stamp/parse.h"

static __always_inline struct cursor cursor_at_frame(const struct xdp_md *ctx)
{
	return (struct cursor){ (void *)(long)ctx->data, (void *)(long)ctx->data_end };
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
