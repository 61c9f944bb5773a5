/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The first walk over the TLVs of a request, which changes nothing: what is there, and is it sound?
 * RFC 8972 section 4. */
#ifndef STAMP_TLV_SURVEY_H
#define STAMP_TLV_SURVEY_H

#include "stamp/cursor.h"
#include "stamp/tlv.h"

/* The TLVs of a packet: what is behind its base format. */
struct tlv_area {
	void *start;  /* the first TLV */
	void *end;    /* of what can be touched; in the kernel the TLVs may reach beyond it */
	__u32 length; /* octets of all TLVs */
};

/* How far a walk may go: the kernel's verifier walks each step. */
struct tlv_limits {
	__u32 tlvs;
	__u32 sub_tlvs; /* in one TLV */
};

/* clang-format off */
#define TLV_SURVEY_MALFORMED 0x01    /* behind `sound` there is a malformed TLV, or 1 to 3 octets */
#define TLV_SURVEY_INTRICATE 0x02    /* it is one of which more than the flags changes */
#define TLV_SURVEY_BEYOND 0x04       /* beyond the limits or what can be touched: no answer here */
#define TLV_SURVEY_HMAC 0x08         /* there is an HMAC TLV */
#define TLV_SURVEY_BAD_HMAC 0x10     /* the malformed TLV is one */
#define TLV_SURVEY_MISPLACED 0x20    /* the HMAC TLV has not its place: section 4.8 */
#define TLV_SURVEY_OTHER 0x40        /* there is a TLV that is not Extra Padding */
#define TLV_SURVEY_WRONG_MEMBER 0x80 /* a Reflector Micro-session ID of another link: RFC 9534 */
/* clang-format on */

struct tlv_survey {
	__u32 count;   /* well-formed TLVs, up to the first that is not */
	__u32 sound;   /* octets of these */
	__u32 flags;   /* TLV_SURVEY_* */
	__u32 hmac_at; /* of the HMAC TLV, octets from the first TLV on */
};

#define TLV_AREA_MAX 0x3fff /* octets that the kernel walks over, all ones */

/* `size` octets of the TLVs from `at` on, or NULL when they cannot be touched. For the verifier,
 * which knows nothing of `at`, a mask costs less than a comparison. */
STAMP_INLINE void *tlv_octets(const struct tlv_area *area, __u32 at, __u32 size)
{
	struct cursor cur = { area->start, area->end };

#ifdef __bpf__
	at &= TLV_AREA_MAX;
#endif
	/* cppcheck-suppress arithOperationsOnVoidPointer */
	cur.pos += at;
	return cursor_take(&cur, size);
}

STAMP_INLINE int tlv_is_understood(__u8 type)
{
	return (type >= STAMP_TLV_EXTRA_PADDING && type <= STAMP_TLV_DESTINATION_NODE_ADDRESS) ||
	       type == STAMP_TLV_MICRO_SESSION_ID;
}

/* Whether more of it than its header is read when it is answered. */
STAMP_INLINE int tlv_value_is_read(__u8 type)
{
	return type != STAMP_TLV_EXTRA_PADDING && tlv_is_understood(type);
}

STAMP_INLINE int tlv_has_sub_tlvs(__u8 type)
{
	return type == STAMP_TLV_LOCATION || type == STAMP_TLV_TIMESTAMP_INFORMATION;
}

/* Whether a TLV of this Type may have this Length. */
STAMP_INLINE int tlv_length_is_valid(__u8 type, __u32 length)
{
	switch (type) {
	case STAMP_TLV_LOCATION:
	case STAMP_TLV_TIMESTAMP_INFORMATION:
		return length >= STAMP_TLV_FIXED_SIZE;
	case STAMP_TLV_CLASS_OF_SERVICE:
	case STAMP_TLV_ACCESS_REPORT:
	case STAMP_TLV_MICRO_SESSION_ID:
		return length == 4;
	case STAMP_TLV_DIRECT_MEASUREMENT:
		return length == STAMP_DIRECT_MEASUREMENT_SIZE;
	case STAMP_TLV_FOLLOW_UP_TELEMETRY:
	case STAMP_TLV_HMAC:
		return length == 16;
	case STAMP_TLV_DESTINATION_NODE_ADDRESS:
		return length == 4 || length == 16;
	default:
		return 1;
	}
}

/* The sub-TLVs that a Location TLV asks with; specific ones are the reflector's. */
STAMP_INLINE int sub_tlv_is_understood(__u8 tlv_type, __u8 type)
{
	return tlv_type == STAMP_TLV_LOCATION &&
	       (type == STAMP_SUB_TLV_SOURCE_MAC || type == STAMP_SUB_TLV_DESTINATION_IP ||
		type == STAMP_SUB_TLV_SOURCE_IP);
}

STAMP_INLINE int sub_tlv_length_is_valid(__u8 tlv_type, __u8 type, __u32 length)
{
	if (!sub_tlv_is_understood(tlv_type, type))
		return 1;
	return length ==
	       (type == STAMP_SUB_TLV_SOURCE_MAC ? STAMP_SUB_TLV_MAC_SIZE : STAMP_SUB_TLV_IP_SIZE);
}

/*
 * Whether sub-TLVs fill the octets from `at` to `end`, which lie within the TLVs. `bad_at` is where
 * the first one is that does not fit; `is_beyond`: it could not be told.
 */
