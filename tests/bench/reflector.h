/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The XDP program as it ships, set up for the benches: a stateful session, rules, checksums. */
#ifndef BENCH_REFLECTOR_H
#define BENCH_REFLECTOR_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>

#include "bench/request.h"
#include "common/clock.h"
#include "reflector/clock_sync.h"
#include "reflector/rules.h"
#include "stamp/config.h"
#include "stamp/outcome.h"
#include "stamp/shared_state.h"
#include "stamp_reflector.skel.h"

#define BENCH_PACKETS_PER_SECOND 1000000000 /* tested, and never reached */
#define CLOCK_VALID_NS (60 * NSEC_PER_SEC)

/* A session that any sender of either IP version may use, limited as by default. */
static inline int reflector_set_sessions(struct shared_maps *maps, __u32 flags)
{
	char fault[RULE_SET_FAULT_MAX];
	struct config config;
	struct session_config *session;
	struct rule_set set;
	const struct prefix any = { .length = 0 };
	int err;

	config_init(&config);
	config.packets_per_second = BENCH_PACKETS_PER_SECOND;
	session = config_add_session(&config, "bench");
	if (!session || session_config_allow(session, &any))
		return -ENOMEM;
	session->new_sessions = BENCH_PACKETS_PER_SECOND;
	session->policy.flags |= flags;
	err = rule_set_build(&set, &config, fault);
	if (!err)
		err = rules_publish(maps, &config, &set);
	rule_set_free(&set);
	config_free(&config);
	return err;
}

/* Where the loaded program's maps are, as stampd's modules want to know it. */
static inline struct shared_maps reflector_maps(const struct stamp_reflector_bpf *skel)
{
	return (struct shared_maps){
		.clock = &skel->data_shared->shared.clock,
		.ports = &skel->data_shared->shared.ports,
		.rules_state = &skel->data_shared->shared.rules_state,
		.limits = &skel->data_shared->shared.limits,
		.rate_limits = &skel->data_limits->rate_limits,
		.rule_set_fd = bpf_map__fd(skel->maps.rule_set),
		.rules_fd = bpf_map__fd(skel->maps.rules),
		.local_addresses_fd = bpf_map__fd(skel->maps.local_addresses),
	};
}

/* Both addresses and a rule. */
static inline int reflector_set_rules(const struct stamp_reflector_bpf *skel, __u32 flags)
{
	struct shared_maps maps = reflector_maps(skel);
	int err = 0;

	for (int ip6 = 0; ip6 < 2 && !err; ip6++) {
		struct local_address local = { .address = reflector_address(ip6) };
		__u8 present = 1;

		err = bpf_map_update_elem(bpf_map__fd(skel->maps.local_addresses), &local, &present,
					  BPF_ANY);
	}
	return err ? err : reflector_set_sessions(&maps, flags);
}

/* Does what stampd does each second. A measurement must not last longer than four. */
static inline void reflector_set_clock(const struct stamp_reflector_bpf *skel)
{
	__u64 monotonic = clock_monotonic_ns(), utc = clock_realtime_ns();
	struct clock_reading reading = {
		.utc_offset_ns = utc - monotonic,
		.known_second = utc / NSEC_PER_SEC,
		.valid_until_ns = monotonic + CLOCK_VALID_NS,
		.error_estimate = 0x8001,
	};

	clock_offset_publish(&skel->data_shared->shared.clock, &reading);
}

/* Loads it with a session of these flags; `sessions` 0: the table of its default size. NULL with
 * errno set when the kernel refuses it. */
static inline struct stamp_reflector_bpf *
reflector_load_with(const struct path *path, __u32 ifindex, __u32 sessions, __u32 flags)
{
	struct stamp_reflector_bpf *skel = stamp_reflector_bpf__open();
	int err;

	if (!skel)
		return NULL;
	skel->rodata->config.ifindex = ifindex;
	memcpy((void *)skel->rodata->config.mac, path->reflector_mac, ETH_ALEN);
	if (sessions)
		bpf_map__set_max_entries(skel->maps.session_table, sessions);
	err = stamp_reflector_bpf__load(skel);
	if (!err)
		err = reflector_set_rules(skel, flags);
	if (!err) {
		reflector_set_clock(skel);
		return skel;
	}
	stamp_reflector_bpf__destroy(skel);
	errno = -err;
	return NULL;
}

static inline struct stamp_reflector_bpf *reflector_load(const struct path *path, __u32 ifindex,
							 __u32 sessions)
{
	return reflector_load_with(path, ifindex, sessions, SESSION_STATEFUL);
}

/* How many packets have left with this outcome. 0 or -errno. */
static inline int reflector_count(const struct stamp_reflector_bpf *skel,
				  enum stamp_outcome outcome, __u64 *count)
{
	int cpus = libbpf_num_possible_cpus();
	struct outcome_counts *counts;
	__u32 zero = 0;
	int err = -ENOMEM;

	if (cpus < 0)
		return cpus;
	*count = 0;
	counts = calloc((size_t)cpus, sizeof(*counts));
	if (!counts)
		return err;
	err = bpf_map_lookup_elem(bpf_map__fd(skel->maps.outcome_counts), &zero, counts);
	for (int i = 0; i < cpus; i++)
		*count += counts[i].by_outcome[outcome];
	free(counts);
	return err;
}

#endif
