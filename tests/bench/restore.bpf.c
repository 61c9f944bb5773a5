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
__u32 session_count = 1;    /* bench_restore_session chooses one of so many */
__u64 random_state = 88172645463325252ULL;

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

/* Of other sizes than these only the base packet changes, over IPv4. */
static __always_inline void restore_frame(struct xdp_md *ctx)
{
	long length = ctx->data_end - ctx->data;

	if (length == ETHERNET_HALVES * 2 + IP6_PACKET_WORDS * 4)
		restore_words(ctx, IP6_PACKET_WORDS);
	else if (length == ETHERNET_HALVES * 2 + TLV_PACKET_WORDS * 4)
		restore_words(ctx, TLV_PACKET_WORDS);
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

/* xorshift64 */
static __always_inline __u32 next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (__u32)(random_state >> 32);
}

/*
 * Makes an IPv4 request that of another session, see sessions.h. What is added to the address and
 * the port is taken off the IPv4 identification and the Sequence Number, so both sums stay right.
 */
static __always_inline void choose_session(struct xdp_md *ctx)
{
	__u32 session = (__u32)((__u64)next_random() * session_count >> 32);
	__u16 low = (__u16)session, high = (__u16)(session >> 16);
	__u16 *halves = (void *)(long)ctx->data;

	if ((void *)(halves + SESSION_HALVES) > (void *)(long)ctx->data_end)
		return;
	halves[HALF_SENDER_ADDRESS] = low;
	halves[HALF_IDENTIFICATION] = ~low;
	halves[HALF_SENDER_PORT] = FIRST_SENDER_PORT + high;
	halves[HALF_SEQUENCE] = ~high;
	halves[HALF_SEQUENCE + 1] = ~low;
}

SEC("xdp.frags")
int bench_restore_session(struct xdp_md *ctx)
{
	restore_frame(ctx);
	choose_session(ctx);
	bpf_tail_call(ctx, &measured, 0);
	return XDP_ABORTED;
}

/* For live frames of any size, where nobody changes them: sends the frame as it is. */
SEC("xdp.frags")
int bench_send(struct xdp_md *ctx __attribute__((unused)))
{
	return XDP_TX;
}

/* For live frames: sends the request to the peer, where the measured program is attached. */
SEC("xdp.frags")
int bench_restore_send(struct xdp_md *ctx)
{
	restore_frame(ctx);
	return XDP_TX;
}
