/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The limits of step 4: packets of one source, and new sessions of one provisioned session. */
#ifndef RATE_LIMIT_BPF_H
#define RATE_LIMIT_BPF_H

#include "maps.bpf.h"

#define LEAK_ONE_IN 4                        /* packets over the limit, as chrony does */
#define NEW_SESSIONS_AT_ONCE_NS NSEC_PER_SEC /* those of a second */

/*
 * Whether a source may send one more. Some of what is over the limit is answered all the same, at
 * random: or who forges a source could keep the honest packets of that source from any answer.
 */
static __always_inline int may_send(__u32 source, __u64 now_ns)
{
	__u64 interval_ns = *(const volatile __u64 *)&shared.limits.source_interval_ns;

	if (!interval_ns)
		return 1;
	if (rate_limit_take(&rate_limits.sources[source % SOURCES_MAX], now_ns, interval_ns,
			    *(const volatile __u64 *)&shared.limits.source_burst_ns))
		return 1;
	return bpf_get_prandom_u32() % LEAK_ONE_IN == 0;
}

/* Whether one more session may be created by the rule. The table throws out the longest unused, so
 * a flood of forged senders would push out slow honest ones. */
static __always_inline int may_create(const struct rule *rule, __u64 now_ns)
{
	return rate_limit_take(&rate_limits.new_sessions[rule->policy.session % PROVISIONED_MAX],
			       now_ns, rule->new_session_ns, NEW_SESSIONS_AT_ONCE_NS);
}

#endif
