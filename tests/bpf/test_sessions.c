/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Numbering of replies, what makes a session, and the same judgement for the socket tier. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cases.h"
#include "lib/golden.h"
#include "lib/scene.h"

#define SMALL_TABLE 64
#define MANY_SENDERS 2000
#define MEETINGS 5000 /* packets of each of two CPUs in one session */

static struct prog_run *run;
static struct packet request, reply;

/* Builds a request with a sequence number and an SSID. */
static void build(const struct packet_fields *row, enum scene_peer peer, bool is_ip6,
		  uint32_t sequence, uint16_t ssid)
{
	uint8_t payload[PACKET_MAX] = { [12] = 0x8f, [13] = 0x84 };
	struct packet_fields fields = scene_fields(row, peer, is_ip6, 0);

	packet_put32(payload, sequence);
	packet_put16(payload + 14, ssid);
	packet_put_padding_tlv(payload, 44, fields.payload_length);
	fields.payload = payload;
	packet_build(&request, &fields);
}

/* The number of the reply to what was built; the sender's number must come back beside it. */
static uint32_t answer(void)
{
	assert_int_equal(prog_run_frame(run, &request, &reply), XDP_TX);
	assert_memory_equal(reply.data + reply.payload + 24, request.data + request.payload, 4);
	return packet_get32(reply.data + reply.payload);
}

static void expect_refusal(uint32_t outcome)
{
	uint64_t before = prog_run_counts(run).by_outcome[outcome];

	assert_int_equal(prog_run_frame(run, &request, &reply), stamp_outcome_action(outcome));
	assert_int_equal(prog_run_counts(run).by_outcome[outcome], before + 1);
}

static void forget_sessions(void)
{
	prog_run_reset(run);
	scene_set_up(run);
}

/* Each test begins without sessions. */
static int begin(void **state)
{
	(void)state;
	forget_sessions();
	return 0;
}

/* R8762-4-1, TW-5. */
static void stateless_replies_echo_the_number(void **state)
{
	static const uint32_t numbers[] = { 5, 3, 3, 0, 0xffffffff, 1 };
	struct packet_fields none = { .ttl = 64 };

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(numbers); i++) {
		build(&none, PEER_STATELESS, i & 1, numbers[i / 2], 0);
		assert_int_equal(answer(), numbers[i / 2]);
	}
}

struct member_case {
	const char *name;
	bool is_ip6;
	struct packet_fields other; /* what the other session differs in */
	uint16_t ssid;
};

/* clang-format off */
static const struct member_case member_cases[] = {
	{ "the sender's port is part of the session", false, { .source_port = 20001 }, 1 },
	{ "our port is part of the session", false, { .destination_port = SCENE_OTHER_PORT }, 1 },
	{ "the sender's address is part of it", false, { .source = "198.18.0.8" }, 1 },
	{ "our address is part of it", false, { .destination = "192.0.2.7" }, 1 },
	{ "R8972-3-4: the SSID is part of it", false, { .ttl = 64 }, 2 },
	{ "a session without SSID is another one", false, { .ttl = 64 }, 0 },
	{ "IPv6: the sender's port is part of the session", true, { .source_port = 20001 }, 1 },
	{ "IPv6: our port is part of it", true, { .destination_port = SCENE_OTHER_PORT }, 1 },
	{ "IPv6: the sender's address is part of it", true, { .source = "2001:db8:2::8" }, 1 },
	{ "IPv6: the first half of the address is, too", true, { .source = "2001:db8:2:1::7" }, 1 },
	{ "IPv6: our address is part of it", true,
	  { .source = "2001:db8:2::7", .destination = "2001:db8::7" }, 1 },
	{ "IPv6: R8972-3-4: the SSID is part of it", true, { .ttl = 64 }, 0x0100 },
};
/* clang-format on */

