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

static uint64_t due_ns[PACE_BURST_MAX]; /* of the tick before */

static size_t take(struct pace *pace, uint64_t now_ns)
{
	return pace_take(pace, now_ns, PACE_BURST_MAX, due_ns);
}

static void the_first_packet_is_due_at_once(void **state)
{
	struct pace pace = pace_start(START, 10 * MS, 2, 0);

	(void)state;
	assert_int_equal(take(&pace, START), 1);
	assert_int_equal(take(&pace, START), 0);
	assert_int_equal(pace_next_ns(&pace), START + 10 * MS);
}

static void lateness_does_not_add_up(void **state)
{
	struct pace pace = pace_start(START, 10 * MS, 0, 0);

	(void)state;
	for (uint64_t i = 0; i < 1000; i++) {
		assert_int_equal(pace_next_ns(&pace), START + i * 10 * MS);
		assert_int_equal(take(&pace, pace_next_ns(&pace) + 9 * MS), 1);
	}
	assert_int_equal(pace.shifted_ns, 0);
}

static void an_early_tick_sends_nothing(void **state)
{
	struct pace pace = pace_start(START, 10 * MS, 0, 0);

	(void)state;
	take(&pace, START);
	assert_int_equal(take(&pace, START + 10 * MS - 1), 0);
	assert_int_equal(take(&pace, START + 10 * MS), 1);
}

static void a_late_tick_catches_up_what_is_due(void **state)
{
	struct pace pace = pace_start(START, 1 * MS, 0, 0);

	(void)state;
	take(&pace, START);
	assert_int_equal(take(&pace, START + 5 * MS), 5);
	assert_int_equal(pace_next_ns(&pace), START + 6 * MS);
}

static void a_slow_schedule_never_bursts_but_moves_back(void **state)
{
	struct pace pace = pace_start(START, 1000 * MS, 5, 0);

	(void)state;
	take(&pace, START);
	assert_int_equal(take(&pace, START + 3500 * MS), 1);
	assert_int_equal(pace_next_ns(&pace), START + 4000 * MS);
	assert_int_equal(pace.shifted_ns, 2000 * MS);
	assert_int_equal(pace.taken, 2);
}

static void a_fast_schedule_bursts_64_packets_at_most(void **state)
{
	struct pace pace = pace_start(START, 10 * US, 0, 0);

	(void)state;
	take(&pace, START);
	assert_int_equal(take(&pace, START + 1000 * MS), 64);
	assert_true(pace_next_ns(&pace) > START + 1000 * MS);
	assert_int_equal(take(&pace, START + 1000 * MS), 0);
}

static void each_packet_of_a_late_tick_has_its_due_time(void **state)
{
	struct pace pace = pace_start(START, 1 * MS, 0, 0);

	(void)state;
	assert_int_equal(take(&pace, START + 3 * MS + 1), 4);
	for (uint64_t i = 0; i < 4; i++)
		assert_int_equal(due_ns[i], START + i * MS);
}

static void what_held_up_the_schedule_is_in_the_first_due_time(void **state)
{
	struct pace pace = pace_start(START, 4 * MS, 0, 0);

	(void)state;
	take(&pace, START);
	assert_int_equal(take(&pace, START + 100 * MS), 2);
	assert_int_equal(due_ns[0], START + 4 * MS);
	assert_int_equal(due_ns[1], START + 100 * MS);
	assert_int_equal(pace.shifted_ns, 92 * MS);
}

static void it_ends_after_its_count(void **state)
{
	struct pace pace = pace_start(START, 1 * MS, 3, 0);

	(void)state;
	assert_int_equal(take(&pace, START + 9 * MS), 3);
	assert_true(pace_done(&pace));
	assert_int_equal(take(&pace, START + 90 * MS), 0);
}

static void it_ends_after_its_duration(void **state)
{
	struct pace pace = pace_start(START, 10 * MS, 0, 30 * MS);
	uint64_t sent = 0;

	(void)state;
	for (uint64_t now = START; now < START + 100 * MS; now += MS)
		sent += take(&pace, now);
	assert_int_equal(sent, 3);
	assert_true(pace_done(&pace));
}

static void a_tick_after_the_end_of_the_duration_sends_nothing_more(void **state)
{
	struct pace pace = pace_start(START, 10 * MS, 0, 35 * MS);

	(void)state;
	take(&pace, START);
	assert_int_equal(take(&pace, START + 500 * MS), 0);
	assert_true(pace_done(&pace));
}

#define SEED 8762

static void random_intervals_add_up_from_due_time_to_due_time(void **state)
{
	struct pace late = pace_start(START, 10 * MS, 0, 0);
	struct pace in_time = late;

	(void)state;
	pace_randomize(&late, SEED);
	pace_randomize(&in_time, SEED);
	for (int i = 0; i < 1000; i++) {
		uint64_t next_ns = pace_next_ns(&in_time);

		assert_int_equal(take(&in_time, next_ns), 1);
		assert_int_equal(due_ns[0], next_ns);
		if (late.taken < in_time.taken)
			take(&late, next_ns + 1 * MS);
	}
	take(&late, pace_next_ns(&in_time) - 1);
	assert_int_equal(late.taken, in_time.taken);
	assert_int_equal(pace_next_ns(&late), pace_next_ns(&in_time));
	assert_int_equal(late.shifted_ns, 0);
}

