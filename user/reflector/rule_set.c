/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/rule_set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX (4 * RULE_PREFIXES_MAX)
#define LONGEST_CHAIN 129 /* prefixes of which each lies in the one before */

/* A rule below one of its sender prefixes. */
struct entry {
	struct prefix sender;
	unsigned int rule; /* in the order of the configuration */
	unsigned int rank; /* the larger one decides between rules of the same prefix */
};

struct build {
	const struct config *config;
	struct rule_set *set;
	struct entry *entries;
	size_t entry_count;
	char *fault;
};

static const struct prefix any = { .length = 0 };

static size_t reflectors_of(const struct session_config *session)
{
	return session->reflector_count ? session->reflector_count : 1;
}

static struct stamp_address mask_of(unsigned int length)
{
	struct stamp_address mask = { 0 };

	for (unsigned int bit = 0; bit < length; bit++)
		mask.octets[bit / 8] |= (__u8)(0x80 >> bit % 8);
	return mask;
}

static struct rule make_rule(const struct config *config, size_t place,
			     const struct prefix *reflector)
{
	const struct session_config *session = &config->sessions[place];
	struct rule rule = {
		.reflector = reflector->address,
		.reflector_mask = mask_of(reflector->length),
		.sender_port = bpf_htons(session->sender_port),
		.reflector_port = bpf_htons(session->reflector_port),
		.ssid_count = (__u16)session->ssid_count,
		.new_session_ns = NSEC_PER_SEC / config_new_sessions(config, session),
		.policy = session->policy,
	};

	for (size_t i = 0; i < session->ssid_count; i++)
		rule.ssids[i] = bpf_htons(session->ssids[i]);
	return rule;
}

static unsigned int rank_of(const struct session_config *session, const struct prefix *reflector)
{
	return (session->ssid_count ? 512U : 0) + (session->sender_port ? 256U : 0) +
	       reflector->length;
}

/* One rule, and an entry for each of the session's senders. */
static void add_rule(struct build *build, const struct config *config, size_t place,
		     const struct prefix *reflector)
{
	const struct session_config *session = &config->sessions[place];

	build->set->rules[build->set->rule_count] = make_rule(config, place, reflector);
	for (size_t i = 0; i < session->sender_count; i++)
		build->entries[build->entry_count++] = (struct entry){
			.sender = session->senders[i],
			.rule = (unsigned int)build->set->rule_count,
			.rank = rank_of(session, reflector),
		};
	build->set->rule_count++;
}

static int fault_too_many(const struct build *build, const char *what, size_t most)
{
	snprintf(build->fault, RULE_SET_FAULT_MAX,
		 "more than %zu %s: join prefixes, or provision fewer sessions", most, what);
	return -EINVAL;
}

static int add_rules(struct build *build, const struct config *config)
{
	size_t rules = 0, entries = 0;

	for (size_t i = 0; i < config->session_count; i++) {
		rules += reflectors_of(&config->sessions[i]);
		entries += reflectors_of(&config->sessions[i]) * config->sessions[i].sender_count;
	}
	if (rules > RULES_MAX)
		return fault_too_many(build, "pairs of a session and its reflector-ip", RULES_MAX);
	if (entries > ENTRIES_MAX)
		return fault_too_many(build, "triples of a session, its sender-ip and reflector-ip",
				      ENTRIES_MAX);
	build->set->rules = calloc(rules + 1, sizeof(*build->set->rules));
	build->entries = calloc(entries + 1, sizeof(*build->entries));
	build->set->nodes = calloc(entries + 1, sizeof(*build->set->nodes));
	if (!build->set->rules || !build->entries || !build->set->nodes)
		return -ENOMEM;
	for (size_t i = 0; i < config->session_count; i++)
		for (size_t j = 0; j < reflectors_of(&config->sessions[i]); j++)
			add_rule(build, config, i,
				 config->sessions[i].reflector_count
					 ? &config->sessions[i].reflectors[j]
					 : &any);
	return 0;
}

static int compare_prefixes(const struct prefix *a, const struct prefix *b)
{
	int order = memcmp(&a->address, &b->address, sizeof(a->address));

	return order ? order : (a->length > b->length) - (a->length < b->length);
}

/* Prefixes before those that lie in them, rules of one prefix as they decide. */
static int compare_entries(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int order = compare_prefixes(&a->sender, &b->sender);

	if (order)
		return order;
	if (a->rank != b->rank)
		return a->rank < b->rank ? 1 : -1;
	return (a->rule > b->rule) - (a->rule < b->rule);
}

static int covers(const struct rule_key *prefix, const struct rule_key *other)
{
	struct stamp_address mask = mask_of(prefix->prefix_length);

	if (prefix->prefix_length > other->prefix_length)
		return 0;
	for (int i = 0; i < 4; i++)
		if ((prefix->sender.words[i] ^ other->sender.words[i]) & mask.words[i])
			return 0;
	return 1;
}

