/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From the clock of a network card (PHC) to UTC, by what both were read to be. Pure. */
#include "sender/phc_clock.h"

#include <math.h>

#include "stamp/timestamp.h"

#define NEAR_NS (60 * (int64_t)NSEC_PER_SEC)

/* Two clocks that nobody sets differ by no more in rate: a crystal, and a time that is slewed. */
#define RATE_MAX 1000e-6

static const struct phc_sample *sample_at(const struct phc_clock *clock, uint64_t number)
{
	return &clock->samples[number % PHC_CLOCK_SAMPLES];
}

static const struct phc_sample *newest(const struct phc_clock *clock)
{
	return sample_at(clock, clock->count - 1);
}

/* Differences are modulo 2^64, so that no time of a card, however absurd, overflows. */
static int64_t apart(uint64_t later_ns, uint64_t earlier_ns)
{
	return (int64_t)(later_ns - earlier_ns);
}

/* How much UTC gained on the card's clock from one sample to another. */
static double gain(const struct phc_sample *from, const struct phc_sample *to)
{
	return (double)apart(to->utc_ns - to->phc_ns, from->utc_ns - from->phc_ns);
}

static bool was_set(const struct phc_sample *before, const struct phc_sample *after)
{
	int64_t span_ns = apart(after->phc_ns, before->phc_ns);
	double errors_ns = (double)before->error_ns + (double)after->error_ns;

	return span_ns <= 0 || fabs(gain(before, after)) > RATE_MAX * (double)span_ns + errors_ns;
}

void phc_clock_add(struct phc_clock *clock, const struct phc_sample *sample)
{
	if (clock->count > clock->base && was_set(newest(clock), sample))
		clock->base = clock->count;
	clock->samples[clock->count++ % PHC_CLOCK_SAMPLES] = *sample;
	if (clock->count - clock->base > PHC_CLOCK_SAMPLES)
		clock->base = clock->count - PHC_CLOCK_SAMPLES;
}

struct line {
	double rate;       /* by which UTC gains on the card's clock */
	double rate_error; /* of it */
	double bend_ns;    /* how far samples between are off the line */
};

static struct line line_of(const struct phc_clock *clock)
{
	const struct phc_sample *last = newest(clock), *first = sample_at(clock, clock->base);
	double span_ns = (double)apart(last->phc_ns, first->phc_ns);
	struct line line = { .rate_error = RATE_MAX };

	if (last == first)
		return line;
	line.rate = gain(first, last) / span_ns;
	line.rate_error =
		fmin(((double)first->error_ns + (double)last->error_ns) / span_ns, RATE_MAX);
	for (uint64_t number = clock->base + 1; number + 1 < clock->count; number++) {
		const struct phc_sample *sample = sample_at(clock, number);
		double expected_ns = line.rate * (double)apart(sample->phc_ns, first->phc_ns);

		line.bend_ns = fmax(line.bend_ns, fabs(gain(first, sample) - expected_ns));
	}
	return line;
}

bool phc_clock_utc(const struct phc_clock *clock, uint64_t phc_ns, uint64_t *utc_ns,
		   uint64_t *error_ns)
{
	const struct phc_sample *last;
	struct line line;
	int64_t away_ns;

	if (clock->count == clock->base)
		return false;
	last = newest(clock);
	away_ns = apart(phc_ns, last->phc_ns);
	if (away_ns > NEAR_NS || away_ns < -NEAR_NS)
		return false;
	line = line_of(clock);
	*utc_ns = last->utc_ns + (uint64_t)(away_ns + llrint(line.rate * (double)away_ns));
	*error_ns = last->error_ns +
		    (uint64_t)ceil(line.rate_error * fabs((double)away_ns) + line.bend_ns);
	return true;
}
