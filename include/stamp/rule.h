/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A provisioned session as the kernel sees it, and the addresses that are ours (maps). */
#ifndef STAMP_RULE_H
#define STAMP_RULE_H

#include "stamp/session.h"

#define RULES_MAX 65536 /* prefixes */
#define LOCAL_ADDRESSES_MAX 16384

/* Key of `rules`, a longest-prefix trie over the Session-Sender's address. */
struct rule_key {
	__u32 prefix_length; /* bits, host order; an IPv4 prefix of n bits is one of 96 + n */
	struct stamp_address sender;
};

struct rule {
	struct session_policy policy;
};

/* Key of `local_addresses`. */
struct local_address {
	struct stamp_address address;
	__u32 ifindex; /* 0: on every interface; link-local and loopback addresses name theirs */
};

/* `rules_state`: what one update of rules or local addresses publishes, after the rules. */
struct rules_state {
	__u32 generation;
	__u32 reserved;
};

_Static_assert(sizeof(struct rule_key) == 20, "no hidden padding");
_Static_assert(sizeof(struct local_address) == 20, "no hidden padding");

#endif
