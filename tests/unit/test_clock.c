/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The clocks of this machine: what can be said of them anywhere. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/clock.h"

static void realtime_is_after_this_was_written(void **state)
{
	(void)state;
	assert_true(clock_realtime_ns() > 1735689600ULL * 1000000000); /* 2025 */
}

static void monotonic_time_never_goes_back(void **state)
{
	uint64_t last = clock_monotonic_ns();

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint64_t now = clock_monotonic_ns();

		assert_true(now >= last);
		last = now;
	}
}

static void a_clock_that_nobody_sets_claims_nothing(void **state)
{
	struct clock_quality quality;

	(void)state;
	assert_int_equal(clock_quality_read(&quality), 0);
	if (!quality.synchronized)
		assert_true(quality.max_error_ns == UINT64_MAX);
	else
		assert_true(quality.max_error_ns < UINT64_MAX);
	assert_in_range(quality.tai_offset + 100, 100, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(realtime_is_after_this_was_written),
		cmocka_unit_test(monotonic_time_never_goes_back),
		cmocka_unit_test(a_clock_that_nobody_sets_claims_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
