/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which size to try next, to find the largest that passes a path. Pure. */
#include "ping/mtu_search.h"

struct mtu_search mtu_search_start(uint64_t lowest, uint64_t highest)
{
	return (struct mtu_search){ .lowest = lowest, .failed = highest + 1 };
}

/* The lowest first: without an answer to it nothing can be learned. */
bool mtu_search_next(const struct mtu_search *search, uint64_t *size)
{
	*size = search->lowest;
	if (!search->passed)
		return search->failed > search->lowest;
	*size = search->passed + (search->failed - search->passed) / 2;
	if (search->told > search->passed && search->told < search->failed)
		*size = search->told;
	else if (search->told == search->passed)
		*size = search->passed + 1; /* a router that is right fails just this one */
	return search->failed - search->passed > 1;
}

void mtu_search_passed(struct mtu_search *search, uint64_t size)
{
	if (size > search->passed)
		search->passed = size;
}

void mtu_search_failed(struct mtu_search *search, uint64_t size, uint64_t told)
{
	if (size < search->failed)
		search->failed = size;
	if (told)
		search->told = told;
	else if (search->told == search->passed)
		search->told = 0;
}