STAMP_INLINE int sub_tlvs_are_sound(const struct tlv_area *area, __u8 tlv_type, __u32 at, __u32 end,
				    struct tlv_limits limits, __u32 *bad_at, int *is_beyond)
{
	*is_beyond = 0;
	for (__u32 i = 0; i < limits.sub_tlvs; i++) {
		const struct stamp_tlv *sub;
		__u32 length;

		*bad_at = at;
		if (at == end)
			return 1;
		if (end - at < STAMP_TLV_HEADER_SIZE)
			return 0;
		sub = tlv_octets(area, at, STAMP_TLV_HEADER_SIZE);
		if (!sub)
			break;
		length = bpf_ntohs(sub->length);
		if (length > end - at - STAMP_TLV_HEADER_SIZE ||
		    !sub_tlv_length_is_valid(tlv_type, sub->type, length))
			return 0;
		at += STAMP_TLV_HEADER_SIZE + length;
	}
	*bad_at = at;
	*is_beyond = at != end;
	return !*is_beyond;
}

/* Whether the TLV at `at`, which lies within the TLVs, is sound. `is_beyond`: that cannot be told,
 * or it could not be answered, since not all of it can be touched. */
STAMP_INLINE int tlv_value_is_sound(const struct tlv_area *area, __u8 type, __u32 at, __u32 length,
				    struct tlv_limits limits, int *is_beyond)
{
	__u32 value_at = at + STAMP_TLV_HEADER_SIZE;
	__u32 bad_at;

	*is_beyond = 0;
	if (!tlv_length_is_valid(type, length))
		return 0;
	if (tlv_value_is_read(type) && !tlv_octets(area, value_at + length - 1, 1)) {
		*is_beyond = 1;
		return 0;
	}
	if (!tlv_has_sub_tlvs(type) || length == STAMP_TLV_FIXED_SIZE)
		return 1;
	return sub_tlvs_are_sound(area, type, value_at + STAMP_TLV_FIXED_SIZE, value_at + length,
				  limits, &bad_at, is_beyond);
}

/* RFC 9534 section 3.2; the TLV is well-formed. */
STAMP_INLINE int is_wrong_member(const struct tlv_area *area, __u32 at, __u16 micro_session_id)
{
	const __be16 *ids =
		tlv_octets(area, at + STAMP_TLV_HEADER_SIZE, STAMP_MICRO_SESSION_ID_SIZE);
	__be16 reflector_id;

	if (!ids || !micro_session_id)
		return 0;
	__builtin_memcpy(&reflector_id, &ids[1], sizeof(reflector_id));
	return reflector_id && reflector_id != bpf_htons(micro_session_id);
}

/* Section 4.8: nothing but Extra Padding follows the one HMAC TLV. */
STAMP_INLINE void note_type(struct tlv_survey *survey, __u8 type, int is_sound)
{
	if (type == STAMP_TLV_EXTRA_PADDING)
		return;
	survey->flags |= TLV_SURVEY_OTHER;
	if (survey->flags & TLV_SURVEY_HMAC)
		survey->flags |= TLV_SURVEY_MISPLACED;
	if (type == STAMP_TLV_HMAC)
		survey->flags |= is_sound ? TLV_SURVEY_HMAC : TLV_SURVEY_BAD_HMAC;
}

/* Looks at the next TLV; 0 when the walk ends here. */
STAMP_INLINE int survey_tlv(const struct tlv_area *area, __u16 micro_session_id,
			    struct tlv_limits limits, struct tlv_survey *survey)
{
	__u32 at = survey->sound;
	__u32 left = area->length - at;
	const struct stamp_tlv *tlv;
	int is_sound, is_beyond;
	__u32 length;

	if (!left)
		return 0;
	survey->flags |= TLV_SURVEY_MALFORMED; /* until it is seen to be sound */
	tlv = tlv_octets(area, at, left < STAMP_TLV_HEADER_SIZE ? 1 : STAMP_TLV_HEADER_SIZE);
	if (!tlv) {
		survey->flags |= TLV_SURVEY_BEYOND;
		return 0;
	}
	if (left < STAMP_TLV_HEADER_SIZE)
		return 0;
	length = bpf_ntohs(tlv->length);
	is_beyond = 0;
	is_sound = length <= left - STAMP_TLV_HEADER_SIZE &&
		   tlv_value_is_sound(area, tlv->type, at, length, limits, &is_beyond);
	if (is_beyond)
		survey->flags |= TLV_SURVEY_BEYOND;
	if (!is_sound) {
		if (tlv_has_sub_tlvs(tlv->type) || tlv->type == STAMP_TLV_FOLLOW_UP_TELEMETRY)
			survey->flags |= TLV_SURVEY_INTRICATE;
		note_type(survey, tlv->type, 0);
		return 0;
	}
	if (tlv->type == STAMP_TLV_HMAC)
		survey->hmac_at = at;
	if (tlv->type == STAMP_TLV_MICRO_SESSION_ID && is_wrong_member(area, at, micro_session_id))
		survey->flags |= TLV_SURVEY_WRONG_MEMBER;
	note_type(survey, tlv->type, 1);
	survey->flags &= ~TLV_SURVEY_MALFORMED;
	survey->count++;
	survey->sound += STAMP_TLV_HEADER_SIZE + length;
	return 1;
}

/* `micro_session_id` is that of the link that the packet came by, in host order; 0: it has none. */
STAMP_INLINE struct tlv_survey survey_tlvs(const struct tlv_area *area, __u16 micro_session_id,
					   struct tlv_limits limits)
{
	struct tlv_survey survey = { 0 };

	for (__u32 i = 0; i < limits.tlvs; i++)
		if (!survey_tlv(area, micro_session_id, limits, &survey))
			return survey;
	if (survey.sound != area->length)
		survey.flags |= TLV_SURVEY_BEYOND;
	return survey;
}

#endif
