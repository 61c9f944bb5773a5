/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The schedule: no drift, bounded bursts, no packet left out, an end in count or time. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sender/pace.h"

#define US 1000ULL
#define MS (1000 * US)
#define START (7 * MS)

static void the_first_packet_is_due_at_once(void **state)
{
	struct pace pace = pace_start(START, 10 * MS, 2, 0);

	(void)state;
	assert_int_equal(pace_take(&pace, START), 1);
	assert_int_equal(pace_take(&pace, START), 0);
	assert_int_equal(pace_next_ns(&pace), START + 10 * MS);
}

static void lateness_does_not_add_up(void **state)
{
	struct pace pace = pace_start(START, 10 * MS, 0, 0);

	(void)state;
	for (uint64_t i = 0; i < 1000; i++) {
		assert_int_equal(pace_next_ns(&pace), START + i * 10 * MS);
		assert_int_equal(pace_take(&pace, pace_next_ns(&pace) + 9 * MS), 1);
	}
	assert_int_equal(pace.shifted_ns, 0);
}

static void an_early_tick_sends_nothing(void **state)
{
	struct pace pace = pace_start(START, 10 * MS, 0, 0);

	(void)state;
	pace_take(&pace, START);
	assert_int_equal(pace_take(&pace, START + 10 * MS - 1), 0);
	assert_int_equal(pace_take(&pace, START + 10 * MS), 1);
}

static void a_late_tick_catches_up_what_is_due(void **state)
{
	struct pace pace = pace_start(START, 1 * MS, 0, 0);

	(void)state;
	pace_take(&pace, START);
	assert_int_equal(pace_take(&pace, START + 5 * MS), 5);
	assert_int_equal(pace_next_ns(&pace), START + 6 * MS);
}

static void a_slow_schedule_never_bursts_but_moves_back(void **state)
{
	struct pace pace = pace_start(START, 1000 * MS, 5, 0);

	(void)state;
	pace_take(&pace, START);
	assert_int_equal(pace_take(&pace, START + 3500 * MS), 1);
	assert_int_equal(pace_next_ns(&pace), START + 4000 * MS);
	assert_int_equal(pace.shifted_ns, 2000 * MS);
	assert_int_equal(pace.taken, 2);
}

static void a_fast_schedule_bursts_64_packets_at_most(void **state)
{
	struct pace pace = pace_start(START, 10 * US, 0, 0);

	(void)state;
	pace_take(&pace, START);
	assert_int_equal(pace_take(&pace, START + 1000 * MS), 64);
	assert_true(pace_next_ns(&pace) > START + 1000 * MS);
	assert_int_equal(pace_take(&pace, START + 1000 * MS), 0);
}

static void it_ends_after_its_count(void **state)
{
	struct pace pace = pace_start(START, 1 * MS, 3, 0);

	(void)state;
	assert_int_equal(pace_take(&pace, START + 9 * MS), 3);
	assert_true(pace_done(&pace));
	assert_int_equal(pace_take(&pace, START + 90 * MS), 0);
}

static void it_ends_after_its_duration(void **state)
{
	struct pace pace = pace_start(START, 10 * MS, 0, 30 * MS);
	uint64_t sent = 0;

	(void)state;
	for (uint64_t now = START; now < START + 100 * MS; now += MS)
		sent += pace_take(&pace, now);
	assert_int_equal(sent, 3);
	assert_true(pace_done(&pace));
}

static void a_tick_after_the_end_of_the_duration_sends_nothing_more(void **state)
{
	struct pace pace = pace_start(START, 10 * MS, 0, 35 * MS);

	(void)state;
	pace_take(&pace, START);
	assert_int_equal(pace_take(&pace, START + 500 * MS), 0);
	assert_true(pace_done(&pace));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_packet_is_due_at_once),
		cmocka_unit_test(lateness_does_not_add_up),
		cmocka_unit_test(an_early_tick_sends_nothing),
		cmocka_unit_test(a_late_tick_catches_up_what_is_due),
		cmocka_unit_test(a_slow_schedule_never_bursts_but_moves_back),
		cmocka_unit_test(a_fast_schedule_bursts_64_packets_at_most),
		cmocka_unit_test(it_ends_after_its_count),
		cmocka_unit_test(it_ends_after_its_duration),
		cmocka_unit_test(a_tick_after_the_end_of_the_duration_sends_nothing_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
