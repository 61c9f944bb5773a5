/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which packet a reply answers: lost, late, duplicate, reordered and foreign ones; hostile replies.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sender/match.h"

#define MS 1000000ULL
#define NOON_NS (1736942400ULL * 1000 * MS)
#define TIMEOUT (1000 * MS)
#define INTERVAL (10 * MS)
#define WINDOW 1024 /* packets that are remembered */
#define SSID 0x5a01

static struct match *match;

/* T1 of packet n: any value that no other packet has. */
static struct stamp_timestamp timestamp(uint64_t n)
{
	return (struct stamp_timestamp){ (uint32_t)(n / 3 + 1), (uint32_t)(n * 7 + 5) };
}

static uint64_t lost_ns; /* T1 of the packet lost last */

static uint64_t sent_at(uint64_t n)
{
	return n * INTERVAL;
}

static int open_match(void **state)
{
	const struct match_settings settings = { TIMEOUT, WINDOW / 2, SSID };

	(void)state;
	return match_open(&match, &settings);
}

static int close_match(void **state)
{
	(void)state;
	match_close(match);
	return 0;
}

static void send_packets(uint64_t from, uint64_t count)
{
	for (uint64_t n = from; n < from + count; n++)
		match_sent(match, timestamp(n), NOON_NS + sent_at(n), sent_at(n));
}

static struct probe_reply reply_to(uint64_t n)
{
	return (struct probe_reply){
		.size = 44,
		.sequence = (uint32_t)n,
		.sender_sequence = (uint32_t)n,
		.sender_timestamp = timestamp(n),
		.ssid = SSID,
	};
}

static struct match_result receive(struct probe_reply reply, uint64_t when)
{
	return match_reply(match, &reply, NOON_NS + when, when);
}

static void an_answer_finds_its_packet(void **state)
{
	struct match_result result;

	(void)state;
	send_packets(0, 3);
	result = receive(reply_to(1), sent_at(2) + MS);
	assert_int_equal(result.verdict, MATCH_ANSWER);
	assert_int_equal(result.number, 1);
	assert_int_equal(result.sent_ns, NOON_NS + sent_at(1));
	assert_int_equal(result.source, TIME_USER);
	assert_false(result.reordered);
	assert_int_equal(match_under_way(match), 2);
}

static void another_ssid_is_foreign(void **state)
{
	struct probe_reply reply = reply_to(0);

	(void)state;
	send_packets(0, 1);
	reply.ssid = SSID + 1;
	assert_int_equal(receive(reply, MS).verdict, MATCH_FOREIGN);
	assert_int_equal(match_under_way(match), 1);
}

static void no_ssid_is_accepted(void **state) /* R8972-3-8 */
{
	struct probe_reply reply = reply_to(0);

	(void)state;
	send_packets(0, 1);
	reply.ssid = 0;
	assert_int_equal(receive(reply, MS).verdict, MATCH_ANSWER);
}

static void another_timestamp_is_foreign(void **state)
{
	struct probe_reply reply = reply_to(0);

	(void)state;
	send_packets(0, 1);
	reply.sender_timestamp.fraction++;
	assert_int_equal(receive(reply, MS).verdict, MATCH_FOREIGN);
	reply = reply_to(0);
	reply.sender_timestamp.seconds++;
	assert_int_equal(receive(reply, MS).verdict, MATCH_FOREIGN);
	assert_int_equal(receive(reply_to(0), MS).verdict, MATCH_ANSWER);
}

static void a_number_not_sent_is_foreign(void **state)
{
	(void)state;
	assert_int_equal(receive(reply_to(0), MS).verdict, MATCH_FOREIGN);
	send_packets(0, 2);
	assert_int_equal(receive(reply_to(2), MS).verdict, MATCH_FOREIGN);
	assert_int_equal(receive(reply_to(0xffffffff), MS).verdict, MATCH_FOREIGN);
}

static void the_second_reply_is_a_duplicate(void **state)
{
	(void)state;
	send_packets(0, 1);
	assert_int_equal(receive(reply_to(0), MS).verdict, MATCH_ANSWER);
	assert_int_equal(receive(reply_to(0), 2 * MS).verdict, MATCH_DUPLICATE);
	assert_int_equal(receive(reply_to(0), 2 * TIMEOUT).verdict, MATCH_DUPLICATE);
	assert_int_equal(match_under_way(match), 0);
}

static void overtaken_replies_are_reordered(void **state)
{
	(void)state;
	send_packets(0, 4);
	assert_false(receive(reply_to(0), 40 * MS).reordered);
	assert_false(receive(reply_to(3), 41 * MS).reordered);
	assert_true(receive(reply_to(1), 42 * MS).reordered);
	assert_true(receive(reply_to(2), 43 * MS).reordered);
	assert_false(receive(reply_to(2), 44 * MS).reordered); /* a duplicate is only that */
}

