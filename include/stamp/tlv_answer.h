/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The second walk over the TLVs: from the request's to the reply's, in place. Every TLV keeps its
 * size: RFC 8972 section 4.
 */
#ifndef STAMP_TLV_ANSWER_H
#define STAMP_TLV_ANSWER_H

#include "stamp/tlv_values.h"

#define TLV_UNTOUCHABLE 0x100 /* in place of flags: not all of it lies where it can be touched */

/* The TLV or sub-TLV there, with a Value of `size` octets that are written. */
STAMP_INLINE __u32 put_at(const struct tlv_place *place, __u32 size, tlv_put_value put,
			  struct tlv_exchange *exchange)
{
	struct tlv_writer writer;

	if (!tlv_open(&writer, place, STAMP_TLV_HEADER_SIZE + size))
		return TLV_UNTOUCHABLE;
	return put(&writer, exchange);
}

/* Writes the Value of a sub-TLV of Location; returns the flags. */
STAMP_INLINE __u32 answer_sub_value(const struct tlv_place *place, __u8 type,
				    struct tlv_exchange *exchange)
{
	switch (type) {
	case STAMP_SUB_TLV_SOURCE_MAC:
		return put_at(place, STAMP_SUB_TLV_MAC_SIZE, put_source_mac, exchange);
	case STAMP_SUB_TLV_DESTINATION_IP:
		return put_at(place, STAMP_SUB_TLV_IP_SIZE, put_destination_ip, exchange);
	case STAMP_SUB_TLV_SOURCE_IP:
		return put_at(place, STAMP_SUB_TLV_IP_SIZE, put_source_ip, exchange);
	default:
		return STAMP_TLV_UNRECOGNIZED;
	}
}

/* The sub-TLV that answers one of this type: the more specific one (section 4.2.1). */
STAMP_INLINE __u32 answered_sub_type(__u8 type, const struct tlv_exchange *exchange)
{
	if (type == STAMP_SUB_TLV_SOURCE_MAC)
		return exchange->has_source_mac ? STAMP_SUB_TLV_SOURCE_EUI48
						: STAMP_SUB_TLV_SOURCE_EUI64;
	/* That for IPv4 follows the one that asks, and that for IPv6 is behind it. */
	return type + (stamp_address_is_ip4(&exchange->key.sender) ? 1U : 2U);
}

/* Answers the sub-TLV there. Its octets, or 0 when they cannot be touched. */
STAMP_INLINE __u32 answer_sub_tlv(const struct tlv_place *place, __u8 tlv_type,
				  struct tlv_exchange *exchange)
{
	__u32 flags = STAMP_TLV_UNRECOGNIZED;
	struct tlv_writer writer;
	__u32 header, type;

	if (!tlv_open(&writer, place, STAMP_TLV_HEADER_SIZE))
		return 0;
	header = bpf_ntohl(tlv_word(writer.octets));
	type = header >> 16 & 0xff;
	if (sub_tlv_is_understood(tlv_type, (__u8)type)) {
		flags = answer_sub_value(place, (__u8)type, exchange);
		type = answered_sub_type((__u8)type, exchange);
	}
	if (flags == TLV_UNTOUCHABLE)
		return 0;
	tlv_put(&writer, TLV_HEADER_WORD, bpf_htonl(flags << 24 | type << 16 | (header & 0xffff)));
	return STAMP_TLV_HEADER_SIZE + (header & 0xffff);
}

/* Answers the sub-TLVs from the first one's place to `end`. 0 when one cannot be touched. */
STAMP_INLINE int answer_sub_tlvs(struct tlv_place place, __u8 tlv_type, __u32 end,
				 __u32 sub_tlvs_max, struct tlv_exchange *exchange)
{
	for (__u32 i = 0; i < sub_tlvs_max && place.at < end; i++) {
		__u32 size = answer_sub_tlv(&place, tlv_type, exchange);

		if (!size)
			return 0;
		place.at += size;
	}
	return place.at == end;
}

