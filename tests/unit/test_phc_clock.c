/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From the clock of a network card to UTC: offsets, drift, steps, and how far off it can be. */
#include "lib/cases.h"
#include "sender/phc_clock.h"

#define US 1000ULL
#define MS (1000 * US)
#define SECOND (1000 * MS)
#define NOON_NS (1736942400ULL * SECOND)
#define QUARTER (250 * MS)
#define ERROR_NS 800 /* of each sample */

static struct phc_clock clock_of_card;
static uint64_t utc_ns, error_ns;

/* The card's clock began at `zero` (UTC) and is faster than UTC by so many parts in a million. */
struct card {
	uint64_t zero_ns;
	double ppm;
};

static const struct card tai = { (uint64_t)0 - 37 * SECOND, 0 };
static const struct card started_lately = { NOON_NS - 90 * SECOND, 0 };
static const struct card fast = { NOON_NS - 90 * SECOND, 40 };
static const struct card slow = { NOON_NS - 90 * SECOND, -40 };

/* What it shows `after` noon; since noon it is fast or slow. */
static uint64_t card_at(const struct card *card, uint64_t after_ns)
{
	return NOON_NS - card->zero_ns + after_ns +
	       (uint64_t)(int64_t)((double)after_ns * card->ppm / 1e6);
}

static void sample(const struct card *card, uint64_t after_ns)
{
	const struct phc_sample read = { card_at(card, after_ns), NOON_NS + after_ns, ERROR_NS };

	phc_clock_add(&clock_of_card, &read);
}

static bool convert(const struct card *card, uint64_t after_ns)
{
	return phc_clock_utc(&clock_of_card, card_at(card, after_ns), &utc_ns, &error_ns);
}

static int start(void **state)
{
	(void)state;
	clock_of_card = (struct phc_clock){ 0 };
	return 0;
}

static int64_t off_by(uint64_t after_ns)
{
	return (int64_t)(utc_ns - (NOON_NS + after_ns));
}

static void without_a_sample_nothing_is_known(void **state)
{
	(void)state;
	assert_false(convert(&tai, 0));
}

static void a_card_that_counts_tai_is_converted(void **state)
{
	(void)state;
	sample(&tai, 0);
	assert_true(convert(&tai, 0));
	assert_int_equal(utc_ns, NOON_NS);
	assert_int_equal(error_ns, ERROR_NS);
}

static void a_card_that_was_never_set_is_converted(void **state)
{
	(void)state;
	sample(&started_lately, 0);
	assert_true(convert(&started_lately, 3 * MS));
	assert_int_equal(utc_ns, NOON_NS + 3 * MS);
}

static void one_sample_leaves_the_rate_open(void **state)
{
	(void)state;
	sample(&fast, 0);
	assert_true(convert(&fast, 10 * MS));
	assert_in_range(off_by(10 * MS), 399, 401);                    /* 40 ppm of 10 ms */
	assert_in_range(error_ns, ERROR_NS + 10000, ERROR_NS + 10001); /* 1000 ppm of it */
}

static void drift_is_followed(void **state)
{
	const struct card *cards[] = { &fast, &slow };

	for (size_t i = 0; i < ARRAY_SIZE(cards); i++) {
		start(state);
		for (uint64_t n = 0; n < 20; n++)
			sample(cards[i], n * QUARTER);
		assert_true(convert(cards[i], 20 * QUARTER));
		assert_in_range(off_by(20 * QUARTER) + 2, 0, 4);
		assert_true(convert(cards[i], 18 * QUARTER + 100 * MS));
		assert_in_range(off_by(18 * QUARTER + 100 * MS) + 2, 0, 4);
		assert_in_range(error_ns, ERROR_NS, 2 * ERROR_NS);
	}
}

/* What is promised: the truth is never farther away than the error, whatever the readings are. */
static void the_truth_is_within_the_error(void **state)
{
	uint64_t random = 7;

	for (int run = 0; run < 200; run++) {
		const struct card card = { NOON_NS - 90 * SECOND,
					   (double)(cases_random(&random) % 200) - 100 };
		uint64_t after_ns = 0;

		start(state);
		for (int n = 0; n < 12; n++) {
			uint64_t off_ns = cases_random(&random) % (2 * ERROR_NS + 1);
			const struct phc_sample read = { card_at(&card, after_ns),
							 NOON_NS + after_ns + off_ns - ERROR_NS,
							 ERROR_NS };
			uint64_t later_ns = after_ns + cases_random(&random) % QUARTER;

			phc_clock_add(&clock_of_card, &read);
			assert_true(convert(&card, later_ns));
			assert_in_range(off_by(later_ns) + (int64_t)error_ns + 2, 0,
					2 * error_ns + 4);
			after_ns += 10 * MS + cases_random(&random) % QUARTER;
		}
	}
}

static void a_card_that_is_set_starts_anew(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < 5; n++)
		sample(&started_lately, n * QUARTER);
	sample(&tai, 5 * QUARTER);
	assert_true(convert(&tai, 5 * QUARTER + MS));
	assert_int_equal(utc_ns, NOON_NS + 5 * QUARTER + MS);
	assert_in_range(error_ns, ERROR_NS + US, ERROR_NS + US + 1); /* the rate is open again */
	assert_false(convert(&started_lately, 5 * QUARTER));
}

static void a_utc_that_is_set_back_starts_anew(void **state)
{
	struct phc_sample read = { card_at(&tai, QUARTER), NOON_NS - 10 * SECOND, ERROR_NS };

	(void)state;
	sample(&tai, 0);
	phc_clock_add(&clock_of_card, &read);
	assert_true(convert(&tai, QUARTER));
	assert_int_equal(utc_ns, NOON_NS - 10 * SECOND);
}

static void a_reading_that_does_not_fit_widens_the_error(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < 5; n++)
		sample(&tai, n * QUARTER);
	clock_of_card.samples[2].utc_ns += 30 * US;
	assert_true(convert(&tai, 4 * QUARTER));
	assert_int_equal(error_ns, ERROR_NS + 30 * US);
}

static void times_far_from_any_sample_are_refused(void **state)
{
	(void)state;
	sample(&tai, 0);
	assert_true(convert(&tai, 60 * SECOND));
	assert_false(convert(&tai, 60 * SECOND + 1));
	assert_true(convert(&tai, (uint64_t)0 - 60 * SECOND));
	assert_false(convert(&tai, (uint64_t)0 - 60 * SECOND - 1));
	assert_false(phc_clock_utc(&clock_of_card, 0, &utc_ns, &error_ns));
	assert_false(phc_clock_utc(&clock_of_card, UINT64_MAX, &utc_ns, &error_ns));
}

#define TEST(function) cmocka_unit_test_setup(function, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_sample_nothing_is_known),
		TEST(a_card_that_counts_tai_is_converted),
		TEST(a_card_that_was_never_set_is_converted),
		TEST(one_sample_leaves_the_rate_open),
		TEST(drift_is_followed),
		TEST(the_truth_is_within_the_error),
		TEST(a_card_that_is_set_starts_anew),
		TEST(a_utc_that_is_set_back_starts_anew),
		TEST(a_reading_that_does_not_fit_widens_the_error),
		TEST(times_far_from_any_sample_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