/* R8762-4-2: two sessions interleaved, each with its own 0, 1, 2. */
static void two_sessions_count_for_themselves(void **state)
{
	const struct member_case *c = *state;
	struct packet_fields none = { .ttl = 64 };

	forget_sessions();
	for (uint32_t i = 0; i < 5; i++) {
		build(&none, PEER_STATEFUL, c->is_ip6, 1000 + i, 1);
		assert_int_equal(answer(), i);
		build(&c->other, PEER_STATEFUL, c->is_ip6, 7, c->ssid);
		assert_int_equal(answer(), i);
	}
	assert_int_equal(prog_run_count_sessions(run), 2);
}

static const struct packet_fields same_fields[] = {
	{ .vlans = { { 0x8100, 5 } } },
	{ .vlans = { { 0x88a8, 5 }, { 0x8100, 6 } } },
	{ .ttl = 1 },
	{ .traffic_class = 0xff },
	{ .payload_length = 1000 },
	{ .payload_length = 5000 },
	{ .source_mac = "02:0:0:0:0:9" },
	{ .id = 77 },
	{ .checksum = PACKET_UNFINISHED },
};

/* A-30 too: the sender's number repeats, and each packet gets its own. */
static void nothing_else_makes_a_session(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(same_fields); i++) {
		build(&same_fields[i], PEER_STATEFUL, false, 9, 0x5a01);
		assert_int_equal(answer(), i);
	}
	assert_int_equal(prog_run_count_sessions(run), 1);
}

/* TW-6: octets 14 and 15 are padding there. */
static void short_requests_have_one_session(void **state)
{
	struct packet_fields row = { .payload_length = 20 };

	(void)state;
	for (uint32_t i = 0; i < 10; i++) {
		row.payload_length = 14 + 3 * i;
		build(&row, PEER_EVERYTHING, i / 5, i, (uint16_t)(0x1000 + i));
		assert_int_equal(answer(), i % 5);
	}
	assert_int_equal(prog_run_count_sessions(run), 2);
}

struct refusal_case {
	const char *name;
	uint32_t outcome;
	struct packet_fields fields;
};

/* clang-format off */
static const struct refusal_case refusal_cases[] = {
	{ "a corrupt datagram", OUTCOME_CORRUPT_UDP, { .checksum = PACKET_CORRUPT } },
	{ "a corrupt IPv4 header", OUTCOME_CORRUPT_IP, { .corrupt_ip = true } },
	{ "43 octets", OUTCOME_TOO_SHORT, { .payload_length = 43 } },
	{ "13 octets", OUTCOME_TOO_SHORT, { .payload_length = 13 } },
	{ "a fragment", OUTCOME_FRAGMENT, { .fragment = 0x2000 } },
	{ "IPv4 options", OUTCOME_IP_OPTIONS, { .option_words = 1 } },
	{ "a lying length", OUTCOME_UNEVEN_LENGTHS, { .udp_length = 53 } },
	{ "a foreign MAC address", OUTCOME_NOT_OURS, { .destination_mac = "2:0:0:0:0:3" } },
	{ "three VLAN tags", OUTCOME_OTHER_TRAFFIC,
	  { .vlans = { { 0x8100, 1 }, { 0x8100, 1 }, { 0x8100, 1 } } } },
};
/* clang-format on */

/* R8762-4.3.1-2: the count is one of transmitted replies. */
static void a_refused_packet_has_no_number(void **state)
{
	const struct refusal_case *c = *state;
	struct packet_fields none = { .ttl = 64 };
	struct session_state before, after;
	struct session_key key;

	forget_sessions();
	build(&c->fields, PEER_STATEFUL, false, 1, 0);
	expect_refusal(c->outcome);
	assert_int_equal(prog_run_count_sessions(run), 0);
	build(&none, PEER_STATEFUL, false, 1, 0);
	key = prog_run_key(&request);
	assert_int_equal(answer(), 0);
	assert_true(prog_run_find_session(run, &key, &before));
	build(&c->fields, PEER_STATEFUL, false, 2, 0);
	expect_refusal(c->outcome);
	assert_true(prog_run_find_session(run, &key, &after));
	assert_memory_equal(&before, &after, sizeof(before));
	build(&none, PEER_STATEFUL, false, 3, 0);
	assert_int_equal(answer(), 1);
}

