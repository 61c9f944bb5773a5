/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The search for the path MTU on paths that are just a number. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ping/mtu_search.h"

#define LOWEST 44
#define HIGHEST 65507
#define TRIES_MAX 20

struct path {
	uint64_t limit; /* the largest size that passes */
	uint64_t told;  /* what a router says when one does not; 0: nothing */
};

/* How many tries it took. */
static unsigned int search(const struct path *path, uint64_t *found)
{
	struct mtu_search search = mtu_search_start(LOWEST, HIGHEST);
	unsigned int tries = 0;
	uint64_t size;

	for (; mtu_search_next(&search, &size); tries++) {
		assert_in_range(size, LOWEST, HIGHEST);
		assert_in_range(tries, 0, TRIES_MAX);
		if (size <= path->limit)
			mtu_search_passed(&search, size);
		else
			mtu_search_failed(&search, size, path->told);
	}
	*found = search.passed;
	return tries;
}

static void any_limit_is_found(void **state)
{
	uint64_t found;

	(void)state;
	for (uint64_t limit = LOWEST; limit <= HIGHEST; limit++) {
		search(&(struct path){ limit, 0 }, &found);
		assert_int_equal(found, limit);
	}
}

/* The lowest, half of all, what was told, and one more than that. */
static void a_router_that_tells_spares_tries(void **state)
{
	uint64_t found;

	(void)state;
	assert_int_equal(search(&(struct path){ 1372, 1372 }, &found), 4);
	assert_int_equal(found, 1372);
}

static void a_router_that_is_wrong_does_not_mislead(void **state)
{
	static const uint64_t told[] = { 1, 43, 44, 500, 1371, 1373, 9000, 65507, 70000 };
	uint64_t found;

	(void)state;
	for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++) {
		search(&(struct path){ 1372, told[i] }, &found);
		assert_int_equal(found, 1372);
	}
}

static void a_path_that_takes_nothing_ends_the_search_at_once(void **state)
{
	uint64_t found;

	(void)state;
	assert_int_equal(search(&(struct path){ 0, 0 }, &found), 1);
	assert_int_equal(found, 0);
}

static void a_path_without_limit_is_found_to_have_none(void **state)
{
	uint64_t found;

	(void)state;
	search(&(struct path){ UINT64_MAX, 0 }, &found);
	assert_int_equal(found, HIGHEST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_limit_is_found),
		cmocka_unit_test(a_router_that_tells_spares_tries),
		cmocka_unit_test(a_router_that_is_wrong_does_not_mislead),
		cmocka_unit_test(a_path_that_takes_nothing_ends_the_search_at_once),
		cmocka_unit_test(a_path_without_limit_is_found_to_have_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
