/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The histogram of stamp/histogram.h, of which only the parts that are hit take memory. */
#include "sender/sparse_histogram.h"

#include <errno.h>
#include <stdlib.h>

int sparse_histogram_add(struct sparse_histogram *histogram, uint64_t value)
{
	uint32_t index = histogram_index(value);
	uint64_t **block = &histogram->blocks[index / HISTOGRAM_STEPS];

	if (!*block)
		*block = calloc(HISTOGRAM_STEPS, sizeof(**block));
	if (!*block)
		return -ENOMEM;
	(*block)[index % HISTOGRAM_STEPS]++;
	return 0;
}

static uint64_t count_of(const struct sparse_histogram *histogram, uint32_t index)
{
	const uint64_t *block = histogram->blocks[index / HISTOGRAM_STEPS];

	return block ? block[index % HISTOGRAM_STEPS] : 0;
}

uint64_t sparse_histogram_at_rank(const struct sparse_histogram *histogram, uint64_t rank)
{
	uint64_t seen = 0;
	uint32_t last = 0;

	for (uint32_t i = 0; i < HISTOGRAM_BUCKETS && seen < rank; i++) {
		uint64_t count = count_of(histogram, i);

		if (count)
			last = i;
		seen += count;
	}
	return histogram_value(last);
}

uint64_t sparse_histogram_at_most(const struct sparse_histogram *histogram, uint64_t value)
{
	uint32_t last = histogram_index(value);
	uint64_t count = 0;

	for (uint32_t i = 0; i <= last; i++)
		count += count_of(histogram, i);
	return count;
}

void sparse_histogram_clear(struct sparse_histogram *histogram)
{
	for (uint32_t i = 0; i < SPARSE_BLOCKS; i++)
		free(histogram->blocks[i]);
	*histogram = (struct sparse_histogram){ 0 };
}
