/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* cmocka with what it needs, and tables of cases turned into its tests. */
#ifndef TESTS_CASES_H
#define TESTS_CASES_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Adds a test for each row of `cases`, which has a member `name`, at `count`. */
#define ADD_CASES(tests, count, cases, function)                                                   \
	do {                                                                                       \
		for (size_t row = 0; row < ARRAY_SIZE(cases); row++)                               \
			(tests)[(count)++] =                                                       \
				(struct CMUnitTest){ (cases)[row].name, function, NULL, NULL,      \
						     (void *)&(cases)[row] };                      \
	} while (0)

#define ADD_TEST(tests, count, function)                                                           \
	((tests)[(count)++] = (struct CMUnitTest)cmocka_unit_test(function))

/* cmocka takes the number of tests from an array's size, so the count is given to its inside. */
#define RUN_TESTS(tests, count, setup, teardown)                                                   \
	_cmocka_run_group_tests(__FILE__, tests, count, setup, teardown)

/* Pseudo-random numbers (xorshift64*), the same in every run; the state is any number but 0. */
static inline uint64_t cases_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dULL;
}

#endif
