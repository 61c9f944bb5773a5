/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The histogram of stamp/histogram.h, of which only the parts that are hit take memory. */
#ifndef SENDER_SPARSE_HISTOGRAM_H
#define SENDER_SPARSE_HISTOGRAM_H

#include <stdint.h>

#include "stamp/histogram.h"

#define SPARSE_BLOCKS (HISTOGRAM_BUCKETS / HISTOGRAM_STEPS)

/* The buckets are those of histogram_index(), in blocks of one power of two. All zero is empty. */
struct sparse_histogram {
	uint64_t *blocks[SPARSE_BLOCKS]; /* of HISTOGRAM_STEPS counts; NULL: never hit */
};

/* 0, or -ENOMEM: then the value is not counted. */
int sparse_histogram_add(struct sparse_histogram *histogram, uint64_t value);

/* As histogram_at_rank(). */
uint64_t sparse_histogram_at_rank(const struct sparse_histogram *histogram, uint64_t rank);

/* How many values are at most `value`, to the width of a bucket. */
uint64_t sparse_histogram_at_most(const struct sparse_histogram *histogram, uint64_t value);

/* Empties it and gives its memory back. */
void sparse_histogram_clear(struct sparse_histogram *histogram);

#endif
