/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The empty XDP program: what any program costs other traffic by being there. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("xdp.frags")
int bench_pass(struct xdp_md *ctx __attribute__((unused)))
{
	return XDP_PASS;
}