static int append(struct build *build, struct rule_node *node, unsigned int rule)
{
	const struct prefix prefix = { node->key.sender, node->key.prefix_length };
	char text[ADDRESS_TEXT_MAX];

	if (node->list.count < RULE_CANDIDATES_MAX) {
		node->list.rules[node->list.count++] = (__u16)rule;
		return 0;
	}
	snprintf(build->fault, RULE_SET_FAULT_MAX,
		 "more than %d sessions could answer a sender in %s: provision fewer of them, or "
		 "with senders that overlap less",
		 RULE_CANDIDATES_MAX, prefix_format(&prefix, text));
	return -EINVAL;
}

static int may_share_packets(const struct rule *a, const struct rule *b)
{
	if (a->reflector_port != b->reflector_port ||
	    (a->sender_port && b->sender_port && a->sender_port != b->sender_port))
		return 0;
	for (int i = 0; i < 4; i++)
		if ((a->reflector.words[i] ^ b->reflector.words[i]) & a->reflector_mask.words[i] &
		    b->reflector_mask.words[i])
			return 0;
	return 1;
}

/*
 * The mode of a packet is its session's, and where its SSID is depends on the mode: so an SSID
 * cannot choose between the two. (An authenticated session of any SSID leaves nothing to choose.)
 */
static int check_modes(const struct build *build, const struct rule *a, const struct rule *b)
{
	const struct session_config *sessions = build->config->sessions;

	if (!(a->policy.flags & SESSION_AUTHENTICATED) || !a->ssid_count ||
	    b->policy.flags & SESSION_AUTHENTICATED || !may_share_packets(a, b))
		return 0;
	snprintf(build->fault, RULE_SET_FAULT_MAX,
		 "sessions %.60s (authenticated, with ssid) and %.60s (not) could have one sender: "
		 "give them different reflector-udp-port, or leave out the ssid",
		 sessions[a->policy.session].name, sessions[b->policy.session].name);
	return -EINVAL;
}

static int check_node(const struct build *build, const struct rule_node *node)
{
	int err = 0;

	for (__u32 i = 0; !err && i < node->list.count; i++)
		for (__u32 j = 0; !err && j < node->list.count; j++)
			err = check_modes(build, &build->set->rules[node->list.rules[i]],
					  &build->set->rules[node->list.rules[j]]);
	return err;
}

/* The entries of one prefix, from `first` on, and what the prefix around it has. */
static int fill_node(struct build *build, struct rule_node *node, const struct rule_node *around,
		     size_t *first)
{
	const struct prefix *prefix = &build->entries[*first].sender;
	int err = 0;

	for (; !err && *first < build->entry_count &&
	       !compare_prefixes(prefix, &build->entries[*first].sender);
	     (*first)++)
		err = append(build, node, build->entries[*first].rule);
	for (__u32 i = 0; !err && around && i < around->list.count; i++)
		err = append(build, node, around->list.rules[i]);
	return err;
}

/* Goes through the prefixes in order, with those that cover the present one on a stack. */
static int make_nodes(struct build *build)
{
	const struct rule_node *stack[LONGEST_CHAIN];
	size_t depth = 0, next = 0;
	int err = 0;

	qsort(build->entries, build->entry_count, sizeof(*build->entries), compare_entries);
	while (!err && next < build->entry_count) {
		const struct prefix *prefix = &build->entries[next].sender;
		struct rule_node *node = &build->set->nodes[build->set->node_count++];

		node->key = (struct rule_key){ prefix->length, prefix->address };
		while (depth && !covers(&stack[depth - 1]->key, &node->key))
			depth--;
		err = fill_node(build, node, depth ? stack[depth - 1] : NULL, &next);
		if (!err)
			err = check_node(build, node);
		stack[depth++] = node;
	}
	if (!err && build->set->node_count > RULE_PREFIXES_MAX)
		err = fault_too_many(build, "sender prefixes", RULE_PREFIXES_MAX);
	return err;
}

int rule_set_build(struct rule_set *out, const struct config *config,
		   char fault[RULE_SET_FAULT_MAX])
{
	struct build build = { .config = config, .set = out, .fault = fault };
	int err;

	*out = (struct rule_set){ 0 };
	snprintf(fault, RULE_SET_FAULT_MAX, "out of memory");
	err = add_rules(&build, config);
	if (!err)
		err = make_nodes(&build);
	free(build.entries);
	if (err)
		rule_set_free(out);
	return err;
}

void rule_set_free(struct rule_set *set)
{
	free(set->rules);
	free(set->nodes);
	*set = (struct rule_set){ 0 };
}
