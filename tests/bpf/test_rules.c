/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which provisioned session a request belongs to: rows, and a property test that compares the
 * kernel's choice with a plain search over random sessions and packets.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cases.h"
#include "lib/prefix_of.h"
#include "lib/scene.h"

#define NOBODY (-1)
#define ROUNDS 400           /* random configurations */
#define PACKETS_PER_ROUND 64 /* random requests to each */
#define SESSIONS_MOST 8
#define REFLECTORS_MOST 3

static struct packet request, reply;

static void add_reflector(struct session_config *session, const char *text)
{
	session->reflectors = reallocarray(session->reflectors, session->reflector_count + 1,
					   sizeof(*session->reflectors));
	assert_non_null(session->reflectors);
	session->reflectors[session->reflector_count++] = prefix_of(text);
}

struct session_row {
	const char *senders[3];
	const char *reflectors[2]; /* none: any */
	uint16_t sender_port;      /* 0: any */
	uint16_t reflector_port;   /* 0: 862 */
	uint16_t ssids[3];         /* none: any */
	uint32_t flags;
};

static void add_session(struct config *config, const struct session_row *row)
{
	char name[16];
	struct session_config *session;

	snprintf(name, sizeof(name), "session%zu", config->session_count);
	session = config_add_session(config, name);
	assert_non_null(session);
	for (size_t i = 0; i < ARRAY_SIZE(row->senders) && row->senders[i]; i++) {
		struct prefix sender = prefix_of(row->senders[i]);

		assert_int_equal(session_config_allow(session, &sender), 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(row->reflectors) && row->reflectors[i]; i++)
		add_reflector(session, row->reflectors[i]);
	for (size_t i = 0; i < ARRAY_SIZE(row->ssids) && row->ssids[i]; i++)
		session->ssids[session->ssid_count++] = row->ssids[i];
	session->sender_port = row->sender_port;
	session->reflector_port = row->reflector_port ? row->reflector_port : STAMP_PORT;
	session->new_sessions = 1000000;
	session->policy.flags = row->flags;
}

static void build(const struct packet_fields *fields, uint16_t ssid)
{
	uint8_t payload[STAMP_BASE_SIZE] = { [3] = 5, [12] = 0x8f, [13] = 0x84 };
	struct packet_fields complete = *fields;

	packet_put16(payload + 14, ssid);
	complete.payload = payload;
	packet_build(&request, &complete);
}

/* The place of the session by which the request was answered; NOBODY with the outcome. */
static int answered_by(uint32_t *outcome)
{
	struct session_key key = prog_run_key(&request);
	struct outcome_counts before = prog_run_counts(scene_run), after;
	enum xdp_action action = prog_run_frame(scene_run, &request, &reply);
	struct session_state session;

	after = prog_run_counts(scene_run);
	for (*outcome = 1; *outcome < OUTCOME_MAX; (*outcome)++)
		if (after.by_outcome[*outcome] != before.by_outcome[*outcome])
			break;
	if (action != XDP_TX)
		return NOBODY;
	assert_true(prog_run_find_session(scene_run, &key, &session));
	return session.policy.session;
}

static int begin(void **state)
{
	(void)state;
	prog_run_reset(scene_run);
	scene_set_up(scene_run);
	return 0;
}

/* clang-format off */
static const struct session_row sessions[] = {
	/* 0 */ { .senders = { "any" } },
	/* 1 */ { .senders = { "10.0.0.0/8" } },
	/* 2 */ { .senders = { "10.1.0.0/16" }, .ssids = { 7, 9 } },
	/* 3 */ { .senders = { "10.1.0.0/16" }, .sender_port = 5000 },
	/* 4 */ { .senders = { "10.1.0.0/16" }, .reflectors = { "192.0.2.7" } },
	/* 5 */ { .senders = { "10.1.2.3" }, .reflector_port = SCENE_OTHER_PORT },
	/* 6 */ { .senders = { "10.2.0.0/16", "2001:db8:2::/48" },
		  .reflectors = { "192.0.2.2", "2001:db8::/64" } },
	/* 7 */ { .senders = { "2001:db8:2:3::/64" }, .ssids = { 0x1234 } },
	/* 8 */ { .senders = { "10.2.0.0/16" }, .reflectors = { "192.0.2.0/24" } },
};

static const struct choice_case {
	const char *name;
	struct packet_fields fields;
	uint16_t ssid;
	int expected;
} choice_cases[] = {
	{ "any answers who is not named", { .source = "172.16.0.1" }, 0, 0 },
	{ "any answers IPv6, too", { .source = "2001:db8:9::1" }, 3, 0 },
	{ "the longer prefix decides", { .source = "10.9.0.1" }, 0, 1 },
	{ "R8972-3-5: a named SSID decides", { .source = "10.1.0.1" }, 7, 2 },
	{ "another SSID of the list decides", { .source = "10.1.0.1" }, 9, 2 },
	{ "an SSID before a port", { .source = "10.1.0.1", .source_port = 5000 }, 9, 2 },
	{ "the sender's port decides", { .source = "10.1.0.1", .source_port = 5000 }, 8, 3 },
	{ "a port before a reflector's address",
	  { .source = "10.1.0.1", .source_port = 5000, .destination = "192.0.2.7" }, 0, 3 },
	{ "the reflector's address decides",
	  { .source = "10.1.0.1", .destination = "192.0.2.7" }, 0, 4 },
	{ "what no session of the prefix matches falls back to a shorter one",
	  { .source = "10.1.0.1" }, 8, 1 },
	{ "R8762-4.1-5: the reflector's port decides",
	  { .source = "10.1.2.3", .destination_port = SCENE_OTHER_PORT }, 0, 5 },
	{ "the longest prefix with another port is passed over", { .source = "10.1.2.3" }, 7, 2 },
	{ "one of several reflector addresses", { .source = "10.2.0.1" }, 0, 6 },
	{ "a reflector prefix of the other family", { .source = "2001:db8:2::1" }, 0, 6 },
	{ "the longer reflector prefix decides before the place", { .source = "10.2.0.1" }, 1, 6 },
	{ "the shorter reflector prefix takes the others",
	  { .source = "10.2.0.1", .destination = "192.0.2.7" }, 0, 8 },
	{ "IPv6: a longer prefix with the SSID", { .source = "2001:db8:2:3::9" }, 0x1234, 7 },
	{ "IPv6: SSIDs are compared in network order", { .source = "2001:db8:2:3::9" }, 0x3412, 6 },
	{ "no session has the other port", { .source = "10.9.0.1",
	  .destination_port = SCENE_OTHER_PORT }, 0, NOBODY },
};
/* clang-format on */

static void choice_is(void **state)
{
	const struct choice_case *c = *state;
	struct config config;
	uint32_t outcome;

	begin(NULL);
	config_init(&config);
	for (size_t i = 0; i < ARRAY_SIZE(sessions); i++)
		add_session(&config, &sessions[i]);
	prog_run_set_sessions(scene_run, &config);
	prog_run_next_generation(scene_run);
	build(&c->fields, c->ssid);
	assert_int_equal(answered_by(&outcome), c->expected);
	if (c->expected == NOBODY)
		assert_int_equal(outcome, OUTCOME_UNKNOWN_SESSION);
	config_free(&config);
}

/* A known session asks again when the generation moves, keeps its numbers, and what is refused from
 * then on is refused at once. */
static void a_swap_moves_sessions_to_their_new_rules(void **state)
{
	const struct packet_fields fields = { .source = "10.1.0.1" };
	const struct session_row any = { .senders = { "any" } };
	const struct session_row own = { .senders = { "10.0.0.0/8" }, .flags = SESSION_STATEFUL };
	const struct session_row other = { .senders = { "10.0.0.0/8" }, .ssids = { 9 } };
	struct config config;
	uint32_t outcome;

	(void)state;
	config_init(&config);
	add_session(&config, &any);
	prog_run_set_sessions(scene_run, &config);
	prog_run_next_generation(scene_run);
	build(&fields, 7);
	for (int i = 0; i < 3; i++)
		assert_int_equal(answered_by(&outcome), 0);
	add_session(&config, &own);
	prog_run_set_sessions(scene_run, &config);
	assert_int_equal(answered_by(&outcome), 0);
	prog_run_next_generation(scene_run);
	assert_int_equal(answered_by(&outcome), 1);
	assert_int_equal(packet_get32(reply.data + reply.payload), 4);
	config_free(&config);
	add_session(&config, &other);
	prog_run_set_sessions(scene_run, &config);
	prog_run_next_generation(scene_run);
	assert_int_equal(answered_by(&outcome), NOBODY);
	assert_int_equal(outcome, OUTCOME_UNKNOWN_SESSION);
	config_free(&config);
}

static uint64_t random_state;

static uint32_t below(uint32_t limit)
{
	return (uint32_t)(cases_random(&random_state) >> 32) % limit;
}

/* Few values, so that prefixes hold each other and packets meet them. */
static const char *const sender_prefixes[] = {
	"any",           "0.0.0.0/0",     "10.0.0.0/8",       "10.1.0.0/16",      "10.1.128.0/17",
	"10.1.128.0/24", "10.1.128.7",    "10.1.128.6/31",    "2001:db8::/32",    "2001:db8:1::/48",
	"2001:db8:1::7", "198.18.0.0/15", "2001:db8:1::/127", "2001:db8:0:1::/64"
};
static const char *const senders[] = {
	"10.1.128.7",    "10.1.128.6",    "10.1.129.1",  "10.1.1.1",
	"10.2.0.1",      "198.18.0.1",    "203.0.113.1", "2001:db8:1::7",
	"2001:db8:1::1", "2001:db8:2::1", "2001:db9::1",
};
static const char *const reflector_prefixes[] = { "192.0.2.2",   "192.0.2.0/24",  "192.0.2.0/29",
						  "2001:db8::2", "2001:db8::/64", "any" };
static const char *const reflectors4[] = { "192.0.2.2", "192.0.2.7" };
static const char *const reflectors6[] = { "2001:db8::2", "2001:db8::7" };
static const uint16_t sender_ports[] = { 0, 0, 5000, 6000 };
static const uint16_t reflector_ports[] = { STAMP_PORT, STAMP_PORT, SCENE_OTHER_PORT };

#define ANY_OF(array) ((array)[below(ARRAY_SIZE(array))])

static void make_sessions(struct config *config)
{
	uint32_t count = 1 + below(SESSIONS_MOST);

	for (uint32_t i = 0; i < count; i++) {
		struct session_row row = {
			.senders = { ANY_OF(sender_prefixes) },
			.sender_port = ANY_OF(sender_ports),
			.reflector_port = ANY_OF(reflector_ports),
		};

		if (below(3) == 0)
			row.ssids[0] = (uint16_t)(1 + below(3));
		if (row.ssids[0] && below(2))
			row.ssids[1] = (uint16_t)(row.ssids[0] + 1);
		for (uint32_t j = below(3); j > 0; j--)
			row.reflectors[j - 1] = ANY_OF(reflector_prefixes);
		add_session(config, &row);
	}
}

/* Another way to compare than by masks: bit by bit. */
static bool lies_in(const struct stamp_address *address, const struct prefix *prefix)
{
	for (unsigned int bit = 0; bit < prefix->length; bit++)
		if ((address->octets[bit / 8] ^ prefix->address.octets[bit / 8]) >> (7 - bit % 8) &
		    1)
			return false;
	return true;
}

/* How well a session fits, better if larger; 0 if it does not. */
static uint64_t fit(const struct session_config *session, const struct session_key *key)
{
	int sender = -1, reflector = session->reflector_count ? -1 : 0;
	bool has_ssid = session->ssid_count == 0;

	for (size_t i = 0; i < session->sender_count; i++)
		if (lies_in(&key->sender, &session->senders[i]) &&
		    (int)session->senders[i].length > sender)
			sender = (int)session->senders[i].length;
	for (size_t i = 0; i < session->reflector_count; i++)
		if (lies_in(&key->reflector, &session->reflectors[i]) &&
		    (int)session->reflectors[i].length > reflector)
			reflector = (int)session->reflectors[i].length;
	for (size_t i = 0; i < session->ssid_count; i++)
		has_ssid |= session->ssids[i] == ntohs(key->ssid);
	if (sender < 0 || reflector < 0 || !has_ssid ||
	    session->reflector_port != ntohs(key->reflector_port) ||
	    (session->sender_port && session->sender_port != ntohs(key->sender_port)))
		return 0;
	return 1 + ((uint64_t)sender << 24 | (uint64_t)(session->ssid_count != 0) << 20 |
		    (uint64_t)(session->sender_port != 0) << 16 | (uint64_t)reflector << 4);
}

static int plain_choice(const struct config *config, const struct session_key *key)
{
	uint64_t best = 0;
	int chosen = NOBODY;

	for (size_t i = 0; i < config->session_count; i++) {
		uint64_t value = fit(&config->sessions[i], key);

		if (value > best) {
			best = value;
			chosen = (int)i;
		}
	}
	return chosen;
}

static bool is_anybodys(const struct config *config, const struct session_key *key)
{
	for (size_t i = 0; i < config->session_count; i++)
		for (size_t j = 0; j < config->sessions[i].sender_count; j++)
			if (lies_in(&key->sender, &config->sessions[i].senders[j]))
				return true;
	return false;
}

static void compare_choices(const struct config *config)
{
	struct packet_fields fields = { .source = ANY_OF(senders) };
	bool is_ip6 = strchr(fields.source, ':');
	struct session_key key;
	uint32_t outcome;
	int expected;

	fields.destination = is_ip6 ? ANY_OF(reflectors6) : ANY_OF(reflectors4);
	fields.source_port = below(2) ? 5000 : 7000;
	fields.destination_port = ANY_OF(reflector_ports);
	build(&fields, (uint16_t)below(5));
	key = prog_run_key(&request);
	expected = plain_choice(config, &key);
	assert_int_equal(answered_by(&outcome), expected);
	if (expected == NOBODY)
		assert_int_equal(outcome, is_anybodys(config, &key) ? OUTCOME_UNKNOWN_SESSION
								    : OUTCOME_UNKNOWN_SENDER);
}

static void the_kernel_chooses_as_a_plain_search_does(void **state)
{
	(void)state;
	random_state = 0x5eed0042;
	for (int i = 0; i < ROUNDS; i++) {
		struct config config;

		config_init(&config);
		make_sessions(&config);
		prog_run_set_sessions(scene_run, &config);
		prog_run_next_generation(scene_run);
		for (int j = 0; j < PACKETS_PER_ROUND; j++)
			compare_choices(&config);
		config_free(&config);
	}
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(choice_cases) + 2];
	size_t count = 0;

	ADD_CASES(tests, count, choice_cases, choice_is);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test_setup(
		a_swap_moves_sessions_to_their_new_rules, begin);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test_setup(
		the_kernel_chooses_as_a_plain_search_does, begin);
	return RUN_TESTS(tests, count, scene_open_program, scene_close_program);
}
