/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From the clock of a network card (PHC) to UTC, by what both were read to be. Pure. */
#ifndef SENDER_PHC_CLOCK_H
#define SENDER_PHC_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PHC_CLOCK_SAMPLES 8

/* Both clocks at one moment. */
struct phc_sample {
	uint64_t phc_ns; /* since whatever the card's clock counts from: TAI, its start, anything */
	uint64_t utc_ns; /* CLOCK_REALTIME */
	uint64_t error_ns; /* how far apart the two moments can be */
};

/* All zeroes: nothing is known. */
struct phc_clock {
	struct phc_sample samples[PHC_CLOCK_SAMPLES]; /* the latest ones, as a ring */
	uint64_t count;                               /* of samples, ever */
	uint64_t base;                                /* the oldest that still holds */
};

/* The next sample. What cannot be told by two clocks that drift, because one of them was set, makes
 * the samples before void. */
void phc_clock_add(struct phc_clock *clock, const struct phc_sample *sample);

/*
 * The time of the card as UTC, and how far off this can be beyond what CLOCK_REALTIME is: by the
 * reading, and by the drift since. False if no sample is near enough, a minute.
 */
bool phc_clock_utc(const struct phc_clock *clock, uint64_t phc_ns, uint64_t *utc_ns,
		   uint64_t *error_ns);

#endif
