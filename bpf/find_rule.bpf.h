/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The provisioned session that a request belongs to. */
#ifndef FIND_RULE_BPF_H
#define FIND_RULE_BPF_H

#include "maps.bpf.h"

#define NO_SENDER (-1) /* no session allows it */
#define NO_MATCH (-2)  /* one does, but not with this SSID, port or address */

static __always_inline int first_match(const struct rule_list *list, const struct session_key *key,
				       __be16 auth_ssid)
{
	for (__u32 i = 0; i < RULE_CANDIDATES_MAX && i < list->count; i++) {
		__u32 place = list->rules[i];
		const struct rule *rule = bpf_map_lookup_elem(&rules, &place);

		if (rule && stamp_rule_matches(rule, key, auth_ssid))
			return (int)place;
	}
	return NO_MATCH;
}

/*
 * The place of the most specific rule that matches, or one of the above. A function of its own so
 * that the verifier walks its loop once and not once for each way that leads here (then it is
 * 340,000 instructions and half a second). It takes any pointer for one that can be NULL.
 */
__attribute__((noinline)) int find_rule_place(const struct session_key *key, __u32 auth_ssid)
{
	struct rule_key sender = { .prefix_length = 128 };
	const struct rule_list *list = NULL;
	__u32 zero = 0;
	void *trie;

	if (!key)
		return NO_SENDER;
	sender.sender = key->sender;
	trie = bpf_map_lookup_elem(&rule_set, &zero);
	if (trie)
		list = bpf_map_lookup_elem(trie, &sender);
	return list ? first_match(list, key, (__be16)auth_ssid) : NO_SENDER;
}

static __always_inline enum stamp_outcome find_rule(const struct session_key *key, __be16 auth_ssid,
						    const struct rule **rule)
{
	int found = find_rule_place(key, auth_ssid);
	__u32 place = (__u32)found;

	if (found == NO_SENDER)
		return OUTCOME_UNKNOWN_SENDER;
	*rule = bpf_map_lookup_elem(&rules, &place);
	return *rule ? OUTCOME_CONTINUE : OUTCOME_UNKNOWN_SESSION;
}

#endif