/* Writes the Value of a TLV; returns the flags. */
STAMP_INLINE __u32 answer_value(const struct tlv_place *place, __u8 type,
				struct tlv_exchange *exchange)
{
	switch (type) {
	case STAMP_TLV_EXTRA_PADDING:
	case STAMP_TLV_HMAC: /* computed when the others are done */
		return 0;
	case STAMP_TLV_LOCATION:
		return put_at(place, STAMP_TLV_FIXED_SIZE, put_location_ports, exchange);
	case STAMP_TLV_TIMESTAMP_INFORMATION:
		return put_at(place, STAMP_TLV_FIXED_SIZE, put_timestamp_information, exchange);
	case STAMP_TLV_CLASS_OF_SERVICE:
		return put_at(place, STAMP_CLASS_OF_SERVICE_SIZE, put_class_of_service, exchange);
	case STAMP_TLV_DIRECT_MEASUREMENT:
		return put_at(place, STAMP_DIRECT_MEASUREMENT_SIZE, put_direct_measurement,
			      exchange);
	case STAMP_TLV_ACCESS_REPORT:
		return put_at(place, STAMP_ACCESS_REPORT_SIZE, put_access_report, exchange);
	case STAMP_TLV_FOLLOW_UP_TELEMETRY:
		return put_at(place, STAMP_FOLLOW_UP_TELEMETRY_SIZE, put_follow_up, exchange);
	case STAMP_TLV_MICRO_SESSION_ID:
		return put_at(place, STAMP_MICRO_SESSION_ID_SIZE, put_micro_session_id, exchange);
	default:
		return STAMP_TLV_UNRECOGNIZED;
	}
}

/*
 * Answers the next TLV, one of those that the survey found to be sound: `exchange` has its place.
 * 0 when not all of it can be touched, and then the packet is spoilt.
 */
STAMP_INLINE int answer_next_tlv(const struct tlv_area *area, __u32 sub_tlvs_max,
				 struct tlv_exchange *exchange, tlv_is_own_address is_own,
				 void *context)
{
	__u64 change = 0;
	struct tlv_place place = { area, exchange->at, &change };
	struct tlv_writer writer;
	__u32 header, flags, end;
	int is_whole = 1;
	__u8 type;

	if (!tlv_open(&writer, &place, STAMP_TLV_HEADER_SIZE))
		return 0;
	header = bpf_ntohl(tlv_word(writer.octets));
	type = (__u8)(header >> 16);
	end = place.at + STAMP_TLV_HEADER_SIZE + (header & 0xffff);
	exchange->at = end;
	if (type == STAMP_TLV_DESTINATION_NODE_ADDRESS)
		flags = use_destination_node(area, place.at, header & 0xffff, exchange, is_own,
					     context);
	else
		flags = answer_value(&place, type, exchange);
	if (flags == TLV_UNTOUCHABLE)
		return 0;
	tlv_put(&writer, TLV_HEADER_WORD, bpf_htonl(flags << 24 | (header & 0xffffff)));
	place.at += STAMP_TLV_HEADER_SIZE + STAMP_TLV_FIXED_SIZE;
	if (tlv_has_sub_tlvs(type))
		is_whole = answer_sub_tlvs(place, type, end, sub_tlvs_max, exchange);
	exchange->change += change;
	return is_whole;
}

/* M on what follows the sound TLVs: on the malformed one, or on the first of left-over octets
 * . 0 when it cannot be touched. */
STAMP_INLINE int mark_malformed(const struct tlv_area *area, struct tlv_exchange *exchange)
{
	__u32 at = exchange->at;
	__u8 *octets = tlv_octets(area, at, 1);
	const struct stamp_tlv *tlv;
	__u8 received, flags;

	if (!octets)
		return 0;
	received = *octets;
	flags = received | STAMP_TLV_MALFORMED;
	if (area->length - at >= STAMP_TLV_HEADER_SIZE) {
		tlv = tlv_octets(area, at, STAMP_TLV_HEADER_SIZE);
		if (!tlv)
			return 0;
		flags = STAMP_TLV_MALFORMED |
			(tlv_is_understood(tlv->type) ? 0 : STAMP_TLV_UNRECOGNIZED);
	}
	/* The first octet of a word in memory order, or at an odd place the second. */
	exchange->change +=
		((__u64)bpf_htons((__u16)(flags << 8)) + (__u16)~bpf_htons((__u16)(received << 8)))
		<< (at & 1 ? 8 : 0);
	*octets = flags;
	return 1;
}

#endif
