/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The YAML file: what good documents give. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/config_text.h"
#include "reflector/config_check.h"

#define EXAMPLE "deploy/examples/stampd.yaml"

static void least_document_gives_defaults(void **state)
{
	struct config config;

	(void)state;
	parse(&config, VERSION INTERFACES SESSIONS, 0);
	assert_string_equal(config.pin_path, "/sys/fs/bpf/xdp-stamp");
	assert_string_equal(config.control_socket, "/run/stampd/control.sock");
	assert_int_equal(config.tai_source, TAI_FROM_KERNEL);
	assert_int_equal(config.tai_offset, 0);
	assert_int_equal(config.sync_source, 0);
	assert_false(config.persist);
	assert_false(config.strict_error_estimate);
	assert_true(config.tlvs_in_kernel);
	assert_int_equal(config.max_sessions, 65536);
	assert_int_equal(config.ref_wait_ns, 900 * NSEC_PER_SEC);
	assert_int_equal(config.packets_per_second, 10000);
	assert_int_equal(config.burst, 1000);
	assert_int_equal(config.interface_count, 1);
	assert_string_equal(config.interfaces[0].name, "eth0");
	assert_int_equal(config.interfaces[0].mode, MODE_NATIVE);
	assert_int_equal(config.interfaces[0].micro_session_id, 0);
	assert_int_equal(config.session_count, 1);
	assert_string_equal(config.sessions[0].name, "lab");
	assert_int_equal(config.sessions[0].sender_port, 0);
	assert_int_equal(config.sessions[0].reflector_count, 0);
	assert_int_equal(config.sessions[0].reflector_port, 862);
	assert_int_equal(config.sessions[0].ssid_count, 0);
	assert_int_equal(config.sessions[0].new_sessions, 0);
	assert_int_equal(config_new_sessions(&config, &config.sessions[0]), 65536 / 60);
	assert_string_equal(config.sessions[0].tlv_key_file, "");
	assert_int_equal(config.sessions[0].policy.dscp_denied, 0);
	assert_int_equal(config.sessions[0].policy.flags, 0);
	assert_int_equal(config.sessions[0].policy.dscp, 0);
	assert_int_equal(config.sessions[0].policy.session, 0);
	assert_int_equal(config.sessions[0].sender_count, 1);
	assert_int_equal(config.sessions[0].senders[0].length, 0);
	config_free(&config);
}

