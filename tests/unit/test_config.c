/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The YAML file: what good documents give, and where and how bad ones are refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reflector/config.h"
#include "reflector/config_check.h"
#include "reflector/config_schema.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define EXAMPLE "deploy/examples/stampd.yaml"

/* A document that says no more than it must, in pieces that the cases replace. */
#define VERSION "version: 1\n"
#define INTERFACES "interfaces: [{name: eth0}]\n"
#define SESSIONS "session-reflector: {sessions: [{name: lab, sender-ip: any}]}\n"
#define SESSION_WITH(key) "session-reflector:\n  sessions:\n  - name: lab\n    " key "\n"

static struct yaml_fault parse(struct config *config, const char *text, int expected)
{
	struct yaml_fault fault = { 0 };

	config_init(config);
	assert_int_equal(config_parse(config, text, strlen(text), &fault), expected);
	return fault;
}

static void least_document_gives_defaults(void **state)
{
	struct config config;

	(void)state;
	parse(&config, VERSION INTERFACES SESSIONS, 0);
	assert_string_equal(config.pin_path, "/sys/fs/bpf/xdp-stamp");
	assert_string_equal(config.control_socket, "/run/stampd/control.sock");
	assert_int_equal(config.tai_source, TAI_FROM_KERNEL);
	assert_int_equal(config.tai_offset, 0);
	assert_false(config.persist);
	assert_int_equal(config.max_sessions, 65536);
	assert_int_equal(config.interface_count, 1);
	assert_string_equal(config.interfaces[0].name, "eth0");
	assert_int_equal(config.interfaces[0].mode, MODE_NATIVE);
	assert_int_equal(config.session_count, 1);
	assert_string_equal(config.sessions[0].name, "lab");
	assert_int_equal(config.sessions[0].reflector_port, 862);
	assert_int_equal(config.sessions[0].policy.flags, 0);
	assert_int_equal(config.sessions[0].sender_count, 1);
	assert_int_equal(config.sessions[0].senders[0].length, 0);
	config_free(&config);
}

static void every_key_is_stored(void **state)
{
	static const char text[] = "version: 1\n"
				   "pin-path: /sys/fs/bpf/other\n"
				   "tai-offset: 37\n"
				   "interfaces:\n"
				   "  - name: eth0\n"
				   "    mode: generic\n"
				   "  - {mode: native, name: \"eth1\"}\n"
				   "session-reflector:\n"
				   "  persist: true\n"
				   "  max-sessions: 1000000\n"
				   "  sessions:\n"
				   "    - name: lab\n"
				   "      sender-ip: 192.0.2.0/24\n"
				   "      reflector-udp-port: 8620\n"
				   "      reflector-mode: stateful\n"
				   "      timestamp-format: ptp\n"
				   "      short-requests: true\n"
				   "    - sender-ip: [198.51.100.7, '2001:db8::/32', 10.0.0.0/8]\n"
				   "      name: others\n"
				   "control:\n"
				   "  socket: /tmp/control.sock\n";
	struct config config;
	char prefix[ADDRESS_TEXT_MAX];

	(void)state;
	parse(&config, text, 0);
	assert_string_equal(config.pin_path, "/sys/fs/bpf/other");
	assert_string_equal(config.control_socket, "/tmp/control.sock");
	assert_int_equal(config.tai_source, TAI_FIXED);
	assert_int_equal(config.tai_offset, 37);
	assert_true(config.persist);
	assert_int_equal(config.max_sessions, 1000000);
	assert_int_equal(config.interface_count, 2);
	assert_int_equal(config.interfaces[0].mode, MODE_GENERIC);
	assert_string_equal(config.interfaces[1].name, "eth1");
	assert_int_equal(config.interfaces[1].mode, MODE_NATIVE);
	assert_int_equal(config.session_count, 2);
	assert_int_equal(config.sessions[0].reflector_port, 8620);
	assert_int_equal(config.sessions[0].policy.flags,
			 SESSION_STATEFUL | SESSION_PTP | SESSION_SHORT_REQUESTS);
	assert_int_equal(config.sessions[1].reflector_port, 862);
	assert_int_equal(config.sessions[1].policy.flags, 0);
	assert_int_equal(config.sessions[1].sender_count, 3);
	assert_string_equal(prefix_format(&config.sessions[1].senders[1], prefix), "2001:db8::/32");
	config_free(&config);
}

