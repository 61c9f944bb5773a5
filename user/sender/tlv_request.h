/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The TLVs of the test packets sent (RFC 8972 section 4): which, and written into a packet. Pure.
 */
#ifndef SENDER_TLV_REQUEST_H
#define SENDER_TLV_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/auth_keys.h"
#include "stamp/session.h"
#include "stamp/tlv.h"

#define TLV_ASKED_MAX 32 /* by the user */
#define TLV_REQUEST_MAX                                                                            \
	(TLV_ASKED_MAX + 2)    /* with the HMAC TLV, and padding that fills a packet               \
				*/
#define TLV_SUB_TLVS_MAX 3     /* of a Location TLV */
#define TLV_PADDING_DEFAULT 64 /* octets */
#define TLV_OCTETS_MAX 65535   /* what a Length can say */

/* One TLV, the same in each packet but for what struct tlv_values tells. Numbers in host order. */
struct tlv_item {
	uint8_t type;    /* enum stamp_tlv_type */
	uint16_t octets; /* of the Value */
	union {
		struct {
			bool zeros; /* else pseudorandom */
			bool fills; /* as many octets as the packet has left */
		} padding;
		struct {
			size_t count;
			uint8_t types[TLV_SUB_TLVS_MAX]; /* enum stamp_sub_tlv_type */
		} location;
		struct {
			uint8_t dscp; /* DSCP1: wanted for the reply */
		} class_of_service;
		struct {
			uint8_t id;
			uint8_t return_code;
		} access;
		struct {
			struct stamp_address address;
		} node;
		struct {
			uint16_t sender;
			uint16_t reflector; /* 0: not configured */
		} micro_session;
	};
};

/* In the order of the packet; all zero is none. */
struct tlv_request {
	size_t count;
	struct tlv_item items[TLV_REQUEST_MAX];
};

/* What differs from packet to packet. Numbers in host order. */
struct tlv_values {
	uint32_t sequence;            /* Sequence Number of the packet */
	uint32_t sent;                /* S_TxC: packets of the session sent, this one included */
	bool access_report;           /* this packet carries the Access Report */
	uint16_t reflector_id;        /* Reflector Micro-session ID; 0: not known */
	uint64_t *random;             /* state for padding; any value */
	const struct auth_keys *keys; /* the first signs; NULL if there is no HMAC TLV */
};

/* Octets of the Value of a Location sub-TLV, which depend on its type: RFC 8972 section 4.2.1. */
uint16_t tlv_sub_tlv_octets(uint8_t type);

/* Octets of all TLVs. */
size_t tlv_request_size(const struct tlv_request *request);

/* The TLV of this type, the first if there are several; NULL if none. */
const struct tlv_item *tlv_request_find(const struct tlv_request *request,
					enum stamp_tlv_type type);

/*
 * Writes the TLVs to the tlv_request_size() octets of `out`: flags 0x80, and zero whatever RFC 8972
 * wants left zero. A packet that does not carry the Access Report has Extra Padding of its size in
 * its place, so that all packets are of one size.
 */
void tlv_request_write(const struct tlv_request *request, const struct tlv_values *values,
		       uint8_t *out);

#endif
