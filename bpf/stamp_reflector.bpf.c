/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The in-kernel Session-Reflector: one packet's way, top to bottom. */
#include "accept.bpf.h"
#include "frame.bpf.h"
#include "hand_over.bpf.h"
#include "make_room.bpf.h"
#include "tlvs.bpf.h"
#include "verify.bpf.h"
#include "stamp/judgement.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* T3 is read as late as the checksum allows, and is when the reply left for all that is known;
 * nothing that follows can fail. Returns the sum of the 44 octets. */
static __always_inline __u64 fill_reply(const struct parsed_packet *pkt,
					const struct arrival *arrival, __u32 sequence,
					struct outcome_counts *counts)
{
	const struct clock_reading *clock = &arrival->clock;
	struct stamp_reflector_packet reply;
	__u64 sent_ns;
	struct stamp_reply_input in = {
		.request = stamp_request_read(pkt->base, arrival->payload_length, arrival->policy),
		.policy = arrival->policy,
		.received_ns = arrival->received_ns + clock->utc_offset_ns,
		.known_second = clock->known_second,
		.tai_offset = clock->tai_offset,
		.sequence = sequence,
		.error_estimate = clock_error_estimate(clock, arrival->received_ns),
		.ttl = pkt->ttl,
	};

	sent_ns = bpf_ktime_get_ns();
	note_sent(arrival, sent_ns, sequence);
	in.sent_ns = sent_ns + clock->utc_offset_ns;
	if (counts)
		histogram_add(&counts->residence, in.sent_ns - in.received_ns);
	stamp_reply_fill(&reply, &in);
	*(struct stamp_reflector_packet *)pkt->base = reply;
	return stamp_sum_reply(0, &reply);
}

static __always_inline enum stamp_outcome is_ours(const struct parsed_packet *pkt,
						  struct session_key *key, struct arrival *arrival,
						  int *known)
{
	if (!is_our_mac(pkt->eth) || is_mapped(pkt, &pkt->ip6->daddr))
		return OUTCOME_NOT_OURS;
	fill_session_key(pkt, key);
	arrival->key = key;
	/* One lookup for packets of a known session: its address was local when it was made. */
	*known = find_session(arrival);
	if (!*known && !is_local_address(&key->reflector))
		return OUTCOME_NOT_OURS;
	return OUTCOME_CONTINUE;
}

/* It lies in the first 44 octets: a pointer to all 112 would be one more state for the verifier. */
static __always_inline __be16 frame_auth_ssid(const struct parsed_packet *pkt)
{
	return stamp_auth_request_ssid(pkt->payload_length < STAMP_AUTH_SIZE ? NULL : pkt->base);
}

/* What only a frame shows of a source that must not be replied to. */
static __always_inline int is_bad_frame_source(const struct parsed_packet *pkt)
{
	return (*(const __u8 *)pkt->eth->source & 1) || is_mapped(pkt, &pkt->ip6->saddr);
}

/* How a request that is answered is counted. */
static __always_inline enum stamp_outcome reflected_outcome(int has_zero_multiplier)
{
	return has_zero_multiplier ? OUTCOME_ZERO_MULTIPLIER : OUTCOME_REFLECTED;
}

static __always_inline enum stamp_outcome reflect(struct xdp_md *ctx, struct outcome_counts *counts)
{
	struct cursor cur = cursor_at_frame(ctx);
	struct session_key key;
	struct arrival arrival;
	struct parsed_packet pkt;
	struct tlvs_in_hand *tlvs = NULL; /* not NULL: they are answered here */
	enum stamp_outcome outcome;
	__u64 payload_sum;
	__u32 sequence;
	int known;

	outcome = parse_packet(&cur, &pkt);
	if (outcome)
		return outcome;
	if (!is_listened_port(pkt.udp->dest))
		return OUTCOME_OTHER_TRAFFIC;
	arrival.received_ns = bpf_ktime_get_ns();
	outcome = check_lengths(ctx, &cur, &pkt);
	if (outcome)
		return outcome;
	outcome = is_ours(&pkt, &key, &arrival, &known);
	if (outcome)
		return outcome;
	outcome = verify_sums(ctx, &pkt);
	if (outcome)
		return outcome;
	if (is_bad_frame_source(&pkt))
		return OUTCOME_BAD_SOURCE;
	if (!clock_offset_read(&shared.clock, &arrival.clock))
		return OUTCOME_NOT_READY;
	arrival.start = pkt.start;
	arrival.base = pkt.base;
	arrival.auth_ssid = frame_auth_ssid(&pkt);
	arrival.is_datagram = 0;
	arrival.is_admitted = 0;
	arrival.verified = 0;
	arrival.payload_length = pkt.payload_length;
	outcome = admit_arrival(&arrival, known);
	if (!outcome && has_tlvs(&arrival))
		outcome = look_at_tlvs(ctx, &pkt, &arrival, &tlvs);
	if (needs_stampd(outcome))
		return hand_over(ctx, &arrival, outcome);
	if (outcome)
		return outcome;
	outcome = enter_session(&arrival, known);
	if (outcome)
		return outcome;
	outcome = make_room(ctx, &pkt);
	if (outcome)
		return outcome;
	sequence = next_sequence(&arrival);
	if (tlvs)
		reply_to_tlvs(ctx, &pkt, &arrival, tlvs, sequence);
	turn_around(&pkt, arrival.policy);
	outcome = reflected_outcome(stamp_has_zero_multiplier(pkt.base));
	payload_sum = fill_reply(&pkt, &arrival, sequence, counts);
	finish_checksums(&pkt, pkt.tail_sum + payload_sum,
			 config.generic && pkt.udp->check == pkt.unfinished);
	return outcome;
}

