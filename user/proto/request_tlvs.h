/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The TLVs of a request in user space: looked at, verified, and answered in place by the functions
 * that the kernel answers with. RFC 8972 section 4. */
#ifndef PROTO_REQUEST_TLVS_H
#define PROTO_REQUEST_TLVS_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/auth_keys.h"
#include "stamp/tlv_answer.h"

/* What may be done with them. */
enum tlvs_use {
	TLVS_NONE,   /* there are none */
	TLVS_ANSWER, /* no HMAC TLV is needed, and there is none */
	TLVS_SIGN,   /* verified: answered, and the HMAC TLV computed anew */
	TLVS_DENY,   /* the verification failed: copied, I in each (section 4.8) */
	TLVS_COPY, /* a malformed TLV stands in the way of the verification: only M is set */
};

struct request_tlvs {
	struct tlv_area area;
	struct tlv_survey survey;
	enum tlvs_use use;
	size_t key; /* with TLVS_SIGN, the one that verified the HMAC TLV, and signs */
};

/* How the TLVs of a request are to be verified. */
struct tlvs_verification {
	bool is_required;             /* without an HMAC TLV none is used, but for lone padding */
	const struct auth_keys *keys; /* NULL: there are none */
	__be32 sequence;              /* of the request */
};

/*
 * Looks at the `length` octets behind the base packet, at `octets`, and decides what may be done
 * with them. `micro_session_id` as in survey_tlvs(). Nothing is changed; `octets` must outlive
 * `tlvs`.
 */
void request_tlvs_examine(struct request_tlvs *tlvs, void *octets, size_t length,
			  __u16 micro_session_id, const struct tlvs_verification *verification);

/* Whether they are believed and name another link than the packet came by: it is to be discarded
 * (RFC 9534 section 3.2). */
bool request_tlvs_name_other_link(const struct request_tlvs *tlvs);

/*
 * Turns them into the reply's. Where they may be used, `exchange` gives what they are filled with
 * and takes what they ask for.
 */
void request_tlvs_answer(struct request_tlvs *tlvs, struct tlv_exchange *exchange,
			 tlv_is_own_address is_own, void *context);

/* With TLVS_SIGN, after that: computes the HMAC TLV for the reply's Sequence Number. */
void request_tlvs_sign(const struct request_tlvs *tlvs, const struct auth_keys *keys,
		       __be32 sequence);

#endif
