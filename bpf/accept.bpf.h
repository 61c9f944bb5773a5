/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Step 4: is the request answered, and by which policy? Asked for frames by the XDP program and
 * for datagrams by the socket tier, so it sees an arrival and no packet.
 */
#ifndef ACCEPT_BPF_H
#define ACCEPT_BPF_H

#include "find_rule.bpf.h"
#include "ours.bpf.h"
#include "rate_limit.bpf.h"
#include "stamp/loop_guard.h"
#include "stamp/reply_auth.h"

struct arrival {
	struct session_key *key; /* elsewhere, so that only the key has to lie in memory */
	const struct stamp_sender_packet
		*start;       /* the first 14 octets, NULL when there are fewer */
	const void *base;     /* the first 44 octets, NULL when there are fewer */
	__u32 payload_length; /* octets */
	__u32 is_datagram;    /* of the slow path: no frame */
	__u32 is_admitted;    /* at an earlier stage of the slow path */
	__u32 verified;    /* its HMAC is right; then `start` and `base` are stamp_auth_fields() */
	__be16 auth_ssid;  /* the SSID that it has in authenticated mode */
	__u32 generation;  /* of rules and addresses, when the packet came */
	__u64 received_ns; /* T2, CLOCK_MONOTONIC */
	struct clock_reading clock;
	struct session_state *state; /* NULL: no entry yet, or none to be had */
	const struct rule *rule;     /* of a session whose entry has no verdict of it */
	struct session_policy policy;
	__u32 source; /* which of the limits per source */
};

/* The session's entry, if its verdict was made with the present rules and addresses. */
static __always_inline int find_session(struct arrival *arrival)
{
	arrival->generation = current_generation();
	arrival->state = bpf_map_lookup_elem(&session_table, arrival->key);
	return arrival->state && arrival->state->generation == arrival->generation;
}

/* The same for a request that was verified: that of a session in authenticated mode, whose key
 * only the rules would tell otherwise. Then the key is left as it was. */
static __always_inline int find_verified_session(struct arrival *arrival)
{
	struct session_key *key = arrival->key;
	__be16 ssid = key->ssid;

	key->ssid = arrival->auth_ssid;
	key->scope |= SESSION_KEY_AUTHENTICATED;
	if (find_session(arrival))
		return 1;
	key->ssid = ssid;
	key->scope &= (__u16)~SESSION_KEY_AUTHENTICATED;
	return 0;
}

static __always_inline int is_multicast(const struct stamp_address *address)
{
	__u32 ip4 = bpf_ntohl(address->words[3]);

	if (address->octets[0] == 0xff)
		return 1;
	return stamp_address_is_ip4(address) && ip4 >> 28 >= 0xe; /* and reserved, broadcast */
}

/* 0/8 and 127/8, or :: and ::1. Addresses below 2^32 are no mapped ones, and none is unicast. */
static __always_inline int is_loopback_or_none(const struct stamp_address *address)
{
	__u32 top = bpf_ntohl(address->words[3]) >> 24;

	if (stamp_address_is_ip4(address))
		return top == 0 || top == 127;
	return !address->words[0] && !address->words[1] && !address->words[2];
}

/* A source that a reply must not be sent to. On `lo` loopback addresses are as good as others. */
static __always_inline int is_bad_source(const struct session_key *key)
{
	if (is_multicast(&key->sender) || !key->sender_port || is_broadcast_address(&key->sender))
		return 1;
	if (config.loopback)
		return 0;
	return is_loopback_or_none(&key->sender) || is_local_address(&key->sender);
}