static void a_looped_reply_has_no_number(void **state)
{
	struct packet_fields row = { .source_port = 862 };
	uint8_t golden[GOLDEN_MAX];

	(void)state;
	build(&row, PEER_STATEFUL, true, 1, 0x5a01);
	assert_int_equal(answer(), 0);
	golden_read("reply", golden);
	row = scene_fields(&row, PEER_STATEFUL, true, 0);
	row.payload = golden;
	packet_build(&request, &row);
	expect_refusal(OUTCOME_LOOP);
	row.payload = NULL;
	build(&row, PEER_STATEFUL, true, 2, 0x5a01);
	assert_int_equal(answer(), 1);
}

static void a_new_policy_waits_for_its_generation(void **state)
{
	struct packet_fields none = { .ttl = 64 };

	(void)state;
	build(&none, PEER_STATELESS, false, 100, 0);
	assert_int_equal(answer(), 100);
	prog_run_set_rule(run, "198.51.100.0/24", SESSION_STATEFUL | SESSION_PTP);
	assert_int_equal(answer(), 100);
	prog_run_next_generation(run);
	for (uint32_t number = 2; number < 5; number++) { /* two replies were sent */
		assert_int_equal(answer(), number);
		assert_int_equal(reply.data[reply.payload + 12] & 0x40, 0x40);
	}
	prog_run_set_rule(run, "198.51.100.0/24", 0);
	prog_run_next_generation(run);
	assert_int_equal(answer(), 100);
	assert_int_equal(answer(), 100);
	assert_int_equal(reply.data[reply.payload + 12] & 0x40, 0);
	prog_run_set_rule(run, "198.51.100.0/24", SESSION_STATEFUL);
	prog_run_next_generation(run);
	assert_int_equal(answer(), 7);
	assert_int_equal(answer(), 8);
}

static void a_longer_prefix_takes_over(void **state)
{
	struct packet_fields none = { .ttl = 64 };

	(void)state;
	for (int is_ip6 = 0; is_ip6 < 2; is_ip6++) {
		build(&none, PEER_STATELESS, is_ip6, 100, 0);
		assert_int_equal(answer(), 100);
		prog_run_set_rule(run, is_ip6 ? "2001:db8:1::7" : "198.51.100.7", SESSION_STATEFUL);
		prog_run_next_generation(run);
		assert_int_equal(answer(), 1);
		prog_run_remove_rule(run, is_ip6 ? "2001:db8:1::7" : "198.51.100.7");
		prog_run_next_generation(run);
		assert_int_equal(answer(), 100);
	}
}

/* R8972-3-6; the entry stays, so that the numbers go on when the rule comes back. */
static void a_removed_rule_ends_its_sessions(void **state)
{
	struct packet_fields none = { .ttl = 64 };

	(void)state;
	build(&none, PEER_STATEFUL, false, 5, 0);
	assert_int_equal(answer(), 0);
	prog_run_remove_rule(run, "198.18.0.0/16");
	assert_int_equal(answer(), 1);
	prog_run_next_generation(run);
	expect_refusal(OUTCOME_UNKNOWN_SENDER);
	expect_refusal(OUTCOME_UNKNOWN_SENDER);
	prog_run_set_rule(run, "198.18.0.0/16", SESSION_STATEFUL);
	prog_run_next_generation(run);
	assert_int_equal(answer(), 2);
}

static void a_removed_address_ends_its_sessions(void **state)
{
	struct packet_fields none = { .ttl = 64 };

	(void)state;
	build(&none, PEER_STATEFUL, true, 5, 0);
	assert_int_equal(answer(), 0);
	prog_run_remove_address(run, "2001:db8::2", 0);
	prog_run_next_generation(run);
	expect_refusal(OUTCOME_NOT_OURS);
	prog_run_add_address(run, "2001:db8::2", PROG_RUN_IFINDEX);
	prog_run_next_generation(run);
	assert_int_equal(answer(), 1);
}

static void a_sender_that_becomes_local_is_refused(void **state)
{
	struct packet_fields none = { .ttl = 64 };

	(void)state;
	build(&none, PEER_STATEFUL, false, 5, 0);
	assert_int_equal(answer(), 0);
	prog_run_add_address(run, "198.18.0.7", 0);
	prog_run_next_generation(run);
	expect_refusal(OUTCOME_BAD_SOURCE);
}

