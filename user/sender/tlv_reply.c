/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The TLVs of a reply, read against those that were sent (RFC 8972 section 4). */
#include "sender/tlv_reply.h"

#include <string.h>

#include "proto/octets.h"
#include "proto/tlv_hmac.h"
#include "sender/tlv_location.h"

/* A TLV that stands where it was sent, with the type and the length it was sent with. */
struct found {
	const uint8_t *tlv; /* its header */
	uint8_t flags;
	uint8_t type;
};

/* All that were found, in the order of the request; `count` is where reading stopped. */
struct survey {
	size_t count;
	struct found found[TLV_REQUEST_MAX];
	bool all_unrecognized;
	bool integrity;
};

/* The place of an Access Report holds padding in most packets. */
static bool type_fits(const struct tlv_item *item, uint8_t type)
{
	return type == item->type ||
	       (item->type == STAMP_TLV_ACCESS_REPORT && type == STAMP_TLV_EXTRA_PADDING);
}

/* Octets used; 0 where reading stops. Only what is one of ours, and whole, is found. */
static size_t survey_tlv(const struct tlv_item *item, const uint8_t *octets, size_t left,
			 struct survey *survey, struct tlv_reply *out)
{
	struct stamp_tlv header;
	size_t length;

	out->malformed = left < sizeof(header);
	if (out->malformed)
		return 0;
	memcpy(&header, octets, sizeof(header));
	length = bpf_ntohs(header.length);
	survey->integrity = header.flags & STAMP_TLV_INTEGRITY;
	out->malformed = header.flags & STAMP_TLV_MALFORMED || length > left - sizeof(header);
	if (survey->integrity || out->malformed)
		return 0;
	out->mismatched = !type_fits(item, header.type) || length != item->octets;
	if (out->mismatched)
		return 0;
	survey->all_unrecognized &= header.flags == STAMP_TLV_UNRECOGNIZED;
	out->unrecognized += !!(header.flags & STAMP_TLV_UNRECOGNIZED);
	survey->found[survey->count++] = (struct found){ octets, header.flags, header.type };
	return sizeof(header) + length;
}

static void survey_tlvs(const struct tlv_request *request, const uint8_t *octets, size_t size,
			struct survey *survey, struct tlv_reply *out)
{
	size_t at = 0;

	survey->all_unrecognized = true;
	for (size_t i = 0; i < request->count; i++) {
		size_t used;

		if (at == size) {
			out->mismatched = true; /* fewer than sent */
			return;
		}
		used = survey_tlv(&request->items[i], octets + at, size - at, survey, out);
		if (!used)
			return;
		at += used;
	}
	out->mismatched = at < size;
}

/* R8972-4.8-3: at its place, understood, and right. */
static bool is_verified(const struct tlv_request *request, const struct auth_keys *keys,
			const struct survey *survey, const uint8_t *sequence)
{
	size_t place = 0, key;
	const struct found *hmac;
	const uint8_t *first = survey->found[0].tlv;

	while (place < survey->count && request->items[place].type != STAMP_TLV_HMAC)
		place++;
	if (place == survey->count)
		return false;
	hmac = &survey->found[place];
	if (hmac->flags & STAMP_TLV_UNRECOGNIZED)
		return false;
	return tlv_hmac_verify(keys, bpf_htonl(octets_get_32(sequence)), first,
			       (size_t)(hmac->tlv - first), hmac->tlv + STAMP_TLV_HEADER_SIZE,
			       &key);
}

static void read_location(const struct tlv_item *item, const uint8_t *value, struct tlv_reply *out)
{
	if (!tlv_location_read(value, item->octets, &out->location))
		out->malformed = true;
}

static void read_timestamp_info(const struct tlv_item *item, const uint8_t *value,
				struct tlv_reply *out)
{
	(void)item;
	out->timestamp_info =
		(struct tlv_timestamp_info){ true, value[0], value[1], value[2], value[3] };
}

static void read_class_of_service(const struct tlv_item *item, const uint8_t *value,
				  struct tlv_reply *out)
{
	if (value[0] >> 2 != item->class_of_service.dscp) {
		out->mismatched = true;
		return;
	}
	out->class_of_service = (struct tlv_class_of_service){
		.known = true,
		.dscp = (uint8_t)((value[0] & 3) << 4 | value[1] >> 4),
		.ecn = value[1] >> 2 & 3,
		.refused = (value[1] & 3) == 1,
	};
}

static void read_direct_measurement(const struct tlv_item *item, const uint8_t *value,
				    struct tlv_reply *out)
{
	(void)item;
	out->direct_measurement = (struct tlv_direct_measurement){ true, octets_get_32(value),
								   octets_get_32(value + 4),
								   octets_get_32(value + 8) };
}

static void read_access_report(const struct tlv_item *item, const uint8_t *value,
			       struct tlv_reply *out)
{
	if (value[0] >> 4 == item->access.id && value[1] == item->access.return_code)
		out->access_report = TLV_ANSWER_TAKEN;
	else
		out->mismatched = true;
}