static void unanswered_packets_are_lost_once(void **state)
{
	uint64_t number = 99;

	(void)state;
	send_packets(0, 3);
	receive(reply_to(1), 30 * MS);
	assert_false(match_expire(match, TIMEOUT - 1, &number, &lost_ns));
	assert_true(match_expire(match, TIMEOUT, &number, &lost_ns));
	assert_int_equal(number, 0);
	assert_false(match_expire(match, TIMEOUT, &number, &lost_ns));
	assert_true(match_expire(match, TIMEOUT + sent_at(2), &number, &lost_ns));
	assert_int_equal(number, 2);
	assert_int_equal(lost_ns, NOON_NS + sent_at(2));
	assert_false(match_expire(match, UINT64_MAX / 2, &number, &lost_ns));
	assert_int_equal(match_under_way(match), 0);
}

static void the_oldest_packet_under_way_expires_next(void **state)
{
	uint64_t number;

	(void)state;
	assert_true(match_expiry_ns(match) == UINT64_MAX);
	send_packets(0, 3);
	assert_int_equal(match_expiry_ns(match), TIMEOUT);
	receive(reply_to(0), 30 * MS);
	assert_int_equal(match_expiry_ns(match), sent_at(1) + TIMEOUT);
	assert_true(match_expire(match, sent_at(1) + TIMEOUT, &number, &lost_ns));
	receive(reply_to(2), 40 * MS);
	assert_true(match_expiry_ns(match) == UINT64_MAX);
}

static void a_reply_after_the_loss_is_late(void **state)
{
	uint64_t number;

	(void)state;
	send_packets(0, 1);
	assert_true(match_expire(match, TIMEOUT, &number, &lost_ns));
	assert_int_equal(receive(reply_to(0), TIMEOUT + MS).verdict, MATCH_LATE);
	assert_int_equal(receive(reply_to(0), TIMEOUT + MS).verdict, MATCH_DUPLICATE);
}

static void a_late_reply_leaves_its_packet_lost(void **state)
{
	uint64_t number = 99;

	(void)state;
	send_packets(0, 1);
	assert_int_equal(receive(reply_to(0), TIMEOUT + 1).verdict, MATCH_LATE);
	assert_int_equal(match_under_way(match), 1);
	assert_true(match_expire(match, TIMEOUT + 1, &number, &lost_ns));
	assert_int_equal(number, 0);
}

static void a_reply_read_late_was_not_late(void **state)
{
	struct probe_reply reply = reply_to(0);

	(void)state;
	send_packets(0, 1);
	assert_int_equal(match_reply(match, &reply, NOON_NS + MS, 5 * TIMEOUT).verdict,
			 MATCH_ANSWER);
}

static void a_step_of_the_clock_makes_nothing_late(void **state)
{
	struct probe_reply reply = reply_to(0), next = reply_to(1);

	(void)state;
	send_packets(0, 2);
	assert_int_equal(match_reply(match, &reply, 2 * NOON_NS, 20 * MS).verdict, MATCH_ANSWER);
	assert_int_equal(match_reply(match, &next, 0, 20 * MS).verdict, MATCH_ANSWER);
}

static void the_kernel_knows_better_when_it_left(void **state)
{
	struct match_result result;

	(void)state;
	send_packets(0, 2);
	assert_int_equal(match_transmitted(match, 1, NOON_NS + sent_at(1) + 3000, TIME_KERNEL),
			 MATCH_TIME_FIRST);
	result = receive(reply_to(1), 30 * MS);
	assert_int_equal(result.sent_ns, NOON_NS + sent_at(1) + 3000);
	assert_int_equal(result.source, TIME_KERNEL);
	assert_int_equal(receive(reply_to(0), 30 * MS).source, TIME_USER);
}

static void impossible_transmit_times_are_refused(void **state)
{
	(void)state;
	send_packets(0, 1);
	assert_int_equal(match_transmitted(match, 0, 0, TIME_KERNEL), MATCH_TIME_REFUSED);
	assert_int_equal(match_transmitted(match, 0, NOON_NS - 1, TIME_KERNEL), MATCH_TIME_REFUSED);
	assert_int_equal(match_transmitted(match, 0, NOON_NS + 1000 * MS, TIME_KERNEL),
			 MATCH_TIME_REFUSED);
	assert_int_equal(match_transmitted(match, 1, NOON_NS, TIME_KERNEL), MATCH_TIME_REFUSED);
	assert_int_equal(match_transmitted(match, 0xffffffff, NOON_NS, TIME_KERNEL),
			 MATCH_TIME_REFUSED);
	assert_int_equal(match_transmitted(match, 0, NOON_NS, TIME_KERNEL), MATCH_TIME_FIRST);
	assert_int_equal(match_transmitted(match, 0, NOON_NS + 1, TIME_KERNEL), MATCH_TIME_REFUSED);
}

