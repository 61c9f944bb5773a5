/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Packet delay variation (RFC 5481) of one direction between two clocks that need not agree. */
#include "sender/delay_variation.h"

/* The first ones again, with their distance from a shorter delay. */
static int move_base(struct delay_variation *variation, int64_t base)
{
	int err = 0;

	variation->base = base;
	distribution_clear(&variation->distances);
	for (uint32_t i = 0; i < variation->started && !err; i++)
		err = distribution_add(&variation->distances, variation->first[i] - base);
	return err;
}

int delay_variation_add(struct delay_variation *variation, int64_t delay_ns)
{
	bool first = variation->started == 0;

	if (variation->started < DELAY_VARIATION_FIRST) {
		variation->first[variation->started++] = delay_ns;
		if (first || delay_ns < variation->base)
			return move_base(variation, delay_ns);
	}
	return distribution_add(&variation->distances, delay_ns - variation->base);
}

struct figures delay_variation_figures(const struct delay_variation *variation)
{
	struct figures distances = distribution_figures(&variation->distances);

	return distances.known ? figures_shift(distances, distances.min) : distances;
}

void delay_variation_clear(struct delay_variation *variation)
{
	distribution_clear(&variation->distances);
	*variation = (struct delay_variation){ 0 };
}
