/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the Session-Sender makes of replies: delays, variation, clocks, hops, and absurd ones. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sender/metrics.h"

#define US 1000ULL
#define NOON_NS (1736942400ULL * 1000000 * US)
#define SYNCHRONISED_1_US 0x8587
#define UNSYNCHRONISED 0x3fff

static const struct clock_quality good_clock = { true, 1000 * US, 37 };
static const struct clock_quality free_clock = { false, UINT64_MAX, 0 };

static struct metrics *metrics;
static struct metrics_summary summary;

/* A reply with easy numbers; each test changes what it is about. */
struct scene {
	uint64_t number;
	uint64_t forward_ns, reflector_ns, backward_ns;
	struct probe_reply reply;
	struct metrics_sample sample;
};

static struct scene scene(uint64_t number)
{
	return (struct scene){
		.number = number,
		.forward_ns = 30 * US,
		.reflector_ns = 5 * US,
		.backward_ns = 20 * US,
		.reply = { .size = 44,
			   .sequence = (uint32_t)number,
			   .sender_sequence = (uint32_t)number,
			   .ssid = 7,
			   .error_estimate = UNSYNCHRONISED,
			   .sender_ttl = 255 },
		.sample = { .match = { .verdict = MATCH_ANSWER, .source = TIME_KERNEL },
			    .source = TIME_KERNEL,
			    .ttl = 255 },
	};
}

static void play(struct scene scene)
{
	scene.sample.match.number = scene.number;
	scene.sample.match.sent_ns = NOON_NS + scene.number * 1000 * US;
	if (!scene.sample.match.elapsed_ns)
		scene.sample.match.elapsed_ns = 60 * NSEC_PER_SEC;
	scene.reply.received_ns = scene.sample.match.sent_ns + scene.forward_ns;
	scene.reply.sent_ns = scene.reply.received_ns + scene.reflector_ns;
	scene.sample.received_ns = scene.reply.sent_ns + scene.backward_ns;
	scene.sample.reply = &scene.reply;
	metrics_sent(metrics, 0);
	metrics_reply(metrics, &scene.sample);
}

static int open_with(bool stateful)
{
	const struct metrics_settings settings = { .stateful = stateful, .ttl = 255, .ssid = 7 };

	return metrics_open(&metrics, &settings);
}

static int open_metrics(void **state)
{
	(void)state;
	return open_with(false);
}

static int open_stateful(void **state)
{
	(void)state;
	return open_with(true);
}

static int close_metrics(void **state)
{
	(void)state;
	metrics_close(metrics);
	return 0;
}

static void summarize(void)
{
	metrics_summarize(metrics, 0, &summary);
}

static void the_time_in_the_reflector_is_not_on_the_way(void **state)
{
	(void)state;
	play(scene(0));
	summarize();
	assert_int_equal(summary.received, 1);
	assert_int_equal(summary.round_trip.min, 50 * US);
	assert_int_equal(summary.round_trip.max, 50 * US);
	assert_int_equal(summary.reflector.mean, 5 * US);
	assert_int_equal(summary.invalid, 0);
}

static void no_reply_is_not_known_rather_than_zero(void **state)
{
	(void)state;
	metrics_sent(metrics, 0);
	metrics_lost(metrics, 0);
	summarize();
	assert_int_equal(summary.sent, 1);
	assert_int_equal(summary.lost, 1);
	assert_int_equal(summary.transmit_missing, 1);
	assert_false(summary.round_trip.known);
	assert_false(summary.pdv.known);
	assert_false(summary.ipdv_forward.known);
	assert_true(summary.pacing.known);
	assert_false(summary.loss.known);
	assert_false(summary.one_way_known);
	assert_int_equal(summary.hops.forward, 0);
}

static void sent_before_received_is_invalid(void **state) /* SEC-10 */
{
	struct scene absurd = scene(0);

	(void)state;
	absurd.reflector_ns = (uint64_t)-1;
	play(absurd);
	play(scene(1));
	summarize();
	assert_int_equal(summary.received, 2);
	assert_int_equal(summary.invalid, 1);
	assert_int_equal(summary.round_trip.min, 50 * US);
	assert_int_equal(summary.reflector.min, 5 * US);
	assert_false(summary.ipdv_round_trip.known);
}

/* UTC was set forward by an hour while the packet was away for a millisecond. */
static void away_for_longer_than_time_went_by_is_invalid(void **state)
{
	struct scene stepped = scene(0);

	(void)state;
	stepped.sample.match.elapsed_ns = NSEC_PER_MSEC;
	stepped.backward_ns += 3600 * NSEC_PER_SEC;
	play(stepped);
	summarize();
	assert_int_equal(summary.invalid, 1);
	assert_false(summary.round_trip.known);
}

static void held_longer_than_away_is_invalid(void **state)
{
	struct scene absurd = scene(0);

	(void)state;
	absurd.reflector_ns = 1000 * US;
	absurd.backward_ns = (uint64_t)-1001 * US;
	play(absurd);
	summarize();
	assert_int_equal(summary.invalid, 1);
	assert_false(summary.round_trip.known);
}