/* The one exit, and it counts. A missing counter never changes the verdict of a packet. */
static __always_inline int finish(struct outcome_counts *counts, enum stamp_outcome outcome)
{
	if (counts && outcome < OUTCOME_MAX)
		counts->by_outcome[outcome]++;
	return stamp_outcome_action(outcome);
}

SEC("xdp.frags")
int stamp_reflect(struct xdp_md *ctx)
{
	__u32 key = 0;
	struct outcome_counts *counts = bpf_map_lookup_elem(&outcome_counts, &key);

	if (counts)
		counts->received++;
	return finish(counts, reflect(ctx, counts));
}

/* The first octets of a datagram, if it has so many. */
static __always_inline const void *octets_of(const struct judgement *judgement, __u32 count)
{
	return judgement->payload_length < count ? NULL : judgement->octets;
}

static __always_inline struct arrival arrival_of(const struct judgement *judgement, __u64 now_ns)
{
	return (struct arrival){
		.start = octets_of(judgement, STAMP_SHORTEST_REQUEST),
		.base = octets_of(judgement, STAMP_BASE_SIZE),
		.payload_length = judgement->payload_length,
		.is_datagram = 1,
		.is_admitted = judgement->stage != JUDGE_ADMISSION,
		.verified = judgement->stage == JUDGE_NUMBER_AUTHENTICATED ||
			    judgement->stage == JUDGE_SENT_AUTHENTICATED,
		.auth_ssid = judgement->auth_ssid,
		.received_ns = now_ns,
	};
}

static __always_inline int find_judged(struct arrival *arrival)
{
	return arrival->verified ? find_verified_session(arrival) : find_session(arrival);
}

/* Steps 2 and 4 for a request of the slow path. */
static __always_inline enum stamp_outcome admit_judged(struct arrival *arrival, int *known)
{
	enum stamp_outcome outcome;

	*known = find_judged(arrival);
	if (!clock_offset_read(&shared.clock, &arrival->clock))
		return OUTCOME_NOT_READY;
	if (!*known && !is_local_address(&arrival->key->reflector))
		return OUTCOME_NOT_OURS;
	outcome = admit_arrival(arrival, *known);
	if (!outcome && !arrival->is_admitted && has_tlvs(arrival))
		return OUTCOME_EXTENDED;
	return outcome;
}

/* Step 6 for it. When the reply will leave is not known yet: the time is told to be another's. */
static __always_inline void number_judged(const struct arrival *arrival,
					  struct judgement_result *result)
{
	if (has_tlvs(arrival) || arrival->payload_length > STAMP_AUTH_SIZE)
		note_tlvs(arrival);
	result->has_tlvs = arrival->state && arrival->state->has_tlvs;
	result->sequence = next_sequence(arrival);
	result->received = count_received(arrival, result->sequence);
	result->previous_ns = previous_reply_ns(arrival, result->sequence);
	note_sent(arrival, arrival->received_ns, result->sequence - 1);
}

/*
 * A global function, so that the verifier walks it once and not once for each judgement (then it is
 * 290,000 instructions and a third of a second). It takes any pointer for one that can be NULL.
 */
__attribute__((noinline)) int judge(struct judgement *judgement, __u64 now_ns)
{
	struct judgement_result result = { 0 };
	struct session_key key;
	struct arrival arrival;
	int known;

	if (!judgement)
		return 0;
	arrival = arrival_of(judgement, now_ns);
	key = judgement->key;
	key.scope = scope_of(&key.sender);
	arrival.key = &key;
	if (judgement->stage >= JUDGE_SENT) {
		find_judged(&arrival);
		if (arrival.state &&
		    session_is_later(arrival.state->latest, judgement->sent.sequence))
			note_sent(&arrival, judgement->sent.sent_ns, judgement->sent.sequence);
		return 0;
	}
	result.outcome = admit_judged(&arrival, &known);
	if (!result.outcome)
		result.outcome = enter_session(&arrival, known);
	if (!result.outcome) {
		result.outcome = reflected_outcome(has_zero_multiplier(&arrival));
		number_judged(&arrival, &result);
	}
	result.policy = arrival.policy;
	judgement->result = result;
	return 0;
}

/* The packet is one judgement or several, one behind the other. */
SEC("xdp")
int stamp_judge(struct xdp_md *ctx)
{
	struct cursor cur = cursor_at_frame(ctx);
	__u64 now_ns = bpf_ktime_get_ns();

	for (int i = 0; i < JUDGEMENTS_MAX; i++) {
		struct judgement *judgement = cursor_take(&cur, sizeof(*judgement));

		if (!judgement)
			break;
		judge(judgement, now_ns);
	}
	return XDP_PASS;
}
