/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How often a source is answered, how many sessions come into being, and when one is forgotten. */
#include <stdio.h>
#include <string.h>

#include "lib/cases.h"
#include "lib/prefix_of.h"
#include "lib/scene.h"

#define EXCESS 4000 /* packets over a limit */
#define FLOOD 3000  /* new sessions, each with one packet */

static struct packet request, reply;

static void build(const struct packet_fields *row, enum scene_peer peer, bool is_ip6)
{
	uint8_t payload[STAMP_BASE_SIZE] = { [3] = 5, [12] = 0x8f, [13] = 0x84 };
	struct packet_fields fields = scene_fields(row, peer, is_ip6, 0);

	fields.payload = payload;
	packet_build(&request, &fields);
}

static bool is_answered(void)
{
	return prog_run_frame(scene_run, &request, &reply) == XDP_TX;
}

static uint32_t number(void)
{
	assert_true(is_answered());
	return packet_get32(reply.data + reply.payload);
}

static uint64_t count_of(enum stamp_outcome outcome)
{
	return prog_run_counts(scene_run).by_outcome[outcome];
}

static void set_limits(unsigned int packets_per_second, unsigned int burst, uint64_t ref_wait_ns)
{
	const struct config limits = {
		.packets_per_second = packets_per_second,
		.burst = burst,
		.ref_wait_ns = ref_wait_ns,
	};

	prog_run_set_limits(scene_run, &limits);
}

static int begin(void **state)
{
	(void)state;
	prog_run_reset(scene_run);
	scene_set_up(scene_run);
	set_limits(0, 1, 900 * NSEC_PER_SEC);
	return 0;
}

/* The limit of a source. */

static void a_burst_is_answered_and_then_a_quarter_leaks(void **state)
{
	const struct packet_fields row = { .ttl = 64 };
	uint64_t limited = count_of(OUTCOME_RATE_LIMITED), leaked = 0;

	(void)state;
	set_limits(1, 50, 900 * NSEC_PER_SEC);
	build(&row, PEER_STATELESS, false);
	for (int i = 0; i < 50; i++)
		assert_true(is_answered());
	for (int i = 0; i < EXCESS; i++)
		leaked += is_answered();
	/* One in four at random: 1000 of 4000, and six standard deviations around it. */
	assert_in_range(leaked, 1000 - 6 * 28, 1000 + 6 * 28);
	assert_int_equal(count_of(OUTCOME_RATE_LIMITED) - limited, EXCESS - leaked);
}

static void another_source_has_a_limit_of_its_own(void **state)
{
	const struct packet_fields row = { .ttl = 64 };
	const struct packet_fields other = { .source = "198.51.100.8" };

	(void)state;
	set_limits(1, 1, 900 * NSEC_PER_SEC);
	build(&row, PEER_STATELESS, false);
	for (int i = 0; i < 100; i++)
		is_answered();
	build(&other, PEER_STATELESS, false);
	assert_true(is_answered());
}

/* Ports and SSIDs are free to be forged, so they give nobody more. */
static void all_ports_of_a_source_share_its_limit(void **state)
{
	uint64_t answered = 0;

	(void)state;
	set_limits(1, 10, 900 * NSEC_PER_SEC);
	for (uint32_t i = 0; i < EXCESS; i++) {
		struct packet_fields row = { .source_port = 1000 + i };

		build(&row, PEER_STATELESS, true);
		answered += is_answered();
	}
	assert_in_range(answered, 1000 - 6 * 28, 1010 + 6 * 28);
}

/* Whoever has a /64 has all of its addresses. */
static void a_whole_64_shares_a_limit(void **state)
{
	uint64_t answered = 0;
	char source[32];

	(void)state;
	set_limits(1, 10, 900 * NSEC_PER_SEC);
	for (uint32_t i = 0; i < EXCESS; i++) {
		struct packet_fields row = { .source = source };

		snprintf(source, sizeof(source), "2001:db8:1::%x", i + 1);
		build(&row, PEER_STATELESS, true);
		answered += is_answered();
	}
	assert_in_range(answered, 1000 - 6 * 28, 1010 + 6 * 28);
}

static void the_limit_is_refilled(void **state)
{
	const struct packet_fields row = { .ttl = 64 };
	uint64_t limited, until;

	(void)state;
	set_limits(1000, 1, 900 * NSEC_PER_SEC);
	build(&row, PEER_STATELESS, false);
	for (int i = 0; i < 10; i++) {
		limited = count_of(OUTCOME_RATE_LIMITED);
		for (until = prog_run_monotonic() + 2 * NSEC_PER_MSEC;
		     prog_run_monotonic() < until;)
			continue; /* a packet each two milliseconds is within the limit */
		assert_true(is_answered());
		assert_int_equal(count_of(OUTCOME_RATE_LIMITED), limited);
	}
}

static void no_limit_limits_nobody(void **state)
{
	const struct packet_fields row = { .ttl = 64 };

	(void)state;
	set_limits(0, 1, 900 * NSEC_PER_SEC);
	build(&row, PEER_STATELESS, false);
	for (int i = 0; i < EXCESS; i++)
		assert_true(is_answered());
}

/* R8762-4.3.1-2: numbers count replies, not requests. */
static void what_is_limited_has_no_number(void **state)
{
	const struct packet_fields row = { .ttl = 64 };
	uint32_t expected = 0;

	(void)state;
	set_limits(1, 5, 900 * NSEC_PER_SEC);
	build(&row, PEER_STATEFUL, false);
	for (int i = 0; i < 200; i++)
		if (is_answered())
			assert_int_equal(packet_get32(reply.data + reply.payload), expected++);
	assert_true(expected > 5 && expected < 150);
}