static const struct good_case {
	const char *name;
	const char *text;
} good_cases[] = {
	{ "a document of JSON", "{\"version\": 1, \"interfaces\": [{\"name\": \"eth0\"}], "
				"\"session-reflector\": {\"sessions\": [{\"name\": \"lab\", "
				"\"sender-ip\": [\"any\"]}]}}" },
	{ "a document with its marks", "%YAML 1.1\n---\n" VERSION INTERFACES SESSIONS "...\n" },
	{ "keys in another order", SESSIONS INTERFACES VERSION },
	{ "lines that end as on Windows", "version: 1\r\ninterfaces: [{name: eth0}]\r\n" SESSIONS },
	{ "the longest name of an interface",
	  VERSION "interfaces: [{name: fifteen-letters}]\n" SESSIONS },
	{ "a name that looks like a number", VERSION "interfaces: [{name: 5}]\n" SESSIONS },
	{ "a name in another script",
	  VERSION INTERFACES "session-reflector: {sessions: [{name: Zürich, sender-ip: any}]}\n" },
	{ "a prefix inside another",
	  VERSION INTERFACES SESSION_WITH("sender-ip: [any, 0.0.0.0/0, 10.0.0.0/8, 10.0.0.0]") },
	{ "the lowest free port",
	  VERSION INTERFACES SESSION_WITH("sender-ip: any\n    reflector-udp-port: 1024") },
	{ "the highest port",
	  VERSION INTERFACES SESSION_WITH("sender-ip: any\n    reflector-udp-port: 65535") },
	{ "one remembered session", VERSION INTERFACES
	  "session-reflector: {max-sessions: 1, sessions: [{name: lab, sender-ip: any}]}\n" },
	{ "no difference to TAI", "tai-offset: 0\n" VERSION INTERFACES SESSIONS },
	{ "switches said to be off",
	  VERSION INTERFACES SESSION_WITH("sender-ip: any\n    short-requests: false") },
};