static void the_card_knows_better_than_the_kernel(void **state)
{
	const uint64_t kernel_ns = NOON_NS + 3000, card_ns = NOON_NS + 5000;
	struct match_result result;

	(void)state;
	send_packets(0, 1);
	assert_int_equal(match_transmitted(match, 0, kernel_ns, TIME_KERNEL), MATCH_TIME_FIRST);
	assert_int_equal(match_transmitted(match, 0, card_ns, TIME_HARDWARE), MATCH_TIME_BETTER);
	assert_int_equal(match_transmitted(match, 0, card_ns, TIME_HARDWARE), MATCH_TIME_REFUSED);
	assert_int_equal(match_transmitted(match, 0, kernel_ns, TIME_KERNEL), MATCH_TIME_REFUSED);
	result = receive(reply_to(0), MS);
	assert_int_equal(result.sent_ns, card_ns);
	assert_int_equal(result.source, TIME_HARDWARE);
}

/* The two timestamps of a packet come in either order. */
static void the_kernel_does_not_replace_the_card(void **state)
{
	(void)state;
	send_packets(0, 1);
	assert_int_equal(match_transmitted(match, 0, NOON_NS + 5000, TIME_HARDWARE),
			 MATCH_TIME_FIRST);
	assert_int_equal(match_transmitted(match, 0, NOON_NS + 6000, TIME_KERNEL),
			 MATCH_TIME_REFUSED);
	assert_int_equal(receive(reply_to(0), MS).sent_ns, NOON_NS + 5000);
}

static void only_the_card_may_be_a_little_early(void **state)
{
	(void)state;
	send_packets(0, 2);
	assert_int_equal(match_transmitted(match, 0, NOON_NS - MS - 1, TIME_HARDWARE),
			 MATCH_TIME_REFUSED);
	assert_int_equal(match_transmitted(match, 0, NOON_NS + 1000 * MS, TIME_HARDWARE),
			 MATCH_TIME_REFUSED);
	assert_int_equal(match_transmitted(match, 0, NOON_NS - 1, TIME_KERNEL), MATCH_TIME_REFUSED);
	assert_int_equal(match_transmitted(match, 0, NOON_NS - MS, TIME_HARDWARE),
			 MATCH_TIME_FIRST);
}

static void forgotten_packets_are_late_and_unknown(void **state)
{
	uint64_t number, lost = 0;

	(void)state;
	for (uint64_t n = 0; n < 5000; n++) {
		while (match_expire(match, sent_at(n), &number, &lost_ns))
			assert_int_equal(number, lost++);
		send_packets(n, 1);
	}
	assert_int_equal(receive(reply_to(0), sent_at(5000)).verdict, MATCH_LATE);
	assert_int_equal(receive(reply_to(0), sent_at(5000)).sent_ns, 0);
	assert_int_equal(match_transmitted(match, 0, NOON_NS, TIME_KERNEL), MATCH_TIME_REFUSED);
	assert_int_equal(match_under_way(match) + lost, 5000);
}

static void a_full_window_loses_the_oldest(void **state)
{
	uint64_t number = 99;

	(void)state;
	for (uint64_t n = 0; n < WINDOW; n++)
		match_sent(match, timestamp(n), NOON_NS, 0);
	assert_true(match_expire(match, 0, &number, &lost_ns));
	assert_int_equal(number, 0);
	assert_false(match_expire(match, 0, &number, &lost_ns));
}

static void numbers_go_on_when_the_sequence_number_wraps(void **state)
{
	const uint64_t wrap = 1ULL << 32;
	uint64_t number;

	(void)state;
	assert_true(match_number(wrap + 2, 1, &number));
	assert_true(number == wrap + 1);
	assert_true(match_number(wrap + 2, 0xffffffff, &number));
	assert_true(number == wrap - 1);
	assert_true(match_number(wrap + 2, 2, &number)); /* sent 2^32 packets ago */
	assert_true(number == 2);
	assert_false(match_number(wrap - 1, 0xffffffff, &number));
	assert_false(match_number(0, 0, &number));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_match, close_match)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_finds_its_packet),
		TEST(another_ssid_is_foreign),
		TEST(no_ssid_is_accepted),
		TEST(another_timestamp_is_foreign),
		TEST(a_number_not_sent_is_foreign),
		TEST(the_second_reply_is_a_duplicate),
		TEST(overtaken_replies_are_reordered),
		TEST(unanswered_packets_are_lost_once),
		TEST(the_oldest_packet_under_way_expires_next),
		TEST(a_reply_after_the_loss_is_late),
		TEST(a_late_reply_leaves_its_packet_lost),
		TEST(a_reply_read_late_was_not_late),
		TEST(a_step_of_the_clock_makes_nothing_late),
		TEST(the_kernel_knows_better_when_it_left),
		TEST(impossible_transmit_times_are_refused),
		TEST(the_card_knows_better_than_the_kernel),
		TEST(the_kernel_does_not_replace_the_card),
		TEST(only_the_card_may_be_a_little_early),
		TEST(forgotten_packets_are_late_and_unknown),
		TEST(a_full_window_loses_the_oldest),
		TEST(numbers_go_on_when_the_sequence_number_wraps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
