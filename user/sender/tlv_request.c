/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The TLVs of the test packets sent (RFC 8972 section 4): which, and written into a packet. Pure.
 */
#include "sender/tlv_request.h"

#include <string.h>

#include "proto/octets.h"
#include "proto/tlv_hmac.h"
#include "sender/random.h"

/* What a writer may use; `value` is all zero. */
struct writing {
	const struct tlv_item *item;
	const struct tlv_values *values;
	const uint8_t *first; /* octet of the first TLV */
	size_t before;        /* octets of the TLVs before this one */
	uint8_t *value;
};

static uint8_t *put_header(uint8_t *out, uint8_t type, uint16_t octets)
{
	const struct stamp_tlv header = {
		.flags = STAMP_TLV_UNRECOGNIZED,
		.type = type,
		.length = bpf_htons(octets),
	};

	memcpy(out, &header, sizeof(header));
	return out + sizeof(header);
}

static void write_random(uint64_t *state, uint8_t *out, size_t size)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < size; i++) {
		if (i % sizeof(bits) == 0)
			bits = random_next(state);
		out[i] = (uint8_t)(bits >> 8 * (i % sizeof(bits)));
	}
}

static void write_padding(const struct writing *writing)
{
	if (!writing->item->padding.zeros)
		write_random(writing->values->random, writing->value, writing->item->octets);
}

/* The two ports in front, and what the sub-TLVs hold, are the reflector's to fill. */
static void write_location(const struct writing *writing)
{
	uint8_t *out = writing->value + STAMP_TLV_FIXED_SIZE;

	for (size_t i = 0; i < writing->item->location.count; i++) {
		uint8_t type = writing->item->location.types[i];
		uint16_t octets = tlv_sub_tlv_octets(type);

		out = put_header(out, type, octets) + octets;
	}
}

static void write_class_of_service(const struct writing *writing)
{
	writing->value[0] = (uint8_t)(writing->item->class_of_service.dscp << 2);
}

static void write_direct_measurement(const struct writing *writing)
{
	octets_put_32(writing->value, writing->values->sent);
}

static void write_access_report(const struct writing *writing)
{
	if (!writing->values->access_report) {
		write_random(writing->values->random, writing->value, writing->item->octets);
		return;
	}
	writing->value[0] = (uint8_t)(writing->item->access.id << 4);
	writing->value[1] = writing->item->access.return_code;
}

static void write_hmac(const struct writing *writing)
{
	tlv_hmac_sign(writing->values->keys, 0, bpf_htonl(writing->values->sequence),
		      writing->first, writing->before, writing->value);
}

static void write_node(const struct writing *writing)
{
	const struct stamp_address *address = &writing->item->node.address;
	size_t octets = writing->item->octets;

	memcpy(writing->value, address->octets + sizeof(*address) - octets, octets);
}

static void write_micro_session(const struct writing *writing)
{
	octets_put_16(writing->value, writing->item->micro_session.sender);
	octets_put_16(writing->value + 2, writing->values->reflector_id);
}

/* Types without a writer leave all of their Value to the reflector. */
static void (*const writers[])(const struct writing *writing) = {
	[STAMP_TLV_EXTRA_PADDING] = write_padding,
	[STAMP_TLV_LOCATION] = write_location,
	[STAMP_TLV_CLASS_OF_SERVICE] = write_class_of_service,
	[STAMP_TLV_DIRECT_MEASUREMENT] = write_direct_measurement,
	[STAMP_TLV_ACCESS_REPORT] = write_access_report,
	[STAMP_TLV_HMAC] = write_hmac,
	[STAMP_TLV_DESTINATION_NODE_ADDRESS] = write_node,
	[STAMP_TLV_MICRO_SESSION_ID] = write_micro_session,
};

uint16_t tlv_sub_tlv_octets(uint8_t type)
{
	return type <= STAMP_SUB_TLV_SOURCE_EUI64 ? STAMP_SUB_TLV_MAC_SIZE : STAMP_SUB_TLV_IP_SIZE;
}

size_t tlv_request_size(const struct tlv_request *request)
{
	size_t size = 0;

	for (size_t i = 0; i < request->count; i++)
		size += STAMP_TLV_HEADER_SIZE + request->items[i].octets;
	return size;
}

const struct tlv_item *tlv_request_find(const struct tlv_request *request, enum stamp_tlv_type type)
{
	for (size_t i = 0; i < request->count; i++) {
		if (request->items[i].type == type)
			return &request->items[i];
	}
	return NULL;
}

static uint8_t type_in(const struct tlv_item *item, const struct tlv_values *values)
{
	bool replaced = item->type == STAMP_TLV_ACCESS_REPORT && !values->access_report;

	return replaced ? STAMP_TLV_EXTRA_PADDING : item->type;
}

void tlv_request_write(const struct tlv_request *request, const struct tlv_values *values,
		       uint8_t *out)
{
	struct writing writing = { .values = values, .first = out };

	for (size_t i = 0; i < request->count; i++) {
		const struct tlv_item *item = &request->items[i];
		uint8_t *header = out + writing.before;

		writing.item = item;
		writing.value = put_header(header, type_in(item, values), item->octets);
		memset(writing.value, 0, item->octets);
		if (writers[item->type])
			writers[item->type](&writing);
		writing.before += STAMP_TLV_HEADER_SIZE + item->octets;
	}
}
