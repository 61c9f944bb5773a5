/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Step 7: the headers of a frame turned from request to reply. VLAN tags stay. */
#ifndef STAMP_TURN_AROUND_H
#define STAMP_TURN_AROUND_H

#include "stamp/parsed_packet.h"
#include "stamp/reply.h"

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

STAMP_INLINE void turn_ethernet(struct ethernet *eth)
{
	for (int i = 0; i < ETH_ALEN / 2; i++) {
		__be16 sender = eth->source[i];

		eth->source[i] = eth->destination[i];
		eth->destination[i] = sender;
	}
}

STAMP_INLINE void turn_ip4(ip4_header *ip, struct session_policy policy)
{
	__be32 sender = ip->saddr;

	ip->saddr = ip->daddr;
	ip->daddr = sender;
	ip->tos = stamp_reply_traffic_class(ip->tos, policy);
	ip->ttl = STAMP_REPLY_TTL;
}

/* The Traffic Class lies across the octets behind the version. */
STAMP_INLINE void turn_ip6(ip6_header *ip, struct session_policy policy)
{
	struct in6_addr sender = ip->saddr;
	__u8 traffic_class =
		stamp_reply_traffic_class((__u8)(ip->priority << 4 | ip->flow_lbl[0] >> 4), policy);

	ip->saddr = ip->daddr;
	ip->daddr = sender;
	ip->priority = traffic_class >> 4;
	ip->flow_lbl[0] = (__u8)(traffic_class << 4 | (ip->flow_lbl[0] & IP6_FLOW_LABEL_MASK));
	ip->hop_limit = STAMP_REPLY_TTL;
}

STAMP_INLINE void turn_around(struct parsed_packet *pkt, struct session_policy policy)
{
	__be16 sender_port = pkt->udp->source;

	turn_ethernet(pkt->eth);
	if (pkt->is_ip6)
		turn_ip6(pkt->ip6, policy);
	else
		turn_ip4(pkt->ip4, policy);
	pkt->udp->source = pkt->udp->dest;
	pkt->udp->dest = sender_port;
}

#endif