/* For a session that has no entry, or one with the verdict of earlier rules. */
static __always_inline enum stamp_outcome ask_rules(struct arrival *arrival)
{
	struct session_key *key = arrival->key;
	enum stamp_outcome outcome;

	arrival->policy = (struct session_policy){ 0 }; /* of a request that is refused */
	if (is_bad_source(key))
		return OUTCOME_BAD_SOURCE;
	outcome = find_rule(key, arrival->auth_ssid, &arrival->rule);
	if (outcome)
		return outcome;
	arrival->policy = arrival->rule->policy;
	arrival->source = rate_limit_source(&key->sender, shared.limits.source_seed);
	if (arrival->policy.flags & SESSION_AUTHENTICATED) {
		key->ssid = arrival->auth_ssid;
		key->scope |= SESSION_KEY_AUTHENTICATED;
		if (arrival->verified)
			arrival->state = bpf_map_lookup_elem(&session_table, key);
	} else if (arrival->policy.flags & SESSION_TWAMP_LIGHT && key->ssid) {
		key->ssid = 0; /* what was read there is padding */
		arrival->state = bpf_map_lookup_elem(&session_table, key);
	}
	return OUTCOME_CONTINUE;
}

/* In authenticated mode the Error Estimate is not known before it may be believed. */
static __always_inline int has_zero_multiplier(const struct arrival *arrival)
{
	if (arrival->policy.flags & SESSION_AUTHENTICATED && !arrival->verified)
		return 0;
	return stamp_has_zero_multiplier(arrival->start);
}

/* What the policy refuses of a packet, by itself and without anything counted or noted. */
static __always_inline enum stamp_outcome check_policy(const struct arrival *arrival)
{
	__u32 flags = arrival->policy.flags;

	if (flags & SESSION_AUTHENTICATED && arrival->payload_length < STAMP_AUTH_SIZE)
		return OUTCOME_TOO_SHORT;
	if (arrival->payload_length < STAMP_BASE_SIZE && !(flags & SESSION_SHORT_REQUESTS))
		return OUTCOME_TOO_SHORT;
	if (flags & SESSION_REFUSE_REFLECTOR_PORTS && is_listened_port(arrival->key->sender_port))
		return OUTCOME_REFLECTOR_PORT;
	if (flags & SESSION_STRICT_ERROR_ESTIMATE && has_zero_multiplier(arrival))
		return OUTCOME_BAD_ESTIMATE;
	return OUTCOME_CONTINUE;
}

/* Whether a request of the base format, or what of another is like one, is a reply come back. */
static __always_inline int is_looped(const struct arrival *arrival,
				     const struct stamp_reflector_packet *packet)
{
	const struct clock_reading *clock = &arrival->clock;
	int is_our_port;

	if (!packet || !stamp_has_copied_fields(packet))
		return 0;
	is_our_port = is_listened_port(arrival->key->sender_port);
	if (stamp_has_reply_shape(packet))
		return is_our_port || stamp_has_reply_times(packet);
	return is_our_port &&
	       stamp_has_recent_time(
		       packet, stamp_timestamp_from_ns(arrival->received_ns + clock->utc_offset_ns,
						       clock->known_second, clock->tai_offset,
						       arrival->policy));
}

static __always_inline struct session_state fresh_state(const struct arrival *arrival)
{
	return (struct session_state){
		.created_ns = arrival->received_ns,
		.latest = session_latest(arrival->received_ns, 0),
		.generation = arrival->generation,
		.source = arrival->source,
		.policy = arrival->policy,
	};
}

/* In XDP by way of the scratch. Judgements have room for it on their stack, and none in the
 * scratch: one thread of stampd may be interrupted by another, or by XDP. */
static __always_inline long insert_session(const struct arrival *arrival)
{
	struct session_state *scratch;
	struct session_state fresh;
	__u32 zero = 0;

	if (arrival->is_datagram) {
		fresh = fresh_state(arrival);
		return bpf_map_update_elem(&session_table, arrival->key, &fresh, BPF_NOEXIST);
	}
	scratch = bpf_map_lookup_elem(&fresh_session, &zero);
	if (!scratch)
		return -1;
	*scratch = fresh_state(arrival);
	return bpf_map_update_elem(&session_table, arrival->key, scratch, BPF_NOEXIST);
}

