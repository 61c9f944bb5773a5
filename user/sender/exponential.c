/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Random times between the events of a Poisson process (RFC 2330 section 11.1.1). Pure. */
#include "sender/exponential.h"

#include <math.h>

#define FRACTION_BITS 53 /* what a double holds */

/* SplitMix64: good from any seed, and nobody is to be surprised by it. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t bits = *state += 0x9e3779b97f4a7c15;

	bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9;
	bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
	return bits ^ bits >> 31;
}

/* Above 0, of which there is no logarithm, up to 1. */
static double next_fraction(uint64_t *state)
{
	return ldexp((double)(next_random(state) >> (64 - FRACTION_BITS)) + 1, -FRACTION_BITS);
}

uint64_t exponential_ns(uint64_t *state, uint64_t mean_ns)
{
	return (uint64_t)llround(-log(next_fraction(state)) * (double)mean_ns);
}
