/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a provisioned session's settings make of a request: outcome, octets of the reply, state. */
#include <string.h>

#include "lib/cases.h"
#include "lib/scene.h"

static struct packet request, reply;

/* One session that anybody may use, on both ports, with this policy. */
static void provision(uint32_t flags, uint8_t dscp)
{
	const struct prefix any = { .length = 0 };
	const unsigned short ports[] = { STAMP_PORT, SCENE_OTHER_PORT };
	struct config config;

	config_init(&config);
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		struct session_config *session = config_add_session(&config, "policy");

		assert_int_equal(session_config_allow(session, &any), 0);
		session->reflector_port = ports[i];
		session->policy.flags = flags;
		session->policy.dscp = dscp;
	}
	prog_run_reset(scene_run);
	scene_set_up(scene_run);
	prog_run_set_sessions(scene_run, &config);
	prog_run_next_generation(scene_run);
	config_free(&config);
}

/* A request whose octets 14 and 15 are `padding`, and all behind them 0xa5. */
static void build(const struct packet_fields *row, uint16_t padding, uint8_t multiplier)
{
	uint8_t payload[PACKET_MAX];
	struct packet_fields fields = *row;

	memset(payload, 0xa5, sizeof(payload));
	memset(payload, 0, STAMP_BASE_SIZE);
	payload[3] = 5;
	payload[12] = 0x8f;
	payload[13] = multiplier;
	packet_put16(payload + 14, padding);
	fields.payload = payload;
	packet_build(&request, &fields);
}

static void expect(enum stamp_outcome outcome)
{
	uint64_t before = prog_run_counts(scene_run).by_outcome[outcome];

	assert_int_equal(prog_run_frame(scene_run, &request, &reply),
			 stamp_outcome_action(outcome));
	if (prog_run_counts(scene_run).by_outcome[outcome] != before + 1)
		fail_msg("not counted as %s", prog_run_outcome_name(outcome));
}

/* clang-format off */
static const struct policy_case {
	const char *name;
	uint32_t flags;
	struct packet_fields fields;
	uint8_t multiplier;
	enum stamp_outcome outcome;
} policy_cases[] = {
	{ "port 862 as source is refused where asked for", SESSION_REFUSE_REFLECTOR_PORTS,
	  { .source_port = 862 }, 0x84, OUTCOME_REFLECTOR_PORT },
	{ "so is every other port that we listen on", SESSION_REFUSE_REFLECTOR_PORTS,
	  { .source_port = SCENE_OTHER_PORT }, 0x84, OUTCOME_REFLECTOR_PORT },
	{ "another source port is not", SESSION_REFUSE_REFLECTOR_PORTS,
	  { .source_port = 863 }, 0x84, OUTCOME_REFLECTED },
	{ "A-02: a Multiplier of 0 is refused where asked for", SESSION_STRICT_ERROR_ESTIMATE,
	  { .ttl = 64 }, 0, OUTCOME_BAD_ESTIMATE },
	{ "A-02: of a short request, too",
	  SESSION_STRICT_ERROR_ESTIMATE | SESSION_SHORT_REQUESTS,
	  { .payload_length = 14 }, 0, OUTCOME_BAD_ESTIMATE },
	{ "a Multiplier of 1 is not refused", SESSION_STRICT_ERROR_ESTIMATE,
	  { .ttl = 64 }, 1, OUTCOME_REFLECTED },
	{ "a Multiplier of 0 is counted in a short request", SESSION_SHORT_REQUESTS,
	  { .payload_length = 14 }, 0, OUTCOME_ZERO_MULTIPLIER },
	{ "TW-1: TWAMP Light with short requests", SESSION_TWAMP_LIGHT | SESSION_SHORT_REQUESTS,
	  { .payload_length = 41 }, 0x84, OUTCOME_REFLECTED },
	{ "R8762-4.4-4: 112 octets of an authenticated session are left to the socket",
	  SESSION_AUTHENTICATED, { .payload_length = 112 }, 0x84, OUTCOME_AUTHENTICATED },
	{ "more are, too", SESSION_AUTHENTICATED, { .payload_length = 1400 }, 0x84,
	  OUTCOME_AUTHENTICATED },
	{ "A-20: 111 octets are too short", SESSION_AUTHENTICATED, { .payload_length = 111 }, 0x84,
	  OUTCOME_TOO_SHORT },
	{ "R8762-4-3: 44 octets are", SESSION_AUTHENTICATED, { .ttl = 64 }, 0x84,
	  OUTCOME_TOO_SHORT },
	{ "TWAMP Light without them", SESSION_TWAMP_LIGHT,
	  { .payload_length = 41 }, 0x84, OUTCOME_TOO_SHORT },
};
/* clang-format on */

