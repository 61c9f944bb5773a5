/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What --print-effective writes: every key, and the same configuration when it is read again. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/config_text.h"

#define EXAMPLE "deploy/examples/stampd.yaml"

/* The configuration as YAML; the caller frees it. */
static char *printed(const struct config *config)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(config_print(config, out), 0);
	fclose(out);
	return text;
}

/* The share is worked out in print, so it is no default any more when it is read again. */
static void work_out_new_sessions(struct config *config)
{
	for (size_t i = 0; i < config->session_count; i++)
		config->sessions[i].new_sessions =
			config_new_sessions(config, &config->sessions[i]);
}

static void assert_same_prefixes(const struct prefix *a, size_t count_a, const struct prefix *b,
				 size_t count_b)
{
	assert_int_equal(count_a, count_b);
	if (count_a)
		assert_memory_equal(a, b, count_a * sizeof(*a));
}

static void assert_same_session(struct session_config a, struct session_config b)
{
	assert_same_prefixes(a.senders, a.sender_count, b.senders, b.sender_count);
	assert_same_prefixes(a.reflectors, a.reflector_count, b.reflectors, b.reflector_count);
	a.senders = a.reflectors = b.senders = b.reflectors = NULL;
	assert_memory_equal(&a, &b, sizeof(a));
}

static void assert_same(struct config a, struct config b)
{
	assert_int_equal(a.interface_count, b.interface_count);
	assert_memory_equal(a.interfaces, b.interfaces, a.interface_count * sizeof(*a.interfaces));
	assert_int_equal(a.session_count, b.session_count);
	for (size_t i = 0; i < a.session_count; i++)
		assert_same_session(a.sessions[i], b.sessions[i]);
	a.interfaces = b.interfaces = NULL;
	a.sessions = b.sessions = NULL;
	assert_memory_equal(&a, &b, sizeof(a));
}

/* Frees the configuration. */
static void assert_round_trip(struct config *config)
{
	struct config again;
	char *text = printed(config);

	parse(&again, text, 0);
	work_out_new_sessions(config);
	assert_same(*config, again);
	config_free(config);
	config_free(&again);
	free(text);
}

