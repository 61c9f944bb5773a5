/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The Value that each TLV of a reply has: RFC 8972 section 4, RFC 9503 section 3, RFC 9534
 * section 3.
 */
#ifndef STAMP_TLV_VALUES_H
#define STAMP_TLV_VALUES_H

#include "stamp/reply.h"
#include "stamp/tlv_writer.h"

/* What TLVs are answered with. Flat, so that it can be handed to a function of the kernel's. */
struct tlv_exchange {
	__u32 at; /* of the next TLV to answer, octets from the first on */
	/* in: of the request, as it was received */
	struct session_key key;
	__be16 source_mac[3];
	__u16 has_source_mac;        /* 0: it came as a datagram */
	__u16 micro_session_id;      /* of the link, host order; 0: it has none */
	__u8 traffic_class;          /* TOS or Traffic Class */
	__u8 synchronization_source; /* of the clock that T2 and T3 are read on */
	/* in: of the session */
	__u32 sequence;         /* of this reply, its count from 0, in host order */
	__u32 received;         /* requests, with this one */
	__u64 previous_sent_ns; /* when the reply before this one left, UTC; 0: not known */
	__u64 known_second;     /* as in struct clock_reading */
	__s32 tai_offset;       /* TAI - UTC, seconds */
	/* in, and out: with the DSCP of the reply when a Class of Service TLV decides it */
	struct session_policy policy;
	/* out */
	__u32 has_class;             /* a Class of Service TLV has decided */
	__u32 has_source;            /* the reply leaves from `source` */
	struct stamp_address source; /* see has_source */
	__u64 change;                /* what the reply's TLVs add to the sum of the request's */
};

/* Asked whether an address of a request's TLV is the reflector's own, in a way its caller knows. */
typedef int (*tlv_is_own_address)(void *context, const struct stamp_address *address);

/*
 * Each of the following writes the Value of one TLV or sub-TLV and returns the flags that belong
 * in front of it.
 */
typedef __u32 (*tlv_put_value)(const struct tlv_writer *writer, struct tlv_exchange *exchange);

/* Section 4.3: the clock's source and how T2 and T3 were taken, both by software. */
STAMP_INLINE __u32 put_timestamp_information(const struct tlv_writer *writer,
					     struct tlv_exchange *exchange)
{
	__u32 one = (__u32)exchange->synchronization_source << 8 | STAMP_METHOD_SOFTWARE;

	tlv_put(writer, TLV_VALUE_WORD, bpf_htonl(one << 16 | one));
	return 0;
}

/* Section 4.4 with erratum 8199. The first of several decides what the reply's IP header has. */
STAMP_INLINE __u32 put_class_of_service(const struct tlv_writer *writer,
					struct tlv_exchange *exchange)
{
	__u32 value = tlv_value_word(writer);
	__u32 wanted = value >> 26; /* DSCP1 */
	__u32 denied = exchange->policy.dscp_denied >> wanted & 1;

	/* DSCP2 and ECN have the order of the IP header; then RP. */
	tlv_put(writer, TLV_VALUE_WORD,
		bpf_htonl(wanted << 26 | (__u32)exchange->traffic_class << 18 | denied << 16));
	if (exchange->has_class)
		return 0;
	exchange->has_class = 1;
	exchange->policy.flags |= SESSION_SET_DSCP;
	exchange->policy.dscp = denied ? exchange->traffic_class >> 2 : (__u8)wanted;
	return 0;
}

/* Section 4.5; the in-profile packets are the session's test packets. */
STAMP_INLINE __u32 put_direct_measurement(const struct tlv_writer *writer,
					  struct tlv_exchange *exchange)
{
	tlv_put(writer, TLV_VALUE_WORD + 1, bpf_htonl(exchange->received));
	tlv_put(writer, TLV_VALUE_WORD + 2, bpf_htonl(exchange->sequence));
	return 0;
}

/* Section 4.6; a TLV with another ID is none that we understand. */
STAMP_INLINE __u32 put_access_report(const struct tlv_writer *writer, struct tlv_exchange *exchange)
{
	__u32 value = tlv_value_word(writer);
	__u32 access = value >> 28;

	(void)exchange;
	if (access != STAMP_ACCESS_3GPP && access != STAMP_ACCESS_NON_3GPP)
		return STAMP_TLV_UNRECOGNIZED;
	tlv_put(writer, TLV_VALUE_WORD, bpf_htonl(value & 0xf0ff0000));
	return 0;
}