static void a_far_clock_of_another_year_hurts_no_round_trip(void **state)
{
	struct scene skewed = scene(0);

	(void)state;
	metrics_clock(metrics, &good_clock);
	skewed.forward_ns = (uint64_t)-40000000 * 1000000 * US;
	skewed.backward_ns = 50 * US - skewed.forward_ns;
	play(skewed);
	summarize();
	assert_int_equal(summary.invalid, 0);
	assert_int_equal(summary.round_trip.min, 50 * US);
	assert_false(summary.one_way_known);
	assert_false(summary.forward.known);
}

static void one_way_delays_need_both_clocks(void **state)
{
	struct scene claimed = scene(0);

	(void)state;
	claimed.reply.error_estimate = SYNCHRONISED_1_US;
	metrics_clock(metrics, &good_clock);
	play(claimed);
	summarize();
	assert_true(summary.one_way_known);
	assert_int_equal(summary.forward.mean, 30 * US);
	assert_int_equal(summary.backward.mean, 20 * US);
	assert_in_range(summary.one_way_bound_ns, 1001 * US, 1001 * US + 10);
	metrics_clock(metrics, &free_clock);
	summarize();
	assert_false(summary.one_way_known);
	assert_false(summary.sender_synchronized);
	assert_true(summary.reflector_synchronized);
	assert_false(summary.forward.known);
}

static void a_claim_without_multiplier_bounds_nothing(void **state)
{
	struct scene claimed = scene(0);

	(void)state;
	claimed.reply.error_estimate = 0x8500;
	metrics_clock(metrics, &good_clock);
	play(claimed);
	summarize();
	assert_false(summary.one_way_known);
}

static void variation_is_between_packets_in_a_row(void **state) /* RFC 3393 */
{
	struct scene slow = scene(1);

	(void)state;
	slow.forward_ns += 7 * US;
	slow.backward_ns -= 3 * US;
	play(scene(0));
	play(slow);
	play(scene(3)); /* 2 is lost: no pair */
	summarize();
	assert_int_equal(summary.ipdv_forward.min, 7 * US);
	assert_int_equal(summary.ipdv_forward.max, 7 * US);
	assert_int_equal(summary.ipdv_backward.min, -3 * (int64_t)US);
	assert_int_equal(summary.ipdv_round_trip.max, 4 * US);
	assert_int_equal(summary.jitter_ns, 4 * US);
}

static void jitter_is_the_mean_magnitude_of_the_variation(void **state)
{
	struct scene slow = scene(1);

	(void)state;
	slow.forward_ns += 10 * US;
	play(scene(0));
	play(slow);     /* + 10 us */
	play(scene(2)); /* - 10 us */
	play(scene(3));
	play(scene(4));
	summarize();
	assert_int_equal(summary.ipdv_round_trip.mean, 0);
	assert_int_equal(summary.jitter_ns, 5 * US);
}

static void variation_does_not_depend_on_the_order_of_arrival(void **state)
{
	struct scene slow = scene(1);

	(void)state;
	slow.forward_ns += 7 * US;
	play(slow);
	play(scene(2));
	play(scene(0));
	summarize();
	assert_int_equal(summary.ipdv_forward.min, -7 * (int64_t)US);
	assert_int_equal(summary.ipdv_forward.max, 7 * US);
}

static void pdv_begins_at_zero(void **state) /* RFC 5481 */
{
	struct scene slow = scene(1);

	(void)state;
	slow.forward_ns += 10 * US;
	play(scene(0));
	play(slow);
	summarize();
	assert_int_equal(summary.pdv.min, 0);
	assert_int_equal(summary.pdv.mean, 5 * US);
	assert_int_equal(summary.pdv.max, 10 * US);
}

static void only_answers_are_measured(void **state)
{
	struct scene other = scene(0);

	(void)state;
	other.sample.match.verdict = MATCH_LATE;
	play(other);
	other.sample.match.verdict = MATCH_DUPLICATE;
	play(other);
	other.sample.match.verdict = MATCH_FOREIGN;
	play(other);
	metrics_invalid(metrics);
	metrics_unverified(metrics);
	metrics_unverified(metrics);
	summarize();
	assert_int_equal(summary.received, 0);
	assert_int_equal(summary.late, 1);
	assert_int_equal(summary.duplicates, 1);
	assert_int_equal(summary.foreign, 1);
	assert_int_equal(summary.invalid, 1);
	assert_int_equal(summary.unverified, 2);
	assert_false(summary.round_trip.known);
}

static void hops_are_counted_as_traceroute_does(void **state)
{
	struct scene far = scene(0);

	(void)state;
	far.reply.sender_ttl = 250;
	far.sample.ttl = 252;
	play(far);
	summarize();
	assert_int_equal(summary.hops.forward, 6);
	assert_int_equal(summary.hops.backward, 4);
	assert_false(summary.hops_changed);
	play(scene(1));
	summarize();
	assert_int_equal(summary.hops.forward, 1);
	assert_true(summary.hops_changed);
}

