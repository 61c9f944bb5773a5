/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Random times between the events of a Poisson process (RFC 2330 section 11.1.1). Pure. */
#include "sender/exponential.h"

#include <math.h>

#include "sender/random.h"

#define FRACTION_BITS 53 /* what a double holds */

/* Above 0, of which there is no logarithm, up to 1. */
static double next_fraction(uint64_t *state)
{
	return ldexp((double)(random_next(state) >> (64 - FRACTION_BITS)) + 1, -FRACTION_BITS);
}

uint64_t exponential_ns(uint64_t *state, uint64_t mean_ns)
{
	return (uint64_t)llround(-log(next_fraction(state)) * (double)mean_ns);
}
