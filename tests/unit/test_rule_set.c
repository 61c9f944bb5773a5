/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The provisioned sessions flattened: which rules each prefix lists, in which order, and limits. */
#include "lib/cases.h"
#include "lib/prefix_of.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "reflector/rule_set.h"

#define SESSIONS_MOST 6

struct row {
	const char *sender;
	const char *reflector; /* NULL: any */
	unsigned short sender_port;
	unsigned short ssid;
};

/* clang-format off */
static const struct list_case {
	const char *name;
	struct row sessions[SESSIONS_MOST];
	const char *prefix;  /* the node that is looked at */
	const char *expected; /* places of its rules, in order */
} list_cases[] = {
	{ "one session is one rule", { { .sender = "any" } }, "any", "0" },
	{ "a prefix lists its own rules and those around it",
	  { { .sender = "any" }, { .sender = "10.0.0.0/8" }, { .sender = "10.1.0.0/16" } },
	  "10.1.0.0/16", "2 1 0" },
	{ "and none of those inside",
	  { { .sender = "10.1.0.0/16" }, { .sender = "10.0.0.0/8" } }, "10.0.0.0/8", "1" },
	{ "nor of its neighbours",
	  { { .sender = "10.0.0.0/16" }, { .sender = "10.1.0.0/16" }, { .sender = "10.0.0.0/15" } },
	  "10.1.0.0/16", "1 2" },
	{ "a neighbour of a deeper prefix is not around it",
	  { { .sender = "10.0.0.0/24" }, { .sender = "10.0.1.0/24" }, { .sender = "10.0.0.0/25" } },
	  "10.0.1.0/24", "1" },
	{ "IPv4 lies in any and not in IPv6",
	  { { .sender = "any" }, { .sender = "2001:db8::/32" }, { .sender = "0.0.0.0/0" } },
	  "0.0.0.0/0", "2 0" },
	{ "a named SSID goes first", { { .sender = "any" }, { .sender = "any", .ssid = 7 } },
	  "any", "1 0" },
	{ "a named port goes before none",
	  { { .sender = "any" }, { .sender = "any", .sender_port = 5000 } }, "any", "1 0" },
	{ "an SSID goes before a port",
	  { { .sender = "any", .sender_port = 5000 }, { .sender = "any", .ssid = 7 } },
	  "any", "1 0" },
	{ "a port goes before the longest reflector-ip",
	  { { .sender = "any", .reflector = "2001:db8::1" },
	    { .sender = "any", .sender_port = 5000 } }, "any", "1 0" },
	{ "the longer reflector-ip goes first",
	  { { .sender = "any", .reflector = "192.0.2.0/24" },
	    { .sender = "any", .reflector = "192.0.2.1" } }, "any", "1 0" },
	{ "the longer sender-ip goes before all else",
	  { { .sender = "10.0.0.0/8", .ssid = 7, .sender_port = 5000, .reflector = "192.0.2.1" },
	    { .sender = "10.0.0.0/9" } }, "10.0.0.0/9", "1 0" },
	{ "between equals the first in the file decides",
	  { { .sender = "any", .ssid = 1 }, { .sender = "any", .ssid = 2 } }, "any", "0 1" },
};
/* clang-format on */

static void add(struct config *config, const struct row *row)
{
	struct session_config *session = config_add_session(config, "session");
	struct prefix sender = prefix_of(row->sender);

	assert_non_null(session);
	assert_int_equal(session_config_allow(session, &sender), 0);
	if (row->reflector) {
		struct prefix reflector = prefix_of(row->reflector);

		assert_int_equal(session_config_receive_at(session, &reflector), 0);
	}
	session->sender_port = row->sender_port;
	if (row->ssid)
		session->ssids[session->ssid_count++] = row->ssid;
}

static const struct rule_node *find_node(const struct rule_set *set, const char *text)
{
	struct prefix prefix = prefix_of(text);

	for (size_t i = 0; i < set->node_count; i++)
		if (set->nodes[i].key.prefix_length == prefix.length &&
		    !memcmp(&set->nodes[i].key.sender, &prefix.address, sizeof(prefix.address)))
			return &set->nodes[i];
	fail_msg("%s has no node", text);
	return NULL;
}

