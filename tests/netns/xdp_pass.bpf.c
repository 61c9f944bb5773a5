/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Passes everything on: native XDP_TX over a veth pair needs an XDP program on the peer as well. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp.frags")
int xdp_pass(struct xdp_md *context)
{
	(void)context;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