/* Section 4.7: of the reply before this one. */
STAMP_INLINE __u32 put_follow_up(const struct tlv_writer *writer, struct tlv_exchange *exchange)
{
	struct stamp_timestamp sent = { 0 };
	__u32 previous = 0, method = 0;

	if (exchange->policy.flags & SESSION_STATEFUL && exchange->sequence &&
	    exchange->previous_sent_ns) {
		previous = exchange->sequence - 1;
		method = STAMP_METHOD_SOFTWARE;
		sent = stamp_timestamp_from_ns(exchange->previous_sent_ns, exchange->known_second,
					       exchange->tai_offset, exchange->policy);
	}
	tlv_put(writer, TLV_VALUE_WORD, bpf_htonl(previous));
	tlv_put(writer, TLV_VALUE_WORD + 1, sent.seconds);
	tlv_put(writer, TLV_VALUE_WORD + 2, sent.fraction);
	tlv_put(writer, TLV_VALUE_WORD + 3, bpf_htonl(method << 24));
	return 0;
}

/* RFC 9503 section 3. An own address of the other IP version is ours, but no source for this
 * packet. Returns the flags. */
STAMP_INLINE __u32 use_destination_node(const struct tlv_area *area, __u32 at, __u32 length,
					struct tlv_exchange *exchange, tlv_is_own_address is_own,
					void *context)
{
	const __be32 *octets = tlv_octets(area, at + STAMP_TLV_HEADER_SIZE, 4);
	struct stamp_address address;

	if (!octets)
		return STAMP_TLV_UNRECOGNIZED;
	address = stamp_address_ip4(tlv_word(octets));
	if (length != 4) {
		octets = tlv_octets(area, at + STAMP_TLV_HEADER_SIZE, sizeof(address));
		if (!octets)
			return STAMP_TLV_UNRECOGNIZED;
		for (int i = 0; i < 4; i++)
			address.words[i] = tlv_word(&octets[i]);
		if (stamp_address_is_ip4(&address)) /* on the wire nobody's */
			return STAMP_TLV_UNRECOGNIZED;
	}
	if (!is_own(context, &address))
		return STAMP_TLV_UNRECOGNIZED;
	if (exchange->has_source ||
	    stamp_address_is_ip4(&address) != stamp_address_is_ip4(&exchange->key.reflector))
		return 0;
	exchange->has_source = 1;
	exchange->source = address;
	return 0;
}

/* RFC 9534 section 3.2; the survey has refused a Reflector ID that is not ours. */
STAMP_INLINE __u32 put_micro_session_id(const struct tlv_writer *writer,
					struct tlv_exchange *exchange)
{
	__u32 value = tlv_value_word(writer);

	if (!exchange->micro_session_id)
		return STAMP_TLV_UNRECOGNIZED; /* */
	tlv_put(writer, TLV_VALUE_WORD,
		bpf_htonl((value & 0xffff0000) | exchange->micro_session_id));
	return 0;
}

STAMP_INLINE __u32 put_location_ports(const struct tlv_writer *writer,
				      struct tlv_exchange *exchange)
{
	__u32 ports = (__u32)bpf_ntohs(exchange->key.reflector_port) << 16 |
		      bpf_ntohs(exchange->key.sender_port);

	tlv_put(writer, TLV_VALUE_WORD,
		exchange->policy.flags & SESSION_HIDE_PORTS ? 0 : bpf_htonl(ports));
	return 0;
}

/* Source EUI-48 Address, or, when there is no MAC, an EUI-64 of zeros: section 4.2.2. */
STAMP_INLINE __u32 put_source_mac(const struct tlv_writer *writer, struct tlv_exchange *exchange)
{
	const __be16 *mac = exchange->source_mac;
	int is_told = exchange->has_source_mac && !(exchange->policy.flags & SESSION_HIDE_MAC);
	__u32 high = (__u32)bpf_ntohs(mac[0]) << 16 | bpf_ntohs(mac[1]);
	__u32 low = (__u32)bpf_ntohs(mac[2]) << 16;

	tlv_put(writer, TLV_VALUE_WORD, is_told ? bpf_htonl(high) : 0);
	tlv_put(writer, TLV_VALUE_WORD + 1, is_told ? bpf_htonl(low) : 0);
	return 0;
}

STAMP_INLINE void put_address(const struct tlv_writer *writer, const struct tlv_exchange *exchange,
			      const struct stamp_address *address)
{
	int is_ip4 = stamp_address_is_ip4(address);
	int is_told = !(exchange->policy.flags & SESSION_HIDE_ADDRESSES);

	for (__u32 i = 0; i < 4; i++) {
		__be32 word = address->words[i];

		if (is_ip4) /* then zeros behind it */
			word = i ? 0 : address->words[3];
		tlv_put(writer, TLV_VALUE_WORD + i, is_told ? word : 0);
	}
}

STAMP_INLINE __u32 put_destination_ip(const struct tlv_writer *writer,
				      struct tlv_exchange *exchange)
{
	put_address(writer, exchange, &exchange->key.reflector);
	return 0;
}

STAMP_INLINE __u32 put_source_ip(const struct tlv_writer *writer, struct tlv_exchange *exchange)
{
	put_address(writer, exchange, &exchange->key.sender);
	return 0;
}

#endif
