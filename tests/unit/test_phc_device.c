/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The readings of a card's clock: which of them counts; and a real one, where there is one. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "lib/cases.h"
#include "sender/phc_device.h"
#include "stamp/timestamp.h"

static struct phc_sample sample;

static void the_quickest_reading_counts(void **state)
{
	const struct ptp_sys_offset_extended answer = {
		.n_samples = 3,
		.ts = { { { .sec = 100, .nsec = 0 },
			  { .sec = 5, .nsec = 10 },
			  { .sec = 100, .nsec = 9000 } },
			{ { .sec = 100, .nsec = 20000 },
			  { .sec = 5, .nsec = 20010 },
			  { .sec = 100, .nsec = 21001 } },
			{ { .sec = 100, .nsec = 30000 },
			  { .sec = 5, .nsec = 30010 },
			  { .sec = 100, .nsec = 32000 } } },
	};

	(void)state;
	assert_true(phc_device_extended(&answer, &sample));
	assert_int_equal(sample.phc_ns, 5 * NSEC_PER_SEC + 20010);
	assert_int_equal(sample.utc_ns, 100 * NSEC_PER_SEC + 20500);
	assert_int_equal(sample.error_ns, 501); /* never less than half of 1001 */
}

/* PTP_SYS_OFFSET: system, card, system, card, ..., system. */
static void plain_readings_share_their_ends(void **state)
{
	const struct ptp_sys_offset answer = {
		.n_samples = 2,
		.ts = { { .sec = 99, .nsec = 999999000 },
			{ .sec = 5 },
			{ .sec = 100, .nsec = 5000 },
			{ .sec = 5, .nsec = 8000 },
			{ .sec = 100, .nsec = 9000 } },
	};

	(void)state;
	assert_true(phc_device_plain(&answer, &sample));
	assert_int_equal(sample.phc_ns, 5 * NSEC_PER_SEC + 8000);
	assert_int_equal(sample.utc_ns, 100 * NSEC_PER_SEC + 7000);
	assert_int_equal(sample.error_ns, 2000);
}

static void a_precise_reading_is_one_moment(void **state)
{
	const struct ptp_sys_offset_precise answer = {
		.device = { .sec = 5, .nsec = 1 },
		.sys_realtime = { .sec = 100, .nsec = 2 },
	};

	(void)state;
	assert_true(phc_device_precise(&answer, &sample));
	assert_int_equal(sample.phc_ns, 5 * NSEC_PER_SEC + 1);
	assert_int_equal(sample.utc_ns, 100 * NSEC_PER_SEC + 2);
	assert_in_range(sample.error_ns, 1, 1000);
}

static void readings_during_which_time_goes_back_are_void(void **state)
{
	struct ptp_sys_offset_extended answer = {
		.n_samples = 1,
		.ts = { { { .sec = 100 }, { .sec = 5 }, { .sec = 99 } } },
	};

	(void)state;
	assert_false(phc_device_extended(&answer, &sample));
	answer.n_samples = 0;
	assert_false(phc_device_extended(&answer, &sample));
}

static void more_readings_than_there_is_room_for_are_not_read(void **state)
{
	struct ptp_sys_offset plain = { .n_samples = UINT32_MAX };
	struct ptp_sys_offset_extended extended = { .n_samples = UINT32_MAX };

	(void)state;
	assert_true(phc_device_plain(&plain, &sample));
	assert_true(phc_device_extended(&extended, &sample));
}

static void a_clock_that_is_not_there_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(phc_device_open(INT32_MAX), -ENOENT);
}

/* Two readings in a row, between which no more time went by than by our own clock. */
static void a_real_clock_can_be_read(void **state)
{
	int fd = phc_device_open(0);
	struct phc_sample later;
	uint64_t before_ns;

	(void)state;
	if (fd < 0) {
		print_message("/dev/ptp0: %s\n", strerror(-fd));
		skip();
	}
	before_ns = clock_realtime_ns();
	assert_int_equal(phc_device_sample(fd, &sample), 0);
	assert_int_equal(phc_device_sample(fd, &later), 0);
	close(fd);
	assert_in_range(sample.utc_ns, before_ns, later.utc_ns);
	assert_in_range(later.utc_ns, sample.utc_ns, clock_realtime_ns());
	assert_in_range(later.phc_ns, sample.phc_ns, sample.phc_ns + NSEC_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_quickest_reading_counts),
		cmocka_unit_test(plain_readings_share_their_ends),
		cmocka_unit_test(a_precise_reading_is_one_moment),
		cmocka_unit_test(readings_during_which_time_goes_back_are_void),
		cmocka_unit_test(more_readings_than_there_is_room_for_are_not_read),
		cmocka_unit_test(a_clock_that_is_not_there_is_an_error),
		cmocka_unit_test(a_real_clock_can_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
