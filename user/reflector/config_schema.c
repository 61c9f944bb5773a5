/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/config_schema.h"

#include <errno.h>

#include "common/log.h"
#include "reflector/config_fields.h"
#include "reflector/replay.h"

#define TAI_OFFSET_MAX 1000 /* seconds; 37 in 2026 */
#define NEW_SESSIONS_MAX 1000000
#define REF_WAIT_MAX_NS (604800 * NSEC_PER_SEC)
#define TEXT_OF(number) #number
#define NUMBER_TEXT(number) TEXT_OF(number)

#define AT(type, member) offsetof(struct type, member), sizeof(((struct type *)0)->member)
#define NOWHERE 0, 0

static const char *const reflector_modes[] = { "stateless", "stateful", NULL };
static const char *const timestamp_formats[] = { "ntp", "ptp", NULL };
static const char *const dscp_modes[] = { "copy-received-value", "use-configured-value", NULL };
static const char *const off_or_on[] = { "false", "true", NULL };
static const char *const on_or_off[] = { "true", "false", NULL };

static const char *const auto_on_or_off[] = { "auto", "true", "false", NULL };

/* clang-format off */
static const struct schema_row af_xdp_rows[] = {
	{ "enabled", SCHEMA_CHOICE, AT(interface_config, af_xdp.enabled),
	  .names = auto_on_or_off, .default_text = "auto", .finish = config_af_xdp_finish,
	  .help = "Whether AF_XDP is used where a session needs it: auto is where it can be had, with "
		  "true stampd does not start without, and with false a UDP socket answers." },
	{ "zero-copy", SCHEMA_CHOICE, AT(interface_config, af_xdp.zero_copy),
	  .names = auto_on_or_off, .default_text = "auto",
	  .help = "Whether the driver receives into stampd's memory; auto is where it can." },
	{ "ring-size", SCHEMA_NUMBER, AT(interface_config, af_xdp.ring_size),
	  .min = 64, .max = 65536, .default_text = "2048", .wanted = "a power of two from 64 to 65536",
	  .check = config_ring_size_check,
	  .help = "How many packets may wait on each side." },
	{ "umem", SCHEMA_SIZE, AT(interface_config, af_xdp.umem),
	  .min = 256UL << 10, .max = 256UL << 20, .default_text = "4MiB",
	  .help = "Memory for packets, 2 KiB each, which is locked." },
	{ "busy-poll", SCHEMA_SWITCH, AT(interface_config, af_xdp.busy_poll), .default_text = "false",
	  .help = "Whether the threads never sleep, which saves microseconds and costs a processor for "
		  "each queue." },
	{ "cpus", SCHEMA_VALUES, NOWHERE,
	  .max = CONFIG_CPU_MAX, .limit = CONFIG_CPUS_MAX, .set = config_cpu_set, .get = config_cpu_get,
	  .may_be_empty = true, .word = "any", .default_text = "any",
	  .help = "The processors that the threads stay on, the first queue's on the first, and so "
		  "on." },
	{ 0 }
};

const struct schema_row interface_rows[] = {
	{ "name", SCHEMA_TEXT, AT(interface_config, name),
	  .required = true, .check = config_interface_name_check,
	  .help = "The interface to reflect on." },
	{ "mode", SCHEMA_CHOICE, AT(interface_config, mode),
	  .names = reflector_mode_names, .default_text = "native",
	  .help = "XDP in the driver, XDP in front of the network stack with any driver (slower), "
		  "or no XDP but a UDP socket (slowest)." },
	{ "af-xdp", SCHEMA_MAP, NOWHERE, .rows = af_xdp_rows,
	  .help = "How stampd itself answers what the kernel cannot: one socket and thread for each "
		  "queue of the interface." },
	{ "micro-session-id", SCHEMA_NUMBER, AT(interface_config, micro_session_id),
	  .min = 1, .max = 65535, .word = "none", .default_text = "none",
	  .finish = config_micro_session_finish,
	  .help = "What the interface is called in Micro-session ID TLVs (RFC 9534), as a member of a "
		  "link aggregation group; no two have the same." },
	{ 0 }
};

