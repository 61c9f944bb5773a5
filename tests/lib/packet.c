/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Frames octet by octet, by the figures of RFC 791, 8200 and 768. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "lib/packet.h"

#define IP4_HEADER 20
#define IP6_HEADER 40
#define UDP_HEADER 8
#define EXTENSION_HEADER 8
#define PROTOCOL_UDP 17
#define REPLY_TTL 255

uint16_t packet_get16(const void *octets)
{
	const uint8_t *octet = octets;

	return (uint16_t)(octet[0] << 8 | octet[1]);
}

uint32_t packet_get32(const void *octets)
{
	return (uint32_t)packet_get16(octets) << 16 | packet_get16((const uint8_t *)octets + 2);
}

void packet_put16(void *octets, uint16_t value)
{
	uint8_t *octet = octets;

	octet[0] = (uint8_t)(value >> 8);
	octet[1] = (uint8_t)value;
}

void packet_put32(void *octets, uint32_t value)
{
	packet_put16(octets, (uint16_t)(value >> 16));
	packet_put16((uint8_t *)octets + 2, (uint16_t)value);
}

uint16_t packet_sum(const void *octets, uint32_t length, uint16_t sum)
{
	const uint8_t *octet = octets;
	uint32_t total = sum;

	for (uint32_t i = 0; i < length; i += 2) {
		total += (uint32_t)octet[i] << 8;
		if (i + 1 < length)
			total += octet[i + 1];
		if (total > 0xffff)
			total -= 0xffff; /* the carry comes round */
	}
	return (uint16_t)total;
}

bool packet_is_ip6(const struct packet *packet)
{
	return packet->data[packet->ip] >> 4 == 6;
}

uint16_t packet_pseudo_sum(const struct packet *packet)
{
	const uint8_t *ip = packet->data + packet->ip;
	uint16_t sum =
		packet_is_ip6(packet) ? packet_sum(ip + 8, 32, 0) : packet_sum(ip + 12, 8, 0);
	uint8_t rest[4] = { 0, PROTOCOL_UDP };

	memcpy(rest + 2, packet->data + packet->udp + 4, 2);
	return packet_sum(rest, sizeof(rest), sum);
}

uint16_t packet_udp_sum(const struct packet *packet)
{
	return packet_sum(packet->data + packet->udp, packet_get16(packet->data + packet->udp + 4),
			  packet_pseudo_sum(packet));
}

bool packet_ip_sum_is_right(const struct packet *packet)
{
	const uint8_t *ip = packet->data + packet->ip;

	return packet_is_ip6(packet) || packet_sum(ip, (ip[0] & 0xf) * 4, 0) == 0xffff;
}

/* What a member of packet_fields says, or its default. */
static uint32_t or_default(uint32_t value, uint32_t otherwise)
{
	if (value == PACKET_ZERO)
		return 0;
	return value ? value : otherwise;
}

/* The next `size` octets of the frame, zeroed. */
static uint8_t *add(struct packet *packet, uint32_t size)
{
	uint8_t *octets = packet->data + packet->length;

	if (size > PACKET_MAX - packet->length)
		fail_msg("a frame of more than %d octets", PACKET_MAX);
	memset(octets, 0, size);
	packet->length += size;
	return octets;
}

static void put_mac(uint8_t *octets, const char *text)
{
	unsigned int mac[6];

	if (sscanf(text, "%x:%x:%x:%x:%x:%x", &mac[0], &mac[1], &mac[2], &mac[3], &mac[4],
		   &mac[5]) != 6)
		fail_msg("%s is no MAC address", text);
	for (int i = 0; i < 6; i++)
		octets[i] = (uint8_t)mac[i];
}

static void put_address(int family, uint8_t *octets, const char *text)
{
	if (inet_pton(family, text, octets) != 1)
		fail_msg("%s is no address of family %d", text, family);
}

static const char *text_or(const char *text, const char *otherwise)
{
	return text ? text : otherwise;
}

static bool is_ip6(const struct packet_fields *fields)
{
	return fields->source && strchr(fields->source, ':');
}

static void add_ethernet(struct packet *packet, const struct packet_fields *fields)
{
	uint8_t *octets = add(packet, 12);

	put_mac(octets, text_or(fields->destination_mac, "02:00:00:00:00:02"));
	put_mac(octets + 6, text_or(fields->source_mac, "02:00:00:00:00:01"));
	for (int i = 0; i < PACKET_VLANS && fields->vlans[i].ether_type; i++) {
		octets = add(packet, 4);
		packet_put16(octets, fields->vlans[i].ether_type);
		packet_put16(octets + 2, fields->vlans[i].control);
	}
	octets = add(packet, 2);
	packet_put16(octets,
		     (uint16_t)or_default(fields->ether_type, is_ip6(fields) ? 0x86dd : 0x0800));
}

