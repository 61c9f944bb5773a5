/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The floor of the slow path: every frame goes to the AF_XDP socket of queue 0, unseen. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} sockets SEC(".maps");

SEC("xdp.frags")
int bench_redirect(struct xdp_md *ctx __attribute__((unused)))
{
	return (int)bpf_redirect_map(&sockets, 0, XDP_DROP);
}