static const struct schema_row authentication_rows[] = {
	{ "key-file", SCHEMA_PATH, AT(session_config, key_file), .required = true,
	  .help = "The file with the keys, in hexadecimal, one a line; each is accepted, and a "
		  "reply is signed with the key of its request." },
	{ "replay-window", SCHEMA_NUMBER, AT(session_config, replay_window),
	  .max = REPLAY_WINDOW_MAX, .default_text = "0",
	  .help = "How far behind a sender's highest number a request may be; within it, no number is "
		  "answered twice; 0 is any number of times." },
	{ 0 }
};

const struct schema_row session_rows[] = {
	{ "name", SCHEMA_TEXT, AT(session_config, name),
	  .required = true, .check = config_session_name_check,
	  .help = "What the session is called in messages and figures; no two have the same." },
	{ "sender-ip", SCHEMA_VALUES, NOWHERE,
	  .required = true, .set = config_sender_set, .get = config_sender_get,
	  .finish = config_sender_finish,
	  .wanted = "an address, ADDRESS/LENGTH, any, or a list of them",
	  .help = "The Session-Senders that are answered; of several that hold a sender, the longest "
		  "decides." },
	{ "sender-udp-port", SCHEMA_NUMBER, AT(session_config, sender_port),
	  .min = 1, .max = 65535, .word = "any", .default_text = "any",
	  .help = "The port that requests come from." },
	{ "reflector-ip", SCHEMA_VALUES, NOWHERE,
	  .set = config_reflector_set, .get = config_reflector_get,
	  .finish = config_reflector_finish, .word = "any", .default_text = "any",
	  .wanted = "any, an address, ADDRESS/LENGTH, or a list of them",
	  .help = "The addresses of this host that requests are sent to." },
	{ "reflector-udp-port", SCHEMA_NUMBER, AT(session_config, reflector_port),
	  .min = STAMP_PORT, .max = 65535, .wanted = "862, or 1024 to 65535",
	  .check = config_port_check, .default_text = NUMBER_TEXT(STAMP_PORT),
	  .help = "The port that requests are sent to." },
	{ "ssid", SCHEMA_VALUES, NOWHERE,
	  .min = 1, .max = 65535, .limit = CONFIG_SSIDS_MAX,
	  .set = config_ssid_set, .get = config_ssid_get, .finish = config_ssid_finish,
	  .word = "any", .default_text = "any",
	  .help = "The STAMP Session Identifiers that requests carry; any includes none." },
	{ "reflector-mode", SCHEMA_FLAG, AT(session_config, policy.flags),
	  .names = reflector_modes, .flag = SESSION_STATEFUL, .default_text = "stateless",
	  .help = "Whether replies carry the request's sequence number, or are numbered "
		  "(stateful), which tells loss by direction." },
	{ "timestamp-format", SCHEMA_FLAG, AT(session_config, policy.flags),
	  .names = timestamp_formats, .flag = SESSION_PTP, .default_text = "ntp",
	  .help = "The format of the reflector's timestamps: NTP's, or PTPv2 truncated." },
	{ "tlvs", SCHEMA_FLAG, AT(session_config, policy.flags),
	  .names = on_or_off, .flag = SESSION_TWAMP_LIGHT, .default_text = "true",
	  .help = "Whether SSID and TLVs are read; false is for TWAMP Light, whose packets have "
		  "padding in their place." },
	{ "short-requests", SCHEMA_FLAG, AT(session_config, policy.flags),
	  .names = off_or_on, .flag = SESSION_SHORT_REQUESTS,
	  .finish = config_short_requests_finish,
	  .help = "Whether requests of 14 to 43 octets are answered, with 44; the opposite of tlvs "
		  "when left out." },
	{ "new-sessions-per-second", SCHEMA_NUMBER, AT(session_config, new_sessions),
	  .min = 1, .max = NEW_SESSIONS_MAX, .get = config_new_sessions_get,
	  .help = "How many senders may begin within a second, so that a flood of forged ones "
		  "does not drive out the others; max-sessions / 60 when left out, shared by all sessions." },
	{ "allow-reflector-port-source", SCHEMA_FLAG, AT(session_config, policy.flags),
	  .names = on_or_off, .flag = SESSION_REFUSE_REFLECTOR_PORTS, .default_text = "true",
	  .help = "Whether requests are answered that come from a port which a reflector listens "
		  "on." },
	{ "authentication", SCHEMA_MAP, NOWHERE, .rows = authentication_rows,
	  .get = config_authentication_get, .finish = config_authentication_finish,
	  .help = "Authenticated mode: only requests with a right HMAC are answered; left out, the "
		  "session is unauthenticated." },
	{ "tlv-key-file", SCHEMA_PATH, AT(session_config, tlv_key_file),
	  .finish = config_tlv_key_finish,
	  .help = "The file with the keys of HMAC TLVs, the keys of authentication when left out; a "
		  "session with keys uses other TLVs only when an HMAC TLV verifies them." },
	{ "dscp-handling-mode", SCHEMA_FLAG, AT(session_config, policy.flags),
	  .names = dscp_modes, .flag = SESSION_SET_DSCP, .default_text = "copy-received-value",
	  .help = "The DSCP of replies: the request's, or dscp-value." },
	{ "dscp-value", SCHEMA_NUMBER, AT(session_config, policy.dscp),
	  .max = 63, .get = config_dscp_get, .finish = config_dscp_finish, .default_text = "0",
	  .help = "The DSCP of replies with dscp-handling-mode: use-configured-value." },
	{ "dscp-denied", SCHEMA_VALUES, NOWHERE,
	  .max = 63, .set = config_dscp_denied_set, .get = config_dscp_denied_get,
	  .finish = config_dscp_denied_finish, .may_be_empty = true, .word = "none",
	  .default_text = "none",
	  .help = "The DSCPs that a request's Class of Service TLV may not ask for." },
	{ "location-disclosure", SCHEMA_VALUES, NOWHERE,
	  .names = config_location_names, .set = config_location_set, .get = config_location_get,
	  .finish = config_location_finish, .may_be_empty = true, .word = "none",
	  .wanted = "none, ports, source-mac, addresses, or a list of these three",
	  .help = "What Location TLVs are told; zeros stand for the rest; all three when left out." },
	{ 0 }
};

