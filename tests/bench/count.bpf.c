/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Counts and drops what comes back to the sender. Frames to other MACs are not replies. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile __u16 sender_mac[3];

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} replies SEC(".maps");

SEC("xdp.frags")
int bench_count(struct xdp_md *ctx)
{
	__u16 *destination = (void *)(long)ctx->data;
	__u32 key = 0;
	__u64 *count = bpf_map_lookup_elem(&replies, &key);

	if (!count || (void *)(destination + 3) > (void *)(long)ctx->data_end)
		return XDP_DROP;
	for (int i = 0; i < 3; i++)
		if (destination[i] != sender_mac[i])
			return XDP_DROP;
	(*count)++;
	return XDP_DROP;
}
