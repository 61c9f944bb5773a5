/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Makes the frame a request again, since the kernel runs a program many times on one frame and
 * does not restore it. Words are written as the fields lie, so that what reads them back at once
 * is not held up by stores of another shape.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "frame_words.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct frame_words request; /* what to write */

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} measured SEC(".maps");

static __always_inline void restore_words(struct xdp_md *ctx, int count)
{
	__u16 *halves = (void *)(long)ctx->data;
	__u32 *words = (void *)(halves + ETHERNET_HALVES);

	if ((void *)(words + count) > (void *)(long)ctx->data_end)
		return;
	__builtin_memcpy(halves, request.ethernet, sizeof(request.ethernet));
	__builtin_memcpy(words, request.packet, count * sizeof(*words));
}

static __always_inline void restore_frame(struct xdp_md *ctx)
{
	long length = ctx->data_end - ctx->data;

	if (length > ETHERNET_HALVES * 2 + IP4_PACKET_WORDS * 4)
		restore_words(ctx, IP6_PACKET_WORDS);
	else
		restore_words(ctx, IP4_PACKET_WORDS);
}

/* For PROG_TEST_RUN: the measured program follows at once. A missing one shows as XDP_ABORTED. */
SEC("xdp.frags")
int bench_restore_run(struct xdp_md *ctx)
{
	restore_frame(ctx);
	bpf_tail_call(ctx, &measured, 0);
	return XDP_ABORTED;
}

/* For live frames: sends the request to the peer, where the measured program is attached. */
SEC("xdp.frags")
int bench_restore_send(struct xdp_md *ctx)
{
	restore_frame(ctx);
	return XDP_TX;
}