static void list_is(void **state)
{
	const struct list_case *c = *state;
	char fault[RULE_SET_FAULT_MAX], places[64] = "";
	const struct rule_node *node;
	struct config config;
	struct rule_set set;

	config_init(&config);
	for (size_t i = 0; i < SESSIONS_MOST && c->sessions[i].sender; i++)
		add(&config, &c->sessions[i]);
	assert_int_equal(rule_set_build(&set, &config, fault), 0);
	node = find_node(&set, c->prefix);
	for (__u32 i = 0; i < node->list.count; i++)
		snprintf(places + strlen(places), sizeof(places) - strlen(places), "%s%u",
			 i ? " " : "", node->list.rules[i]);
	assert_string_equal(places, c->expected);
	rule_set_free(&set);
	config_free(&config);
}

static void a_rule_is_the_session_in_network_order(void **state)
{
	const struct row row = {
		.sender = "any",
		.reflector = "192.0.2.0/24",
		.sender_port = 5000,
		.ssid = 0x1234,
	};
	static const uint8_t mask[16] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
					  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0 };
	char fault[RULE_SET_FAULT_MAX];
	struct config config;
	struct rule_set set;

	(void)state;
	config_init(&config);
	config.max_sessions = 6000;
	add(&config, &row);
	add(&config, &row);
	config.sessions[1].new_sessions = 4;
	assert_int_equal(rule_set_build(&set, &config, fault), 0);
	assert_int_equal(set.rule_count, 2);
	assert_memory_equal(&set.rules[0].reflector_mask, mask, sizeof(mask));
	assert_int_equal(set.rules[0].sender_port, bpf_htons(5000));
	assert_int_equal(set.rules[0].reflector_port, bpf_htons(862));
	assert_int_equal(set.rules[0].ssid_count, 1);
	assert_int_equal(set.rules[0].ssids[0], bpf_htons(0x1234));
	assert_int_equal(set.rules[0].policy.session, 0);
	assert_int_equal(set.rules[1].policy.session, 1);
	assert_int_equal(set.rules[0].new_session_ns, 20 * NSEC_PER_MSEC);
	assert_int_equal(set.rules[1].new_session_ns, 250 * NSEC_PER_MSEC);
	rule_set_free(&set);
	config_free(&config);
}

/* So many sessions, each for one SSID and one prefix of a chain. */
static int build_chain(size_t sessions, char fault[RULE_SET_FAULT_MAX])
{
	struct config config;
	struct rule_set set;
	int err;

	config_init(&config);
	for (size_t i = 0; i < sessions; i++) {
		char sender[32];
		struct row row = { .sender = sender, .ssid = (unsigned short)(i + 1) };

		snprintf(sender, sizeof(sender), "10.0.0.0/%zu", 8 + i / 2);
		add(&config, &row);
	}
	err = rule_set_build(&set, &config, fault);
	rule_set_free(&set);
	config_free(&config);
	return err;
}

static void thirty_two_sessions_of_a_sender_are_the_most(void **state)
{
	char fault[RULE_SET_FAULT_MAX];

	(void)state;
	assert_int_equal(build_chain(32, fault), 0);
	assert_int_equal(build_chain(33, fault), -EINVAL);
	assert_non_null(
		strstr(fault, "more than 32 sessions could answer a sender in 10.0.0.0/24"));
}

static void more_rules_than_the_program_holds_are_refused(void **state)
{
	const struct row row = { .sender = "192.0.2.1" };
	char fault[RULE_SET_FAULT_MAX];
	struct config config;
	struct rule_set set;

	(void)state;
	config_init(&config);
	for (unsigned int i = 0; i < RULES_MAX / 2 + 1; i++) {
		struct prefix reflectors[] = { prefix_of("192.0.2.1"), prefix_of("192.0.2.2") };

		add(&config, &row);
		for (size_t j = 0; j < ARRAY_SIZE(reflectors); j++)
			assert_int_equal(
				session_config_receive_at(&config.sessions[i], &reflectors[j]), 0);
	}
	assert_int_equal(rule_set_build(&set, &config, fault), -EINVAL);
	assert_non_null(strstr(fault, "more than 8192 pairs"));
	config_free(&config);
}

