/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "sender/random.h"

/* SplitMix64: good from any seed, and nobody is to be surprised by it. */
uint64_t random_next(uint64_t *state)
{
	uint64_t bits = *state += 0x9e3779b97f4a7c15;

	bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9;
	bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
	return bits ^ bits >> 31;
}