static void policy_decides(void **state)
{
	const struct policy_case *c = *state;

	provision(c->flags, 0);
	build(&c->fields, 0, c->multiplier);
	expect(c->outcome);
	assert_int_equal(prog_run_count_sessions(scene_run),
			 stamp_outcome_action(c->outcome) == XDP_TX);
}

/* TW-6: whatever stands in octets 14 and 15 is padding: one session, and no SSID in the reply. */
static void twamp_light_padding_is_no_ssid(void **state)
{
	static const uint16_t paddings[] = { 0x1234, 0, 0xffff, 0x1234 };

	(void)state;
	for (int is_ip6 = 0; is_ip6 < 2; is_ip6++) {
		const struct packet_fields row = {
			.source = is_ip6 ? "2001:db8:7::1" : "203.0.113.1",
			.destination = is_ip6 ? "2001:db8::2" : "192.0.2.2",
			.payload_length = 100,
		};

		provision(SESSION_TWAMP_LIGHT | SESSION_STATEFUL, 0);
		for (uint32_t i = 0; i < ARRAY_SIZE(paddings); i++) {
			const uint8_t *out;

			build(&row, paddings[i], 0x84);
			expect(OUTCOME_REFLECTED);
			out = reply.data + reply.payload;
			assert_int_equal(packet_get32(out), i);
			assert_int_equal(packet_get16(out + 14), 0);
			assert_memory_equal(out + 44, request.data + request.payload + 44, 56);
			assert_int_equal(packet_udp_sum(&reply), 0xffff);
		}
		assert_int_equal(prog_run_count_sessions(scene_run), 1);
	}
}

/* R8972-3-4, as a counterpart: where SSIDs are read, each is a session. */
static void ssids_are_sessions_elsewhere(void **state)
{
	const struct packet_fields row = { .ttl = 64 };

	(void)state;
	provision(SESSION_STATEFUL, 0);
	for (uint16_t ssid = 1; ssid < 4; ssid++) {
		build(&row, ssid, 0x84);
		expect(OUTCOME_REFLECTED);
		assert_int_equal(packet_get32(reply.data + reply.payload), 0);
	}
	assert_int_equal(prog_run_count_sessions(scene_run), 3);
}

/* The same two addresses on another link are two other hosts'. */
static void a_link_local_session_is_of_one_interface(void **state)
{
	const struct packet_fields row = { .source = "fe80::1", .destination = "2001:db8::2" };
	struct session_key key;
	struct session_state session;

	(void)state;
	provision(0, 0);
	build(&row, 0, 0x84);
	expect(OUTCOME_REFLECTED);
	key = prog_run_key(&request);
	/* By a key with the interface in it. */
	assert_true(prog_run_find_session(scene_run, &key, &session));
}

/* A request of authenticated mode with this SSID, as the slow path asks about it. */
static struct judgement question(uint16_t ssid, enum judgement_stage stage)
{
	const struct packet_fields row = { .payload_length = STAMP_AUTH_SIZE };
	struct judgement judgement = {
		.payload_length = STAMP_AUTH_SIZE,
		.auth_ssid = bpf_htons(ssid),
		.stage = (uint16_t)stage,
		.octets[13] = 0x84, /* Multiplier */
	};

	build(&row, 0, 0x84);
	judgement.key = prog_run_key(&request);
	return judgement;
}

static struct judgement_result ask(uint16_t ssid, enum judgement_stage stage)
{
	const struct judgement judgement = question(ssid, stage);

	return prog_run_judge(scene_run, &judgement);
}

/* R8762-4.4-4: before that, there is no session and no number. */
static void only_what_was_verified_is_numbered(void **state)
{
	(void)state;
	provision(SESSION_AUTHENTICATED | SESSION_STATEFUL, 0);
	for (uint32_t i = 0; i < 3; i++) {
		struct judgement_result result = ask(7, JUDGE_ADMISSION);

		assert_int_equal(result.outcome, OUTCOME_AUTHENTICATED);
		assert_int_equal(prog_run_count_sessions(scene_run), i > 0);
		result = ask(7, JUDGE_NUMBER_AUTHENTICATED);
		assert_int_equal(result.outcome, OUTCOME_REFLECTED);
		assert_int_equal(result.sequence, i);
	}
	assert_int_equal(ask(8, JUDGE_NUMBER_AUTHENTICATED).sequence, 0);
	assert_int_equal(prog_run_count_sessions(scene_run), 2);
}

