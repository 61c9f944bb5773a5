/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Publishes to the program whom it answers, and which addresses and ports are ours. */
#ifndef REFLECTOR_RULES_H
#define REFLECTOR_RULES_H

#include "reflector/rule_set.h"
#include "reflector/shared_maps.h"

/*
 * Replaces whom the program answers, and how often: rules, limits, ports. Each packet is judged by
 * the old or by the new ones. 0 or -errno, logged, and then the old ones stay.
 */
int rules_publish(struct shared_maps *maps, const struct config *config,
		  const struct rule_set *set);

/*
 * The two halves of it, for whoever does the rest by himself: fills the free half of the rules and
 * swaps the trie, without a new generation. 0 or -errno.
 */
int rules_swap(struct shared_maps *maps, const struct rule_set *set);

/* What the limits of a configuration are for the program; `seed` as in struct limits. */
struct limits rules_limits(const struct config *config, __u64 seed);

/*
 * Replaces the addresses of this host: those not entered between begin and end are removed at the
 * end, and none is missing meanwhile. Between an end and the next begin addresses may be entered.
 */
void rules_begin_addresses(struct shared_maps *maps);
void rules_enter_address(const struct shared_maps *maps, const struct local_address *address);
void rules_end_addresses(const struct shared_maps *maps);

/*
 * The generation after `present`, with CLOCK_MONOTONIC at `now_ns`. Sessions ask the rules again
 * when it changes. Session entries outlive stampd, so a start (present 0) takes the milliseconds of
 * the clock, which no earlier start has reached; never 0.
 */
__u32 rules_generation_after(__u32 present, __u64 now_ns);

#endif
