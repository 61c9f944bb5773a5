/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the benches send: a base request over IPv4 or IPv6, and other traffic of the same size. */
#ifndef BENCH_REQUEST_H
#define BENCH_REQUEST_H

#include <linux/if_ether.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "bench/frame_words.h"
#include "lib/packet.h"
#include "stamp/session.h"
#include "stamp/wire.h"

#define SENDER_PORT 50000
#define SENDER_IP4 "192.0.2.1"
#define REFLECTOR_IP4 "192.0.2.2"
#define SENDER_IP6 "2001:db8::1"
#define REFLECTOR_IP6 "2001:db8::2"

/* The MAC addresses at both ends. */
struct path {
	__u8 sender_mac[ETH_ALEN];
	__u8 reflector_mac[ETH_ALEN];
};

static inline struct stamp_address sender_address(int ip6)
{
	if (!ip6)
		return stamp_address_ip4(bpf_htonl(0xc0000201));
	return (struct stamp_address){ .words = { bpf_htonl(0x20010db8), 0, 0, bpf_htonl(1) } };
}

static inline struct stamp_address reflector_address(int ip6)
{
	if (!ip6)
		return stamp_address_ip4(bpf_htonl(0xc0000202));
	return (struct stamp_address){ .words = { bpf_htonl(0x20010db8), 0, 0, bpf_htonl(2) } };
}

static inline void mac_print(char text[18], const __u8 mac[ETH_ALEN])
{
	snprintf(text, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
		 mac[5]);
}

/* A frame of UDP, or of another protocol, from the sender to this port of the reflector. */
static inline void request_wrap(struct packet *packet, const struct path *path, int ip6,
				__u8 protocol, __u16 port, const void *payload, size_t length)
{
	char from[18], to[18];
	struct packet_fields fields = {
		.source_mac = from,
		.destination_mac = to,
		.source = ip6 ? SENDER_IP6 : SENDER_IP4,
		.destination = ip6 ? REFLECTOR_IP6 : REFLECTOR_IP4,
		.protocol = protocol,
		.ttl = 255,
		.source_port = SENDER_PORT,
		.destination_port = port,
		.payload_length = (__u16)length,
		.payload = payload,
	};

	mac_print(from, path->sender_mac);
	mac_print(to, path->reflector_mac);
	packet_build(packet, &fields);
}

static const struct stamp_sender_packet request_base = {
	.sequence = bpf_htonl(7),
	.timestamp = { bpf_htonl(0xe8000000), bpf_htonl(0x12345678) },
	.error_estimate = bpf_htons(0x8001),
};

static inline void request_build(struct packet *packet, const struct path *path, int ip6,
				 __u8 protocol, __u16 port)
{
	request_wrap(packet, path, ip6, protocol, port, &request_base, sizeof(request_base));
}

/* DSCP1 46, and as if answered already: without a DSCP and ECN seen, U and RP clear. */
static const __u8 request_class_of_service[] = { 0x00, 4, 0, 4, 0xb8, 0, 0, 0 };

static const __u8 request_five_tlvs[] = {
	0x80, 3, 0, 4,  0,    0, 0, 0,                         /* Timestamp Information */
	0x80, 4, 0, 4,  0xb8, 0, 0, 0,                         /* Class of Service */
	0x80, 5, 0, 12, 0,    0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, /* Direct Measurement */
	0x80, 7, 0, 16, 0,    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* Follow-Up Telemetry */
	0x80, 1, 0, 4,  1,    2, 3, 4,                                     /* Extra Padding */
};

/* A request over IPv4 with TLVs. */
static inline void request_build_extended(struct packet *packet, const struct path *path,
					  const void *tlvs, size_t length)
{
	static __u8 payload[PACKET_MAX];

	memcpy(payload, &request_base, sizeof(request_base));
	memcpy(payload + sizeof(request_base), tlvs, length);
	request_wrap(packet, path, 0, IPPROTO_UDP, STAMP_PORT, payload,
		     sizeof(request_base) + length);
}

static inline struct frame_words frame_words_of(const struct packet *packet)
{
	struct frame_words words = {};
	size_t length = packet->length - sizeof(words.ethernet);

	memcpy(words.ethernet, packet->data, sizeof(words.ethernet));
	memcpy(words.packet, packet->data + sizeof(words.ethernet),
	       length < sizeof(words.packet) ? length : sizeof(words.packet));
	return words;
}

#endif
