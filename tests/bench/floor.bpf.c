/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The floor: the least that any reflector with two timestamps must do to a packet. MACs are
 * swapped, the clock is read twice and both readings are left in the packet; nothing is checked.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define PAYLOAD_OFFSET 42 /* behind Ethernet, IPv4 and UDP */

struct ethernet {
	__u16 destination[3];
	__u16 source[3];
};

struct clock_readings {
	__u32 first[2];
	__u32 second[2];
};

static __always_inline void swap(__u16 *a, __u16 *b)
{
	__u16 kept = *a;

	*a = *b;
	*b = kept;
}

static __always_inline void store_time(__u32 to[2], __u64 time)
{
	to[0] = time >> 32;
	to[1] = (__u32)time;
}

SEC("xdp.frags")
int bench_floor(struct xdp_md *ctx)
{
	__u64 received = bpf_ktime_get_ns();
	void *data = (void *)(long)ctx->data;
	struct ethernet *ethernet = data;
	struct clock_readings *readings = data + PAYLOAD_OFFSET;

	if ((void *)(readings + 1) > (void *)(long)ctx->data_end)
		return XDP_PASS;
	for (int i = 0; i < 3; i++)
		swap(&ethernet->destination[i], &ethernet->source[i]);
	store_time(readings->first, received);
	store_time(readings->second, bpf_ktime_get_ns());
	return XDP_TX;
}
