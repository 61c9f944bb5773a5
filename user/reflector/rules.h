/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Publishes to the program whom it answers, and which addresses and ports are ours. */
#ifndef REFLECTOR_RULES_H
#define REFLECTOR_RULES_H

#include "reflector/config.h"
#include "reflector/loader.h"

/* Fills the empty rule and port maps from the provisioned sessions. 0 or -errno, logged. */
int rules_publish(const struct shared_maps *maps, const struct config *config);

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