static void every_key_is_stored(void **state)
{
	static const char text[] = "version: 1\n"
				   "pin-path: /sys/fs/bpf/other\n"
				   "tai-offset: 37\n"
				   "sync-source: gnss\n"
				   "interfaces:\n"
				   "  - name: eth0\n"
				   "    mode: generic\n"
				   "    af-xdp: {enabled: true, zero-copy: false, ring-size: 64,\n"
				   "             umem: 256KiB, busy-poll: true, cpus: [3, 0]}\n"
				   "  - {mode: socket, name: \"eth1\", micro-session-id: 65535}\n"
				   "session-reflector:\n"
				   "  persist: true\n"
				   "  max-sessions: 1000000\n"
				   "  strict-error-estimate: true\n"
				   "  tlvs-in-kernel: false\n"
				   "  ref-wait: 1h\n"
				   "  rate-limit:\n"
				   "    packets-per-second: 0\n"
				   "    burst: 1\n"
				   "  sessions:\n"
				   "    - name: lab\n"
				   "      sender-ip: 192.0.2.0/24\n"
				   "      sender-udp-port: 5000\n"
				   "      reflector-ip: [192.0.2.1, '2001:db8::1']\n"
				   "      reflector-udp-port: 8620\n"
				   "      ssid: [7, 65535]\n"
				   "      reflector-mode: stateful\n"
				   "      timestamp-format: ptp\n"
				   "      tlvs: true\n"
				   "      short-requests: true\n"
				   "      new-sessions-per-second: 5\n"
				   "      allow-reflector-port-source: false\n"
				   "      dscp-handling-mode: use-configured-value\n"
				   "      dscp-value: 46\n"
				   "      tlv-key-file: /t\n"
				   "      dscp-denied: [63, 0, 46]\n"
				   "      location-disclosure: [source-mac]\n"
				   "    - sender-ip: [198.51.100.7, '2001:db8::/32', 10.0.0.0/8]\n"
				   "      name: others\n"
				   "      tlvs: false\n"
				   "    - name: guarded\n"
				   "      sender-ip: 203.0.113.7\n"
				   "      authentication: {key-file: /k, replay-window: 256}\n"
				   "control:\n"
				   "  socket: /tmp/control.sock\n";
	struct config config;
	const struct session_config *session;
	char prefix[ADDRESS_TEXT_MAX];

	(void)state;
	parse(&config, text, 0);
	assert_string_equal(config.pin_path, "/sys/fs/bpf/other");
	assert_string_equal(config.control_socket, "/tmp/control.sock");
	assert_int_equal(config.tai_source, TAI_FIXED);
	assert_int_equal(config.tai_offset, 37);
	assert_int_equal(config.sync_source, 4);
	assert_true(config.persist);
	assert_true(config.strict_error_estimate);
	assert_false(config.tlvs_in_kernel);
	assert_int_equal(config.max_sessions, 1000000);
	assert_int_equal(config.ref_wait_ns, 3600 * NSEC_PER_SEC);
	assert_int_equal(config.packets_per_second, 0);
	assert_int_equal(config.burst, 1);
	assert_int_equal(config.interface_count, 2);
	assert_int_equal(config.interfaces[0].mode, MODE_GENERIC);
	assert_int_equal(config.interfaces[0].af_xdp.enabled, AF_XDP_TRUE);
	assert_int_equal(config.interfaces[0].af_xdp.zero_copy, ZERO_COPY_FALSE);
	assert_int_equal(config.interfaces[0].af_xdp.ring_size, 64);
	assert_int_equal(config.interfaces[0].af_xdp.umem, 256 << 10);
	assert_true(config.interfaces[0].af_xdp.busy_poll);
	assert_int_equal(config.interfaces[0].af_xdp.cpu_count, 2);
	assert_int_equal(config.interfaces[0].af_xdp.cpus[0], 3);
	assert_string_equal(config.interfaces[1].name, "eth1");
	assert_int_equal(config.interfaces[1].af_xdp.enabled, AF_XDP_AUTO);
	assert_int_equal(config.interfaces[1].af_xdp.umem, 4 << 20);
	assert_int_equal(config.interfaces[1].af_xdp.cpu_count, 0);
	assert_int_equal(config.interfaces[1].mode, MODE_SOCKET);
	assert_int_equal(config.interfaces[1].micro_session_id, 65535);
	assert_int_equal(config.session_count, 3);
	session = &config.sessions[0];
	assert_int_equal(session->sender_port, 5000);
	assert_int_equal(session->reflector_count, 2);
	assert_string_equal(prefix_format(&session->reflectors[1], prefix), "2001:db8::1");
	assert_int_equal(session->reflector_port, 8620);
	assert_int_equal(session->ssid_count, 2);
	assert_int_equal(session->ssids[0], 7);
	assert_int_equal(session->ssids[1], 65535);
	assert_int_equal(session->new_sessions, 5);
	assert_int_equal(config_new_sessions(&config, session), 5);
	assert_int_equal(session->policy.flags,
			 SESSION_STATEFUL | SESSION_PTP | SESSION_SHORT_REQUESTS |
				 SESSION_REFUSE_REFLECTOR_PORTS | SESSION_SET_DSCP |
				 SESSION_STRICT_ERROR_ESTIMATE | SESSION_TLV_KEY |
				 SESSION_TLVS_IN_STAMPD | SESSION_HIDE_PORTS |
				 SESSION_HIDE_ADDRESSES);
	assert_int_equal(session->policy.dscp, 46);
	assert_string_equal(session->tlv_key_file, "/t");
	assert_int_equal(session->policy.dscp_denied, 0x8000400000000001);
	session = &config.sessions[1];
	assert_int_equal(session->policy.session, 1);
	assert_int_equal(session->reflector_port, 862);
	assert_int_equal(session->policy.flags, SESSION_TWAMP_LIGHT | SESSION_SHORT_REQUESTS |
							SESSION_STRICT_ERROR_ESTIMATE |
							SESSION_TLVS_IN_STAMPD);
	assert_int_equal(session->sender_count, 3);
	assert_string_equal(prefix_format(&session->senders[1], prefix), "2001:db8::/32");
	assert_int_equal(session->replay_window, 0);
	session = &config.sessions[2];
	assert_string_equal(session->key_file, "/k");
	assert_int_equal(session->replay_window, 256);
	assert_int_equal(session->policy.flags, SESSION_AUTHENTICATED | SESSION_TLV_KEY |
							SESSION_STRICT_ERROR_ESTIMATE |
							SESSION_TLVS_IN_STAMPD);
	assert_string_equal(session->tlv_key_file, "");
	config_free(&config);
}

