/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The retransmission timer of the Access Report: RFC 8972 section 4.6. */
#include "lib/cases.h"
#include "sender/access_report.h"

#define TIMEOUT 3000
#define NEVER UINT64_MAX

static struct access_report report;

static int start(void **state)
{
	(void)state;
	report = (struct access_report){ ACCESS_UNSENT, TIMEOUT, 4, 0, 0, false };
	return 0;
}

/* Sends it as often as it wants to be; gives how many times until `end_ns`. */
static unsigned int run_until(uint64_t end_ns)
{
	unsigned int again = 0;

	access_report_sent(&report, 1000);
	while (access_report_due_ns(&report) != NEVER) {
		uint64_t due_ns = access_report_due_ns(&report);

		assert_false(access_report_expire(&report, due_ns - 1, end_ns));
		assert_false(access_report_carried(&report)); /* a packet of the schedule */
		if (!access_report_expire(&report, due_ns, end_ns))
			break;
		assert_true(access_report_carried(&report));
		access_report_sent(&report, due_ns);
		again++;
	}
	return again;
}

static void without_one_nothing_is_due(void **state)
{
	struct access_report none = { 0 };

	(void)state;
	assert_false(access_report_carried(&none));
	assert_false(access_report_expire(&none, 1000000, NEVER));
	assert_int_equal(access_report_due_ns(&none), NEVER);
	access_report_answered(&none, true);
	assert_int_equal(none.state, ACCESS_NOT_ASKED);
}

static void the_first_packet_carries_it(void **state)
{
	(void)state;
	assert_true(access_report_carried(&report));
	assert_int_equal(access_report_due_ns(&report), NEVER);
	access_report_sent(&report, 1000);
	assert_int_equal(access_report_due_ns(&report), 1000 + TIMEOUT); /* R8972-4.6-4 */
	assert_false(access_report_carried(&report));
}

static void it_is_sent_four_times_more_and_given_up(void **state) /* R8972-4.6-5 */
{
	(void)state;
	assert_int_equal(run_until(NEVER), 4);
	assert_int_equal(report.transmissions, 5);
	assert_int_equal(report.state, ACCESS_GIVEN_UP);
	assert_int_equal(access_report_due_ns(&report), NEVER);
	assert_false(access_report_carried(&report));
}

static void tries_are_those_configured(void **state) /* R8972-4.6-6 */
{
	(void)state;
	report.tries = 0;
	assert_int_equal(run_until(NEVER), 0);
	assert_int_equal(report.state, ACCESS_GIVEN_UP);
	start(NULL);
	report.tries = 255;
	assert_int_equal(run_until(NEVER), 255);
}

static void a_reply_stops_the_timer(void **state) /* R8972-4.6-4 */
{
	(void)state;
	access_report_sent(&report, 1000);
	access_report_sent(&report, 4000);
	access_report_answered(&report, true);
	assert_int_equal(report.state, ACCESS_ANSWERED);
	assert_int_equal(access_report_due_ns(&report), NEVER);
	assert_false(access_report_expire(&report, 1000000, NEVER));
	assert_int_equal(report.transmissions, 2);
}

static void a_reflector_without_it_is_not_asked_again(void **state)
{
	(void)state;
	access_report_sent(&report, 1000);
	access_report_answered(&report, false);
	assert_int_equal(report.state, ACCESS_NOT_UNDERSTOOD);
	assert_int_equal(access_report_due_ns(&report), NEVER);
}

static void the_end_of_the_run_ends_it(void **state)
{
	(void)state;
	assert_int_equal(run_until(1000 + 2 * TIMEOUT), 1);
	assert_int_equal(report.state, ACCESS_GIVEN_UP);
}

static void a_reply_before_anything_was_sent_is_none(void **state)
{
	(void)state;
	access_report_answered(&report, true);
	assert_int_equal(report.state, ACCESS_UNSENT);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup(function, start)
	const struct CMUnitTest tests[] = {
		TEST(without_one_nothing_is_due),
		TEST(the_first_packet_carries_it),
		TEST(it_is_sent_four_times_more_and_given_up),
		TEST(tries_are_those_configured),
		TEST(a_reply_stops_the_timer),
		TEST(a_reflector_without_it_is_not_asked_again),
		TEST(the_end_of_the_run_ends_it),
		TEST(a_reply_before_anything_was_sent_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
