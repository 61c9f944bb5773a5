/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Step 7: the headers of a frame turned from request to reply. VLAN tags stay. */
#ifndef STAMP_TURN_AROUND_H
#define STAMP_TURN_AROUND_H

#include "stamp/frame_checksum.h"

#define IP6_FLOW_LABEL_MASK 0x0f /* in the first octet of the flow label field */

/* Writes the lengths of a payload that has another one now. */
STAMP_INLINE void set_lengths(struct parsed_packet *pkt)
{
	__u32 udp_length = sizeof(*pkt->udp) + pkt->payload_length;

	if (pkt->is_ip6)
		pkt->ip6->payload_len = bpf_htons((__u16)udp_length);
	else
		pkt->ip4->tot_len = bpf_htons((__u16)(sizeof(*pkt->ip4) + udp_length));
	pkt->udp->len = bpf_htons((__u16)udp_length);
}

/* The TOS or Traffic Class, which in IPv6 lies across the octets behind the version. */
STAMP_INLINE __u8 received_traffic_class(const struct parsed_packet *pkt)
{
	if (!pkt->is_ip6)
		return pkt->ip4->tos;
	return (__u8)(pkt->ip6->priority << 4 | pkt->ip6->flow_lbl[0] >> 4);
}

/* Lets the reply leave from this address, of the packet's IP version, in place of the one that the
 * request came to. Before turn_around() and the checksums. */
STAMP_INLINE void leave_from(struct parsed_packet *pkt, const struct stamp_address *address)
{
	if (pkt->is_ip6)
		__builtin_memcpy(&pkt->ip6->daddr, address, sizeof(*address));
	else
		pkt->ip4->daddr = address->words[3];
	pkt->address_sum = sum_addresses(pkt);
}

STAMP_INLINE void turn_ethernet(struct ethernet *eth)
{
	for (int i = 0; i < ETH_ALEN / 2; i++) {
		__be16 sender = eth->source[i];

		eth->source[i] = eth->destination[i];
		eth->destination[i] = sender;
	}
}

STAMP_INLINE void turn_ip4(ip4_header *ip, __u8 traffic_class)
{
	__be32 sender = ip->saddr;

	ip->saddr = ip->daddr;
	ip->daddr = sender;
	ip->tos = traffic_class;
	ip->ttl = STAMP_REPLY_TTL;
}

STAMP_INLINE void turn_ip6(ip6_header *ip, __u8 traffic_class)
{
	struct in6_addr sender = ip->saddr;

	ip->saddr = ip->daddr;
	ip->daddr = sender;
	ip->priority = traffic_class >> 4;
	ip->flow_lbl[0] = (__u8)(traffic_class << 4 | (ip->flow_lbl[0] & IP6_FLOW_LABEL_MASK));
	ip->hop_limit = STAMP_REPLY_TTL;
}

STAMP_INLINE void turn_around(struct parsed_packet *pkt, struct session_policy policy)
{
	__u8 traffic_class = stamp_reply_traffic_class(received_traffic_class(pkt), policy);
	__be16 sender_port = pkt->udp->source;

	turn_ethernet(pkt->eth);
	if (pkt->is_ip6)
		turn_ip6(pkt->ip6, traffic_class);
	else
		turn_ip4(pkt->ip4, traffic_class);
	pkt->udp->source = pkt->udp->dest;
	pkt->udp->dest = sender_port;
}

#endif