static void numbers_wrap_after_32_bits(void **state)
{
	struct packet_fields none = { .ttl = 64 };
	struct session_state session;
	struct session_key key;

	(void)state;
	build(&none, PEER_STATEFUL, false, 5, 0);
	assert_int_equal(answer(), 0);
	key = prog_run_key(&request);
	assert_true(prog_run_find_session(run, &key, &session));
	session.replies = 0xffffffff;
	prog_run_set_session(run, &key, &session);
	assert_int_equal(answer(), 0xffffffff);
	assert_int_equal(answer(), 0);
	assert_true(prog_run_find_session(run, &key, &session));
	assert_true(session.replies == 0x100000001);
}

static void an_entry_tells_its_times(void **state)
{
	struct packet_fields none = { .ttl = 64 };
	uint64_t start = prog_run_monotonic(), between;
	struct session_state first, second;
	struct session_key key;

	(void)state;
	build(&none, PEER_STATELESS, false, 5, 0);
	answer();
	between = prog_run_monotonic();
	key = prog_run_key(&request);
	assert_true(prog_run_find_session(run, &key, &first));
	assert_in_range(first.created_ns, start, between);
	assert_true(session_idle_ns(first.latest, first.created_ns) <= 0);
	assert_true(first.replies == 1);
	answer();
	assert_true(prog_run_find_session(run, &key, &second));
	assert_true(second.created_ns == first.created_ns);
	assert_in_range(session_previous_ns(second.latest, 2, between), between,
			prog_run_monotonic());
	assert_true(second.replies == 2);
	assert_int_equal(second.policy.flags, 0);
}

/* What XDP and the socket tier would do with one request, and what is counted for it. */
struct judgement_case {
	const char *name;
	enum scene_peer peer;
	uint32_t outcome; /* of XDP */
	struct packet_fields fields;
	const char *golden; /* default: the request */
};

/* clang-format off */
static const struct judgement_case judgement_cases[] = {
	{ "judge: stateless", PEER_STATELESS, OUTCOME_REFLECTED, { .ttl = 64 }, NULL },
	{ "judge: stateful", PEER_STATEFUL, OUTCOME_REFLECTED, { .ttl = 64 }, NULL },
	{ "judge: PTP", PEER_PTP, OUTCOME_REFLECTED, { .ttl = 64 }, NULL },
	{ "judge: a large request", PEER_EVERYTHING, OUTCOME_REFLECTED,
	  { .payload_length = 1400 }, NULL },
	{ "judge: 14 octets", PEER_EVERYTHING, OUTCOME_REFLECTED, { .payload_length = 14 }, NULL },
	{ "judge: 43 octets", PEER_SHORT, OUTCOME_REFLECTED, { .payload_length = 43 }, NULL },
	{ "judge: 13 octets", PEER_SHORT, OUTCOME_TOO_SHORT, { .payload_length = 13 }, NULL },
	{ "judge: no octet", PEER_SHORT, OUTCOME_TOO_SHORT, { .payload_length = PACKET_ZERO },
	  NULL },
	{ "judge: 43 octets, not allowed", PEER_STATEFUL, OUTCOME_TOO_SHORT,
	  { .payload_length = 43 }, NULL },
	{ "judge: a stranger", PEER_STRANGER, OUTCOME_UNKNOWN_SENDER, { .ttl = 64 }, NULL },
	{ "judge: a reply come back", PEER_STATEFUL, OUTCOME_LOOP, { .source_port = 862 },
	  "reply" },
	{ "judge: a request from port 862", PEER_STATEFUL, OUTCOME_REFLECTED,
	  { .source_port = 862 }, NULL },
	{ "judge: a multicast source", PEER_STATEFUL, OUTCOME_BAD_SOURCE,
	  { .source = "224.0.0.1" }, NULL },
	{ "judge: an address of ours as source", PEER_STATEFUL, OUTCOME_BAD_SOURCE,
	  { .source = "192.0.2.7" }, NULL },
	{ "judge: another host's address", PEER_STATEFUL, OUTCOME_NOT_OURS,
	  { .destination = "192.0.2.3" }, NULL },
};
/* clang-format on */