static const struct bad_case {
	const char *name;
	const char *text;
	size_t line;
	size_t column;
	const char *part; /* of what is said */
} bad_cases[] = {
	/* YAML */
	{ "nothing", "", 1, 1, "begin with \"version" },
	{ "nothing but a comment", "# version: 1\n", 1, 1, "begin with \"version" },
	{ "a word", "version", 1, 1, "must hold keys with values" },
	{ "a list", "- version: 1\n", 1, 1, "must hold keys with values" },
	{ "an open bracket", VERSION "interfaces: [\n", 3, 1, "flow node" },
	{ "two keys in a line", "version: 1 persist: true\n", 1, 19, "not allowed" },
	{ "a tab for blanks", VERSION "control:\n\tsocket: /x\n", 3, 1, "indent with spaces" },
	{ "a tab after other letters", "# ä\ncontrol:\n  socket: /x\n\tname: y\n", 4, 1,
	  "indent with spaces" },
	{ "octets that are no UTF-8", VERSION "pin-path: /\xff\n", 2, 12, "UTF-8" },
	{ "a control letter", VERSION "pin-path: /\x01\n", 2, 12, "control characters" },
	{ "an anchor", VERSION "interfaces: &all [{name: eth0}]\n" SESSIONS, 2, 13, "&all" },
	{ "an alias", VERSION "interfaces: *all\n" SESSIONS, 2, 13, "*all" },
	{ "an alias of what holds it", VERSION "interfaces: &a [*a]\n", 2, 13, "write the value" },
	{ "an anchor on a key", "&a version: 1\n", 1, 1, "&a" },
	{ "a tag", "version: !!str 1\n", 1, 10, "remove tag:yaml.org,2002:str" },
	{ "a second document", VERSION INTERFACES SESSIONS "---\n" VERSION, 4, 1, "second" },
	{ "a key that is a list", "[version]: 1\n", 1, 1, "a key must be a word" },
	{ "a merge key", VERSION "<<: {version: 1}\n", 2, 1, "unknown key '<<'" },
	/* keys */
	{ "no version", INTERFACES SESSIONS, 1, 1, "version is missing: it must be 1" },
	{ "a later version", "version: 2\nnew-key: 1\n", 1, 10, "version must be 1, not 2" },
	{ "no interfaces", VERSION SESSIONS, 1, 1, "interfaces is missing: it must be a list" },
	{ "no session-reflector", VERSION INTERFACES, 1, 1, "session-reflector is missing" },
	{ "no sessions", VERSION INTERFACES "session-reflector: {persist: true}\n", 3, 20,
	  "sessions is missing" },
	{ "no name of an interface", VERSION "interfaces:\n  - mode: native\n", 3, 5,
	  "name is missing: it must be a text of 1 to 15 octets" },
	{ "no name of a session",
	  VERSION INTERFACES "session-reflector:\n  sessions:\n    - sender-ip: any\n", 5, 7,
	  "name is missing" },
	{ "no senders", VERSION INTERFACES "session-reflector:\n  sessions:\n    - name: lab\n", 5,
	  7, "sender-ip is missing: it must be an address, ADDRESS/LENGTH, any" },
	{ "a key with a letter wrong", VERSION "interface: []\n", 2, 1,
	  "did you mean interfaces?" },
	{ "a key in other letters", VERSION "PIN_PATH: /x\n", 2, 1,
	  "known here are version, pin-path, tai-offset, interfaces, session-reflector, control" },
	{ "an unknown key of an interface", VERSION "interfaces:\n- name: eth0\n  mod: native\n", 4,
	  3, "unknown key 'mod': did you mean mode?" },
	{ "an unknown key of session-reflector",
	  VERSION INTERFACES "session-reflector:\n  ref-wait: 900s\n", 4, 3,
	  "known here are persist, max-sessions, sessions" },
	{ "an unknown key of a session", VERSION INTERFACES SESSION_WITH("sender_ip: any"), 6, 5,
	  "did you mean sender-ip?" },
	{ "an unknown key of control", VERSION "control:\n  listen: 127.0.0.1:9862\n", 3, 3,
	  "known here are socket" },
	{ "an empty key", VERSION "'': 1\n", 2, 1, "unknown key ''" },
	{ "a key of a thousand letters is cut",
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: 1\n",
	  1, 1, "aaaa': known here" },
	{ "a key twice", VERSION "pin-path: /x\npin-path: /y\n", 3, 1, "pin-path is there twice" },
	{ "a key twice in a session",
	  VERSION INTERFACES SESSION_WITH("sender-ip: any\n    sender-ip: any"), 7, 5,
	  "sender-ip is there twice" },
	/* types and ranges */
	{ "no value", VERSION "pin-path:\n", 2, 10, "pin-path has no value" },
	{ "null for a value", VERSION "pin-path: ~\n", 2, 11, "pin-path has no value" },
	{ "no value of a list", VERSION "interfaces:\n" SESSIONS, 2, 12,
	  "interfaces has no value" },
	{ "a list for a text", VERSION "pin-path: [/x]\n", 2, 11,
	  "pin-path must be a path that begins with /, of at most 4095 octets, not a list" },
	{ "keys for a text", VERSION "pin-path: {x: y}\n", 2, 11, "not keys with values" },
	{ "a text for a list", VERSION "interfaces: eth0\n", 2, 13,
	  "interfaces must be a list, each element after \"- \", not eth0" },
	{ "texts in a list of keys", VERSION "interfaces: [eth0]\n", 2, 14, "\"- name: ...\"" },
	{ "keys for a list", VERSION "interfaces: {name: eth0}\n", 2, 13, "not keys with values" },
	{ "an empty list", VERSION "interfaces: []\n", 2, 13, "not an empty list" },
	{ "a text for keys", VERSION "control: /x\n", 2, 10, "control must be keys with their" },
	{ "an empty path", VERSION "pin-path: ''\n", 2, 11, "begins with /" },
	{ "a relative path", VERSION "control: {socket: stampd.sock}\n", 2, 19,
	  "begins with /, of at most 107 octets, not stampd.sock" },
	{ "a path that is too long for a socket",
	  VERSION "control:\n  socket: /"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
	  3, 11, "at most 107 octets" },
	{ "a line feed in a text", VERSION "pin-path: \"/x\\ny\"\n", 2, 11, "not /x?y" },
	{ "a NUL in a text", VERSION "pin-path: \"/x\\0y\"\n", 2, 11, "NUL" },
	{ "an offset that is neither", VERSION "tai-offset: ntp\n", 2, 13,
	  "kernel, or seconds from 0 to 1000, not ntp" },
	{ "a negative offset", VERSION "tai-offset: -37\n", 2, 13, "not -37" },
	{ "an offset that is too large", VERSION "tai-offset: 1001\n", 2, 13, "not 1001" },
	{ "a mode there is not", VERSION "interfaces: [{name: eth0, mode: fast}]\n", 2, 33,
	  "mode must be native, generic or socket, not fast" },
	{ "a name of 16 letters", VERSION "interfaces: [{name: sixteen-letters-}]\n", 2, 21,
	  "a text of 1 to 15 octets" },
	{ "a name with a blank", VERSION "interfaces: [{name: eth 0}]\n", 2, 21,
	  "cannot be an interface's name" },
	{ "a name with a slash", VERSION "interfaces: [{name: ../eth0}]\n", 2, 21, "cannot be" },
	{ "two dots for a name", VERSION "interfaces: [{name: ..}]\n", 2, 21, "cannot be" },
	{ "an interface twice", VERSION "interfaces: [{name: eth0}, {name: eth0}]\n", 2, 35,
	  "interface eth0 is there twice" },
	{ "yes for true", VERSION "session-reflector: {persist: yes}\n", 2, 30,
	  "persist must be true or false, not yes" },
	{ "a quoted true", VERSION "session-reflector: {persist: \"true\"}\n", 2, 30, "quoted" },
	{ "no remembered session", VERSION "session-reflector: {max-sessions: 0}\n", 2, 35,
	  "a number from 1 to 1000000, not 0" },
	{ "too many remembered sessions", VERSION "session-reflector: {max-sessions: 1000001}\n", 2,
	  35, "not 1000001" },
	{ "a number that would wrap",
	  VERSION "session-reflector: {max-sessions: 18446744073709551617}\n", 2, 35,
	  "not 1844674407" },
	{ "a number that could be octal", VERSION "session-reflector: {max-sessions: 0100}\n", 2,
	  35, "not 0100" },
	{ "a number with a unit", VERSION "session-reflector: {max-sessions: 64k}\n", 2, 35,
	  "64k" },
	{ "a quoted number", VERSION "session-reflector: {max-sessions: '5'}\n", 2, 35, "quoted" },
	/* sessions */
	{ "a sender that is no address", VERSION INTERFACES SESSION_WITH("sender-ip: lab"), 6, 16,
	  "sender-ip lab: not an IPv4 or IPv6 address" },
	{ "a sender with bits behind the prefix",
	  VERSION INTERFACES SESSION_WITH("sender-ip: [10.0.0.0/8, 192.0.2.1/24]"), 6, 29,
	  "sender-ip 192.0.2.1/24: bits behind the prefix" },
	{ "no value in a list of senders", VERSION INTERFACES SESSION_WITH("sender-ip: [any, ~]"),
	  6, 22, "sender-ip has no value" },
	{ "a list in a list of senders", VERSION INTERFACES SESSION_WITH("sender-ip: [[any]]"), 6,
	  17, "not a list" },
	{ "no sender in the list", VERSION INTERFACES SESSION_WITH("sender-ip: []"), 6, 16,
	  "not an empty list" },
	{ "a sender twice in a list", VERSION INTERFACES SESSION_WITH("sender-ip: [any, any]"), 6,
	  22, "sender-ip any is in session lab already" },
	{ "a sender twice, written in two ways",
	  VERSION INTERFACES SESSION_WITH("sender-ip: [192.0.2.1, '::ffff:192.0.2.1/128']"), 6, 28,
	  "sender-ip 192.0.2.1 is in session lab already" },
	{ "a sender in two sessions, on two ports",
	  VERSION INTERFACES "session-reflector:\n  sessions:\n"
			     "  - {name: a, sender-ip: 10.0.0.0/8}\n"
			     "  - {name: b, sender-ip: 10.0.0.0/8, reflector-udp-port: 8620}\n",
	  6, 26, "in session a already: a prefix can be in one session only, whatever the ports" },
	{ "a name of two sessions",
	  VERSION INTERFACES "session-reflector:\n  sessions:\n"
			     "  - {name: a, sender-ip: 10.0.0.0/8}\n"
			     "  - {name: a, sender-ip: 11.0.0.0/8}\n",
	  6, 12, "session a is there twice" },
	{ "another service's port", VERSION INTERFACES SESSION_WITH("reflector-udp-port: 861"), 6,
	  25, "reflector-udp-port must be 862, or 1024 to 65535, not 861" },
	{ "a port that is too large", VERSION INTERFACES SESSION_WITH("reflector-udp-port: 65536"),
	  6, 25, "862, or 1024 to 65535, not 65536" },
	{ "a reflector mode there is not", VERSION INTERFACES SESSION_WITH("reflector-mode: echo"),
	  6, 21, "stateless or stateful, not echo" },
	{ "a format there is not", VERSION INTERFACES SESSION_WITH("timestamp-format: ptp-format"),
	  6, 23, "ntp or ptp, not ptp-format" },
	{ "a number for a switch", VERSION INTERFACES SESSION_WITH("short-requests: 1"), 6, 21,
	  "false or true, not 1" },
};

