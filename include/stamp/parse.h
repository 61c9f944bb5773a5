/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Step 1: Ethernet, VLAN tags, IPv4 or IPv6, UDP -> struct parsed_packet. Each failure is a pass.
 */
#ifndef STAMP_PARSE_H
#define STAMP_PARSE_H

#include <linux/in.h>

#include "stamp/cursor.h"
#include "stamp/outcome.h"
#include "stamp/parsed_packet.h"

#define VLAN_TAGS_MAX 2
#define IP_FRAGMENT_BITS 0x3fff /* More Fragments and the offset */
#define IP4_WORDS 5             /* header length without options, in 32-bit words */
#define IP4_VERSION_AND_LENGTH (4 << 4 | IP4_WORDS) /* the header's first octet */

struct vlan_tag {
	__be16 control;
	__be16 ether_type;
};

STAMP_INLINE int is_vlan(__be16 ether_type)
{
	return ether_type == bpf_htons(ETH_P_8021Q) || ether_type == bpf_htons(ETH_P_8021AD);
}

/* The EtherType behind the tags; the third of three tags is returned as it is: not IP. */
STAMP_INLINE __be16 parse_ethernet(struct cursor *cur, struct parsed_packet *pkt)
{
	__be16 ether_type;

	pkt->eth = cursor_take(cur, sizeof(*pkt->eth));
	if (!pkt->eth)
		return 0;
	pkt->ip_offset = sizeof(*pkt->eth);
	ether_type = pkt->eth->ether_type;
	for (int i = 0; i < VLAN_TAGS_MAX && is_vlan(ether_type); i++) {
		struct vlan_tag *tag = cursor_take(cur, sizeof(*tag));

		if (!tag)
			return 0;
		pkt->ip_offset += sizeof(*tag);
		ether_type = tag->ether_type;
	}
	return ether_type;
}

STAMP_INLINE enum stamp_outcome parse_ip4(struct cursor *cur, struct parsed_packet *pkt)
{
	ip4_header *ip = cursor_take(cur, sizeof(*ip));

	if (!ip || ip->protocol != IPPROTO_UDP || ip->version != 4 || ip->ihl < IP4_WORDS)
		return OUTCOME_OTHER_TRAFFIC;
	if (ip->frag_off & bpf_htons(IP_FRAGMENT_BITS))
		return OUTCOME_FRAGMENT;
	if (ip->ihl > IP4_WORDS)
		return OUTCOME_IP_OPTIONS;
	pkt->ip4 = ip;
	pkt->is_ip6 = 0;
	pkt->ttl = ip->ttl;
	pkt->ip_payload_length = bpf_ntohs(ip->tot_len) - sizeof(*ip);
	return OUTCOME_CONTINUE;
}

STAMP_INLINE enum stamp_outcome parse_ip6(struct cursor *cur, struct parsed_packet *pkt)
{
	ip6_header *ip = cursor_take(cur, sizeof(*ip));

	if (!ip || ip->version != 6)
		return OUTCOME_OTHER_TRAFFIC;
	switch (ip->nexthdr) {
	case IPPROTO_UDP:
		break;
	case IPPROTO_FRAGMENT:
		return OUTCOME_FRAGMENT;
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
		return OUTCOME_EXTENSION_HEADERS;
	default:
		return OUTCOME_OTHER_TRAFFIC;
	}
	pkt->ip6 = ip;
	pkt->is_ip6 = 1;
	pkt->ttl = ip->hop_limit;
	pkt->ip_payload_length = bpf_ntohs(ip->payload_len);
	return OUTCOME_CONTINUE;
}

STAMP_INLINE enum stamp_outcome parse_packet(struct cursor *cur, struct parsed_packet *pkt)
{
	__be16 ether_type = parse_ethernet(cur, pkt);
	enum stamp_outcome outcome;

	if (ether_type == bpf_htons(ETH_P_IP))
		outcome = parse_ip4(cur, pkt);
	else if (ether_type == bpf_htons(ETH_P_IPV6))
		outcome = parse_ip6(cur, pkt);
	else
		outcome = OUTCOME_OTHER_TRAFFIC;
	if (outcome)
		return outcome;
	pkt->udp = cursor_take(cur, sizeof(*pkt->udp));
	return pkt->udp ? OUTCOME_CONTINUE : OUTCOME_OTHER_TRAFFIC;
}

/* What the headers say of the session: all of its key but SSID and scope. */
STAMP_INLINE void fill_session_addresses(const struct parsed_packet *pkt, struct session_key *key)
{
	if (pkt->is_ip6) {
		__builtin_memcpy(&key->sender, &pkt->ip6->saddr, sizeof(key->sender));
		__builtin_memcpy(&key->reflector, &pkt->ip6->daddr, sizeof(key->reflector));
	} else {
		key->sender = stamp_address_ip4(pkt->ip4->saddr);
		key->reflector = stamp_address_ip4(pkt->ip4->daddr);
	}
	key->sender_port = pkt->udp->source;
	key->reflector_port = pkt->udp->dest;
}

/* For packets to our port: UDP fills the IP packet. The kernel has its own mind about the others.
 */
STAMP_INLINE enum stamp_outcome check_udp_length(struct parsed_packet *pkt)
{
	__u32 udp_length = bpf_ntohs(pkt->udp->len);

	if (udp_length < sizeof(*pkt->udp) || udp_length != pkt->ip_payload_length)
		return OUTCOME_UNEVEN_LENGTHS;
	pkt->payload_length = udp_length - sizeof(*pkt->udp);
	return OUTCOME_CONTINUE;
}

/*
 * The octets that a request must have, and those of a base packet. `end` is where the payload ends
 * in the frame, which must hold it and may be longer (Ethernet padding is not payload).
 */
STAMP_INLINE enum stamp_outcome find_payload(struct cursor *cur, struct parsed_packet *pkt,
					     __u32 end, __u32 frame_length)
{
	pkt->base = 0;
	pkt->start = 0;
	if (frame_length < end)
		return OUTCOME_UNEVEN_LENGTHS;
	pkt->padding = frame_length - end;
	if (pkt->payload_length < STAMP_SHORTEST_REQUEST)
		return OUTCOME_CONTINUE;
	if (pkt->payload_length < STAMP_BASE_SIZE) {
		pkt->start = cursor_take(cur, STAMP_SHORTEST_REQUEST);
	} else {
		pkt->base = cursor_take(cur, STAMP_BASE_SIZE);
		pkt->start = pkt->base;
	}
	return pkt->start ? OUTCOME_CONTINUE : OUTCOME_UNEVEN_LENGTHS;
}

#endif
