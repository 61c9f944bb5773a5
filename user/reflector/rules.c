/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/rules.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"

__u32 rules_generation_after(__u32 present, __u64 now_ns)
{
	__u32 now = (__u32)(now_ns / NSEC_PER_MSEC);
	__u32 next = present + 1;

	if (!present || (__s32)(now - next) > 0)
		next = now;
	return next ? next : 1;
}

static void next_generation(const struct shared_maps *maps)
{
	__u32 *generation = &maps->rules_state->generation;

	__atomic_store_n(generation, rules_generation_after(*generation, clock_monotonic_ns()),
			 __ATOMIC_RELEASE);
}

/* A new trie, or -errno. Its lists name the rules from `first` on. */
static int make_trie(const struct rule_set *set, __u32 first)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_NO_PREALLOC);
	__u32 room = set->node_count ? (__u32)set->node_count : 1;
	int fd = bpf_map_create(BPF_MAP_TYPE_LPM_TRIE, "rule_trie", sizeof(struct rule_key),
				sizeof(struct rule_list), room, &options);
	int err = fd < 0 ? -errno : 0;

	for (size_t i = 0; !err && i < set->node_count; i++) {
		struct rule_list list = set->nodes[i].list;

		for (__u32 j = 0; j < list.count; j++)
			list.rules[j] = (__u16)(list.rules[j] + first);
		if (bpf_map_update_elem(fd, &set->nodes[i].key, &list, BPF_NOEXIST))
			err = -errno;
	}
	if (err && fd >= 0)
		close(fd);
	return err ? err : fd;
}

static int fill_rules(int fd, const struct rule_set *set, __u32 first)
{
	for (size_t i = 0; i < set->rule_count; i++) {
		__u32 place = first + (__u32)i;

		if (bpf_map_update_elem(fd, &place, &set->rules[i], BPF_ANY))
			return -errno;
	}
	return 0;
}

/* The update of a map of maps returns when no program that may use the old trie runs any more, so
 * the half of the rules that it named is free for the next one. */
int rules_swap(struct shared_maps *maps, const struct rule_set *set)
{
	__u32 first = maps->upper_rules ? 0 : RULES_MAX;
	__u32 zero = 0;
	int trie_fd;
	int err = fill_rules(maps->rules_fd, set, first);

	if (err)
		return err;
	trie_fd = make_trie(set, first);
	if (trie_fd < 0)
		return trie_fd;
	if (bpf_map_update_elem(maps->rule_set_fd, &zero, &trie_fd, BPF_ANY))
		err = -errno;
	close(trie_fd); /* the map of maps holds it */
	if (!err)
		maps->upper_rules = !maps->upper_rules;
	return err;
}

struct limits rules_limits(const struct config *config, __u64 seed)
{
	struct limits limits = { .source_seed = seed, .ref_wait_ns = config->ref_wait_ns };

	if (config->packets_per_second) {
		limits.source_interval_ns = NSEC_PER_SEC / config->packets_per_second;
		limits.source_burst_ns = limits.source_interval_ns * (config->burst - 1);
	}
	return limits;
}

/* Buckets that were emptied by another limit, or by a session that was in the place, are filled. */
static void publish_limits(const struct shared_maps *maps, const struct config *config)
{
	const struct limits limits = rules_limits(config, maps->limits->source_seed);

	if (memcmp(&limits, maps->limits, sizeof(limits)) != 0) {
		*maps->limits = limits;
		memset(maps->rate_limits->sources, 0, sizeof(maps->rate_limits->sources));
	}
	memset(maps->rate_limits->new_sessions, 0, sizeof(maps->rate_limits->new_sessions));
}

static void publish_ports(const struct shared_maps *maps, const struct config *config)
{
	struct port_set ports = { 0 };

	for (size_t i = 0; i < config->session_count; i++)
		port_set_add(&ports, config->sessions[i].reflector_port);
	for (size_t i = 0; i < sizeof(ports.words) / sizeof(ports.words[0]); i++)
		__atomic_store_n(&maps->ports->words[i], ports.words[i], __ATOMIC_RELAXED);
}

int rules_publish(struct shared_maps *maps, const struct config *config, const struct rule_set *set)
{
	int err = rules_swap(maps, set);

	if (err) {
		log_error("cannot publish the sessions' rules: %s", strerror(-err));
		return err;
	}
	publish_limits(maps, config);
	next_generation(maps);
	publish_ports(maps, config);
	return 0;
}

void rules_begin_addresses(struct shared_maps *maps)
{
	maps->address_round++;
}

void rules_enter_address(const struct shared_maps *maps, const struct local_address *address)
{
	char text[ADDRESS_TEXT_MAX];

	if (bpf_map_update_elem(maps->local_addresses_fd, address, &maps->address_round, BPF_ANY))
		log_error("%s: cannot enter this local address, so nobody answers for it: %s",
			  address_format(&address->address, text), strerror(errno));
	next_generation(maps);
}

void rules_end_addresses(const struct shared_maps *maps)
{
	int fd = maps->local_addresses_fd;
	struct local_address address, next;
	bool more = bpf_map_get_next_key(fd, NULL, &next) == 0;
	__u8 round;

	while (more) {
		address = next;
		more = bpf_map_get_next_key(fd, &address, &next) == 0;
		if (!bpf_map_lookup_elem(fd, &address, &round) && round != maps->address_round)
			bpf_map_delete_elem(fd, &address);
	}
	next_generation(maps);
}