static const struct schema_row rate_limit_rows[] = {
	{ "packets-per-second", SCHEMA_NUMBER, AT(config, packets_per_second),
	  .max = 1000000000, .default_text = NUMBER_TEXT(CONFIG_PACKETS_PER_SECOND),
	  .help = "How many requests of one source are answered in a second; 0 is no limit." },
	{ "burst", SCHEMA_NUMBER, AT(config, burst),
	  .min = 1, .max = 1000000, .default_text = NUMBER_TEXT(CONFIG_BURST),
	  .help = "How many requests of one source may come at once." },
	{ 0 }
};

static const struct schema_row reflector_rows[] = {
	{ "persist", SCHEMA_SWITCH, AT(config, persist), .default_text = "false",
	  .help = "Whether the kernel goes on reflecting after a clean stop of stampd." },
	{ "max-sessions", SCHEMA_NUMBER, AT(config, max_sessions),
	  .min = 1, .max = 1000000, .default_text = NUMBER_TEXT(CONFIG_MAX_SESSIONS),
	  .help = "How many senders' sessions are remembered at the same time." },
	{ "strict-error-estimate", SCHEMA_SWITCH, AT(config, strict_error_estimate),
	  .default_text = "false", .finish = config_strict_finish,
	  .help = "Whether requests are refused whose Error Estimate has a Multiplier of 0, which "
		  "RFC 8762 forbids." },
	{ "tlvs-in-kernel", SCHEMA_SWITCH, AT(config, tlvs_in_kernel),
	  .default_text = "true", .finish = config_tlvs_in_kernel_finish,
	  .help = "Whether the kernel answers the TLVs that it can; with false stampd answers every "
		  "request that has TLVs." },
	{ "ref-wait", SCHEMA_DURATION, AT(config, ref_wait_ns),
	  .min = NSEC_PER_SEC, .max = REF_WAIT_MAX_NS,
	  .default_text = NUMBER_TEXT(CONFIG_REF_WAIT_SECONDS) "s",
	  .help = "How long a session may be idle before it is forgotten." },
	{ "rate-limit", SCHEMA_MAP, NOWHERE, .rows = rate_limit_rows,
	  .help = "What one source, whatever its ports, gets at most." },
	{ "sessions", SCHEMA_LIST, NOWHERE,
	  .required = true, .limit = CONFIG_SESSIONS_MAX, .rows = session_rows,
	  .append = config_append_session, .element = config_session_at,
	  .finish = config_sessions_finish,
	  .help = "Who is answered, and how; the most specific one that matches a request decides, "
		  "by sender-ip, ssid, sender-udp-port, reflector-ip and place in the file, and "
		  "without one there is no reply." },
	{ 0 }
};