/* What some keys of a session come to together. */
static const struct session_case {
	const char *name;
	const char *keys;
	__u32 flags;
} session_cases[] = {
	{ "without TLVs requests may be short", "tlvs: false",
	  SESSION_TWAMP_LIGHT | SESSION_SHORT_REQUESTS },
	{ "without TLVs short requests can be refused", "tlvs: false, short-requests: false",
	  SESSION_TWAMP_LIGHT },
	{ "whichever of the two comes first", "short-requests: false, tlvs: false",
	  SESSION_TWAMP_LIGHT },
	{ "with TLVs requests may be short if that is said", "short-requests: true, tlvs: true",
	  SESSION_SHORT_REQUESTS },
	{ "without TLVs any SSID will do", "ssid: any, tlvs: false, short-requests: false",
	  SESSION_TWAMP_LIGHT },
	{ "a DSCP can be set to 0", "dscp-handling-mode: use-configured-value", SESSION_SET_DSCP },
	{ "reflectors' ports are allowed", "allow-reflector-port-source: true", 0 },
	{ "the keys of authentication are good for TLVs", "authentication: {key-file: /k}",
	  SESSION_AUTHENTICATED | SESSION_TLV_KEY },
	{ "a session of either mode can have keys for TLVs",
	  "tlv-key-file: /t, authentication: {key-file: /k}",
	  SESSION_AUTHENTICATED | SESSION_TLV_KEY },
	{ "an unauthenticated session, too", "tlv-key-file: /t", SESSION_TLV_KEY },
	{ "a Location TLV can be told everything",
	  "location-disclosure: [addresses, ports, source-mac]", 0 },
	{ "a Location TLV can be told the ports only", "location-disclosure: [ports]",
	  SESSION_HIDE_MAC | SESSION_HIDE_ADDRESSES },
	{ "one word will do", "location-disclosure: addresses",
	  SESSION_HIDE_PORTS | SESSION_HIDE_MAC },
	{ "a Location TLV can be told nothing", "location-disclosure: []",
	  SESSION_HIDE_PORTS | SESSION_HIDE_MAC | SESSION_HIDE_ADDRESSES },
	{ "nothing has a word", "location-disclosure: none",
	  SESSION_HIDE_PORTS | SESSION_HIDE_MAC | SESSION_HIDE_ADDRESSES },
	{ "without TLVs all may be said to be told",
	  "tlvs: false, short-requests: false, dscp-denied: none, "
	  "location-disclosure: [ports, source-mac, addresses]",
	  SESSION_TWAMP_LIGHT },
	{ "every word for any", "sender-udp-port: any, reflector-ip: 'any', ssid: \"any\"", 0 },
};

