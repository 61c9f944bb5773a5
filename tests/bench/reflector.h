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
#include "stamp/config.h"
#include "stamp/outcome.h"
#include "stamp/shared_state.h"
#include "stamp_reflector.skel.h"

#define GENERATION 1
#define CLOCK_VALID_NS (60 * NSEC_PER_SEC)

/* Both addresses, and a rule for each IP version that makes all sessions stateful. */
static inline int reflector_set_rules(const struct stamp_reflector_bpf *skel)
{
	struct shared_state *shared = &skel->data_shared->shared;
	int err = 0;

	for (int ip6 = 0; ip6 < 2 && !err; ip6++) {
		struct local_address local = { .address = reflector_address(ip6) };
		struct rule_key key = { ip6 ? 64 : 96 + 24, sender_address(ip6) };
		struct rule rule = { { SESSION_STATEFUL } };
		__u8 present = 1;

		err = bpf_map_update_elem(bpf_map__fd(skel->maps.local_addresses), &local, &present,
					  BPF_ANY);
		if (!err)
			err = bpf_map_update_elem(bpf_map__fd(skel->maps.rules), &key, &rule,
						  BPF_ANY);
	}
	port_set_add(&shared->ports, STAMP_PORT);
	shared->rules_state.generation = GENERATION;
	return err;
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

/* NULL with errno set when the kernel refuses it. */
static inline struct stamp_reflector_bpf *reflector_load(const struct path *path, __u32 ifindex)
{
	struct stamp_reflector_bpf *skel = stamp_reflector_bpf__open();
	int err;

	if (!skel)
		return NULL;
	skel->rodata->config.ifindex = ifindex;
	memcpy((void *)skel->rodata->config.mac, path->reflector_mac, ETH_ALEN);
	err = stamp_reflector_bpf__load(skel);
	if (!err)
		err = reflector_set_rules(skel);
	if (!err) {
		reflector_set_clock(skel);
		return skel;
	}
	stamp_reflector_bpf__destroy(skel);
	errno = -err;
	return NULL;
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
