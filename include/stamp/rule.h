/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A provisioned session as the kernel sees it, and the addresses that are ours (maps). */
#ifndef STAMP_RULE_H
#define STAMP_RULE_H

#include "stamp/session.h"

#define RULES_MAX 8192          /* of one configuration */
#define RULE_PREFIXES_MAX 65536 /* of senders, in one configuration */
#define RULE_CANDIDATES_MAX 32  /* for one sender */
#define RULE_SSIDS_MAX 8        /* of one session */
#define PROVISIONED_MAX 8192    /* sessions, a power of two */
#define LOCAL_ADDRESSES_MAX 16384

/* One provisioned session with one of its reflector-ip; its senders are in the trie. */
struct rule {
	struct stamp_address reflector; /* what is behind the prefix is zero */
	struct stamp_address reflector_mask;
	__be16 sender_port; /* 0: any */
	__be16 reflector_port;
	__u16 ssid_count; /* 0: any, and none */
	__u16 reserved;
	__be16 ssids[RULE_SSIDS_MAX];
	__u64 new_session_ns; /* from one new session to the next, on average */
	struct session_policy policy;
};

/* Key of the trie of a rule set: the Session-Sender's address. */
struct rule_key {
	__u32 prefix_length; /* bits, host order; an IPv4 prefix of n bits is one of 96 + n */
	struct stamp_address sender;
};

/*
 * Value of the trie: a longest-prefix match returns one node only, so each holds the rules of its
 * own prefix and of all that cover it. The most specific is first: the first that matches decides.
 */
struct rule_list {
	__u32 count;
	__u16 rules[RULE_CANDIDATES_MAX]; /* places in `rules` */
};

/* Key of `local_addresses`. */
struct local_address {
	struct stamp_address address;
	__u32 ifindex; /* 0: on every interface; link-local and loopback addresses name theirs */
};

/* The interface of addresses that are no host's: broadcast addresses of this host's networks. */
#define LOCAL_BROADCAST 0xffffffff

/* `rules_state`: what one update of rules or local addresses publishes, after the rules. */
struct rules_state {
	__u32 generation;
	__u32 reserved;
};

_Static_assert(sizeof(struct rule) == 80, "no hidden padding");
_Static_assert(sizeof(struct rule_key) == 20, "no hidden padding");
_Static_assert(sizeof(struct rule_list) == 68, "no hidden padding");
_Static_assert(sizeof(struct local_address) == 20, "no hidden padding");
_Static_assert(2 * RULES_MAX <= 65536, "struct rule_list has 16 bits for a place");

STAMP_INLINE int stamp_rule_has_ssid(const struct rule *rule, __be16 ssid)
{
	if (!rule->ssid_count)
		return 1;
	for (int i = 0; i < RULE_SSIDS_MAX; i++)
		if (i < rule->ssid_count && rule->ssids[i] == ssid)
			return 1;
	return 0;
}

/* Whether a request of this 4-tuple and SSID belongs to the session; its sender has been found. In
 * authenticated mode the SSID is elsewhere in the packet: `auth_ssid`. */
STAMP_INLINE int stamp_rule_matches(const struct rule *rule, const struct session_key *key,
				    __be16 auth_ssid)
{
	__u32 differing = 0;

	for (int i = 0; i < 4; i++)
		differing |= (rule->reflector.words[i] ^ key->reflector.words[i]) &
			     rule->reflector_mask.words[i];
	if (differing || rule->reflector_port != key->reflector_port)
		return 0;
	if (rule->sender_port && rule->sender_port != key->sender_port)
		return 0;
	return stamp_rule_has_ssid(rule, rule->policy.flags & SESSION_AUTHENTICATED ? auth_ssid
										    : key->ssid);
}

#endif
