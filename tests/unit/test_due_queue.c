/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which is due first, among many whose times change. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sender/due_queue.h"
#include "sender/random.h"

#define MANY 300
#define ROUNDS 20000

static struct due_queue queue;
static struct due dues[MANY];

static int open_queue(void **state)
{
	(void)state;
	for (size_t i = 0; i < MANY; i++)
		dues[i] = (struct due){ .at_ns = DUE_NEVER };
	return due_queue_reserve(&queue, MANY);
}

static int close_queue(void **state)
{
	(void)state;
	due_queue_close(&queue);
	return 0;
}

static void nothing_is_due_in_an_empty_queue(void **state)
{
	(void)state;
	assert_null(due_queue_first(&queue));
	due_queue_set(&queue, &dues[0], DUE_NEVER);
	assert_null(due_queue_first(&queue));
}

static void the_earliest_is_first_whatever_came_before(void **state)
{
	(void)state;
	due_queue_set(&queue, &dues[0], 30);
	due_queue_set(&queue, &dues[1], 10);
	due_queue_set(&queue, &dues[2], 20);
	assert_ptr_equal(due_queue_first(&queue), &dues[1]);
	due_queue_set(&queue, &dues[1], 40);
	assert_ptr_equal(due_queue_first(&queue), &dues[2]);
	due_queue_set(&queue, &dues[0], 5);
	assert_ptr_equal(due_queue_first(&queue), &dues[0]);
}

static void what_is_due_never_leaves_the_queue(void **state)
{
	(void)state;
	due_queue_set(&queue, &dues[0], 10);
	due_queue_set(&queue, &dues[1], 20);
	due_queue_set(&queue, &dues[0], DUE_NEVER);
	assert_ptr_equal(due_queue_first(&queue), &dues[1]);
	due_queue_set(&queue, &dues[1], DUE_NEVER);
	assert_null(due_queue_first(&queue));
	due_queue_set(&queue, &dues[0], 7);
	assert_ptr_equal(due_queue_first(&queue), &dues[0]);
}

/* By looking at all of them. */
static uint64_t earliest(void)
{
	uint64_t at_ns = DUE_NEVER;

	for (size_t i = 0; i < MANY; i++) {
		if (dues[i].at_ns < at_ns)
			at_ns = dues[i].at_ns;
	}
	return at_ns;
}

static void the_first_is_right_after_any_changes(void **state)
{
	uint64_t random = 42;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct due *due = &dues[random_next(&random) % MANY];
		uint64_t at_ns = random_next(&random) % 1000;
		const struct due *first;

		due_queue_set(&queue, due, at_ns < 100 ? DUE_NEVER : at_ns);
		first = due_queue_first(&queue);
		assert_true((first ? first->at_ns : DUE_NEVER) == earliest());
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_queue, close_queue)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_due_in_an_empty_queue),
		TEST(the_earliest_is_first_whatever_came_before),
		TEST(what_is_due_never_leaves_the_queue),
		TEST(the_first_is_right_after_any_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
