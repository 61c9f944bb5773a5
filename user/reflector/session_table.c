/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/session_table.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"

#define BATCH 4096 /* sessions; the kernel wants room for the fullest bucket */
#define FDINFO_MAX 64

static void count_states(const struct session_state *states, __u32 count, __u64 now_ns,
			 __u64 ref_wait_ns, struct session_figures *figures)
{
	for (__u32 i = 0; i < count; i++) {
		__s64 idle_ns = session_idle_ns(states[i].latest, now_ns);

		if (idle_ns > (__s64)ref_wait_ns)
			figures->idle++;
		else
			figures->present++;
	}
}

static int count_sessions(const struct shared_maps *maps, struct session_figures *figures)
{
	struct session_key *keys = calloc(BATCH, sizeof(*keys));
	struct session_state *states = calloc(BATCH, sizeof(*states));
	__u64 now_ns = clock_monotonic_ns();
	__u32 position, count;
	int err = keys && states ? 0 : -ENOMEM;

	for (void *from = NULL; !err; from = &position) {
		count = BATCH;
		if (bpf_map_lookup_batch(maps->session_table_fd, from, &position, keys, states,
					 &count, NULL))
			err = -errno;
		if (!err || err == -ENOENT)
			count_states(states, count, now_ns, maps->limits->ref_wait_ns, figures);
	}
	free(keys);
	free(states);
	return err == -ENOENT ? 0 : err;
}

/* The kernel says what a map takes beside its file descriptor. */
static __u64 memory_of(int map_fd)
{
	char path[FDINFO_MAX], line[128];
	uint64_t octets = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", map_fd);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "memlock: %" SCNu64, &octets) == 1)
			break;
	if (file)
		fclose(file);
	return octets;
}

int session_table_read(const struct shared_maps *maps, struct session_figures *out)
{
	struct session_counts counts = { 0 };
	__u32 zero = 0;
	__u64 entries;
	int err;

	*out = (struct session_figures){ .memory = memory_of(maps->session_table_fd) };
	if (bpf_map_lookup_elem(maps->session_counts_fd, &zero, &counts))
		return -errno;
	err = count_sessions(maps, out);
	entries = out->present + out->idle;
	out->created = counts.created;
	out->evicted = counts.created > entries ? counts.created - entries : 0;
	return err;
}
