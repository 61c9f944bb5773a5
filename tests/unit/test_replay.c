/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which numbers are new, and which have been there. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cases.h"
#include "reflector/replay.h"

#define IDLE_NS 1000000
#define MODEL_STEPS 200000

static struct replay_windows *windows;

static struct replay_key key_of(unsigned int session, __u64 key)
{
	return (struct replay_key){
		.session = { .sender = stamp_address_ip4(bpf_htonl(session)), .sender_port = 7 },
		.key = key,
	};
}

static int open_windows(void **state)
{
	(void)state;
	return replay_open(&windows, 64);
}

static int close_windows(void **state)
{
	(void)state;
	replay_close(windows);
	windows = NULL;
	return 0;
}

/* clang-format off */
static const struct window_case {
	const char *name;
	unsigned int size;
	__u32 numbers[12]; /* in the order in which they come */
	const char *news;  /* n: new, r: has been there */
} window_cases[] = {
	{ "numbers in order are new", 64, { 0, 1, 2, 3, 4 }, "nnnnn" },
	{ "a number that comes again is not", 64, { 5, 5, 6, 5, 6 }, "nrnrr" },
	{ "one that was overtaken is new once", 64, { 5, 7, 6, 6 }, "nnnr" },
	{ "the last in the window", 64, { 100, 37, 37 }, "nnr" },
	{ "the first behind it", 64, { 100, 36 }, "nr" },
	{ "a window of one takes nothing that was overtaken", 1, { 5, 7, 6, 7, 8 }, "nnrrn" },
	{ "the widest window", REPLAY_WINDOW_MAX, { 1000, 745, 744, 745 }, "nnrr" },
	{ "a leap forgets what lies behind it", 64, { 1, 1000, 999, 1, 937, 936 }, "nnnrnr" },
	{ "a leap of a whole round", 64, { 7, 7 + REPLAY_WINDOW_MAX, 7 }, "nnr" },
	{ "numbers begin again behind the last of 32 bits", 64,
	  { 0xfffffffe, 0xffffffff, 0, 1, 0xffffffff, 0xfffffffd }, "nnnnrn" },
	{ "half of all numbers ahead is behind", 64, { 0, 0x80000000 }, "nr" },
	{ "a sender that begins anew is not believed", 64, { 500, 0, 1, 2 }, "nrrr" },
};
/* clang-format on */

static void numbers_are_told_apart(void **state)
{
	const struct window_case *c = *state;
	const struct replay_key key = key_of(1, 1);

	for (size_t i = 0; c->news[i]; i++) {
		bool is_new = replay_is_new(windows, &key, c->numbers[i], c->size, 1 + i, IDLE_NS);

		if (is_new != (c->news[i] == 'n'))
			fail_msg("number %u, the %zu., is %s", c->numbers[i], i + 1,
				 is_new ? "new" : "not new");
	}
}

static void sessions_and_keys_have_windows_of_their_own(void **state)
{
	const struct replay_key keys[] = { key_of(1, 1), key_of(2, 1), key_of(1, 2) };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		assert_true(replay_is_new(windows, &keys[i], 9, 64, 1, IDLE_NS));
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		assert_false(replay_is_new(windows, &keys[i], 9, 64, 2, IDLE_NS));
}

static void a_window_that_was_idle_begins_anew(void **state)
{
	const struct replay_key key = key_of(1, 1);

	(void)state;
	assert_true(replay_is_new(windows, &key, 500, 64, 1, IDLE_NS));
	assert_false(replay_is_new(windows, &key, 500, 64, 1 + IDLE_NS, IDLE_NS));
	assert_true(replay_is_new(windows, &key, 500, 64, 2 + IDLE_NS, IDLE_NS));
	assert_false(replay_is_new(windows, &key, 500, 64, 3 + IDLE_NS, IDLE_NS));
}