/* The same arrival as the frame that was built, as the socket tier asks about it: once more when
 * its TLVs have been looked at. */
static struct judgement_result ask(void)
{
	struct judgement judgement = { .stage = JUDGE_ADMISSION };
	uint32_t length = packet_get16(request.data + request.udp + 4) - 8U;
	struct judgement_result result;

	judgement.key = prog_run_key(&request);
	judgement.payload_length = length;
	memcpy(judgement.octets, request.data + request.payload,
	       length < sizeof(judgement.octets) ? length : sizeof(judgement.octets));
	result = prog_run_judge(run, &judgement);
	if (result.outcome != OUTCOME_EXTENDED)
		return result;
	judgement.stage = JUDGE_NUMBER;
	return prog_run_judge(run, &judgement);
}

static void build_for_judgement(const struct judgement_case *c)
{
	uint8_t golden[GOLDEN_MAX], payload[PACKET_MAX] = { 0 };
	struct packet_fields fields = scene_fields(&c->fields, c->peer, false, 0);

	memcpy(payload, golden, golden_read(c->golden ? c->golden : "request", golden));
	packet_put_padding_tlv(payload, 44, fields.payload_length);
	fields.payload = payload;
	packet_build(&request, &fields);
}

static uint64_t replies_of(const struct session_key *key)
{
	struct session_state session;

	return prog_run_find_session(run, key, &session) ? session.replies : 0;
}

static void assert_judged_as_answered(const struct judgement_case *c, uint32_t count)
{
	struct judgement_result judgement = ask();

	assert_int_equal(stamp_outcome_action(judgement.outcome), XDP_TX);
	assert_int_equal(judgement.sequence, count);
	assert_int_equal(judgement.policy.flags, scene_flags(c->peer));
	assert_int_equal(prog_run_frame(run, &request, &reply), XDP_TX);
	if (scene_flags(c->peer) & SESSION_STATEFUL)
		assert_int_equal(packet_get32(reply.data + reply.payload), count + 1);
}

/* Asked first and second: the entry may be made by either, and both count in it. */
static void the_socket_tier_is_told_the_same(void **state)
{
	const struct judgement_case *c = *state;
	struct session_key key;

	forget_sessions();
	build_for_judgement(c);
	key = prog_run_key(&request);
	if (c->outcome == OUTCOME_REFLECTED) {
		for (uint32_t i = 0; i < 3; i++)
			assert_judged_as_answered(c, 2 * i);
		assert_true(replies_of(&key) == 6);
		assert_int_equal(prog_run_count_sessions(run), 1);
		return;
	}
	assert_int_equal(ask().outcome, c->outcome);
	expect_refusal(c->outcome);
	assert_int_equal(ask().outcome, c->outcome);
	assert_int_equal(prog_run_count_sessions(run), 0);
}

static void no_clock_is_told_to_the_socket_tier(void **state)
{
	(void)state;
	build_for_judgement(&judgement_cases[0]);
	prog_run_forget_clock(run);
	assert_int_equal(ask().outcome, OUTCOME_NOT_READY);
	assert_int_equal(prog_run_count_sessions(run), 0);
}

/* Asks and answers are not counted as received frames. */
static void judgements_are_not_in_the_ledger(void **state)
{
	struct outcome_counts before = prog_run_counts(run), after;

	(void)state;
	build_for_judgement(&judgement_cases[0]);
	ask();
	after = prog_run_counts(run);
	assert_memory_equal(&before, &after, sizeof(before));
}

static uint32_t number_of(const struct packet *in, struct packet *out)
{
	if (prog_run_frame(run, in, out) != XDP_TX)
		_exit(1);
	return packet_get32(out->data + out->payload);
}

