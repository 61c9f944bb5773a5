/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Loss bursts, reordering and variation of delay, by rows worked out by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sender/delay_variation.h"
#include "sender/interarrival_jitter.h"
#include "sender/loss_bursts.h"
#include "sender/random.h"
#include "sender/reordering.h"
#include "sender/sparse_histogram.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define NUMBERS_MAX 16
#define END UINT64_MAX

struct bursts_case {
	const char *name;
	uint64_t lost[NUMBERS_MAX];
	uint64_t count, longest;
};

static const struct bursts_case bursts_cases[] = {
	{ "nothing lost is no burst", { END }, 0, 0 },
	{ "a single packet is a burst", { 0, END }, 1, 1 },
	{ "neighbours are one burst", { 4, 5, 6, END }, 1, 3 },
	{ "a packet between them makes two", { 4, 6, 7, END }, 2, 2 },
	{ "the longest need not be the last", { 1, 2, 3, 9, 11, 12, END }, 3, 3 },
};

static void bursts_are_told(void **state)
{
	const struct bursts_case *c = *state;
	struct loss_bursts bursts = { 0 };
	uint64_t lost = 0;

	for (; c->lost[lost] != END; lost++)
		loss_bursts_add(&bursts, c->lost[lost]);
	assert_int_equal(bursts.count, c->count);
	assert_int_equal(bursts.longest, c->longest);
	assert_int_equal(bursts.lost, lost);
}

struct order_case {
	const char *name;
	uint64_t arrivals[NUMBERS_MAX];
	uint64_t reordered, extent_max, extent_sum;
};

static const struct order_case order_cases[] = {
	{ "in order", { 0, 1, 2, 3, END }, 0, 0, 0 },
	{ "in order with losses", { 0, 5, 9, END }, 0, 0, 0 },
	{ "two changed places", { 1, 2, 4, 3, 5, END }, 1, 1, 1 },
	/* RFC 4737 section 4.2.2: 7 was the first of those sent later that came before 4. */
	{ "three early packets of a burst", { 1, 2, 3, 7, 8, 9, 10, 4, 5, 6, 11, END }, 3, 6, 15 },
	{ "one packet that is late by four", { 1, 2, 3, 5, 6, 7, 8, 4, 9, END }, 1, 4, 4 },
	{ "all backwards", { 3, 2, 1, 0, END }, 3, 3, 6 },
};

/* What match_reply() decides. */
static bool is_reordered(const uint64_t *arrivals, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (arrivals[i] > arrivals[at])
			return true;
	}
	return false;
}

static void extents_are_those_of_rfc_4737(void **state)
{
	const struct order_case *c = *state;
	struct reordering reordering = { 0 };

	for (size_t i = 0; c->arrivals[i] != END; i++)
		reordering_arrival(&reordering, c->arrivals[i], is_reordered(c->arrivals, i));
	assert_int_equal(reordering.reordered, c->reordered);
	assert_int_equal(reordering.extent_max, c->extent_max);
	assert_int_equal(reordering.extent_sum, c->extent_sum);
	assert_false(reordering.at_least);
}

static void an_extent_beyond_memory_is_a_lower_bound(void **state)
{
	struct reordering reordering = { 0 };

	(void)state;
	for (uint64_t number = 1; number <= 1000; number++)
		reordering_arrival(&reordering, number, false);
	reordering_arrival(&reordering, 990, true);
	assert_int_equal(reordering.extent_max, 10);
	assert_false(reordering.at_least);
	reordering_arrival(&reordering, 0, true);
	assert_int_equal(reordering.extent_max, REORDERING_REMEMBERED + 1);
	assert_true(reordering.at_least);
}

/* RFC 3550 section 6.4.1: J is 16, then 16 + (0 - 16) / 16 = 15, then 15 + (32 - 15) / 16. */
static void jitter_is_that_of_rfc_3550(void **state)
{
	struct interarrival_jitter jitter = { 0 };

	(void)state;
	interarrival_jitter_add(&jitter, 1000);
	assert_false(jitter.known);
	interarrival_jitter_add(&jitter, 1256);
	assert_true(jitter.known);
	assert_true(jitter.jitter_ns == 16.0);
	interarrival_jitter_add(&jitter, 1256);
	assert_true(jitter.jitter_ns == 15.0);
	interarrival_jitter_add(&jitter, 1224);
	assert_true(jitter.jitter_ns == 16.0625);
}

/* The clocks are 30 years apart, and the shortest delay comes late. */
static void variation_needs_no_clocks_that_agree(void **state)
{
	const int64_t offset = 946684800LL * 1000000000;
	struct delay_variation variation = { 0 };
	struct figures figures;

	(void)state;
	assert_false(delay_variation_figures(&variation).known);
	for (int64_t i = 0; i < 100; i++)
		assert_int_equal(delay_variation_add(&variation, offset + 5000 + i * 100), 0);
	assert_int_equal(delay_variation_add(&variation, offset + 4000), 0);
	figures = delay_variation_figures(&variation);
	assert_int_equal(figures.min, 0);
	assert_int_equal(figures.max, 10900);
	assert_in_range(figures.p50, 5900 - 59, 5900 + 59);
	delay_variation_clear(&variation);
}

static void a_sparse_histogram_is_a_histogram(void **state)
{
	static struct histogram whole;
	struct sparse_histogram sparse = { 0 };
	uint64_t random = 7;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		uint64_t value = random_next(&random) >> (random_next(&random) % 60 + 3);

		histogram_add(&whole, value);
		assert_int_equal(sparse_histogram_add(&sparse, value), 0);
	}
	for (uint64_t rank = 1; rank <= 5000; rank += 7)
		assert_true(sparse_histogram_at_rank(&sparse, rank) ==
			    histogram_at_rank(&whole, rank));
	assert_int_equal(sparse_histogram_at_most(&sparse, UINT64_MAX / 2), 5000);
	sparse_histogram_clear(&sparse);
	assert_int_equal(sparse_histogram_at_most(&sparse, UINT64_MAX / 2), 0);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(bursts_cases) + ARRAY_SIZE(order_cases) + 4];
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(bursts_cases); i++)
		tests[count++] = (struct CMUnitTest){ bursts_cases[i].name, bursts_are_told, NULL,
						      NULL, (void *)&bursts_cases[i] };
	for (size_t i = 0; i < ARRAY_SIZE(order_cases); i++)
		tests[count++] =
			(struct CMUnitTest){ order_cases[i].name, extents_are_those_of_rfc_4737,
					     NULL, NULL, (void *)&order_cases[i] };
	tests[count++] =
		(struct CMUnitTest)cmocka_unit_test(an_extent_beyond_memory_is_a_lower_bound);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(jitter_is_that_of_rfc_3550);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(variation_needs_no_clocks_that_agree);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(a_sparse_histogram_is_a_histogram);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