/* A stateless session can do without an entry, a stateful one has no number then. */
static __always_inline enum stamp_outcome create_session(struct arrival *arrival)
{
	int is_stateful = arrival->policy.flags & SESSION_STATEFUL;
	struct session_counts *counts;
	__u32 zero = 0;

	if (!arrival->rule || !may_create(arrival->rule, arrival->received_ns))
		return is_stateful ? OUTCOME_NEW_SESSIONS : OUTCOME_CONTINUE;
	counts = bpf_map_lookup_elem(&session_counts, &zero);
	if (!insert_session(arrival) && counts)
		__sync_fetch_and_add(&counts->created, 1);
	arrival->state = bpf_map_lookup_elem(&session_table, arrival->key);
	return arrival->state || !is_stateful ? OUTCOME_CONTINUE : OUTCOME_TABLE_FULL;
}

/* The session's entry, made or brought up to date: from here on the packet is answered. */
static __always_inline enum stamp_outcome enter_session(struct arrival *arrival, int known)
{
	struct session_state *state = arrival->state;

	if (!state)
		return create_session(arrival);
	if (session_idle_ns(state->latest, arrival->received_ns) >
	    *(const volatile __s64 *)&shared.limits.ref_wait_ns) {
		state->created_ns = arrival->received_ns;
		state->replies = 0;
		state->unanswered = 0;
	}
	if (known)
		return OUTCOME_CONTINUE;
	state->policy = arrival->policy;
	state->source = arrival->source;
	state->generation = arrival->generation;
	return OUTCOME_CONTINUE;
}

/* Whether there are TLVs behind the base packet; in authenticated mode only stampd may tell. */
static __always_inline int has_tlvs(const struct arrival *arrival)
{
	return arrival->payload_length > STAMP_BASE_SIZE &&
	       !(arrival->policy.flags & (SESSION_TWAMP_LIGHT | SESSION_AUTHENTICATED));
}

/* XDP and the socket tier each have a limit of the source's own: what needs stampd meets both
 * where there is no AF_XDP socket, but what XDP passes unseen only the second. */
static __always_inline enum stamp_outcome check_rate(struct arrival *arrival)
{
	__u32 source = arrival->source;

	if (arrival->is_datagram &&
	    (arrival->policy.flags & SESSION_AUTHENTICATED || has_tlvs(arrival)))
		source += SOURCES_MAX / 2;
	return may_send(source, arrival->received_ns) ? OUTCOME_CONTINUE : OUTCOME_RATE_LIMITED;
}

/* A request that belongs to the session, but gets no reply. */
static __always_inline void note_unanswered(const struct arrival *arrival)
{
	if (arrival->state)
		__sync_fetch_and_add(&arrival->state->unanswered, 1);
}

/* Asked of the rules unless the session is known. Refusals leave no trace in the session table. */
static __always_inline enum stamp_outcome find_policy(struct arrival *arrival, int known)
{
	enum stamp_outcome outcome = OUTCOME_CONTINUE;

	if (!arrival->start)
		return OUTCOME_TOO_SHORT;
	if (known) {
		arrival->policy = arrival->state->policy;
		arrival->source = arrival->state->source;
	} else {
		outcome = ask_rules(arrival);
	}
	return outcome ? outcome : check_policy(arrival);
}

/*
 * Whether the request may be answered. In authenticated mode nothing of the packet but its SSID is
 * looked at, no entry is made and no number given before the HMAC has been verified (R8762-4.4-4),
 * which user space does.
 */
static __always_inline enum stamp_outcome admit_arrival(struct arrival *arrival, int known)
{
	enum stamp_outcome outcome = find_policy(arrival, known);

	if (outcome)
		return outcome;
	if (arrival->policy.flags & SESSION_AUTHENTICATED && !arrival->verified) {
		outcome = check_rate(arrival);
		return outcome ? outcome : OUTCOME_AUTHENTICATED;
	}
	if (is_looped(arrival, arrival->base))
		return OUTCOME_LOOP;
	if (arrival->is_admitted)
		return OUTCOME_CONTINUE;
	outcome = check_rate(arrival);
	if (outcome)
		note_unanswered(arrival);
	return outcome;
}

#endif
