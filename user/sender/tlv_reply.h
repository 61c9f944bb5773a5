/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The TLVs of a reply, read against those that were sent (RFC 8972 section 4). Pure and total: any
 * octets give a result. */
#ifndef SENDER_TLV_REPLY_H
#define SENDER_TLV_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sender/tlv_request.h"

/* What can be made of the TLVs of a reply as a whole. */
enum tlv_reply_state {
	TLV_REPLY_NONE,       /* nothing behind the base packet: they were cut off */
	TLV_REPLY_USED,       /* those that are understood were used */
	TLV_REPLY_UNTOUCHED,  /* all come back as sent, U on each: no RFC 8972 at the far end */
	TLV_REPLY_INTEGRITY,  /* I: the reflector could not verify ours, all are discarded */
	TLV_REPLY_UNVERIFIED, /* the HMAC TLV is missing, misplaced or wrong, all are discarded */
	TLV_REPLY_STATE_MAX,
};

/* Numbers in host order; `known` is false where the reply tells nothing that can be used. */
struct tlv_location {
	bool known;
	uint16_t destination_port, source_port; /* of the packet as it reached the reflector */
	bool destination_known, source_known;
	struct stamp_address destination, source;
	size_t mac_size; /* 6 or 8 octets; 0: not known */
	uint8_t mac[STAMP_SUB_TLV_MAC_SIZE];
};

struct tlv_timestamp_info {
	bool known;
	uint8_t receive_source, receive_method; /* of T2: codes of RFC 8972 section 4.3 */
	uint8_t send_source, send_method;       /* of T3 */
};

struct tlv_class_of_service {
	bool known;
	uint8_t dscp; /* DSCP2: with which the packet reached the reflector */
	uint8_t ecn;  /* the same */
	bool refused; /* RP: the DSCP wanted for the reply is not permitted */
};

struct tlv_direct_measurement {
	bool known;
	uint32_t sender_sent, reflector_received, reflector_sent;
};

struct tlv_follow_up {
	bool known;                       /* false as well for the zeros of a stateless reflector */
	uint32_t sequence;                /* the reflector's, of an earlier reply */
	struct stamp_timestamp timestamp; /* when that was sent, in the format of this reply */
	uint8_t method;                   /* code of RFC 8972 section 4.3 */
	bool delay_known;                 /* not set by tlv_reply_read(), see follow_up.h */
	int64_t delay_ns;                 /* from T3 in the earlier reply to `timestamp` */
};

enum tlv_answer {
	TLV_ANSWER_NONE,    /* the TLV did not come back, or its value is not ours */
	TLV_ANSWER_TAKEN,   /* U=0 */
	TLV_ANSWER_REFUSED, /* U=1 */
};

struct tlv_micro_session {
	bool known;
	uint16_t sender, reflector; /* reflector 0: it tells none */
};

struct tlv_reply {
	enum tlv_reply_state state;
	unsigned int read;         /* TLVs up to the one at which reading stopped */
	unsigned int unrecognized; /* U, of those read; they are skipped */
	bool malformed;            /* M, or a Length that cannot be: reading stopped there */
	bool mismatched; /* other types, lengths or values than sent, more TLVs or fewer */
	struct tlv_location location;
	struct tlv_timestamp_info timestamp_info;
	struct tlv_class_of_service class_of_service;
	struct tlv_direct_measurement direct_measurement;
	struct tlv_follow_up follow_up;
	struct tlv_micro_session micro_session;
	enum tlv_answer access_report;
	enum tlv_answer node; /* refused: another node than the one meant has answered */
};

/*
 * Reads what stands behind the first `base` octets (44 or 112) of a reply to a packet with these
 * TLVs, of which there is at least one. `keys` are those of the HMAC TLV, any of which may have
 * signed; NULL if none was sent. The reply may be shorter than `base`.
 */
void tlv_reply_read(const struct tlv_request *request, const struct auth_keys *keys, size_t base,
		    const void *octets, size_t size, struct tlv_reply *out);

#endif