/* A refused number is no use of it, or replays could keep a session from being forgotten. */
static void what_is_refused_does_not_keep_a_window(void **state)
{
	const struct replay_key key = key_of(1, 1);

	(void)state;
	assert_true(replay_is_new(windows, &key, 5, 64, 1, IDLE_NS));
	for (int i = 1; i <= 10; i++)
		assert_false(replay_is_new(windows, &key, 5, 64, 1 + i * IDLE_NS / 10, IDLE_NS));
	assert_true(replay_is_new(windows, &key, 0, 64, 2 + IDLE_NS, IDLE_NS));
}

/* Of 64 windows 64 sessions have most; of 1,000 sessions the latest do. */
static void the_longest_unused_is_forgotten_first(void **state)
{
	unsigned int kept = 0;
	struct replay_key key;

	(void)state;
	for (unsigned int i = 0; i < 1000; i++) {
		key = key_of(i, 1);
		assert_true(replay_is_new(windows, &key, 5, 64, 1 + i, ~0ULL >> 1));
	}
	assert_false(replay_is_new(windows, &key, 5, 64, 2000, ~0ULL >> 1));
	for (unsigned int i = 999 - 16; i < 1000; i++) {
		key = key_of(i, 1);
		kept += !replay_is_new(windows, &key, 5, 64, 3000 + i, ~0ULL >> 1);
	}
	assert_in_range(kept, 12, 17);
}

/* Against a list of all numbers that were accepted, for a walk that repeats, overtakes and leaps.
 */
static void a_long_walk_is_as_a_list_of_all_numbers_says(void **state)
{
	static unsigned char accepted[1 << 20];
	const struct replay_key key = key_of(1, 1);
	unsigned int random = 12345;
	__u32 highest = 1000;

	(void)state;
	memset(accepted, 0, sizeof(accepted));
	accepted[highest] = 1;
	assert_true(replay_is_new(windows, &key, highest, 100, 1, ~0ULL >> 1));
	for (int i = 0; i < MODEL_STEPS; i++) {
		int step = rand_r(&random) % (rand_r(&random) % 50 ? 8 : 400);
		__u32 number = highest + (__u32)step;
		bool expected;

		if (rand_r(&random) % 2)
			number = highest - (__u32)(rand_r(&random) % 130);
		expected = !accepted[number] && (number > highest || highest - number < 100);
		if (replay_is_new(windows, &key, number, 100, 2, ~0ULL >> 1) != expected)
			fail_msg("number %u with the highest %u", number, highest);
		if (expected)
			accepted[number] = 1;
		if (number > highest)
			highest = number;
		if (highest > sizeof(accepted) - 1000)
			break;
	}
	assert_true(highest > 100000);
}

static void *enter_all(void *counter)
{
	const struct replay_key key = key_of(1, 1);

	for (__u32 number = 1; number <= 100000; number++)
		*(unsigned int *)counter +=
			replay_is_new(windows, &key, number, REPLAY_WINDOW_MAX, 1, ~0ULL >> 1);
	return NULL;
}

static void each_number_is_new_to_one_of_two_threads(void **state)
{
	unsigned int news[2] = { 0 };
	pthread_t threads[2];

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, enter_all, &news[i]), 0);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(news[0] + news[1], 100000);
}

int main(void)
{
	struct CMUnitTest tests[8 + ARRAY_SIZE(window_cases)];
	size_t count = 0;

	ADD_CASES(tests, count, window_cases, numbers_are_told_apart);
	ADD_TEST(tests, count, sessions_and_keys_have_windows_of_their_own);
	ADD_TEST(tests, count, a_window_that_was_idle_begins_anew);
	ADD_TEST(tests, count, what_is_refused_does_not_keep_a_window);
	ADD_TEST(tests, count, the_longest_unused_is_forgotten_first);
	ADD_TEST(tests, count, a_long_walk_is_as_a_list_of_all_numbers_says);
	ADD_TEST(tests, count, each_number_is_new_to_one_of_two_threads);
	for (size_t i = 0; i < count; i++) {
		tests[i].setup_func = open_windows;
		tests[i].teardown_func = close_windows;
	}
	return RUN_TESTS(tests, count, NULL, NULL);
}
