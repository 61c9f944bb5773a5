/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The TLVs that the kernel answers by itself: those that need only the packet, the session and the
 * clock, in the linear part of the frame. */
#ifndef TLVS_BPF_H
#define TLVS_BPF_H

#include "number.bpf.h"
#include "stamp/tlv_answer.h"

static const struct tlv_limits kernel_tlv_limits = { .tlvs = 8, .sub_tlvs = 4 };

/* What only stampd answers. */
#define TLV_SURVEY_FOR_STAMPD                                                                      \
	(TLV_SURVEY_INTRICATE | TLV_SURVEY_BEYOND | TLV_SURVEY_HMAC | TLV_SURVEY_BAD_HMAC)

/* The TLVs of the packet in hand, between its two walks. */
struct tlvs_in_hand {
	__u32 offset; /* of the first one, octets from the beginning of the frame */
	__u32 length; /* octets of all */
	struct tlv_survey survey;
	struct tlv_exchange exchange;
	struct local_address local;
};

/* Scratch of the program: more than its stack has room for. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct tlvs_in_hand);
} tlvs_in_hand SEC(".maps");

static __always_inline struct tlv_area area_of(const struct xdp_md *ctx,
					       const struct tlvs_in_hand *tlvs)
{
	return (struct tlv_area){
		.start = (void *)(long)ctx->data + (tlvs->offset & 0xff),
		.end = (void *)(long)ctx->data_end,
		.length = tlvs->length,
	};
}

/* Global functions, which the verifier walks once each, whatever the packet before them was. They
 * take any pointer for one that can be NULL. */
__attribute__((noinline)) int survey_frame(struct xdp_md *ctx, struct tlvs_in_hand *tlvs)
{
	struct tlv_area area;

	if (!tlvs)
		return 0;
	area = area_of(ctx, tlvs);
	tlvs->survey = survey_tlvs(&area, config.micro_session_id, kernel_tlv_limits);
	return 0;
}

/* As is_local_address(), with the key in the scratch: Linux 6.1 takes none by a pointer that was
 * handed to a global function. */
static __always_inline int is_own_address(void *context, const struct stamp_address *address)
{
	__u32 key = 0;
	struct tlvs_in_hand *tlvs = bpf_map_lookup_elem(&tlvs_in_hand, &key);

	(void)context;
	if (!tlvs)
		return 0;
	tlvs->local = (struct local_address){ .address = *address };
	if (bpf_map_lookup_elem(&local_addresses, &tlvs->local))
		return 1;
	tlvs->local.ifindex = config.ifindex;
	return bpf_map_lookup_elem(&local_addresses, &tlvs->local) != NULL;
}

/* The next TLV, or what is malformed behind the last one. What the survey has seen is there, so
 * that nothing is out of reach. */
__attribute__((noinline)) int answer_next(struct xdp_md *ctx, struct tlvs_in_hand *tlvs)
{
	struct tlv_area area;

	if (!tlvs)
		return 0;
	area = area_of(ctx, tlvs);
	if (tlvs->exchange.at < tlvs->survey.sound)
		return answer_next_tlv(&area, kernel_tlv_limits.sub_tlvs, &tlvs->exchange,
				       is_own_address, NULL);
	return mark_malformed(&area, &tlvs->exchange);
}

/* Step 5 for a request with TLVs: is it answered here? Then `in_hand` are they. */
static __always_inline enum stamp_outcome look_at_tlvs(struct xdp_md *ctx,
						       const struct parsed_packet *pkt,
						       const struct arrival *arrival,
						       struct tlvs_in_hand **in_hand)
{
	__u32 key = 0;
	struct tlvs_in_hand *tlvs = bpf_map_lookup_elem(&tlvs_in_hand, &key);

	if (!tlvs || arrival->policy.flags & (SESSION_TLV_KEY | SESSION_TLVS_IN_STAMPD))
		return OUTCOME_EXTENDED;
	*in_hand = tlvs;
	if (pkt->payload_length - STAMP_BASE_SIZE > TLV_AREA_MAX)
		return OUTCOME_EXTENDED;
	tlvs->offset = pkt->base + STAMP_BASE_SIZE - (void *)(long)ctx->data;
	tlvs->length = pkt->payload_length - STAMP_BASE_SIZE;
	survey_frame(ctx, tlvs);
	if (tlvs->survey.flags & TLV_SURVEY_FOR_STAMPD)
		return OUTCOME_EXTENDED;
	return tlvs->survey.flags & TLV_SURVEY_WRONG_MEMBER ? OUTCOME_WRONG_MEMBER
							    : OUTCOME_CONTINUE;
}

/* What the TLVs are answered with, as it is before the headers are turned around. */
static __always_inline void fill_exchange(const struct parsed_packet *pkt,
					  const struct arrival *arrival, __u32 sequence,
					  struct tlv_exchange *exchange)
{
	const struct clock_reading *clock = &arrival->clock;
	__u64 previous_ns = previous_reply_ns(arrival, sequence);

	/* One by one: what is only read when another member says so need not be cleared. */
	exchange->at = 0;
	exchange->key = *arrival->key;
	exchange->source_mac[0] = pkt->eth->source[0];
	exchange->source_mac[1] = pkt->eth->source[1];
	exchange->source_mac[2] = pkt->eth->source[2];
	exchange->has_source_mac = 1;
	exchange->micro_session_id = config.micro_session_id;
	exchange->traffic_class = received_traffic_class(pkt);
	exchange->synchronization_source =
		clock_synchronization_source(clock, arrival->received_ns);
	exchange->sequence = sequence;
	exchange->received = count_received(arrival, sequence);
	exchange->previous_sent_ns = previous_ns ? previous_ns + clock->utc_offset_ns : 0;
	exchange->known_second = clock->known_second;
	exchange->tai_offset = clock->tai_offset;
	exchange->policy = arrival->policy;
	exchange->has_class = 0;
	exchange->has_source = 0;
	exchange->change = 0;
}

/* Step 6 for the TLVs: in place, with what they change of the checksum, of the DSCP of the reply
 * and of its source. */
static __always_inline void reply_to_tlvs(struct xdp_md *ctx, struct parsed_packet *pkt,
					  struct arrival *arrival, struct tlvs_in_hand *tlvs,
					  __u32 sequence)
{
	note_tlvs(arrival);
	fill_exchange(pkt, arrival, sequence, &tlvs->exchange);
	for (__u32 i = 0; i < kernel_tlv_limits.tlvs && i < tlvs->survey.count; i++)
		answer_next(ctx, tlvs);
	if (tlvs->survey.flags & TLV_SURVEY_MALFORMED)
		answer_next(ctx, tlvs);
	pkt->tail_sum += tlvs->exchange.change;
	if (tlvs->exchange.has_class) { /* member by member, as they were written */
		arrival->policy.flags |= SESSION_SET_DSCP;
		arrival->policy.dscp = tlvs->exchange.policy.dscp;
	}
	if (tlvs->exchange.has_source)
		leave_from(pkt, &tlvs->exchange.source);
}

#endif
