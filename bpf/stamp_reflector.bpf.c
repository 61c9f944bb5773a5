/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The in-kernel Session-Reflector: one packet's way, top to bottom. */
#include "accept.bpf.h"
#include "frame.bpf.h"
#include "hand_over.bpf.h"
#include "make_room.bpf.h"
#include "number.bpf.h"
#include "ours.bpf.h"
#include "verify.bpf.h"
#include "stamp/judgement.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* T3 is read as late as the checksum allows; nothing that follows can fail. Returns the sum of
 * the 44 octets. */
static __always_inline __u64 fill_reply(const struct parsed_packet *pkt,
					const struct arrival *arrival, __u32 sequence,
					struct outcome_counts *counts)
{
	const struct clock_reading *clock = &arrival->clock;
	struct stamp_reflector_packet reply;
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

	in.sent_ns = bpf_ktime_get_ns() + clock->utc_offset_ns;
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
	arrival.auth_ssid = stamp_auth_request_ssid(pkt.auth);
	arrival.is_datagram = 0;
	arrival.verified = 0;
	arrival.payload_length = pkt.payload_length;
	outcome = accept_arrival(&arrival, known);
	if (outcome == OUTCOME_AUTHENTICATED)
		return hand_over(ctx, &arrival);
	if (outcome)
		return outcome;
	outcome = make_room(ctx, &pkt);
	if (outcome)
		return outcome;
	sequence = next_sequence(&arrival);
	turn_around(&pkt, arrival.policy);
	outcome = reflected_outcome(stamp_has_zero_multiplier(pkt.base));
	payload_sum = fill_reply(&pkt, &arrival, sequence, counts);
	finish_checksums(&pkt, pkt.tail_sum + payload_sum,
			 config.generic && pkt.checksum == CHECKSUM_UNFINISHED);
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

/*
 * Steps 2, 4 and 6 for a request of the slow path. A global function, so that the verifier walks it
 * once and not once for each judgement (then it is 290,000 instructions and a third of a second).
 * It takes any pointer for one that can be NULL.
 */
__attribute__((noinline)) int judge(struct judgement *judgement, __u64 now_ns)
{
	struct arrival arrival = { .is_datagram = 1, .received_ns = now_ns };
	struct session_key key;
	int known;

	if (!judgement)
		return 0;
	arrival.payload_length = judgement->payload_length;
	arrival.verified = judgement->verified;
	arrival.auth_ssid = judgement->auth_ssid;
	arrival.start = octets_of(judgement, STAMP_SHORTEST_REQUEST);
	arrival.base = octets_of(judgement, STAMP_BASE_SIZE);
	key = judgement->key;
	key.scope = scope_of(&key.sender);
	arrival.key = &key;
	known = judgement->verified ? find_verified_session(&arrival) : find_session(&arrival);
	judgement->outcome = OUTCOME_CONTINUE;
	if (!clock_offset_read(&shared.clock, &arrival.clock))
		judgement->outcome = OUTCOME_NOT_READY;
	if (!judgement->outcome && !known && !is_local_address(&key.reflector))
		judgement->outcome = OUTCOME_NOT_OURS;
	if (!judgement->outcome)
		judgement->outcome = accept_arrival(&arrival, known);
	if (!judgement->outcome) {
		judgement->sequence = next_sequence(&arrival);
		judgement->outcome = reflected_outcome(has_zero_multiplier(&arrival));
	}
	judgement->policy = arrival.policy;
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