static void is_accepted(void **state)
{
	const struct good_case *c = *state;
	struct config config;

	parse(&config, c->text, 0);
	config_free(&config);
}

static void is_refused(void **state)
{
	const struct bad_case *c = *state;
	struct config config;
	struct yaml_fault fault = parse(&config, c->text, -EINVAL);

	if (!strstr(fault.text, c->part))
		print_error("said: %s\n", fault.text);
	assert_non_null(strstr(fault.text, c->part));
	assert_int_equal(fault.line, c->line);
	assert_int_equal(fault.column, c->column);
	config_free(&config);
}

static void example_is_accepted(void **state)
{
	struct config config;

	(void)state;
	assert_int_equal(config_load(&config, EXAMPLE), 0);
	assert_int_equal(config_check(&config, EXAMPLE), 0);
	assert_int_equal(config.session_count, 2);
	config_free(&config);
}

static void collect_keys(const struct schema_row *rows, const char *text)
{
	char key[80];

	for (; rows->key; rows++) {
		snprintf(key, sizeof(key), "%s:", rows->key);
		if (!strstr(text, key))
			fail_msg("%s is not in " EXAMPLE, key);
		if (rows->rows)
			collect_keys(rows->rows, text);
	}
}

static void example_holds_every_key(void **state)
{
	char text[8192] = "";
	FILE *file = fopen(EXAMPLE, "r");

	(void)state;
	assert_non_null(file);
	assert_true(fread(text, 1, sizeof(text) - 1, file) < sizeof(text) - 1);
	fclose(file);
	collect_keys(config_rows, text);
}

