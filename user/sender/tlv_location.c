/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The Value of a Location TLV in a reply: RFC 8972 section 4.2. */
#include "sender/tlv_location.h"

#include <string.h>

#include "proto/octets.h"

#define EUI48_SIZE 6

static struct stamp_address ip4_at(const uint8_t *value)
{
	__be32 ip4;

	memcpy(&ip4, value, sizeof(ip4));
	return stamp_address_ip4(ip4);
}

static struct stamp_address ip6_at(const uint8_t *value)
{
	struct stamp_address address;

	memcpy(&address, value, sizeof(address));
	return address;
}

static bool is_zero(const uint8_t *octets, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (octets[i])
			return false;
	}
	return true;
}

/* A reflector that saw no MAC address says EUI-64 and zero (R8972-4.2.2-3). */
static void take_mac(const uint8_t *value, size_t size, struct tlv_location *out)
{
	if (is_zero(value, size))
		return;
	out->mac_size = size;
	memcpy(out->mac, value, size);
}

/* Zero is what a reflector's policy keeps to itself (R8972-4.2.2-2). */
static void take_address(struct stamp_address address, const uint8_t *value, size_t size,
			 bool *known, struct stamp_address *out)
{
	*known = !is_zero(value, size);
	*out = address;
}

/* Types that only requests have tell nothing. */
static void take_sub_tlv(uint8_t type, const uint8_t *value, struct tlv_location *out)
{
	switch (type) {
	case STAMP_SUB_TLV_SOURCE_EUI48:
		take_mac(value, EUI48_SIZE, out);
		return;
	case STAMP_SUB_TLV_SOURCE_EUI64:
		take_mac(value, STAMP_SUB_TLV_MAC_SIZE, out);
		return;
	case STAMP_SUB_TLV_DESTINATION_IP4:
		take_address(ip4_at(value), value, sizeof(__be32), &out->destination_known,
			     &out->destination);
		return;
	case STAMP_SUB_TLV_DESTINATION_IP6:
		take_address(ip6_at(value), value, STAMP_SUB_TLV_IP_SIZE, &out->destination_known,
			     &out->destination);
		return;
	case STAMP_SUB_TLV_SOURCE_IP4:
		take_address(ip4_at(value), value, sizeof(__be32), &out->source_known,
			     &out->source);
		return;
	case STAMP_SUB_TLV_SOURCE_IP6:
		take_address(ip6_at(value), value, STAMP_SUB_TLV_IP_SIZE, &out->source_known,
			     &out->source);
	}
}

static bool is_of_location(uint8_t type)
{
	return type >= STAMP_SUB_TLV_SOURCE_MAC && type <= STAMP_SUB_TLV_SOURCE_IP6;
}

/* R8972-4.2.1-1: U and M as in a TLV; R8972-4.2.1-2: I is ignored. Octets used; 0: malformed. */
static size_t read_sub_tlv(const uint8_t *octets, size_t left, struct tlv_location *out)
{
	struct stamp_tlv header;
	size_t length;

	if (left < sizeof(header))
		return 0;
	memcpy(&header, octets, sizeof(header));
	length = bpf_ntohs(header.length);
	if (header.flags & STAMP_TLV_MALFORMED || length > left - sizeof(header))
		return 0;
	if (!(header.flags & STAMP_TLV_UNRECOGNIZED) && is_of_location(header.type)) {
		if (length != tlv_sub_tlv_octets(header.type))
			return 0;
		take_sub_tlv(header.type, octets + sizeof(header), out);
	}
	return sizeof(header) + length;
}

bool tlv_location_read(const uint8_t *value, size_t size, struct tlv_location *out)
{
	size_t at = STAMP_TLV_FIXED_SIZE;

	*out = (struct tlv_location){
		.known = true,
		.destination_port = octets_get_16(value),
		.source_port = octets_get_16(value + 2),
	};
	while (at < size) {
		size_t used = read_sub_tlv(value + at, size - at, out);

		if (!used)
			return false;
		at += used;
	}
	return true;
}