static void random_intervals_have_the_mean_of_the_fixed_ones(void **state)
{
	struct pace pace = pace_start(START, 10 * MS, 0, 0);

	(void)state;
	pace_randomize(&pace, SEED);
	while (pace.taken < 10000)
		take(&pace, pace_next_ns(&pace));
	assert_in_range(pace_next_ns(&pace) - START, 96 * 1000 * MS, 104 * 1000 * MS);
}

/* What was due in the 10 ms before is sent, some 10 packets; an hour of them is not. */
static void a_late_tick_of_random_intervals_catches_up_10_ms(void **state)
{
	struct pace pace = pace_start(START, 1 * MS, 0, 0);
	uint64_t now_ns = START + 3600 * 1000 * MS;

	(void)state;
	pace_randomize(&pace, SEED);
	assert_in_range(take(&pace, now_ns), 1, 30);
	assert_true(pace_next_ns(&pace) > now_ns);
	assert_int_equal(pace.shifted_ns, 3600 * 1000 * MS - 10 * MS);
}

static void a_tick_of_random_intervals_sends_64_packets_at_most(void **state)
{
	struct pace pace = pace_start(START, 10 * US, 0, 0);

	(void)state;
	pace_randomize(&pace, SEED);
	for (uint64_t now_ns = START; now_ns < START + 1000 * MS; now_ns += 1 * MS)
		assert_in_range(take(&pace, now_ns), 1, 64);
}

static void random_intervals_end_in_count_and_time(void **state)
{
	struct pace counted = pace_start(START, 1 * MS, 3, 0);
	struct pace timed = pace_start(START, 1 * MS, 0, 30 * MS);

	(void)state;
	pace_randomize(&counted, SEED);
	pace_randomize(&timed, SEED);
	while (!pace_done(&counted))
		take(&counted, pace_next_ns(&counted));
	assert_int_equal(counted.taken, 3);
	while (!pace_done(&timed)) {
		assert_true(pace_next_ns(&timed) < START + 30 * MS);
		take(&timed, pace_next_ns(&timed));
	}
	assert_in_range(timed.taken, 10, 60);
}

static void a_flood_is_due_at_any_time_as_much_as_there_is_room_for(void **state)
{
	struct pace pace = pace_start(START, 1000 * MS, 0, 0);

	(void)state;
	pace_flood(&pace);
	assert_int_equal(pace_take(&pace, START, 0, due_ns), 0);
	assert_int_equal(pace_take(&pace, START, 5, due_ns), 5);
	assert_int_equal(pace_take(&pace, START + 1, 1000, due_ns), PACE_BURST_MAX);
	assert_int_equal(due_ns[0], START + 1); /* never late */
	assert_int_equal(due_ns[PACE_BURST_MAX - 1], START + 1);
	assert_true(pace_next_ns(&pace) <= START + 1);
	assert_int_equal(pace.shifted_ns, 0);
}

static void a_flood_ends_in_count_and_time(void **state)
{
	struct pace counted = pace_start(START, 0, 10, 0);
	struct pace timed = pace_start(START, 0, 0, 30 * MS);

	(void)state;
	pace_flood(&counted);
	assert_int_equal(pace_take(&counted, START, 8, due_ns), 8);
	pace_give_back(&counted, 3); /* no room for them in the socket */
	assert_int_equal(pace_take(&counted, START, 8, due_ns), 5);
	assert_true(pace_done(&counted));
	pace_flood(&timed);
	assert_int_equal(pace_take(&timed, START + 30 * MS - 1, 8, due_ns), 8);
	assert_int_equal(pace_take(&timed, START + 30 * MS, 8, due_ns), 0);
	assert_true(pace_done(&timed));
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
		cmocka_unit_test(each_packet_of_a_late_tick_has_its_due_time),
		cmocka_unit_test(what_held_up_the_schedule_is_in_the_first_due_time),
		cmocka_unit_test(it_ends_after_its_count),
		cmocka_unit_test(it_ends_after_its_duration),
		cmocka_unit_test(a_tick_after_the_end_of_the_duration_sends_nothing_more),
		cmocka_unit_test(random_intervals_add_up_from_due_time_to_due_time),
		cmocka_unit_test(random_intervals_have_the_mean_of_the_fixed_ones),
		cmocka_unit_test(a_late_tick_of_random_intervals_catches_up_10_ms),
		cmocka_unit_test(a_tick_of_random_intervals_sends_64_packets_at_most),
		cmocka_unit_test(random_intervals_end_in_count_and_time),
		cmocka_unit_test(a_flood_is_due_at_any_time_as_much_as_there_is_room_for),
		cmocka_unit_test(a_flood_ends_in_count_and_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
