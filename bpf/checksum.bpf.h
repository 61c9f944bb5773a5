/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Step 8: the checksums of the reply. A full sum, also where the request's was unfinished: nobody
 * completes it after native XDP_TX. In generic mode the kernel will complete what it still has
 * marked as unfinished, so there the pseudo-header's sum is written again.
 *
 * Summed by fields, and the payload before it is written: a processor waits when it reads a word
 * back that it has just written in parts.
 */
#ifndef CHECKSUM_BPF_H
#define CHECKSUM_BPF_H

#include "turn_around.bpf.h"
#include "verify.bpf.h"

static __always_inline void finish_ip4_checksum(const struct packet *pkt)
{
	struct iphdr *ip = pkt->ip4;
	__u64 sum = stamp_sum_word(pkt->address_sum, &ip->id); /* and the fragment field */

	sum += bpf_htons((__u16)(IP4_VERSION_AND_LENGTH << 8 | ip->tos)) + ip->tot_len;
	sum += bpf_htons(STAMP_REPLY_TTL << 8 | IPPROTO_UDP);
	ip->check = (__u16)~stamp_sum_fold(sum);
}

/* `payload_sum`: of the reply's first 44 octets. */
static __always_inline void finish_checksums(const struct packet *pkt, __u64 payload_sum)
{
	struct udphdr *udp = pkt->udp;
	__u64 sum = sum_pseudo_header(pkt, udp->len);

	if (!pkt->is_ip6)
		finish_ip4_checksum(pkt);
	if (config.generic && pkt->checksum == CHECKSUM_UNFINISHED) {
		udp->check = stamp_sum_fold(sum);
		return;
	}
	sum += udp->source + udp->dest + udp->len;
	udp->check = stamp_udp_checksum(sum + pkt->tail_sum + payload_sum);
}

#endif