static const struct schema_row control_rows[] = {
	{ "socket", SCHEMA_PATH, AT(config, control_socket),
	  .default_text = CONTROL_SOCKET_PATH,
	  .help = "The socket that stampctl asks, for root and the socket's group." },
	{ 0 }
};

const struct schema_row config_rows[] = {
	{ "version", SCHEMA_NUMBER, NOWHERE, .required = true, .min = 1, .max = 1,
	  .help = "The form of this file." },
	{ "pin-path", SCHEMA_PATH, AT(config, pin_path), .default_text = CONFIG_DEFAULT_PIN_PATH,
	  .help = "The folder of a bpffs where programs and maps outlive stampd." },
	{ "tai-offset", SCHEMA_VALUE, NOWHERE,
	  .set = config_tai_offset_set, .get = config_tai_offset_get, .max = TAI_OFFSET_MAX,
	  .wanted = "kernel, or seconds from 0 to " NUMBER_TEXT(TAI_OFFSET_MAX),
	  .word = "kernel", .default_text = "kernel",
	  .help = "TAI - UTC; kernel is what a time daemon told the kernel." },
	{ "sync-source", SCHEMA_CHOICE, AT(config, sync_source),
	  .names = sync_source_names, .default_text = "auto",
	  .help = "What synchronises this host's clock, as Timestamp Information TLVs tell it while "
		  "the kernel says that something does; auto is ntp." },
	{ "interfaces", SCHEMA_LIST, NOWHERE,
	  .required = true, .rows = interface_rows,
	  .append = config_append_interface, .element = config_interface_at,
	  .help = "Where stampd reflects." },
	{ "session-reflector", SCHEMA_MAP, NOWHERE, .required = true, .rows = reflector_rows,
	  .help = "Whom stampd answers, and how." },
	{ "control", SCHEMA_MAP, NOWHERE, .rows = control_rows,
	  .help = "How a running stampd is asked." },
	{ 0 }
};
/* clang-format on */

int config_parse(struct config *config, const char *text, size_t size, struct yaml_fault *fault)
{
	struct config_reading reading = { .config = config };
	int err = config_checker_open(&reading.checker, config);

	if (!err)
		err = schema_read(config_rows, config, &reading, text, size, fault);
	config_checker_close(reading.checker);
	return err;
}

int config_print(const struct config *config, FILE *out)
{
	int err = schema_print(config_rows, config, out);

	if (err)
		log_error("the configuration cannot be written as YAML: a name may not be UTF-8, "
			  "the output may be full, or memory may be out");
	return err;
}

int config_print_schema(FILE *out)
{
	json_t *schema = schema_json(config_rows);
	json_t *head = json_pack("{s:s, s:s}", "$schema", "http://json-schema.org/draft-07/schema#",
				 "title", "stampd.yaml");
	bool good = json_object_update(head, schema) == 0 &&
		    json_dumpf(head, out, JSON_INDENT(2)) == 0 && fputc('\n', out) != EOF &&
		    fflush(out) == 0;

	json_decref(head);
	json_decref(schema);
	if (!good)
		log_error("the schema cannot be written: the output or memory may be full");
	return good ? 0 : -EIO;
}