static void hops_that_cannot_be_known_are_zero(void **state)
{
	struct scene odd = scene(0);

	(void)state;
	odd.reply.sender_ttl = 0;
	odd.sample.ttl = METRICS_TTL_UNKNOWN;
	play(odd);
	odd.number = 1;
	odd.sample.ttl = 64; /* sent with 64 and not with 255 */
	play(odd);
	summarize();
	assert_int_equal(summary.hops.forward, 0);
	assert_int_equal(summary.hops.backward, 0);
	assert_false(summary.hops_changed);
}

static void lateness_is_of_what_was_sent(void **state)
{
	(void)state;
	metrics_send_error(metrics);
	summarize();
	assert_false(summary.pacing.known);
	metrics_sent(metrics, 3 * US);
	metrics_sent(metrics, 5 * US);
	summarize();
	assert_true(summary.pacing.known);
	assert_int_equal(summary.pacing.min, 3 * US);
	assert_int_equal(summary.pacing.mean, 4 * US);
	assert_int_equal(summary.pacing.max, 5 * US);
}

static void sources_of_timestamps_are_counted(void **state)
{
	struct scene plain = scene(1), wire = scene(2);

	(void)state;
	plain.sample.match.source = TIME_USER;
	plain.sample.source = TIME_USER;
	wire.sample.match.source = TIME_HARDWARE;
	wire.sample.source = TIME_HARDWARE;
	play(scene(0));
	metrics_transmitted(metrics);
	play(plain);
	play(wire);
	metrics_transmitted(metrics);
	summarize();
	assert_int_equal(summary.transmit_hardware, 1);
	assert_int_equal(summary.receive_hardware, 1);
	assert_int_equal(summary.transmit_kernel, 1);
	assert_int_equal(summary.transmit_user, 1);
	assert_int_equal(summary.receive_kernel, 1);
	assert_int_equal(summary.receive_user, 1);
	assert_int_equal(summary.transmit_missing, 1);
}

static void conversion_widens_the_bound(void **state)
{
	struct scene bounded = scene(0);
	uint64_t bound_ns;

	(void)state;
	metrics_clock(metrics, &good_clock);
	bounded.reply.error_estimate = SYNCHRONISED_1_US;
	play(bounded);
	summarize();
	bound_ns = summary.one_way_bound_ns;
	metrics_conversion(metrics, 700);
	metrics_conversion(metrics, 300);
	summarize();
	assert_int_equal(summary.one_way_bound_ns, bound_ns + 700);
}

static void what_was_not_asked_for_is_not_missing(void **state)
{
	const struct metrics_settings settings = { .ttl = 255, .without_transmit_times = true };

	(void)state;
	metrics_close(metrics);
	assert_int_equal(metrics_open(&metrics, &settings), 0);
	metrics_sent(metrics, 0);
	summarize();
	assert_int_equal(summary.sent, 1);
	assert_int_equal(summary.transmit_missing, 0);
}

static void replies_without_ssid_are_noted(void **state) /* R8972-3-8 */
{
	struct scene plain = scene(0);

	(void)state;
	plain.reply.ssid = 0;
	play(plain);
	play(scene(1));
	summarize();
	assert_int_equal(summary.without_ssid, 1);
}

static void loss_has_a_direction_when_the_reflector_counts(void **state)
{
	struct scene third = scene(2);

	(void)state;
	third.reply.sequence = 1;
	play(scene(0));
	play(third);
	summarize();
	assert_true(summary.loss.known);
	assert_int_equal(summary.loss.forward, 1);
	assert_int_equal(summary.loss.backward, 0);
	assert_int_equal(summary.own_numbers, 1);
}

static void loss_has_no_direction_otherwise(void **state)
{
	(void)state;
	play(scene(0));
	summarize();
	assert_false(summary.loss.known);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_metrics, close_metrics)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_time_in_the_reflector_is_not_on_the_way),
		TEST(no_reply_is_not_known_rather_than_zero),
		TEST(sent_before_received_is_invalid),
		TEST(away_for_longer_than_time_went_by_is_invalid),
		TEST(held_longer_than_away_is_invalid),
		TEST(a_far_clock_of_another_year_hurts_no_round_trip),
		TEST(one_way_delays_need_both_clocks),
		TEST(a_claim_without_multiplier_bounds_nothing),
		TEST(variation_is_between_packets_in_a_row),
		TEST(variation_does_not_depend_on_the_order_of_arrival),
		TEST(jitter_is_the_mean_magnitude_of_the_variation),
		TEST(pdv_begins_at_zero),
		TEST(only_answers_are_measured),
		TEST(hops_are_counted_as_traceroute_does),
		TEST(hops_that_cannot_be_known_are_zero),
		TEST(lateness_is_of_what_was_sent),
		TEST(sources_of_timestamps_are_counted),
		TEST(conversion_widens_the_bound),
		TEST(what_was_not_asked_for_is_not_missing),
		TEST(replies_without_ssid_are_noted),
		TEST(loss_has_no_direction_otherwise),
		cmocka_unit_test_setup_teardown(loss_has_a_direction_when_the_reflector_counts,
						open_stateful, close_metrics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