/* Loads a file of `text`; returns what was logged, valid until the next call. */
static const char *logged_by_load(struct config *config, const char *text, int expected)
{
	static char logged[1024];
	char path[] = "/tmp/test_config.XXXXXX";
	int file = mkstemp(path);
	FILE *log = tmpfile();
	int stderr_fd = dup(STDERR_FILENO);
	int err;

	assert_int_equal(write(file, text, strlen(text)), strlen(text));
	close(file);
	dup2(fileno(log), STDERR_FILENO);
	err = config_load(config, path);
	dup2(stderr_fd, STDERR_FILENO);
	close(stderr_fd);
	unlink(path);
	rewind(log);
	logged[fread(logged, 1, sizeof(logged) - 1, log)] = '\0';
	fclose(log);
	assert_int_equal(err, expected);
	return logged;
}

static void fault_is_logged_with_its_place_and_nothing_stays(void **state)
{
	struct config config;
	struct config untouched;
	const char *logged;

	(void)state;
	logged = logged_by_load(
		&config, VERSION "pin-path: /x\n" INTERFACES SESSION_WITH("sender-ip: [any, lab]"),
		-EINVAL);
	assert_non_null(strstr(logged, ":7:22: sender-ip lab: not an IPv4"));
	assert_null(config.interfaces);
	assert_null(config.sessions);
	config_init(&untouched);
	assert_memory_equal(&config, &untouched, sizeof(config));
}

static void missing_file_is_an_error(void **state)
{
	struct config config;

	(void)state;
	assert_int_equal(config_load(&config, "/nonexistent/stampd.yaml"), -ENOENT);
	assert_int_equal(config_load(&config, "/tmp"), -EISDIR);
	assert_null(config.interfaces);
}