static void session_has_flags(void **state)
{
	const struct session_case *c = *state;
	struct config config;
	char text[512];

	snprintf(text, sizeof(text),
		 SESSION_WITH("sender-ip: any\n  - {name: b, sender-ip: "
			      "10.0.0.1, %s}"),
		 c->keys);
	parse(&config, text, 0);
	assert_int_equal(config.sessions[1].policy.flags, c->flags);
	assert_int_equal(config.sessions[1].sender_port, 0);
	assert_int_equal(config.sessions[1].reflector_count, 0);
	assert_int_equal(config.sessions[1].ssid_count, 0);
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
	{ "a list of no processors",
	  VERSION "interfaces: [{name: eth0, af-xdp: {cpus: []}}]\n" SESSIONS },
	{ "the smallest and the largest memory",
	  VERSION "interfaces: [{name: a, af-xdp: {umem: 256KiB}},\n"
		  "{name: b, af-xdp: {umem: 256MiB}}]\n" SESSIONS },
	{ "AF_XDP switched off in mode socket",
	  VERSION "interfaces: [{name: a, mode: socket, af-xdp: {enabled: false}}]\n" SESSIONS },
	{ "interfaces with Micro-session IDs of their own, and without",
	  VERSION "interfaces: [{name: a, micro-session-id: 1}, {name: b},\n"
		  "{name: c, micro-session-id: none}, {name: d, micro-session-id: 2}]\n" SESSIONS },
	{ "a clock that runs free", "sync-source: local\n" VERSION INTERFACES SESSIONS },
	{ "a list of no DSCPs", SESSION_WITH("sender-ip: any\n    dscp-denied: []") },
	{ "one DSCP", SESSION_WITH("sender-ip: any\n    dscp-denied: 63") },
	{ "tlvs-in-kernel behind the sessions",
	  REFLECTOR_WITH(SESSION "\n  tlvs-in-kernel: false") },
	{ "a name that looks like a number", VERSION "interfaces: [{name: 5}]\n" SESSIONS },
	{ "a name in another script",
	  VERSION INTERFACES "session-reflector: {sessions: [{name: Zürich, sender-ip: any}]}\n" },
	{ "a prefix inside another",
	  SESSION_WITH("sender-ip: [any, 0.0.0.0/0, 10.0.0.0/8, 10.0.0.0]") },
	{ "the lowest free port", SESSION_WITH("sender-ip: any\n    reflector-udp-port: 1024") },
	{ "the highest port", SESSION_WITH("sender-ip: any\n    reflector-udp-port: 65535") },
	{ "one remembered session", VERSION INTERFACES
	  "session-reflector: {max-sessions: 1, sessions: [{name: lab, sender-ip: any}]}\n" },
	{ "no difference to TAI", "tai-offset: 0\n" VERSION INTERFACES SESSIONS },
	{ "a time in hours", REFLECTOR_WITH("ref-wait: 168h\n  " SESSION) },
	{ "a time in minutes", REFLECTOR_WITH("ref-wait: 15m\n  " SESSION) },
	{ "a quoted time in milliseconds", REFLECTOR_WITH("ref-wait: '1000ms'\n  " SESSION) },
	{ "strict-error-estimate behind the sessions",
	  REFLECTOR_WITH(SESSION "\n  strict-error-estimate: true") },
	{ "an empty rate-limit", REFLECTOR_WITH("rate-limit: {}\n  " SESSION) },
	{ "eight SSIDs", SESSION_WITH("sender-ip: any\n    ssid: [1, 2, 3, 4, 5, 6, 7, 8]") },
	{ "senders of either version, addresses of one",
	  SESSION_WITH("sender-ip: [10.0.0.1, '::1']\n    reflector-ip: '::1'") },
	{ "any sender, and addresses of one version",
	  SESSION_WITH("sender-ip: any\n    reflector-ip: 192.0.2.0/24") },
	{ "sessions that differ in the sender",
	  SESSIONS_OF("sender-ip: 10.0.0.0/8", "sender-ip: 10.0.0.0/9") },
	{ "sessions that differ in the sender's port",
	  SESSIONS_OF("sender-ip: any", "sender-ip: any, sender-udp-port: 862") },
	{ "sessions that differ in the address",
	  SESSIONS_OF("sender-ip: any", "sender-ip: any, reflector-ip: 192.0.2.1") },
	{ "sessions that differ in the port",
	  SESSIONS_OF("sender-ip: any", "sender-ip: any, reflector-udp-port: 8620") },
	{ "sessions that differ in the SSID",
	  SESSIONS_OF("sender-ip: any, ssid: [1, 2]", "sender-ip: any, ssid: [3, 4]") },
	{ "a session for an SSID, another for any",
	  SESSIONS_OF("sender-ip: any, ssid: 1", "sender-ip: any") },
	{ "switches said to be off", SESSION_WITH("sender-ip: any\n    short-requests: false") },
};

static void is_accepted(void **state)
{
	const struct good_case *c = *state;
	struct config config;

	parse(&config, c->text, 0);
	config_free(&config);
}

static void flood_share_is_never_nothing(void **state)
{
	struct config config;

	(void)state;
	parse(&config, REFLECTOR_WITH("max-sessions: 59\n  " SESSION), 0);
	assert_int_equal(config_new_sessions(&config, &config.sessions[0]), 1);
	config_free(&config);
}

