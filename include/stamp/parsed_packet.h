/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the steps know of the frame in hand; each member is filled by the step named. */
#ifndef STAMP_PARSED_PACKET_H
#define STAMP_PARSED_PACKET_H

#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include "stamp/clock_offset.h"
#include "stamp/session.h"

/* As <linux/if_ether.h> has it, but in pieces of two octets, which is how a frame is aligned. */
struct ethernet {
	__be16 destination[ETH_ALEN / 2];
	__be16 source[ETH_ALEN / 2];
	__be16 ether_type;
};

_Static_assert(sizeof(struct ethernet) == ETH_HLEN, "IEEE 802.3");

/* The kernel's headers, at the addresses they have in a frame: see STAMP_WIRE. */
#ifdef __bpf__
typedef struct iphdr ip4_header;
typedef struct ipv6hdr ip6_header;
#else
typedef struct iphdr ip4_header __attribute__((aligned(2)));
typedef struct ipv6hdr ip6_header __attribute__((aligned(2)));
#endif

struct parsed_packet {
	/* parse_packet; make_room moves them */
	struct ethernet *eth;
	union {
		ip4_header *ip4;
		ip6_header *ip6;
		void *ip;
	};
	struct udphdr *udp;
	__u32 ip_offset;         /* octets in front of the IP header */
	__u16 ip_payload_length; /* octets, as the IP header has it */
	__u8 is_ip6;
	__u8 ttl; /* TTL or Hop Limit, as received */

	/* check_lengths, find_payload */
	void *start;          /* the first 14 octets of the payload; NULL when it is shorter */
	void *base;           /* the first 44 octets of the payload; NULL while it is shorter */
	__u32 payload_length; /* octets */
	__u32 padding;        /* octets that follow the IP packet in the frame */

	/* verify_sums */
	__u64 address_sum; /* both IP addresses: the same for the reply */
	__u64 tail_sum;    /* octets of the payload from 44 on: the same in the reply */
	__u16 unfinished; /* generic mode: what its checksum is if a local sender left it to offload
			   */
};

#endif
