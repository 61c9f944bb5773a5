/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/counters.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#define OUTCOME_NAME_MAX 32

static void add_counts(struct outcome_counts *sum, const struct outcome_counts *counts)
{
	sum->received += counts->received;
	for (int i = 0; i < OUTCOME_MAX; i++)
		sum->by_outcome[i] += counts->by_outcome[i];
	histogram_merge(&sum->residence, &counts->residence);
}

int counters_read(int fd, struct outcome_counts *out)
{
	int cpus = libbpf_num_possible_cpus();
	struct outcome_counts *per_cpu;
	__u32 key = 0;
	int err = 0;

	if (cpus < 0)
		return cpus;
	per_cpu = calloc((size_t)cpus, sizeof(*per_cpu));
	if (!per_cpu)
		return -ENOMEM;
	*out = (struct outcome_counts){ 0 };
	if (bpf_map_lookup_elem(fd, &key, per_cpu))
		err = -errno;
	for (int cpu = 0; !err && cpu < cpus; cpu++)
		add_counts(out, &per_cpu[cpu]);
	free(per_cpu);
	return err;
}

void counters_add(struct outcome_counts *counts, enum stamp_outcome outcome, __u64 number)
{
	__atomic_fetch_add(&counts->received, number, __ATOMIC_RELAXED);
	__atomic_fetch_add(&counts->by_outcome[outcome], number, __ATOMIC_RELAXED);
}

void counters_snapshot(const struct outcome_counts *counts, struct outcome_counts *out)
{
	const __u64 *from = (const __u64 *)counts;
	__u64 *to = (__u64 *)out;

	for (size_t i = 0; i < sizeof(*counts) / sizeof(*from); i++)
		to[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
}

struct verdict_totals counters_total(const struct outcome_counts *counts)
{
	struct verdict_totals totals = { .received = counts->received };

	for (int i = OUTCOME_CONTINUE + 1; i < OUTCOME_MAX; i++) {
		switch (stamp_outcome_action((enum stamp_outcome)i)) {
		case XDP_TX:
			totals.reflected += counts->by_outcome[i];
			break;
		case XDP_REDIRECT:
			totals.slow_path += counts->by_outcome[i];
			break;
		case XDP_PASS:
			totals.passed += counts->by_outcome[i];
			break;
		default:
			totals.dropped += counts->by_outcome[i];
			break;
		}
	}
	return totals;
}

const char *outcome_name(enum stamp_outcome outcome)
{
#define X(name, action, text, hint) [OUTCOME_##name] = #name,
	static char names[OUTCOME_MAX][OUTCOME_NAME_MAX] = { STAMP_OUTCOMES(X) };
#undef X
	char *name = names[outcome];

	for (char *letter = name; *letter; letter++)
		*letter = (char)tolower(*letter);
	return name;
}