/* The program asks no more rules than these for one sender. */
static void more_than_32_sessions_of_a_sender_are_refused(void **state)
{
	char text[8192];
	struct config config;
	struct yaml_fault fault;
	size_t used;

	(void)state;
	used = (size_t)sprintf(text, REFLECTOR_WITH("sessions:"));
	for (unsigned int i = 1; i <= 32; i++)
		used += (size_t)sprintf(text + used, "  - {name: n%u, sender-ip: any, ssid: %u}\n",
					i, i);
	parse(&config, text, 0);
	config_free(&config);
	sprintf(text + used, "  - {name: last, sender-ip: 10.0.0.0/8}\n");
	fault = parse(&config, text, -EINVAL);
	assert_int_equal(fault.line, 5);
	assert_non_null(strstr(fault.text, "more than 32 sessions could answer a sender in "
					   "10.0.0.0/8"));
	config_free(&config);
}

static void many_sessions_are_read(void **state)
{
	enum { LINE = 96 };
	char *text = malloc((CONFIG_SESSIONS_MAX + 16) * LINE);
	struct config config;
	struct yaml_fault fault;
	size_t used;

	(void)state;
	assert_non_null(text);
	used = (size_t)sprintf(text, REFLECTOR_WITH("sessions:"));
	for (unsigned int i = 1; i <= CONFIG_SESSIONS_MAX; i++)
		used += (size_t)sprintf(text + used, "  - {name: n%u, sender-ip: 10.0.%u.%u}\n", i,
					i / 256, i % 256);
	parse(&config, text, 0);
	assert_int_equal(config.session_count, CONFIG_SESSIONS_MAX);
	assert_int_equal(config.sessions[8191].policy.session, 8191);
	config_free(&config);
	sprintf(text + used, "  - {name: last, sender-ip: any, ssid: 9999}\n");
	fault = parse(&config, text, -EINVAL);
	assert_int_equal(fault.line, CONFIG_SESSIONS_MAX + 5);
	assert_non_null(strstr(fault.text, "sessions can have 8192 elements at most"));
	config_free(&config);
	free(text);
}

static void example_is_accepted(void **state)
{
	struct config config;

	(void)state;
	assert_int_equal(config_load(&config, EXAMPLE), 0);
	assert_int_equal(config_check(&config, EXAMPLE), 0);
	assert_int_equal(config.session_count, 4);
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
	logged = logged_by_load(&config, "pin-path: /x\n" SESSION_WITH("sender-ip: [any, lab]"),
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
	used = (size_t)sprintf(text, SESSION_WITH("sender-ip:"));
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
	assert_int_equal(reflector_mode_parse("socket", &mode), 0);
	assert_int_equal(mode, MODE_SOCKET);
	assert_int_equal(reflector_mode_parse("fast", &mode), -EINVAL);
	assert_int_equal(mode, MODE_SOCKET);
}

/* RFC 8972 section 4.3. */
static void sources_have_names(void **state)
{
	static const char *const names[] = { "auto", "ntp", "ptp", "ssu-bits", "gnss", "local" };
	struct config config;
	char text[256];

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(text, sizeof(text), VERSION INTERFACES SESSIONS "sync-source: %s\n",
			 names[i]);
		parse(&config, text, 0);
		assert_int_equal(config.sync_source, i);
		assert_string_equal(sync_source_name(i), names[i]);
		config_free(&config);
	}
}

static const struct CMUnitTest single_tests[] = {
	cmocka_unit_test(least_document_gives_defaults),
	cmocka_unit_test(every_key_is_stored),
	cmocka_unit_test(example_is_accepted),
	cmocka_unit_test(example_holds_every_key),
	cmocka_unit_test(fault_is_logged_with_its_place_and_nothing_stays),
	cmocka_unit_test(missing_file_is_an_error),
	cmocka_unit_test(flood_share_is_never_nothing),
	cmocka_unit_test(more_than_32_sessions_of_a_sender_are_refused),
	cmocka_unit_test(many_sessions_are_read),
	cmocka_unit_test(many_senders_are_read_at_once),
	cmocka_unit_test(quick_options_are_checked),
	cmocka_unit_test(modes_have_names),
	cmocka_unit_test(sources_have_names),
};

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(single_tests) + ARRAY_SIZE(good_cases) +
				ARRAY_SIZE(session_cases)];
	size_t count = ARRAY_SIZE(single_tests);

	memcpy(tests, single_tests, sizeof(single_tests));
	ADD_CASES(tests, count, good_cases, is_accepted);
	ADD_CASES(tests, count, session_cases, session_has_flags);
	return RUN_TESTS(tests, count, NULL, NULL);
}
