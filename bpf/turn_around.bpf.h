/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Step 7: the frame's size, and its headers turned from request to reply. VLAN tags stay. */
#ifndef TURN_AROUND_BPF_H
#define TURN_AROUND_BPF_H

#include "parse.bpf.h"
#include "stamp/reply.h"

#define IP6_FLOW_LABEL_MASK 0x0f /* in the first octet of the flow label field */

/* Finds the headers again after the frame has moved. */
static __always_inline enum stamp_outcome relocate(struct xdp_md *ctx, struct packet *pkt)
{
	struct cursor cur = cursor_at_frame(ctx);

	pkt->eth = cursor_take(&cur, sizeof(*pkt->eth));
	cur.pos = (void *)(long)ctx->data;
	if (!pkt->eth || !cursor_take(&cur, pkt->ip_offset))
		return OUTCOME_NO_ROOM_TO_GROW;
	pkt->ip = cursor_take(&cur, pkt->is_ip6 ? sizeof(*pkt->ip6) : sizeof(*pkt->ip4));
	pkt->udp = cursor_take(&cur, sizeof(*pkt->udp));
	pkt->base = cursor_take(&cur, STAMP_BASE_SIZE);
	return pkt->ip && pkt->udp && pkt->base ? OUTCOME_CONTINUE : OUTCOME_NO_ROOM_TO_GROW;
}

static __always_inline void set_lengths(struct packet *pkt)
{
	__u32 udp_length = sizeof(*pkt->udp) + pkt->payload_length;

	if (pkt->is_ip6)
		pkt->ip6->payload_len = bpf_htons((__u16)udp_length);
	else
		pkt->ip4->tot_len = bpf_htons((__u16)(sizeof(*pkt->ip4) + udp_length));
	pkt->udp->len = bpf_htons((__u16)udp_length);
}

/* The frame ends where the reply does: short requests grow to 44 octets, padding goes. */
static __always_inline enum stamp_outcome make_room(struct xdp_md *ctx, struct packet *pkt)
{
	int growth = -(int)pkt->padding;
	enum stamp_outcome outcome;

	if (!growth && pkt->base)
		return OUTCOME_CONTINUE;
	if (pkt->payload_length < STAMP_BASE_SIZE) {
		growth += STAMP_BASE_SIZE - (int)pkt->payload_length;
		pkt->payload_length = STAMP_BASE_SIZE;
	}
	if (growth && bpf_xdp_adjust_tail(ctx, growth))
		return OUTCOME_NO_ROOM_TO_GROW;
	outcome = relocate(ctx, pkt);
	if (!outcome)
		set_lengths(pkt);
	return outcome;
}

static __always_inline void turn_ethernet(struct ethernet *eth)
{
	for (int i = 0; i < ETH_ALEN / 2; i++) {
		__be16 sender = eth->source[i];

		eth->source[i] = eth->destination[i];
		eth->destination[i] = sender;
	}
}

static __always_inline void turn_ip4(struct iphdr *ip, struct session_policy policy)
{
	__be32 sender = ip->saddr;

	ip->saddr = ip->daddr;
	ip->daddr = sender;
	ip->tos = stamp_reply_traffic_class(ip->tos, policy);
	ip->ttl = STAMP_REPLY_TTL;
}

/* The Traffic Class lies across the octets behind the version. */
static __always_inline void turn_ip6(struct ipv6hdr *ip, struct session_policy policy)
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

static __always_inline void turn_around(struct packet *pkt, struct session_policy policy)
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