static void add_ip4(struct packet *packet, const struct packet_fields *fields, uint32_t udp_length)
{
	uint32_t header = IP4_HEADER + fields->option_words * 4;
	uint8_t *ip = add(packet, header);

	ip[0] = (uint8_t)(or_default(fields->version, 4) << 4 |
			  or_default(fields->header_words, header / 4));
	ip[1] = fields->traffic_class;
	packet_put16(ip + 2, (uint16_t)or_default(fields->ip_length, header + udp_length));
	packet_put16(ip + 4, fields->id);
	packet_put16(ip + 6, fields->fragment);
	ip[8] = (uint8_t)or_default(fields->ttl, 64);
	ip[9] = (uint8_t)or_default(fields->protocol, PROTOCOL_UDP);
	put_address(AF_INET, ip + 12, text_or(fields->source, "198.51.100.7"));
	put_address(AF_INET, ip + 16, text_or(fields->destination, "192.0.2.2"));
	memset(ip + IP4_HEADER, 1, fields->option_words * 4);
	packet_put16(ip + 10, (uint16_t)(~packet_sum(ip, header, 0) ^ fields->corrupt_ip));
}

/* Extension headers of 8 octets, each naming the next one; options are a PadN of 4 octets. */
static uint32_t count_extensions(const struct packet_fields *fields)
{
	uint32_t count = 0;

	while (count < PACKET_EXTENSIONS && fields->extensions[count])
		count++;
	return count;
}

static uint8_t header_type(const struct packet_fields *fields, uint32_t position)
{
	if (position < count_extensions(fields))
		return (uint8_t)or_default(fields->extensions[position], 0);
	return (uint8_t)or_default(fields->protocol, PROTOCOL_UDP);
}

static void add_ip6(struct packet *packet, const struct packet_fields *fields, uint32_t udp_length)
{
	uint32_t count = count_extensions(fields);
	uint8_t *ip = add(packet, IP6_HEADER);

	packet_put32(ip, or_default(fields->version, 6) << 28 |
				 (uint32_t)fields->traffic_class << 20 | fields->flow_label);
	packet_put16(ip + 4, (uint16_t)or_default(fields->ip_length,
						  count * EXTENSION_HEADER + udp_length));
	ip[6] = header_type(fields, 0);
	ip[7] = (uint8_t)or_default(fields->ttl, 64);
	put_address(AF_INET6, ip + 8, fields->source);
	put_address(AF_INET6, ip + 24, text_or(fields->destination, "2001:db8::2"));
	for (uint32_t i = 0; i < count; i++) {
		uint8_t *extension = add(packet, EXTENSION_HEADER);

		extension[0] = header_type(fields, i + 1);
		extension[2] = 1;
		extension[3] = 4;
	}
}

static void put_udp_checksum(struct packet *packet, enum packet_checksum kind)
{
	uint8_t *octets = packet->data + packet->udp + 6;
	uint32_t length = packet->length - packet->udp;
	uint16_t sum = packet_pseudo_sum(packet);
	uint16_t full = (uint16_t)~packet_sum(packet->data + packet->udp, length, sum);

	if (!full)
		full = 0xffff;
	if (kind == PACKET_CORRUPT)
		full ^= 1;
	if (kind == PACKET_UNFINISHED)
		full = sum;
	packet_put16(octets, kind == PACKET_ABSENT ? 0 : full);
}

static void add_udp(struct packet *packet, const struct packet_fields *fields, uint32_t length)
{
	uint8_t *udp = add(packet, UDP_HEADER);
	uint8_t *payload = add(packet, length - UDP_HEADER);

	packet_put16(udp, (uint16_t)or_default(fields->source_port, 20000));
	packet_put16(udp + 2, (uint16_t)or_default(fields->destination_port, 862));
	packet_put16(udp + 4, (uint16_t)or_default(fields->udp_length, length));
	if (fields->payload)
		memcpy(payload, fields->payload, length - UDP_HEADER);
}

void packet_build(struct packet *packet, const struct packet_fields *fields)
{
	uint32_t udp_length = UDP_HEADER + or_default(fields->payload_length, 44);

	packet->length = 0;
	add_ethernet(packet, fields);
	packet->ip = packet->length;
	if (is_ip6(fields))
		add_ip6(packet, fields, udp_length);
	else
		add_ip4(packet, fields, udp_length);
	packet->udp = packet->length;
	packet->payload = packet->udp + UDP_HEADER;
	add_udp(packet, fields, udp_length);
	put_udp_checksum(packet, fields->checksum);
	memset(add(packet, fields->padding), 0xee, fields->padding);
}

void packet_cut(struct packet *packet, uint32_t length)
{
	if (length < packet->length)
		packet->length = length;
}

void packet_put_padding_tlv(uint8_t *payload, uint32_t base, uint32_t length)
{
	if (length > base)
		payload[base] = length < base + 4 ? 0x40 : 0;
	if (length < base + 4)
		return;
	payload[base + 1] = 1;
	packet_put16(payload + base + 2, (uint16_t)(length - base - 4));
}

struct packet_fields packet_answer(const struct packet_fields *request, const void *payload,
				   uint32_t payload_length)
{
	struct packet_fields answer = *request;

	answer.source_mac = text_or(request->destination_mac, "02:00:00:00:00:02");
	answer.destination_mac = text_or(request->source_mac, "02:00:00:00:00:01");
	answer.source =
		text_or(request->destination, is_ip6(request) ? "2001:db8::2" : "192.0.2.2");
	answer.destination = text_or(request->source, "198.51.100.7");
	answer.source_port = request->destination_port ? request->destination_port : 862;
	answer.destination_port = request->source_port ? request->source_port : 20000;
	answer.traffic_class = request->traffic_class & 0xfc;
	answer.ttl = REPLY_TTL;
	answer.payload = payload;
	answer.payload_length = payload_length;
	answer.checksum = PACKET_FULL;
	answer.padding = 0;
	return answer;
}
