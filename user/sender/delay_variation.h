/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Packet delay variation (RFC 5481) of one direction between two clocks that need not agree. */
#ifndef SENDER_DELAY_VARIATION_H
#define SENDER_DELAY_VARIATION_H

#include "sender/distribution.h"

#define DELAY_VARIATION_FIRST 32

/*
 * The offset between the clocks can be years, and a histogram of that is coarse. So delays are
 * kept as their distance from the shortest of the first packets. All zero is empty.
 */
struct delay_variation {
	uint32_t started; /* how many of `first` there are */
	int64_t first[DELAY_VARIATION_FIRST];
	int64_t base; /* the smallest of them */
	struct distribution distances;
};

/* 0 or -ENOMEM. */
int delay_variation_add(struct delay_variation *variation, int64_t delay_ns);

/* Of the delays less the shortest of all; percentiles within 1 % of a value's distance from
 * the shortest of the first DELAY_VARIATION_FIRST. */
struct figures delay_variation_figures(const struct delay_variation *variation);

/* Empties it and gives its memory back. */
void delay_variation_clear(struct delay_variation *variation);

#endif