static void a_limited_packet_makes_no_session(void **state)
{
	const struct packet_fields first = { .source_port = 1000 },
				   second = { .source_port = 1001 };

	(void)state;
	set_limits(1, 1, 900 * NSEC_PER_SEC);
	build(&first, PEER_STATELESS, false);
	assert_true(is_answered());
	build(&second, PEER_STATELESS, false);
	while (is_answered()) { /* by the leak, and then its session is made */
		struct session_key key = prog_run_key(&request);

		prog_run_remove_session(scene_run, &key);
	}
	assert_int_equal(prog_run_count_sessions(scene_run), 1);
}

/* New sessions. */

/* One provisioned session of `peer`'s network with so many new sessions a second. */
static void provision(const char *network, uint32_t flags, unsigned int new_sessions)
{
	struct config config;
	struct session_config *session;
	const struct prefix sender = prefix_of(network);

	config_init(&config);
	session = config_add_session(&config, "limited");
	assert_int_equal(session_config_allow(session, &sender), 0);
	session->reflector_port = STAMP_PORT;
	session->new_sessions = new_sessions;
	session->policy.flags = flags;
	prog_run_set_sessions(scene_run, &config);
	prog_run_next_generation(scene_run);
	config_free(&config);
}

/* Packets of so many new senders; how many were answered. */
static uint32_t flood(enum scene_peer peer)
{
	uint32_t answered = 0;

	for (uint32_t i = 0; i < FLOOD; i++) {
		struct packet_fields row = { .source_port = 1000 + i };

		build(&row, peer, false);
		answered += is_answered();
	}
	return answered;
}

static void a_flood_is_answered_without_entries(void **state)
{
	uint64_t start = prog_run_monotonic();
	uint32_t most;

	(void)state;
	provision("198.51.100.0/24", 0, 100);
	assert_int_equal(flood(PEER_STATELESS), FLOOD);
	most = 101 + (uint32_t)((prog_run_monotonic() - start) * 100 / NSEC_PER_SEC) + 1;
	assert_in_range(prog_run_count_sessions(scene_run), 100, most);
}

static void a_stateful_flood_is_refused_and_existing_numbers_go_on(void **state)
{
	const struct packet_fields row = { .source_port = 900 };
	uint64_t refused = count_of(OUTCOME_NEW_SESSIONS);
	uint32_t answered;

	(void)state;
	provision("198.18.0.0/16", SESSION_STATEFUL, 100);
	build(&row, PEER_STATEFUL, false);
	assert_int_equal(number(), 0);
	answered = flood(PEER_STATEFUL);
	assert_in_range(answered, 99, 200);
	assert_int_equal(count_of(OUTCOME_NEW_SESSIONS) - refused, FLOOD - answered);
	build(&row, PEER_STATEFUL, false);
	assert_int_equal(number(), 1);
}

static void what_is_created_is_counted(void **state)
{
	uint64_t before = prog_run_sessions_created(scene_run);

	(void)state;
	provision("198.51.100.0/24", 0, 1000000);
	flood(PEER_STATELESS);
	flood(PEER_STATELESS);
	assert_int_equal(prog_run_sessions_created(scene_run) - before, FLOOD);
}

/* ref-wait. */

/* Makes the session look as if its last packet had come so long ago. */
static void age(uint64_t idle_ns)
{
	struct session_key key = prog_run_key(&request);
	struct session_state session;

	assert_true(prog_run_find_session(scene_run, &key, &session));
	session.latest = session_latest(prog_run_monotonic() - idle_ns, 0);
	prog_run_set_session(scene_run, &key, &session);
}

static void an_idle_session_is_a_new_one(void **state)
{
	const struct packet_fields row = { .ttl = 64 };
	struct session_key key;
	struct session_state session;

	(void)state;
	set_limits(0, 1, 10 * NSEC_PER_SEC);
	build(&row, PEER_STATEFUL, true);
	assert_int_equal(number(), 0);
	assert_int_equal(number(), 1);
	age(9 * NSEC_PER_SEC);
	assert_int_equal(number(), 2);
	age(10 * NSEC_PER_SEC);
	assert_int_equal(number(), 0);
	assert_int_equal(number(), 1);
	key = prog_run_key(&request);
	assert_true(prog_run_find_session(scene_run, &key, &session));
	assert_true(-session_idle_ns(session.latest, session.created_ns) < (int64_t)NSEC_PER_SEC);
}

/* The clocks of two CPUs can differ by a little. */
static void a_packet_from_before_the_last_one_resets_nothing(void **state)
{
	const struct packet_fields row = { .ttl = 64 };

	(void)state;
	build(&row, PEER_STATEFUL, false);
	assert_int_equal(number(), 0);
	age((uint64_t)0 - NSEC_PER_MSEC);
	assert_int_equal(number(), 1);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_burst_is_answered_and_then_a_quarter_leaks),
		TEST(another_source_has_a_limit_of_its_own),
		TEST(all_ports_of_a_source_share_its_limit),
		TEST(a_whole_64_shares_a_limit),
		TEST(the_limit_is_refilled),
		TEST(no_limit_limits_nobody),
		TEST(what_is_limited_has_no_number),
		TEST(a_limited_packet_makes_no_session),
		TEST(a_flood_is_answered_without_entries),
		TEST(a_stateful_flood_is_refused_and_existing_numbers_go_on),
		TEST(what_is_created_is_counted),
		TEST(an_idle_session_is_a_new_one),
		TEST(a_packet_from_before_the_last_one_resets_nothing),
	};

	return cmocka_run_group_tests(tests, scene_open_program, scene_close_program);
}
