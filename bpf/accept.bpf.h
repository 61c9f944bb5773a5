/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Step 4: is the request answered, and by which policy? Asked for frames by the XDP program and
 * for datagrams by the socket tier, so it sees an arrival and no packet.
 */
#ifndef ACCEPT_BPF_H
#define ACCEPT_BPF_H

#include "ours.bpf.h"
#include "stamp/loop_guard.h"
#include "stamp/reply.h"

struct arrival {
	const struct session_key *key; /* elsewhere, so that only the key has to lie in memory */
	const void *base;              /* the first 44 octets, NULL when there are fewer */
	__u32 payload_length;          /* octets */
	__u32 generation;              /* of rules and addresses, when the packet came */
	__u64 received_ns;             /* T2, CLOCK_MONOTONIC */
	struct clock_reading clock;
	struct session_state *state; /* NULL: no entry yet, or none to be had */
	struct session_policy policy;
};

/* The session's entry, if its verdict was made with the present rules and addresses. */
static __always_inline int find_session(struct arrival *arrival)
{
	arrival->generation = current_generation();
	arrival->state = bpf_map_lookup_elem(&session_table, arrival->key);
	return arrival->state && arrival->state->generation == arrival->generation;
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
	if (is_multicast(&key->sender) || !key->sender_port)
		return 1;
	if (config.loopback)
		return 0;
	return is_loopback_or_none(&key->sender) || is_local_address(&key->sender);
}

static __always_inline enum stamp_outcome find_rule(struct arrival *arrival)
{
	struct rule_key key = { 128, arrival->key->sender };
	const struct rule *rule;

	if (is_bad_source(arrival->key))
		return OUTCOME_BAD_SOURCE;
	rule = bpf_map_lookup_elem(&rules, &key);
	if (!rule)
		return OUTCOME_UNKNOWN_SENDER;
	arrival->policy = rule->policy;
	return OUTCOME_CONTINUE;
}

static __always_inline int is_looped(const struct arrival *arrival)
{
	const struct clock_reading *clock = &arrival->clock;
	int is_our_port;

	if (!arrival->base || !stamp_has_copied_fields(arrival->base))
		return 0;
	is_our_port = is_listened_port(arrival->key->sender_port);
	if (stamp_has_reply_shape(arrival->base))
		return is_our_port || stamp_has_reply_times(arrival->base);
	return is_our_port &&
	       stamp_has_recent_time(
		       arrival->base,
		       stamp_timestamp_from_ns(arrival->received_ns + clock->utc_offset_ns,
					       clock->known_second, clock->tai_offset,
					       arrival->policy));
}

static __always_inline enum stamp_outcome create_session(struct arrival *arrival)
{
	struct session_state fresh = {
		.created_ns = arrival->received_ns,
		.last_seen_ns = arrival->received_ns,
		.generation = arrival->generation,
		.policy = arrival->policy,
	};

	bpf_map_update_elem(&session_table, arrival->key, &fresh, BPF_NOEXIST);
	arrival->state = bpf_map_lookup_elem(&session_table, arrival->key);
	if (!arrival->state && arrival->policy.flags & SESSION_STATEFUL)
		return OUTCOME_TABLE_FULL;
	return OUTCOME_CONTINUE;
}

/* Refusals leave no trace in the session table. */
static __always_inline enum stamp_outcome accept_arrival(struct arrival *arrival, int known)
{
	enum stamp_outcome outcome;

	if (arrival->payload_length < STAMP_SHORTEST_REQUEST)
		return OUTCOME_TOO_SHORT;
	if (known) {
		arrival->policy = arrival->state->policy;
	} else {
		outcome = find_rule(arrival);
		if (outcome)
			return outcome;
	}
	if (arrival->payload_length < STAMP_BASE_SIZE &&
	    !(arrival->policy.flags & SESSION_SHORT_REQUESTS))
		return OUTCOME_TOO_SHORT;
	if (is_looped(arrival))
		return OUTCOME_LOOP;
	if (known)
		return OUTCOME_CONTINUE;
	if (!arrival->state)
		return create_session(arrival);
	arrival->state->policy = arrival->policy;
	arrival->state->generation = arrival->generation;
	return OUTCOME_CONTINUE;
}

#endif