/* Two CPUs, as two queues of an interface: no number is given twice or left out. */
static void two_cpus_share_a_session(void **state)
{
	size_t size = 2 * MEETINGS;
	struct packet_fields none = { .ttl = 64 };
	uint8_t *seen = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = -1;
	pid_t child;

	(void)state;
	assert_true(seen != MAP_FAILED);
	build(&none, PEER_STATEFUL, false, 5, 0);
	child = fork();
	assert_true(child >= 0);
	for (uint32_t i = 0; i < MEETINGS; i++) {
		uint32_t number = number_of(&request, &reply);

		if (number < size)
			__sync_fetch_and_add(&seen[number], 1);
	}
	if (!child)
		_exit(0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	for (size_t i = 0; i < size; i++)
		assert_int_equal(seen[i], 1);
	munmap(seen, size);
}

/* Every new sender is answered, from 0; who was thrown out begins again. */
static void a_full_table_throws_out_the_oldest(void **state)
{
	struct session_state session;
	struct session_key key;

	(void)state;
	for (uint32_t i = 0; i < MANY_SENDERS; i++) {
		struct packet_fields row = { .source_port = 1 + i };

		build(&row, PEER_STATEFUL, i & 1, 5, 0);
		assert_int_equal(answer(), 0);
		assert_int_equal(answer(), 1);
		key = prog_run_key(&request);
		assert_true(prog_run_find_session(run, &key, &session));
	}
	assert_in_range(prog_run_count_sessions(run), 1, SMALL_TABLE);
	build(&(struct packet_fields){ .source_port = 1 }, PEER_STATEFUL, false, 5, 0);
	assert_int_equal(answer(), 0);
}

static int load_with(uint32_t sessions_max)
{
	struct reflector_config config = prog_run_config();
	int err = prog_run_open(&run, &config, sessions_max);

	if (!err)
		scene_set_up(run);
	return err;
}

static int load(void **state)
{
	(void)state;
	return load_with(0);
}

static int load_small(void **state)
{
	(void)state;
	return load_with(SMALL_TABLE);
}

static int unload(void **state)
{
	(void)state;
	prog_run_close(run);
	run = NULL;
	return 0;
}

static const struct CMUnitTest single_tests[] = {
	cmocka_unit_test_setup(stateless_replies_echo_the_number, begin),
	cmocka_unit_test_setup(nothing_else_makes_a_session, begin),
	cmocka_unit_test_setup(short_requests_have_one_session, begin),
	cmocka_unit_test_setup(a_looped_reply_has_no_number, begin),
	cmocka_unit_test_setup(a_new_policy_waits_for_its_generation, begin),
	cmocka_unit_test_setup(a_longer_prefix_takes_over, begin),
	cmocka_unit_test_setup(a_removed_rule_ends_its_sessions, begin),
	cmocka_unit_test_setup(a_removed_address_ends_its_sessions, begin),
	cmocka_unit_test_setup(a_sender_that_becomes_local_is_refused, begin),
	cmocka_unit_test_setup(numbers_wrap_after_32_bits, begin),
	cmocka_unit_test_setup(an_entry_tells_its_times, begin),
	cmocka_unit_test_setup(no_clock_is_told_to_the_socket_tier, begin),
	cmocka_unit_test_setup(judgements_are_not_in_the_ledger, begin),
	cmocka_unit_test_setup(two_cpus_share_a_session, begin),
};

int main(void)
{
	const struct CMUnitTest small_tests[] = {
		cmocka_unit_test(a_full_table_throws_out_the_oldest),
	};
	struct CMUnitTest tests[ARRAY_SIZE(single_tests) + ARRAY_SIZE(member_cases) +
				ARRAY_SIZE(refusal_cases) + ARRAY_SIZE(judgement_cases)];
	size_t count = ARRAY_SIZE(single_tests);
	int failed;

	memcpy(tests, single_tests, sizeof(single_tests));
	ADD_CASES(tests, count, member_cases, two_sessions_count_for_themselves);
	ADD_CASES(tests, count, refusal_cases, a_refused_packet_has_no_number);
	ADD_CASES(tests, count, judgement_cases, the_socket_tier_is_told_the_same);
	failed = RUN_TESTS(tests, count, load, unload);
	return failed + cmocka_run_group_tests(small_tests, load_small, unload);
}
