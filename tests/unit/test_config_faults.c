/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The YAML file: where and how bad documents are refused. */
#include <errno.h>

#include "lib/config_text.h"

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
	{ "an unknown key of session-reflector", REFLECTOR_WITH("af-xdp: {}"), 4, 3,
	  "known here are persist, max-sessions, strict-error-estimate, ref-wait, rate-limit, "
	  "sessions" },
	{ "an unknown key of rate-limit", REFLECTOR_WITH("rate-limit: {bursts: 5}"), 4, 16,
	  "did you mean burst?" },
	{ "an unknown key of a session", SESSION_WITH("sender_ip: any"), 6, 5,
	  "did you mean sender-ip?" },
	{ "an unknown key of control", VERSION "control:\n  listen: 127.0.0.1:9862\n", 3, 3,
	  "known here are socket" },
	{ "an empty key", VERSION "'': 1\n", 2, 1, "unknown key ''" },
	{ "a key of a thousand letters is cut",
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: 1\n",
	  1, 1, "aaaa': known here" },
	{ "a key twice", VERSION "pin-path: /x\npin-path: /y\n", 3, 1, "pin-path is there twice" },
	{ "a key twice in a session", SESSION_WITH("sender-ip: any\n    sender-ip: any"), 7, 5,
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
	{ "a time without its unit", REFLECTOR_WITH("ref-wait: 900"), 4, 13,
	  "ref-wait must be a time with its unit (ms, s, m or h), from 1s to 604800s, not a bare "
	  "number" },
	{ "a time that is too short", REFLECTOR_WITH("ref-wait: 999ms"), 4, 13, "not 999ms" },
	{ "a time that is too long", REFLECTOR_WITH("ref-wait: 604801s"), 4, 13, "not 604801s" },
	{ "a time that would wrap", REFLECTOR_WITH("ref-wait: 5124095576030431h"), 4, 13,
	  "not 5124095576030431h" },
	{ "a time in other units", REFLECTOR_WITH("ref-wait: 7d"), 4, 13, "not 7d" },
	{ "a time with a blank in it", REFLECTOR_WITH("ref-wait: 900 s"), 4, 13, "not 900 s" },
	{ "a time that is less than nothing", REFLECTOR_WITH("ref-wait: -5s"), 4, 13, "not -5s" },
	{ "a fraction of a time", REFLECTOR_WITH("ref-wait: 1.5h"), 4, 13, "not 1.5h" },
	{ "a unit without a number", REFLECTOR_WITH("ref-wait: s"), 4, 13, "not s" },
	{ "no text for strict-error-estimate", REFLECTOR_WITH("strict-error-estimate: 1"), 4, 26,
	  "true or false, not 1" },
	{ "a number for rate-limit", REFLECTOR_WITH("rate-limit: 10000"), 4, 15,
	  "rate-limit must be keys with their values" },
	{ "a rate that is too high", REFLECTOR_WITH("rate-limit: {packets-per-second: 1000000001}"),
	  4, 36, "a number from 0 to 1000000000, not 1000000001" },
	{ "no burst", REFLECTOR_WITH("rate-limit: {burst: 0}"), 4, 23,
	  "a number from 1 to 1000000, not 0" },
	{ "a burst that is too large", REFLECTOR_WITH("rate-limit: {burst: 1000001}"), 4, 23,
	  "not 1000001" },
	{ "a quoted offset", VERSION "tai-offset: '37'\n", 2, 13, "not a quoted text" },
	/* sessions */
	{ "a sender that is no address", SESSION_WITH("sender-ip: lab"), 6, 16,
	  "sender-ip lab: not an IPv4 or IPv6 address" },
	{ "a sender with bits behind the prefix",
	  SESSION_WITH("sender-ip: [10.0.0.0/8, 192.0.2.1/24]"), 6, 29,
	  "sender-ip 192.0.2.1/24: bits behind the prefix" },
	{ "no value in a list of senders", SESSION_WITH("sender-ip: [any, ~]"), 6, 22,
	  "sender-ip has no value" },
	{ "a list in a list of senders", SESSION_WITH("sender-ip: [[any]]"), 6, 17, "not a list" },
	{ "no sender in the list", SESSION_WITH("sender-ip: []"), 6, 16, "not an empty list" },
	{ "a sender twice in a list", SESSION_WITH("sender-ip: [any, any]"), 6, 22,
	  "sender-ip any is in this list twice" },
	{ "a sender twice, written in two ways",
	  SESSION_WITH("sender-ip: [192.0.2.1, '::ffff:192.0.2.1/128']"), 6, 28,
	  "sender-ip 192.0.2.1 is in this list twice" },
	{ "a name of two sessions",
	  VERSION INTERFACES "session-reflector:\n  sessions:\n"
			     "  - {name: a, sender-ip: 10.0.0.0/8}\n"
			     "  - {name: a, sender-ip: 11.0.0.0/8}\n",
	  6, 12, "session a is there twice" },
	{ "another service's port", SESSION_WITH("reflector-udp-port: 861"), 6, 25,
	  "reflector-udp-port must be 862, or 1024 to 65535, not 861" },
	{ "a port that is too large", SESSION_WITH("reflector-udp-port: 65536"), 6, 25,
	  "862, or 1024 to 65535, not 65536" },
	{ "a reflector mode there is not", SESSION_WITH("reflector-mode: echo"), 6, 21,
	  "stateless or stateful, not echo" },
	{ "a format there is not", SESSION_WITH("timestamp-format: ptp-format"), 6, 23,
	  "ntp or ptp, not ptp-format" },
	{ "a mode of DSCP there is not", SESSION_WITH("dscp-handling-mode: copy"), 6, 25,
	  "copy-received-value or use-configured-value, not copy" },
	{ "a DSCP that is too large", SESSION_WITH("dscp-value: 64"), 6, 17,
	  "a number from 0 to 63, not 64" },
	{ "a sender's port 0", SESSION_WITH("sender-udp-port: 0"), 6, 22,
	  "sender-udp-port must be any, or a number from 1 to 65535, not 0" },
	{ "a sender's port that is too large", SESSION_WITH("sender-udp-port: 65536"), 6, 22,
	  "not 65536" },
	{ "a list of senders' ports", SESSION_WITH("sender-udp-port: [862]"), 6, 22, "not a list" },
	{ "no new sessions", SESSION_WITH("new-sessions-per-second: 0"), 6, 30,
	  "a number from 1 to 1000000, not 0" },
	{ "too many new sessions", SESSION_WITH("new-sessions-per-second: 1000001"), 6, 30,
	  "not 1000001" },
	{ "a quoted switch that is on", SESSION_WITH("tlvs: 'true'"), 6, 11,
	  "tlvs must be true or false, not a quoted text" },
	{ "no switch for tlvs", SESSION_WITH("tlvs: off"), 6, 11, "true or false, not off" },
	{ "no switch for reflectors' ports", SESSION_WITH("allow-reflector-port-source: 0"), 6, 34,
	  "true or false, not 0" },
	{ "a reflector that is no address", SESSION_WITH("reflector-ip: eth0"), 6, 19,
	  "reflector-ip eth0: not an IPv4 or IPv6 address" },
	{ "a reflector twice in a list", SESSION_WITH("reflector-ip: [\"::1\", \"0:0::1\"]"), 6, 27,
	  "reflector-ip ::1 is in this list twice: remove one" },
	{ "any among reflectors", SESSION_WITH("reflector-ip: [192.0.2.1, any]"), 6, 31,
	  "reflector-ip any stands alone: take it out of the list" },
	{ "keys for reflectors", SESSION_WITH("reflector-ip: {a: b}"), 6, 19,
	  "any, an address, ADDRESS/LENGTH, or a list of them, not keys with values" },
	{ "SSID 0", SESSION_WITH("ssid: 0"), 6, 11,
	  "ssid must be any, a number from 1 to 65535, or a list of up to 8, not 0" },
	{ "an SSID that is too large", SESSION_WITH("ssid: [7, 65536]"), 6, 15, "not 65536" },
	{ "a quoted SSID", SESSION_WITH("ssid: '7'"), 6, 11, "not a quoted text" },
	{ "an SSID twice in a list", SESSION_WITH("ssid: [7, 8, 7]"), 6, 18,
	  "ssid 7 is in this list twice: remove one" },
	{ "any among SSIDs", SESSION_WITH("ssid: [any]"), 6, 12, "ssid any stands alone" },
	{ "nine SSIDs", SESSION_WITH("ssid: [1, 2, 3, 4, 5, 6, 7, 8, 9]"), 6, 36,
	  "ssid can have 8 elements at most" },
	{ "a number for a switch", SESSION_WITH("short-requests: 1"), 6, 21,
	  "false or true, not 1" },
	/* between keys */
	{ "SSIDs that are not read", SESSION_WITH("ssid: 7\n    sender-ip: any\n    tlvs: false"),
	  6, 11, "ssid goes with tlvs: true only" },
	{ "a DSCP that is not used", SESSION_WITH("dscp-value: 0\n    sender-ip: any"), 6, 17,
	  "dscp-value goes with dscp-handling-mode: use-configured-value only" },
	{ "a DSCP that is said not to be used",
	  SESSION_WITH("sender-ip: any\n    dscp-handling-mode: copy-received-value\n"
		       "    dscp-value: 46"),
	  8, 17, "add that, or remove this" },
	{ "IPv4 senders of an IPv6 address",
	  SESSION_WITH("sender-ip: [10.0.0.0/8, 192.0.2.1]\n    reflector-ip: '2001:db8::1'"), 7,
	  19, "session lab can never match: sender-ip is IPv4 and reflector-ip IPv6 only" },
	{ "IPv6 senders of IPv4 addresses",
	  SESSION_WITH("reflector-ip: [192.0.2.1, 10.0.0.0/8]\n    sender-ip: '2001:db8::/32'"), 6,
	  19, "sender-ip is IPv6 and reflector-ip IPv4 only" },
	{ "two sessions that say the same", SESSIONS_OF("sender-ip: any", "sender-ip: any"), 6, 26,
	  "session b could never match: session a has the same sender-ip any, reflector-ip any, "
	  "ssid any and ports" },
	{ "two sessions with one sender, address and SSID in common",
	  SESSIONS_OF("sender-ip: [10.0.0.1, 10.0.0.2], reflector-ip: [192.0.2.1, 192.0.2.2], "
		      "ssid: [1, 2, 3], sender-udp-port: 5000",
		      "sender-ip: [10.0.0.3, 10.0.0.2], reflector-ip: [192.0.2.3, 192.0.2.2], "
		      "ssid: [4, 3], sender-udp-port: 5000"),
	  6, 26, "the same sender-ip 10.0.0.2, reflector-ip 192.0.2.2, ssid 3 and ports" },
	{ "two sessions that differ in how they answer",
	  SESSIONS_OF("sender-ip: any, tlvs: false", "reflector-mode: stateful, sender-ip: any"), 6,
	  52, "session b could never match" },
	{ "a third session as the first",
	  SESSIONS_OF("sender-ip: any, reflector-ip: 10.0.0.1",
		      "sender-ip: any, reflector-ip: 10.0.0.2") "  - {name: c, sender-ip: any, "
								"reflector-ip: 10.0.0.1}\n",
	  7, 26, "session c could never match: session a" },
};

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

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(bad_cases)];
	size_t count = 0;

	ADD_CASES(tests, count, bad_cases, is_refused);
	return RUN_TESTS(tests, count, NULL, NULL);
}
