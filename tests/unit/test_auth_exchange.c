/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Both ends in authenticated mode without a network: what the Session-Sender makes of replies that
 * a Session-Reflector signed. */
#include <errno.h>
#include <string.h>

#include "lib/cases.h"
#include "proto/auth_packet.h"
#include "sender/metrics.h"
#include "stamp/reply_auth.h"

#define NOON_NS (1736942400ULL * NSEC_PER_SEC)
#define FORWARD_NS 3000000
#define HELD_NS 1000000
#define BACKWARD_NS 2000000
#define PACKETS 5

static const struct clock_quality quality = { true, 1000000, 37 };

static struct auth_keys *old_key, *new_key, *both_keys;
static struct probe *probe;
static struct match *match;
static struct metrics *metrics;

static int open_keys(struct auth_keys **out, const char *first, const char *second)
{
	struct key_list list = { .count = second ? 2 : 1 };

	list.keys[0].size = strlen(first);
	memcpy(list.keys[0].octets, first, list.keys[0].size);
	if (second) {
		list.keys[1].size = strlen(second);
		memcpy(list.keys[1].octets, second, list.keys[1].size);
	}
	return auth_keys_open(out, &list);
}

/* The Session-Sender signs with the old key and accepts both. */
static int open_ends(void **state)
{
	const struct match_settings match_settings = { NSEC_PER_SEC, 1, 7 };
	const struct metrics_settings metrics_settings = { .stateful = true,
							   .ttl = 255,
							   .ssid = 7 };
	struct probe_settings probe_settings = { STAMP_AUTH_SIZE, 7, false, NULL };
	int err = open_keys(&old_key, "old", NULL);

	(void)state;
	if (!err)
		err = open_keys(&new_key, "new", NULL);
	if (!err)
		err = open_keys(&both_keys, "old", "new");
	probe_settings.keys = both_keys;
	if (!err)
		err = probe_open(&probe, &probe_settings);
	if (!err)
		err = match_open(&match, &match_settings);
	return err ? err : metrics_open(&metrics, &metrics_settings);
}

static int close_ends(void **state)
{
	(void)state;
	metrics_close(metrics);
	match_close(match);
	probe_close(probe);
	auth_keys_close(both_keys);
	auth_keys_close(new_key);
	auth_keys_close(old_key);
	return 0;
}

/* A request of that number, answered in place by a reflector that signs with `key`. */
static void exchange_packet(uint32_t number, const struct auth_keys *key,
			    uint8_t out[STAMP_AUTH_SIZE])
{
	uint64_t sent_ns = NOON_NS + number * NSEC_PER_SEC;
	struct stamp_reply_input in = {
		.policy = { .flags = SESSION_STATEFUL },
		.received_ns = sent_ns + FORWARD_NS,
		.sent_ns = sent_ns + FORWARD_NS + HELD_NS,
		.sequence = number,
		.error_estimate = 0x8587,
		.ttl = 254,
	};
	size_t used;

	memcpy(out, probe_build(probe, number, sent_ns, &quality), STAMP_AUTH_SIZE);
	match_sent(match, probe_timestamp(probe), sent_ns, sent_ns);
	metrics_sent(metrics, 0);
	assert_true(auth_packet_verify(old_key, out, STAMP_AUTH_SIZE, &used));
	in.request = stamp_auth_request_read((const void *)out);
	stamp_auth_reply_fill((void *)out, &in);
	auth_packet_sign(key, 0, out);
}

static int take_reply(uint32_t number, const uint8_t octets[STAMP_AUTH_SIZE])
{
	uint64_t now_ns = NOON_NS + number * NSEC_PER_SEC + FORWARD_NS + HELD_NS + BACKWARD_NS;
	struct probe_reply reply;
	struct metrics_sample sample = { .reply = &reply, .received_ns = now_ns, .ttl = 253 };
	int err = probe_read(probe, octets, STAMP_AUTH_SIZE, 37, now_ns, &reply);

	if (err)
		return err;
	sample.match = match_reply(match, &reply, now_ns, now_ns);
	metrics_reply(metrics, &sample);
	return 0;
}

static struct metrics_summary summary(void)
{
	struct metrics_summary out;

	metrics_summarize(metrics, match_under_way(match), &out);
	return out;
}

static void replies_with_either_key_are_measured(void **state)
{
	uint8_t packet[STAMP_AUTH_SIZE];
	struct metrics_summary figures;

	(void)state;
	for (uint32_t i = 0; i < PACKETS; i++) {
		exchange_packet(i, i % 2 ? new_key : old_key, packet);
		assert_int_equal(take_reply(i, packet), 0);
	}
	figures = summary();
	assert_int_equal(figures.received, PACKETS);
	assert_int_equal(figures.invalid + figures.foreign, 0);
	assert_int_equal(figures.round_trip.min, FORWARD_NS + BACKWARD_NS);
	assert_in_range(figures.reflector.max, HELD_NS - 1, HELD_NS + 1); /* NTP rounds */
	assert_true(figures.loss.known);
	assert_int_equal(figures.hops.forward, 2);
	assert_int_equal(figures.hops.backward, 3);
}

static void a_wrong_key_answers_nothing(void **state)
{
	struct auth_keys *another = NULL;
	uint8_t packet[STAMP_AUTH_SIZE];

	(void)state;
	assert_int_equal(open_keys(&another, "another", NULL), 0);
	exchange_packet(0, another, packet);
	assert_int_equal(take_reply(0, packet), -EKEYREJECTED);
	assert_int_equal(match_under_way(match), 1);
	auth_keys_close(another);
}

/* Only a reply names the packet that it answers, so a request come back is foreign. */
static void an_own_request_answers_nothing(void **state)
{
	uint8_t packet[STAMP_AUTH_SIZE];

	(void)state;
	exchange_packet(0, old_key, packet);
	memcpy(packet, probe_build(probe, 0, NOON_NS, &quality), sizeof(packet));
	assert_int_equal(take_reply(0, packet), 0);
	assert_int_equal(summary().foreign, 1);
	assert_int_equal(match_under_way(match), 1);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, open_ends, close_ends)
	const struct CMUnitTest tests[] = {
		TEST(replies_with_either_key_are_measured),
		TEST(a_wrong_key_answers_nothing),
		TEST(an_own_request_answers_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