static const struct round_case {
	const char *name;
	const char *text;
} round_cases[] = {
	{ "the least document", VERSION INTERFACES SESSIONS },
	{ "names that look like something else",
	  VERSION "interfaces: [{name: 5}, {name: 'yes'}, {name: 'null'}, {name: '~'}]\n"
		  "session-reflector: {sessions: [{name: 'a: #\"\\ b', sender-ip: any}, "
		  "{name: Zürich, sender-ip: 10.0.0.1}, {name: ' ', sender-ip: 10.0.0.2}]}\n" },
	{ "paths with other letters",
	  "pin-path: '/with blank: # and \"quotes'\ncontrol: {socket: /ü}\n" VERSION INTERFACES
		  SESSIONS },
	{ "a fixed offset of 0", "tai-offset: 0\n" VERSION INTERFACES SESSIONS },
	{ "an offset in seconds", "tai-offset: 37\n" VERSION INTERFACES SESSIONS },
	{ "every mode", VERSION "interfaces: [{name: a}, {name: b, mode: generic}, "
				"{name: c, mode: socket}]\n" SESSIONS },
	{ "an authenticated session",
	  SESSION_WITH("sender-ip: any\n    authentication: {key-file: \"/with: colon\"}") },
	{ "a replay window",
	  SESSION_WITH("sender-ip: any\n    authentication: {key-file: /k, replay-window: 64}") },
	{ "the reflector's own keys",
	  REFLECTOR_WITH("persist: true\n  max-sessions: 7\n  strict-error-estimate: true\n"
			 "  ref-wait: 1500ms\n  rate-limit: {packets-per-second: 0, burst: 1}\n "
			 " " SESSION) },
	{ "a long time", REFLECTOR_WITH("ref-wait: 168h\n  " SESSION) },
	{ "every key of a session",
	  SESSION_WITH("sender-ip: [10.0.0.0/8, '2001:db8::/32', '1:2:3:4:5:6:7:8', 192.0.2.1]\n"
		       "    sender-udp-port: 5000\n"
		       "    reflector-ip: [192.0.2.2, '::1', 'fe80::']\n"
		       "    reflector-udp-port: 8620\n"
		       "    ssid: [1, 65535]\n"
		       "    reflector-mode: stateful\n"
		       "    timestamp-format: ptp\n"
		       "    short-requests: true\n"
		       "    new-sessions-per-second: 5\n"
		       "    allow-reflector-port-source: false\n"
		       "    dscp-handling-mode: use-configured-value\n"
		       "    dscp-value: 46") },
	{ "keys for TLVs", SESSION_WITH("sender-ip: any\n    tlv-key-file: \"/with: colon\"") },
	{ "keys for TLVs beside others",
	  SESSION_WITH("sender-ip: any\n    authentication: {key-file: /k}\n"
		       "    tlv-key-file: /t") },
	{ "some denied DSCPs", SESSION_WITH("sender-ip: any\n    dscp-denied: [63, 0, 46]") },
	{ "one denied DSCP", SESSION_WITH("sender-ip: any\n    dscp-denied: 0") },
	{ "all DSCPs but one",
	  SESSION_WITH(
		  "sender-ip: any\n    dscp-denied: "
		  "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,\n"
		  "    22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, "
		  "41,\n"
		  "    42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, "
		  "61, 62]") },
	{ "a Location TLV that is told something",
	  SESSION_WITH("sender-ip: any\n    location-disclosure: [addresses, ports]") },
	{ "a Location TLV that is told one thing",
	  SESSION_WITH("sender-ip: any\n    location-disclosure: source-mac") },
	{ "a Location TLV that is told nothing",
	  SESSION_WITH("sender-ip: any\n    location-disclosure: []") },
	{ "no TLV in the kernel", REFLECTOR_WITH("tlvs-in-kernel: false\n  " SESSION) },
	{ "members of a group",
	  VERSION "interfaces: [{name: a, micro-session-id: 1}, "
		  "{name: b, micro-session-id: 65535}, {name: c}]\n" SESSIONS },
	{ "a clock set by BITS", "sync-source: ssu-bits\n" VERSION INTERFACES SESSIONS },
	{ "TWAMP Light", SESSION_WITH("sender-ip: any\n    tlvs: false") },
	{ "TWAMP Light without short requests",
	  SESSION_WITH("sender-ip: any\n    tlvs: false\n    short-requests: false") },
	{ "a set DSCP of 0",
	  SESSION_WITH("sender-ip: any\n    dscp-handling-mode: use-configured-value") },
	{ "lists of one", SESSION_WITH("sender-ip: [10.0.0.1]\n    reflector-ip: [192.0.2.0/24]\n"
				       "    ssid: [9]") },
};

static void is_the_same_again(void **state)
{
	const struct round_case *c = *state;
	struct config config;

	parse(&config, c->text, 0);
	assert_round_trip(&config);
}

static void example_is_the_same_again(void **state)
{
	struct config config;

	(void)state;
	assert_int_equal(config_load(&config, EXAMPLE), 0);
	assert_round_trip(&config);
}

static void quick_options_are_the_same_again(void **state)
{
	const struct prefix any = { .length = 0 };
	struct config config;
	struct session_config *session;

	(void)state;
	config_init(&config);
	config_add_interface(&config, "eth0")->mode = MODE_SOCKET;
	session = config_add_session(&config, "quick");
	session->policy.flags |= SESSION_SHORT_REQUESTS;
	assert_int_equal(session_config_allow(session, &any), 0);
	assert_round_trip(&config);
}

static void many_senders_are_the_same_again(void **state)
{
	enum { SENDERS = 3000 };
	struct config config;
	struct session_config *session;

	(void)state;
	config_init(&config);
	assert_non_null(config_add_interface(&config, "eth0"));
	session = config_add_session(&config, "quick");
	for (__u32 i = 1; i <= SENDERS; i++) {
		struct prefix sender = { stamp_address_ip4(bpf_htonl(i << 8)), 120 };

		assert_int_equal(session_config_allow(session, &sender), 0);
	}
	assert_round_trip(&config);
}

