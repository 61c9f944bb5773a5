/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which size to try next, to find the largest that passes a path. Pure. */
#ifndef PING_MTU_SEARCH_H
#define PING_MTU_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

/* All sizes are octets of a STAMP packet. */
struct mtu_search {
	uint64_t lowest;
	uint64_t passed; /* the largest that did; 0: none yet */
	uint64_t failed; /* the smallest that did not */
	uint64_t told;   /* what a router said would pass, not tried yet; 0: nothing */
};

/* Searches from `lowest` to `highest`. */
struct mtu_search mtu_search_start(uint64_t lowest, uint64_t highest);

/* The size to try; false when there is none: `passed` is the largest then, or 0 when not even the
 * lowest passed. */
bool mtu_search_next(const struct mtu_search *search, uint64_t *size);

void mtu_search_passed(struct mtu_search *search, uint64_t size);

/* `told`: the largest size that a router said would pass; 0: nobody said anything. */
void mtu_search_failed(struct mtu_search *search, uint64_t size, uint64_t told);

#endif
