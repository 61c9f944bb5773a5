/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "proto/request_tlvs.h"

#include <string.h>

#include "proto/tlv_hmac.h"

/* A TLV has a header: there are no more than this. */
#define TLVS_MAX (65536 / STAMP_TLV_HEADER_SIZE)

static const struct tlv_limits limits = { .tlvs = TLVS_MAX, .sub_tlvs = TLVS_MAX };

static const unsigned char *octets_at(const struct request_tlvs *tlvs, __u32 at)
{
	return (const unsigned char *)tlvs->area.start + at;
}

static bool verify(struct request_tlvs *tlvs, const struct tlvs_verification *verification)
{
	const __u32 at = tlvs->survey.hmac_at;
	const unsigned char *mac = octets_at(tlvs, at + STAMP_TLV_HEADER_SIZE);

	return verification->keys && tlv_hmac_verify(verification->keys, verification->sequence,
						     tlvs->area.start, at, mac, &tlvs->key);
}

/* The one case in which authenticated mode does without an HMAC TLV: R8972-4.8-1. */
static bool is_lone_padding(const struct tlv_survey *survey)
{
	return survey->count == 1 && !(survey->flags & TLV_SURVEY_OTHER);
}

static enum tlvs_use use_of(struct request_tlvs *tlvs, const struct tlvs_verification *verification)
{
	const __u32 flags = tlvs->survey.flags;

	if (!tlvs->area.length)
		return TLVS_NONE;
	if (flags & TLV_SURVEY_HMAC)
		return !(flags & TLV_SURVEY_MISPLACED) && verify(tlvs, verification) ? TLVS_SIGN
										     : TLVS_DENY;
	if (flags & TLV_SURVEY_BAD_HMAC ||
	    (verification->is_required && flags & TLV_SURVEY_MALFORMED))
		return TLVS_COPY;
	if (verification->is_required && !is_lone_padding(&tlvs->survey))
		return TLVS_DENY;
	return TLVS_ANSWER;
}

void request_tlvs_examine(struct request_tlvs *tlvs, void *octets, size_t length,
			  __u16 micro_session_id, const struct tlvs_verification *verification)
{
	tlvs->area = (struct tlv_area){
		.start = octets,
		.end = (unsigned char *)octets + length,
		.length = (__u32)length,
	};
	tlvs->survey = survey_tlvs(&tlvs->area, micro_session_id, limits);
	tlvs->use = use_of(tlvs, verification);
}

static bool may_be_used(const struct request_tlvs *tlvs)
{
	return tlvs->use == TLVS_ANSWER || tlvs->use == TLVS_SIGN;
}

bool request_tlvs_name_other_link(const struct request_tlvs *tlvs)
{
	return may_be_used(tlvs) && tlvs->survey.flags & TLV_SURVEY_WRONG_MEMBER;
}

/* Copies with I: what U was stays, and nothing else is set. */
static void deny(const struct request_tlvs *tlvs)
{
	__u32 at = 0;

	for (__u32 i = 0; i < tlvs->survey.count; i++) {
		struct stamp_tlv *tlv = tlv_octets(&tlvs->area, at, STAMP_TLV_HEADER_SIZE);

		tlv->flags = (tlv->flags & STAMP_TLV_UNRECOGNIZED) | STAMP_TLV_INTEGRITY;
		at += STAMP_TLV_HEADER_SIZE + bpf_ntohs(tlv->length);
	}
}

/* Octets of the malformed TLV's Value that are there. */
static __u32 value_size(const struct request_tlvs *tlvs, const struct stamp_tlv *tlv)
{
	__u32 length = bpf_ntohs(tlv->length);
	__u32 left = tlvs->area.length - tlvs->survey.sound - STAMP_TLV_HEADER_SIZE;

	return length < left ? length : left;
}

/* M on the first sub-TLV that does not fit, as on a TLV; the TLV fits into the packet. */
static void mark_sub_tlv(const struct request_tlvs *tlvs, const struct stamp_tlv *tlv)
{
	const __u32 at = tlvs->survey.sound + STAMP_TLV_HEADER_SIZE;
	const __u32 end = at + bpf_ntohs(tlv->length);
	struct stamp_tlv *bad;
	int is_beyond;
	__u32 bad_at;

	sub_tlvs_are_sound(&tlvs->area, tlv->type, at + STAMP_TLV_FIXED_SIZE, end, limits, &bad_at,
			   &is_beyond);
	bad = tlv_octets(&tlvs->area, bad_at, 1);
	if (end - bad_at < STAMP_TLV_HEADER_SIZE)
		bad->flags |= STAMP_TLV_MALFORMED;
	else
		bad->flags =
			STAMP_TLV_MALFORMED |
			(sub_tlv_is_understood(tlv->type, bad->type) ? 0 : STAMP_TLV_UNRECOGNIZED);
}

/* What malformed TLVs of some Types want beside their flags: section 4.2.1, and erratum 8339, which
 * is about the Length and not about what the packet has no room for. */
static void mark_intricate(const struct request_tlvs *tlvs)
{
	const __u32 at = tlvs->survey.sound;
	const __u32 numbers = STAMP_FOLLOW_UP_TELEMETRY_SIZE - 4; /* Sequence Number, Timestamp */
	const struct stamp_tlv *tlv = tlv_octets(&tlvs->area, at, STAMP_TLV_HEADER_SIZE);
	const __u32 length = bpf_ntohs(tlv->length);
	const __u32 size = value_size(tlvs, tlv);

	if (tlv_has_sub_tlvs(tlv->type)) {
		if (size == length && size >= STAMP_TLV_FIXED_SIZE)
			mark_sub_tlv(tlvs, tlv);
	} else if (length != STAMP_FOLLOW_UP_TELEMETRY_SIZE) {
		memset(tlv_octets(&tlvs->area, at + STAMP_TLV_HEADER_SIZE, 0), 0,
		       size < numbers ? size : numbers);
	}
}

static void mark(const struct request_tlvs *tlvs, struct tlv_exchange *exchange)
{
	exchange->at = tlvs->survey.sound;
	mark_malformed(&tlvs->area, exchange);
	if (tlvs->survey.flags & TLV_SURVEY_INTRICATE)
		mark_intricate(tlvs);
}

void request_tlvs_answer(struct request_tlvs *tlvs, struct tlv_exchange *exchange,
			 tlv_is_own_address is_own, void *context)
{
	if (tlvs->use == TLVS_DENY) {
		deny(tlvs);
		return;
	}
	exchange->at = 0;
	for (__u32 i = 0; may_be_used(tlvs) && i < tlvs->survey.count; i++)
		answer_next_tlv(&tlvs->area, TLVS_MAX, exchange, is_own, context);
	if (tlvs->survey.flags & TLV_SURVEY_MALFORMED)
		mark(tlvs, exchange);
}

void request_tlvs_sign(const struct request_tlvs *tlvs, const struct auth_keys *keys,
		       __be32 sequence)
{
	const __u32 at = tlvs->survey.hmac_at;

	if (tlvs->use == TLVS_SIGN)
		tlv_hmac_sign(keys, tlvs->key, sequence, tlvs->area.start, at,
			      tlv_octets(&tlvs->area, at + STAMP_TLV_HEADER_SIZE, STAMP_HMAC_SIZE));
}
