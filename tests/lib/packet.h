/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Builds any UDP frame, also a broken one, from a description; the second author of what the
 * reflector sends, so nothing of include/stamp/ is used here.
 */
#ifndef TESTS_PACKET_H
#define TESTS_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#define PACKET_MAX 10240 /* octets of a frame: jumbo frames of 9000 and what is put around them */
#define PACKET_VLANS 3
#define PACKET_EXTENSIONS 2

/* In a member of 32 bits 0 stands for its default; this one is a true zero. */
#define PACKET_ZERO 0x1000000

enum packet_checksum {
	PACKET_FULL,
	PACKET_UNFINISHED, /* only the pseudo-header's sum, as CHECKSUM_PARTIAL leaves it */
	PACKET_ABSENT,
	PACKET_CORRUPT, /* the full one, with its lowest bit turned */
};

struct packet_vlan {
	uint16_t ether_type; /* 0: no tag, and none behind it */
	uint16_t control;
};

struct packet_fields {
	const char *source_mac;      /* default 02:00:00:00:00:01 */
	const char *destination_mac; /* default 02:00:00:00:00:02 */
	struct packet_vlan vlans[PACKET_VLANS];
	uint32_t ether_type;     /* default: of the addresses */
	const char *source;      /* IPv4 or IPv6 address, default 198.51.100.7 */
	const char *destination; /* default 192.0.2.2 */
	uint32_t version;        /* default: of the addresses */
	uint32_t header_words;   /* IPv4: header length in words, default: the true one */
	uint32_t protocol;       /* default UDP */
	uint32_t ttl;            /* or Hop Limit; default 64 */
	uint8_t traffic_class;   /* DSCP and ECN */
	uint32_t flow_label;     /* IPv6 */
	uint16_t id;             /* IPv4 */
	uint16_t fragment;       /* IPv4: flags and offset */
	uint32_t option_words;   /* IPv4: words of No-Operation options */
	uint32_t extensions[PACKET_EXTENSIONS]; /* IPv6: types of headers of 8 octets, default none
						 */
	uint32_t source_port;                   /* default 20000 */
	uint32_t destination_port;              /* default 862 */
	uint32_t payload_length;                /* octets, default 44 */
	const void *payload;                    /* NULL: zeros */
	enum packet_checksum checksum;
	bool corrupt_ip;     /* IPv4: the header checksum's lowest bit turned */
	uint32_t udp_length; /* a lie; default: the true one */
	uint32_t ip_length;  /* total length or payload length; a lie; default: the true one */
	uint32_t padding;    /* octets behind the IP packet, 0xee each */
};

struct packet {
	uint8_t data[PACKET_MAX];
	uint32_t length; /* octets of the frame */
	uint32_t ip;     /* offsets of the headers and of the payload */
	uint32_t udp;
	uint32_t payload;
};

/* A wrong address or a frame that does not fit fails the running test. */
void packet_build(struct packet *packet, const struct packet_fields *fields);

/* Cuts the frame off after `length` octets. */
void packet_cut(struct packet *packet, uint32_t length);

/* Turns what is behind the first `base` of `length` octets into what comes back as it is: one Extra
 * Padding TLV (RFC 8972 section 4.1) that has its reply's flags already, or fewer than 4 octets,
 * marked as malformed already. */
void packet_put_padding_tlv(uint8_t *payload, uint32_t base, uint32_t length);

/* The description of what answers a packet: all turned around, TTL 255, no ECN, `payload`. */
struct packet_fields packet_answer(const struct packet_fields *request, const void *payload,
				   uint32_t payload_length);

bool packet_is_ip6(const struct packet *packet);

/* The one's complement sum of big-endian words, added to `sum` and folded; an odd octet is high. */
uint16_t packet_sum(const void *octets, uint32_t length, uint16_t sum);

/* Of the pseudo-header; of it and the datagram, checksum included: 0xffff if it is right. */
uint16_t packet_pseudo_sum(const struct packet *packet);
uint16_t packet_udp_sum(const struct packet *packet);

/* Whether the IPv4 header's checksum is right; IPv6 has none. */
bool packet_ip_sum_is_right(const struct packet *packet);

/* Big-endian fields of a frame. */
uint16_t packet_get16(const void *octets);
uint32_t packet_get32(const void *octets);
void packet_put16(void *octets, uint16_t value);
void packet_put32(void *octets, uint32_t value);

#endif