/* R8972-4.7-4: zeros tell nothing; a timestamp of zero is what tells them from number 0. */
static void read_follow_up(const struct tlv_item *item, const uint8_t *value, struct tlv_reply *out)
{
	struct tlv_follow_up *follow_up = &out->follow_up;

	(void)item;
	follow_up->sequence = octets_get_32(value);
	memcpy(&follow_up->timestamp, value + 4, sizeof(follow_up->timestamp));
	follow_up->method = value[12];
	follow_up->known = follow_up->timestamp.seconds || follow_up->timestamp.fraction;
}

static void read_node(const struct tlv_item *item, const uint8_t *value, struct tlv_reply *out)
{
	const struct stamp_address *address = &item->node.address;

	if (!memcmp(value, address->octets + sizeof(*address) - item->octets, item->octets))
		out->node = TLV_ANSWER_TAKEN;
	else
		out->mismatched = true;
}

static void read_micro_session(const struct tlv_item *item, const uint8_t *value,
			       struct tlv_reply *out)
{
	(void)item;
	out->micro_session =
		(struct tlv_micro_session){ true, octets_get_16(value), octets_get_16(value + 2) };
}

/* Types without a reader hold nothing to be read. The Value is as long as the one sent. */
static void (*const readers[])(const struct tlv_item *item, const uint8_t *value,
			       struct tlv_reply *out) = {
	[STAMP_TLV_LOCATION] = read_location,
	[STAMP_TLV_TIMESTAMP_INFORMATION] = read_timestamp_info,
	[STAMP_TLV_CLASS_OF_SERVICE] = read_class_of_service,
	[STAMP_TLV_DIRECT_MEASUREMENT] = read_direct_measurement,
	[STAMP_TLV_ACCESS_REPORT] = read_access_report,
	[STAMP_TLV_FOLLOW_UP_TELEMETRY] = read_follow_up,
	[STAMP_TLV_DESTINATION_NODE_ADDRESS] = read_node,
	[STAMP_TLV_MICRO_SESSION_ID] = read_micro_session,
	[STAMP_TLV_HMAC] = NULL,
};

/* R8972-4-10: what has U is skipped, but that it has is an answer to these two. Who knows no TLV at
 * all says nothing of the node that it is. */
static void note_refused(uint8_t type, struct tlv_reply *out)
{
	if (type == STAMP_TLV_ACCESS_REPORT)
		out->access_report = TLV_ANSWER_REFUSED;
	else if (type == STAMP_TLV_DESTINATION_NODE_ADDRESS && out->state == TLV_REPLY_USED)
		out->node = TLV_ANSWER_REFUSED;
}

static void read_values(const struct tlv_request *request, const struct survey *survey,
			struct tlv_reply *out)
{
	for (size_t i = 0; i < survey->count; i++) {
		const struct found *found = &survey->found[i];

		if (found->flags & STAMP_TLV_UNRECOGNIZED)
			note_refused(found->type, out);
		else if (found->type < sizeof(readers) / sizeof(*readers) && readers[found->type])
			readers[found->type](&request->items[i], found->tlv + STAMP_TLV_HEADER_SIZE,
					     out);
	}
}

/* U on a Destination Node Address alone says more of the node than of what it knows. */
static bool is_untouched(const struct tlv_request *request, const struct survey *survey,
			 const struct tlv_reply *reply)
{
	bool only_node =
		request->count == 1 && request->items[0].type == STAMP_TLV_DESTINATION_NODE_ADDRESS;

	return survey->count == request->count && survey->all_unrecognized && !reply->mismatched &&
	       !only_node;
}

/* In this order: a reflector that could not verify ours leaves its copy of our HMAC, and one that
 * does not know TLVs changes nothing of them. */
static enum tlv_reply_state judge(const struct tlv_request *request, const struct auth_keys *keys,
				  const struct survey *survey, const struct tlv_reply *reply,
				  const uint8_t *sequence)
{
	if (survey->integrity)
		return TLV_REPLY_INTEGRITY;
	if (is_untouched(request, survey, reply))
		return TLV_REPLY_UNTOUCHED;
	if (keys && !is_verified(request, keys, survey, sequence))
		return TLV_REPLY_UNVERIFIED;
	return TLV_REPLY_USED;
}

void tlv_reply_read(const struct tlv_request *request, const struct auth_keys *keys, size_t base,
		    const void *octets, size_t size, struct tlv_reply *out)
{
	struct survey survey = { .count = 0 };
	const uint8_t *packet = octets;

	*out = (struct tlv_reply){ .state = TLV_REPLY_NONE };
	if (size <= base)
		return;
	survey_tlvs(request, packet + base, size - base, &survey, out);
	out->read = (unsigned int)survey.count;
	out->state = judge(request, keys, &survey, out, packet);
	if (out->state == TLV_REPLY_INTEGRITY)
		out->unrecognized = 0; /* it looked at none */
	else if (out->state == TLV_REPLY_USED || out->state == TLV_REPLY_UNTOUCHED)
		read_values(request, &survey, out);
}
