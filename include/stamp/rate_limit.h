/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How often something may happen: a token bucket, kept as the one time at which it would be full
 * again (the generic cell rate algorithm), so that a test is one comparison. Two CPUs that write
 * it at once let one event more pass; nothing worse.
 */
#ifndef STAMP_RATE_LIMIT_H
#define STAMP_RATE_LIMIT_H

#include "stamp/rule.h"

#define SOURCES_MAX 16384 /* limits per source; sources whose hash is the same share one */

/* Of one source, and what ages. Written by stampd. */
struct limits {
	__u64 source_interval_ns; /* from one packet to the next, on average; 0: no limit */
	__u64 source_burst_ns;    /* how long a burst is, were it sent at that interval */
	__u64 source_seed;        /* random, so that nobody knows who shares a limit with whom */
	__u64 ref_wait_ns;        /* a session that was idle for longer is a new one */
};

/* When each of them is full again, CLOCK_MONOTONIC. Written by the program. */
struct rate_limits {
	__u64 sources[SOURCES_MAX];
	__u64 new_sessions[PROVISIONED_MAX]; /* by provisioned session */
};

/*
 * Takes one of what may happen at once; 0 if there is nothing left. `full_ns` is the bucket,
 * `now_ns` CLOCK_MONOTONIC, `burst_ns` the interval times what may happen at once, less one.
 */
STAMP_INLINE int rate_limit_take(__u64 *full_ns, __u64 now_ns, __u64 interval_ns, __u64 burst_ns)
{
	__s64 ahead = (__s64)(*full_ns - now_ns);

	if (ahead > (__s64)burst_ns)
		return 0;
	*full_ns = (ahead > 0 ? *full_ns : now_ns) + interval_ns;
	return 1;
}

/* Which limit is the source's: an IPv4 address, or the first half of an IPv6 address, since the
 * other half is a host's to choose. */
STAMP_INLINE __u32 rate_limit_source(const struct stamp_address *sender, __u64 seed)
{
	int first = stamp_address_is_ip4(sender) ? 2 : 0;
	__u64 hash = seed;

	for (int i = first; i < first + 2; i++) {
		hash = (hash ^ sender->words[i]) * 0x9e3779b97f4a7c15ULL;
		hash ^= hash >> 32;
	}
	return (__u32)hash % SOURCES_MAX;
}

#endif