/* clang-format off */
static const struct mode_case {
	const char *name;
	struct row guarded, open; /* the first one authenticated */
	unsigned short port;      /* of the second one, besides 862 */
	int expected;
} mode_cases[] = {
	{ "an SSID cannot choose the mode", { .sender = "any", .ssid = 7 }, { .sender = "any" }, 862,
	  -EINVAL },
	{ "nor within a longer prefix", { .sender = "10.0.0.0/8", .ssid = 7 }, { .sender = "any" },
	  862, -EINVAL },
	{ "nor around one", { .sender = "any", .ssid = 7 }, { .sender = "10.0.0.0/8", .ssid = 8 },
	  862, -EINVAL },
	{ "any SSID leaves nothing to choose", { .sender = "10.0.0.0/8" }, { .sender = "any" }, 862,
	  0 },
	{ "another port keeps them apart", { .sender = "any", .ssid = 7 }, { .sender = "any" }, 1024,
	  0 },
	{ "so do the senders' ports", { .sender = "any", .ssid = 7, .sender_port = 1 },
	  { .sender = "any", .sender_port = 2 }, 862, 0 },
	{ "so do the reflector's addresses", { .sender = "any", .ssid = 7, .reflector = "192.0.2.1" },
	  { .sender = "any", .reflector = "192.0.2.2" }, 862, 0 },
	{ "but not a prefix around one", { .sender = "any", .ssid = 7, .reflector = "192.0.2.1" },
	  { .sender = "any", .reflector = "192.0.2.0/24" }, 862, -EINVAL },
	{ "so do the senders", { .sender = "10.0.0.0/8", .ssid = 7 }, { .sender = "11.0.0.0/8" }, 862,
	  0 },
};
/* clang-format on */

static void modes_are_told_apart(void **state)
{
	const struct mode_case *c = *state;
	char fault[RULE_SET_FAULT_MAX];
	struct config config;
	struct rule_set set;

	config_init(&config);
	add(&config, &c->guarded);
	add(&config, &c->open);
	config.sessions[0].policy.flags |= SESSION_AUTHENTICATED;
	config.sessions[1].reflector_port = c->port;
	assert_int_equal(rule_set_build(&set, &config, fault), c->expected);
	if (c->expected)
		assert_non_null(strstr(fault, "give them different reflector-udp-port"));
	rule_set_free(&set);
	config_free(&config);
}

/* Before they are multiplied out. */
static void more_entries_than_anybody_needs_are_refused(void **state)
{
	const struct row row = { .sender = "192.0.2.1" };
	char fault[RULE_SET_FAULT_MAX];
	struct config config;
	struct rule_set set;

	(void)state;
	config_init(&config);
	add(&config, &row);
	for (__u32 i = 0; i < 600; i++) {
		struct prefix prefix = { stamp_address_ip4(bpf_htonl(0x0a000000 + i)), 128 };

		assert_int_equal(session_config_allow(&config.sessions[0], &prefix), 0);
		assert_int_equal(session_config_receive_at(&config.sessions[0], &prefix), 0);
	}
	assert_int_equal(rule_set_build(&set, &config, fault), -EINVAL);
	assert_non_null(strstr(fault, "more than 262144 triples"));
	config_free(&config);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(list_cases) + ARRAY_SIZE(mode_cases) + 4];
	size_t count = 0;

	ADD_CASES(tests, count, list_cases, list_is);
	ADD_CASES(tests, count, mode_cases, modes_are_told_apart);
	ADD_TEST(tests, count, a_rule_is_the_session_in_network_order);
	ADD_TEST(tests, count, thirty_two_sessions_of_a_sender_are_the_most);
	ADD_TEST(tests, count, more_entries_than_anybody_needs_are_refused);
	ADD_TEST(tests, count, more_rules_than_the_program_holds_are_refused);
	return RUN_TESTS(tests, count, NULL, NULL);
}
