/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Step 8: the checksums of the reply. A full sum, also where the request's was unfinished: nobody
 * completes it after native XDP_TX. In generic mode the kernel will complete what it still has
 * marked as unfinished, so there the pseudo-header's sum is written again.
 *
 * Summed by fields, and the payload before it is written: a processor waits when it reads a word
 * back that it has just written in parts.
 */
#ifndef STAMP_FRAME_CHECKSUM_H
#define STAMP_FRAME_CHECKSUM_H

#include "stamp/checksum.h"
#include "stamp/parse.h"
#include "stamp/reply.h"

STAMP_INLINE __u64 sum_addresses(const struct parsed_packet *pkt)
{
	if (pkt->is_ip6)
		return stamp_sum_words(0, &pkt->ip6->saddr, 32);
	return stamp_sum_words(0, &pkt->ip4->saddr, 8);
}

/* The pseudo-header of RFC 768 and RFC 8200 section 8.1 for a UDP length in network order. */
STAMP_INLINE __u64 sum_pseudo_header(const struct parsed_packet *pkt, __be16 udp_length)
{
	return pkt->address_sum + bpf_htons(IPPROTO_UDP) + udp_length;
}

STAMP_INLINE void finish_ip4_checksum(const struct parsed_packet *pkt)
{
	ip4_header *ip = pkt->ip4;
	__u64 sum = stamp_sum_word(pkt->address_sum, &ip->id); /* and the fragment field */

	sum += bpf_htons((__u16)(IP4_VERSION_AND_LENGTH << 8 | ip->tos)) + ip->tot_len;
	sum += bpf_htons(STAMP_REPLY_TTL << 8 | IPPROTO_UDP);
	ip->check = (__u16)~stamp_sum_fold(sum);
}

/* Both checksums of a reply; `payload_sum` is that of its payload. `unfinished`: as said above. */
STAMP_INLINE void finish_checksums(const struct parsed_packet *pkt, __u64 payload_sum,
				   int unfinished)
{
	struct udphdr *udp = pkt->udp;
	__u64 sum = sum_pseudo_header(pkt, udp->len);

	if (!pkt->is_ip6)
		finish_ip4_checksum(pkt);
	if (unfinished) {
		udp->check = stamp_sum_fold(sum);
		return;
	}
	sum += udp->source + udp->dest + udp->len;
	udp->check = stamp_udp_checksum(sum + payload_sum);
}

#endif