/* a Multiplier of 0 is no reason to refuse what nobody has verified yet. */
static void a_strict_authenticated_session_believes_no_forger(void **state)
{
	struct judgement judgement = question(7, JUDGE_ADMISSION);

	(void)state;
	provision(SESSION_AUTHENTICATED | SESSION_STRICT_ERROR_ESTIMATE, 0);
	judgement.octets[13] = 0;
	assert_int_equal(prog_run_judge(scene_run, &judgement).outcome, OUTCOME_AUTHENTICATED);
	judgement.stage = JUDGE_NUMBER_AUTHENTICATED;
	assert_int_equal(prog_run_judge(scene_run, &judgement).outcome, OUTCOME_BAD_ESTIMATE);
	assert_int_equal(prog_run_count_sessions(scene_run), 0);
}

/* Its entry is another one than that of an unauthenticated session with the same addresses. */
static void a_session_that_becomes_authenticated_counts_anew(void **state)
{
	const struct packet_fields row = { .payload_length = STAMP_AUTH_SIZE };

	(void)state;
	provision(SESSION_STATEFUL, 0);
	build(&row, 0, 0x84);
	expect(OUTCOME_REFLECTED);
	provision(SESSION_AUTHENTICATED | SESSION_STATEFUL, 0);
	build(&row, 0, 0x84);
	expect(OUTCOME_AUTHENTICATED);
	assert_int_equal(ask(0, JUDGE_NUMBER_AUTHENTICATED).sequence, 0);
}

/* The fields of octets 48 to 73 filled and those of 81 to 95 zero, from a port that we listen on.
 */
static void an_authenticated_reply_come_back_is_refused(void **state)
{
	struct judgement judgement = { .payload_length = STAMP_AUTH_SIZE,
				       .stage = JUDGE_NUMBER_AUTHENTICATED,
				       .octets = { [27] = 1, [28] = 0xeb } };
	const struct packet_fields row = { .source_port = 862, .payload_length = STAMP_AUTH_SIZE };

	(void)state;
	provision(SESSION_AUTHENTICATED, 0);
	build(&row, 0, 0x84);
	judgement.key = prog_run_key(&request);
	assert_int_equal(prog_run_judge(scene_run, &judgement).outcome, OUTCOME_LOOP);
	assert_int_equal(prog_run_count_sessions(scene_run), 0);
	judgement.octets[41] = 1; /* no reply has this */
	assert_int_equal(stamp_outcome_action(prog_run_judge(scene_run, &judgement).outcome),
			 XDP_TX);
}

static uint8_t traffic_class_of(const struct packet *packet)
{
	if (!packet_is_ip6(packet))
		return packet->data[packet->ip + 1];
	return (uint8_t)(packet_get16(packet->data + packet->ip) >> 4);
}

static void the_configured_dscp_is_set(void **state)
{
	static const uint8_t dscps[] = { 0, 1, 46, 63 };

	(void)state;
	for (uint32_t i = 0; i < 2 * ARRAY_SIZE(dscps); i++) {
		const struct packet_fields row = {
			.source = i & 1 ? "2001:db8:7::1" : "203.0.113.1",
			.destination = i & 1 ? "2001:db8::2" : "192.0.2.2",
			.traffic_class = i & 2 ? 0xff : 0x03,
			.flow_label = 0x54321,
		};

		provision(SESSION_SET_DSCP, dscps[i / 2]);
		build(&row, 0, 0x84);
		expect(OUTCOME_REFLECTED);
		assert_int_equal(traffic_class_of(&reply), dscps[i / 2] << 2);
		assert_int_equal(packet_udp_sum(&reply), 0xffff);
		assert_true(packet_ip_sum_is_right(&reply));
		if (i & 1)
			assert_int_equal(packet_get32(reply.data + reply.ip) & 0xf00fffff,
					 0x60054321);
	}
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(policy_cases) + 8];
	size_t count = 0;

	ADD_CASES(tests, count, policy_cases, policy_decides);
	ADD_TEST(tests, count, twamp_light_padding_is_no_ssid);
	ADD_TEST(tests, count, ssids_are_sessions_elsewhere);
	ADD_TEST(tests, count, the_configured_dscp_is_set);
	ADD_TEST(tests, count, a_link_local_session_is_of_one_interface);
	ADD_TEST(tests, count, only_what_was_verified_is_numbered);
	ADD_TEST(tests, count, a_strict_authenticated_session_believes_no_forger);
	ADD_TEST(tests, count, a_session_that_becomes_authenticated_counts_anew);
	ADD_TEST(tests, count, an_authenticated_reply_come_back_is_refused);
	return RUN_TESTS(tests, count, scene_open_program, scene_close_program);
}
