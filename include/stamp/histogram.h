/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A log-linear histogram of nanoseconds: filled by the kernel or user space, read in user space. */
#ifndef STAMP_HISTOGRAM_H
#define STAMP_HISTOGRAM_H

#include "stamp/timestamp.h"

/*
 * Each power of two is divided into 64 buckets. Below 128 ns a bucket is one value; above, its
 * middle is within 1/128 (0.8 %) of every value in it. What is longer than 2^40 ns (18 minutes)
 * is counted in the last bucket.
 */
#define HISTOGRAM_STEP_BITS 6
#define HISTOGRAM_STEPS (1 << HISTOGRAM_STEP_BITS)
#define HISTOGRAM_VALUE_BITS 40
#define HISTOGRAM_BUCKETS ((HISTOGRAM_VALUE_BITS - HISTOGRAM_STEP_BITS + 1) * HISTOGRAM_STEPS)

struct histogram {
	__u64 counts[HISTOGRAM_BUCKETS];
};

/* The position of the highest bit that is set; 0 for 0. `value` is below 2^63. BPF has no
 * instruction for it, and the verifier would walk each branch with each other. */
STAMP_INLINE __u32 histogram_highest_bit_by_halves(__u64 value)
{
	__u32 bit = 0;

	for (__u32 step = 32; step; step >>= 1) {
		__u64 borrow = (1ULL << step) - 1 - value;
		__u32 shift = (__u32)(borrow >> 63) * step; /* only of a larger value */

		value >>= shift;
		bit += shift;
	}
	return bit;
}

/* The same, by what each side does fastest. */
STAMP_INLINE __u32 histogram_highest_bit(__u64 value)
{
#ifdef __bpf__
	return histogram_highest_bit_by_halves(value);
#else
	return 63 - (__u32)__builtin_clzll(value | 1);
#endif
}

/* The bucket of a value, below HISTOGRAM_BUCKETS. */
STAMP_INLINE __u32 histogram_index(__u64 value)
{
	__u32 shift;

	if (value < HISTOGRAM_STEPS)
		return (__u32)value;
	if (value >> HISTOGRAM_VALUE_BITS)
		return HISTOGRAM_BUCKETS - 1;
	shift = histogram_highest_bit(value) - HISTOGRAM_STEP_BITS;
	return shift * HISTOGRAM_STEPS + (__u32)(value >> shift);
}

/* The test is for the kernel's verifier, which cannot see that the index is always in range. */
STAMP_INLINE void histogram_add(struct histogram *histogram, __u64 value)
{
	__u32 index = histogram_index(value);

	if (index < HISTOGRAM_BUCKETS)
		histogram->counts[index]++;
}

#ifndef __bpf__

/* The middle of a bucket. */
static inline __u64 histogram_value(__u32 index)
{
	__u32 shift;
	__u64 lowest;

	if (index < 2 * HISTOGRAM_STEPS)
		return index;
	shift = index / HISTOGRAM_STEPS - 1;
	lowest = (__u64)(index % HISTOGRAM_STEPS + HISTOGRAM_STEPS) << shift;
	return lowest + (1ULL << shift) / 2;
}

static inline void histogram_merge(struct histogram *into, const struct histogram *from)
{
	for (__u32 i = 0; i < HISTOGRAM_BUCKETS; i++)
		into->counts[i] += from->counts[i];
}

static inline __u64 histogram_count(const struct histogram *histogram)
{
	__u64 count = 0;

	for (__u32 i = 0; i < HISTOGRAM_BUCKETS; i++)
		count += histogram->counts[i];
	return count;
}

/* The value of the `rank`-th smallest, counted from 1; of the largest when there are fewer. */
static inline __u64 histogram_at_rank(const struct histogram *histogram, __u64 rank)
{
	__u64 seen = 0;
	__u32 last = 0;

	for (__u32 i = 0; i < HISTOGRAM_BUCKETS; i++) {
		if (!histogram->counts[i])
			continue;
		last = i;
		seen += histogram->counts[i];
		if (seen >= rank)
			break;
	}
	return histogram_value(last);
}

/* The rank of a percentile among `count` values: the smallest that `per_mille` do not exceed. */
static inline __u64 histogram_rank(__u64 count, __u32 per_mille)
{
	__u64 rank = count / 1000 * per_mille + (count % 1000 * per_mille + 999) / 1000;

	return rank ? rank : 1;
}

/* A percentile in thousandths (990 is p99); 0 when the histogram is empty. */
static inline __u64 histogram_percentile(const struct histogram *histogram, __u32 per_mille)
{
	return histogram_at_rank(histogram, histogram_rank(histogram_count(histogram), per_mille));
}

#endif

#endif