static void many_senders_are_read_at_once(void **state)
{
	enum { SENDERS = 65536, LINE = 32 };
	char *text = malloc((SENDERS + 16) * LINE);
	struct config config;
	struct yaml_fault fault;
	size_t used;

	(void)state;
	assert_non_null(text);
	used = (size_t)sprintf(text, VERSION INTERFACES SESSION_WITH("sender-ip:"));
	for (unsigned int i = 0; i < SENDERS; i++)
		used += (size_t)sprintf(text + used, "    - 10.%u.%u.0/24\n", i >> 8, i & 255);
	parse(&config, text, 0);
	assert_int_equal(config.sessions[0].sender_count, SENDERS);
	config_free(&config);
	sprintf(text + used, "    - any\n");
	fault = parse(&config, text, -EINVAL);
	assert_int_equal(fault.line, SENDERS + 7);
	assert_non_null(strstr(fault.text, "more than 65536"));
	config_free(&config);
	free(text);
}

/* As the quick options do it. */
static struct session_config *quick_config(struct config *config)
{
	struct prefix any = { .length = 0 };
	struct session_config *session;

	config_init(config);
	assert_non_null(config_add_interface(config, "eth0"));
	session = config_add_session(config, "command line");
	assert_non_null(session);
	assert_int_equal(session_config_allow(session, &any), 0);
	return session;
}

static void quick_options_are_checked(void **state)
{
	struct config config;
	struct session_config *session = quick_config(&config);
	struct prefix any = { .length = 0 };

	(void)state;
	assert_int_equal(session->reflector_port, 862);
	assert_int_equal(config_check(&config, "stampd"), 0);
	session->reflector_port = 53;
	assert_int_equal(config_check(&config, "stampd"), -EINVAL);
	session->reflector_port = 862;
	assert_int_equal(session_config_allow(session, &any), 0);
	assert_int_equal(config_check(&config, "stampd"), -EINVAL);
	session->sender_count = 0;
	assert_int_equal(config_check(&config, "stampd"), -EINVAL);
	session->sender_count = 1;
	assert_non_null(config_add_interface(&config, "eth0"));
	assert_int_equal(config_check(&config, "stampd"), -EINVAL);
	config.interface_count = 0;
	assert_int_equal(config_check(&config, "stampd"), -EINVAL);
	config_free(&config);
	config_init(&config);
	assert_non_null(config_add_interface(&config, "eth0"));
	assert_int_equal(config_check(&config, "stampd"), -EINVAL);
	assert_null(config_add_interface(&config, "a-name-of-sixteen"));
	assert_int_equal(errno, ENAMETOOLONG);
	config_free(&config);
}

static void modes_have_names(void **state)
{
	enum reflector_mode mode = MODE_NATIVE;

	(void)state;
	assert_int_equal(reflector_mode_parse("generic", &mode), 0);
	assert_int_equal(mode, MODE_GENERIC);
	assert_string_equal(reflector_mode_name(mode), "generic");
	assert_int_equal(reflector_mode_parse("fast", &mode), -EINVAL);
	assert_int_equal(mode, MODE_GENERIC);
}

static const struct CMUnitTest single_tests[] = {
	cmocka_unit_test(least_document_gives_defaults),
	cmocka_unit_test(every_key_is_stored),
	cmocka_unit_test(example_is_accepted),
	cmocka_unit_test(example_holds_every_key),
	cmocka_unit_test(fault_is_logged_with_its_place_and_nothing_stays),
	cmocka_unit_test(missing_file_is_an_error),
	cmocka_unit_test(many_senders_are_read_at_once),
	cmocka_unit_test(quick_options_are_checked),
	cmocka_unit_test(modes_have_names),
};

int main(void)
{
	struct CMUnitTest
		tests[ARRAY_SIZE(single_tests) + ARRAY_SIZE(good_cases) + ARRAY_SIZE(bad_cases)];
	size_t count = ARRAY_SIZE(single_tests);

	memcpy(tests, single_tests, sizeof(single_tests));
	for (size_t i = 0; i < ARRAY_SIZE(good_cases); i++)
		tests[count++] = (struct CMUnitTest){ good_cases[i].name, is_accepted, NULL, NULL,
						      (void *)&good_cases[i] };
	for (size_t i = 0; i < ARRAY_SIZE(bad_cases); i++)
		tests[count++] = (struct CMUnitTest){ bad_cases[i].name, is_refused, NULL, NULL,
						      (void *)&bad_cases[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