static void assert_keys_are_in(const struct schema_row *rows, const char *text)
{
	char key[80];

	for (; rows->key; rows++) {
		snprintf(key, sizeof(key), "%s:", rows->key);
		if (!strstr(text, key))
			fail_msg("%s is not there", key);
		if (rows->rows)
			assert_keys_are_in(rows->rows, text);
	}
}

static void every_key_is_printed(void **state)
{
	struct config config;
	char *text;

	(void)state;
	parse(&config,
	      SESSION_WITH("sender-ip: any\n    dscp-handling-mode: use-configured-value\n"
			   "    authentication: {key-file: /k}\n    tlv-key-file: /t"),
	      0);
	text = printed(&config);
	assert_keys_are_in(config_rows, text);
	free(text);
	config_free(&config);
}

static void defaults_are_printed_as_they_would_be_written(void **state)
{
	static const char expected[] = "version: 1\n"
				       "pin-path: /sys/fs/bpf/xdp-stamp\n"
				       "tai-offset: kernel\n"
				       "sync-source: auto\n"
				       "interfaces:\n"
				       "- name: \"eth0\"\n"
				       "  mode: native\n"
				       "  af-xdp:\n"
				       "    enabled: auto\n"
				       "    zero-copy: auto\n"
				       "    ring-size: 2048\n"
				       "    umem: 4MiB\n"
				       "    busy-poll: false\n"
				       "    cpus: any\n"
				       "  micro-session-id: none\n"
				       "session-reflector:\n"
				       "  persist: false\n"
				       "  max-sessions: 65536\n"
				       "  strict-error-estimate: false\n"
				       "  tlvs-in-kernel: true\n"
				       "  ref-wait: 900s\n"
				       "  rate-limit:\n"
				       "    packets-per-second: 10000\n"
				       "    burst: 1000\n"
				       "  sessions:\n"
				       "  - name: \"lab\"\n"
				       "    sender-ip: any\n"
				       "    sender-udp-port: any\n"
				       "    reflector-ip: any\n"
				       "    reflector-udp-port: 862\n"
				       "    ssid: any\n"
				       "    reflector-mode: stateless\n"
				       "    timestamp-format: ntp\n"
				       "    tlvs: true\n"
				       "    short-requests: false\n"
				       "    new-sessions-per-second: 1092\n"
				       "    allow-reflector-port-source: true\n"
				       "    dscp-handling-mode: copy-received-value\n"
				       "    dscp-denied: none\n"
				       "    location-disclosure: [ports, source-mac, addresses]\n"
				       "control:\n"
				       "  socket: /run/stampd/control.sock\n";
	struct config config;
	char *text;

	(void)state;
	parse(&config, VERSION INTERFACES SESSIONS, 0);
	text = printed(&config);
	assert_string_equal(text, expected);
	free(text);
	config_free(&config);
}

static void what_is_no_text_cannot_be_printed(void **state)
{
	struct config config;
	FILE *out = tmpfile();

	(void)state;
	parse(&config, VERSION INTERFACES SESSIONS, 0);
	strcpy(config.pin_path, "/\xff");
	assert_int_equal(config_print(&config, out), -EIO);
	fclose(out);
	config_free(&config);
}

static void full_output_is_an_error(void **state)
{
	struct config config;
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	parse(&config, VERSION INTERFACES SESSIONS, 0);
	assert_non_null(full);
	assert_int_equal(config_print(&config, full), -EIO);
	assert_int_equal(config_print_schema(full), -EIO);
	fclose(full);
	config_free(&config);
}

int main(void)
{
	struct CMUnitTest tests[8 + ARRAY_SIZE(round_cases)];
	size_t count = 0;

	ADD_TEST(tests, count, example_is_the_same_again);
	ADD_TEST(tests, count, quick_options_are_the_same_again);
	ADD_TEST(tests, count, many_senders_are_the_same_again);
	ADD_TEST(tests, count, every_key_is_printed);
	ADD_TEST(tests, count, defaults_are_printed_as_they_would_be_written);
	ADD_TEST(tests, count, what_is_no_text_cannot_be_printed);
	ADD_TEST(tests, count, full_output_is_an_error);
	ADD_CASES(tests, count, round_cases, is_the_same_again);
	return RUN_TESTS(tests, count, NULL, NULL);
}
