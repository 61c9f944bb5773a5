/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The command line of stamp-ping: one table of options, and what does not fit together. */
#include "ping/options.h"

#include <argp.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "common/log.h"
#include "ping/options_help.h"
#include "ping/options_settle.h"
#include "ping/quantity.h"
#include "ping/tlv_options.h"
#include "ping/tlv_settle.h"
#include "sender/time_source.h"
#include "stamp/version.h"
#include "stamp/wire.h"

#define US 1000ULL
#define MS (1000 * US)
#define SECOND (1000 * MS)
#define HOUR (3600 * SECOND)

#define TTL_DEFAULT 255 /* the reflector's copy tells the hops (RFC 5357 section 4.1.2) */

enum option_kind {
	KIND_NUMBER,
	KIND_DURATION,
	KIND_TEXT,
	KIND_SSID,
	KIND_CHOICE,
	KIND_FLAG,
	KIND_CONDITIONS,
	KIND_TLV,
	KIND_SWEEP,
	KIND_TIMES,
};

enum option_key {
	KEY_SSID = 0x100, /* no letter */
	KEY_REQUIRE_SSID,
	KEY_STATEFUL,
	KEY_STATELESS,
	KEY_PTP,
	KEY_AUTH,
	KEY_DSCP,
	KEY_TTL,
	KEY_EACH,
	KEY_FAIL_IF,
	KEY_NAGIOS,
	KEY_POISSON,
	KEY_CSV,
	KEY_TLV,
	KEY_TLV_KEY,
	KEY_ACCESS_TIMEOUT,
	KEY_ACCESS_TRIES,
	KEY_FLOOD,
	KEY_FAST,
	KEY_SWEEP,
	KEY_SOURCE_PORT,
	KEY_REPORT,
	KEY_PLOT,
	KEY_NO_PLOT,
	KEY_MTU,
	KEY_TIMESTAMPS,
};

enum option_group { GROUP_COUNT = 1, GROUP_PACKET, GROUP_SESSION, GROUP_TLV, GROUP_OUTPUT };

struct row {
	struct argp_option option; /* name, key, argument, flags, help, group */
	enum option_kind kind;
	size_t offset;
	uint64_t min;
	uint64_t max; /* of a flag or a choice: the value to set */
	const char *expected;
};

#define AT(member) offsetof(struct sender_options, member)
#define ROWS (sizeof(rows) / sizeof(*rows))

/* clang-format off */
static const struct row rows[] = {
	{ { NULL, 'c', "COUNT", 0, "Packets to send, 10 by default; 0: until interrupted, or until -w "
	    "ends it", GROUP_COUNT },
	  KIND_NUMBER, AT(count), 0, OPTIONS_COUNT_UNSET - 1, "a number of packets; 0 for no end" },
	{ { NULL, 'i', "INTERVAL", 0, "Time between packets of a session, like 0.2, 10ms or 200us; 1s "
	    "by default; see --fast", GROUP_COUNT },
	  KIND_DURATION, AT(interval_ns), 10 * US, HOUR, "10us to 1h, like 1, 0.2 or 10ms" },
	{ { "poisson", KEY_POISSON, NULL, 0, "Random times between packets, INTERVAL on average: "
	    "exponentially distributed (RFC 2330)", GROUP_COUNT },
	  KIND_FLAG, AT(poisson), 0, true, NULL },
	{ { "fast", KEY_FAST, NULL, 0, "Send more than 100 packets a second to a target, which is more "
	    "than RFC 8085 counsels for a path that others use, too", GROUP_COUNT },
	  KIND_FLAG, AT(fast), 0, true, NULL },
	{ { "flood", KEY_FLOOD, NULL, 0, "Send as fast as it goes, for 10s without -c or -w; only over "
	    "paths of your own", GROUP_COUNT },
	  KIND_FLAG, AT(flood), 0, true, NULL },
	{ { "sweep", KEY_SWEEP, "SWEEP", 0, "A session for each value, side by side: size=A..B,STEP in "
	    "octets, dscp=LIST as in 0,10,40..46, or flows=N, N source ports, which ECMP may lead "
	    "over different paths", GROUP_COUNT },
	  KIND_SWEEP, AT(sweep), 0, 0, NULL },
	{ { "mtu", KEY_MTU, NULL, 0, "Search the largest packet that passes the path both ways in one "
	    "piece (DF), up to three packets for each size", GROUP_COUNT },
	  KIND_FLAG, AT(mtu), 0, true, NULL },
	{ { NULL, 'w', "DURATION", 0, "Send no longer than this, by default without a COUNT",
	    GROUP_COUNT },
	  KIND_DURATION, AT(duration_ns), 1, 10000 * HOUR, "a duration like 30, 500ms or 2h" },
	{ { NULL, 'W', "TIMEOUT", 0, "A packet without a reply within this time is lost; 1s by "
	    "default", GROUP_COUNT },
	  KIND_DURATION, AT(timeout_ns), MS, HOUR, "1ms to 1h, like 1, 0.2 or 500ms" },
	{ { NULL, 's', "OCTETS", 0, "Size of the STAMP packet, 44 by default, 112 with --auth; more is "
	    "zero padding (with TLVs: Extra Padding), less than 44 (from 14) a short TWAMP Light "
	    "request", GROUP_PACKET },
	  KIND_NUMBER, AT(size), STAMP_SHORTEST_REQUEST, OPTIONS_SIZE_MAX, "14 to 65507 octets" },
	{ { NULL, 'p', "PORT", 0, "UDP port of the Session-Reflector, 862 by default", GROUP_PACKET },
	  KIND_NUMBER, AT(port), 1, 65535, "a UDP port, 1 to 65535" },
	{ { "source-port", KEY_SOURCE_PORT, "PORT", 0, "UDP port to send from, one that is free by "
	    "default; of several sessions the first one's, the others' follow", GROUP_PACKET },
	  KIND_NUMBER, AT(source_port), 1, 65535, "a UDP port, 1 to 65535" },
	{ { NULL, 'I', "SOURCE|IF", 0, "Send from this address, or through this interface",
	    GROUP_PACKET },
	  KIND_TEXT, AT(source), 0, 0, NULL },
	{ { NULL, '4', NULL, 0, "IPv4 only", GROUP_PACKET }, KIND_CHOICE, AT(family), 0, AF_INET, NULL },
	{ { NULL, '6', NULL, 0, "IPv6 only", GROUP_PACKET }, KIND_CHOICE, AT(family), 0, AF_INET6, NULL },
	{ { "dscp", KEY_DSCP, "N", 0, "DSCP of the packets, 0 by default", GROUP_PACKET },
	  KIND_NUMBER, AT(dscp), 0, 63, "0 to 63" },
	{ { "timestamps", KEY_TIMESTAMPS, "WHOSE", 0, "auto (default): the network card's where they are "
	    "on, else the kernel's; hardware: switch the card's on for the run, which needs "
	    "CAP_NET_ADMIN; kernel; user: stamp-ping's own", GROUP_PACKET },
	  KIND_TIMES, AT(times), 0, 0, "auto, hardware, kernel or user" },
	{ { "ttl", KEY_TTL, "N", 0, "TTL or Hop Limit of the packets, 255 by default", GROUP_PACKET },
	  KIND_NUMBER, AT(ttl), 1, 255, "1 to 255" },
	{ { "ssid", KEY_SSID, "N|random", 0, "STAMP Session Identifier, random by default",
	    GROUP_SESSION },
	  KIND_SSID, AT(ssid), 1, 65535, "1 to 65535, or random" },
	{ { "require-ssid", KEY_REQUIRE_SSID, NULL, 0, "Stop at a reply without SSID: its reflector "
	    "lacks RFC 8972", GROUP_SESSION },
	  KIND_FLAG, AT(require_ssid), 0, true, NULL },
	{ { "stateful", KEY_STATEFUL, NULL, 0, "The reflector numbers its replies itself: shows loss "
	    "by direction", GROUP_SESSION },
	  KIND_FLAG, AT(stateful), 0, true, NULL },
	{ { "stateless", KEY_STATELESS, NULL, 0, "The reflector copies our numbers (default)",
	    GROUP_SESSION },
	  KIND_FLAG, AT(stateful), 0, false, NULL },
	{ { "ptp", KEY_PTP, NULL, 0, "Send timestamps in the PTPv2 format instead of NTP",
	    GROUP_SESSION },
	  KIND_FLAG, AT(ptp), 0, true, NULL },
	{ { "auth", KEY_AUTH, "KEYFILE", 0, "Authenticated mode: sign with the first key of this file, "
	    "accept replies that any of its keys signed; a key a line, in hexadecimal", GROUP_SESSION },
	  KIND_TEXT, AT(key_file), 0, 0, NULL },
	{ { "tlv", KEY_TLV, "TLV", 0, "Send this TLV (RFC 8972) in each packet, as in 'cos=46'; may be "
	    "given more than once, the order is that of the packet", GROUP_TLV },
	  KIND_TLV, AT(tlvs), 0, 0, NULL },
	{ { "tlv-key", KEY_TLV_KEY, "KEYFILE", 0, "Send an HMAC TLV, signed with the first key of this "
	    "file, and use a reply's TLVs only if one of its keys signed them; --auth needs it for all "
	    "TLVs but a single padding", GROUP_TLV },
	  KIND_TEXT, AT(tlv_key_file), 0, 0, NULL },
	{ { "access-timeout", KEY_ACCESS_TIMEOUT, "DURATION", 0, "Send an access-report again when it "
	    "is not answered within this time, 3s by default", GROUP_TLV },
	  KIND_DURATION, AT(access_timeout_ns), MS, HOUR, "1ms to 1h, like 3 or 500ms" },
	{ { "access-tries", KEY_ACCESS_TRIES, "N", 0, "Send it again so often at most, 4 by default",
	    GROUP_TLV },
	  KIND_NUMBER, AT(access_tries), 0, 255, "0 to 255" },
	{ { NULL, 'q', NULL, 0, "Show the summary only", GROUP_OUTPUT },
	  KIND_FLAG, AT(quiet), 0, true, NULL },
	{ { NULL, 'n', NULL, 0, "Show the address only, not the name", GROUP_OUTPUT },
	  KIND_FLAG, AT(numeric), 0, true, NULL },
	{ { NULL, 'j', NULL, 0, "Write one JSON document (schema stamp-ping/1), times in nanoseconds",
	    GROUP_OUTPUT },
	  KIND_FLAG, AT(json), 0, true, NULL },
	{ { "each", KEY_EACH, NULL, 0, "With -j: write a line for each packet before it",
	    GROUP_OUTPUT },
	  KIND_FLAG, AT(each), 0, true, NULL },
	{ { "csv", KEY_CSV, NULL, 0, "Write comma-separated values instead: a header, and a line for "
	    "each packet, times in nanoseconds", GROUP_OUTPUT },
	  KIND_FLAG, AT(csv), 0, true, NULL },
	{ { "report", KEY_REPORT, "FILE", 0, "Write the run with its charts to this file as one page of "
	    "HTML, too", GROUP_OUTPUT },
	  KIND_TEXT, AT(html_file), 0, 0, NULL },
	{ { "plot", KEY_PLOT, NULL, 0, "Draw histogram and course of the round trip in the text "
	    "(default on a terminal)", GROUP_OUTPUT },
	  KIND_CHOICE, AT(plot), 0, PLOT_YES, NULL },
	{ { "no-plot", KEY_NO_PLOT, NULL, 0, "Do not draw them", GROUP_OUTPUT },
	  KIND_CHOICE, AT(plot), 0, PLOT_NO, NULL },
	{ { "fail-if", KEY_FAIL_IF, "CONDITION", 0, "Exit with status 3 when this holds, as in "
	    "'loss>1%' or 'p99>2ms', or when no reply came; may be given more than once",
	    GROUP_OUTPUT },
	  KIND_CONDITIONS, AT(conditions), 0, 0, NULL },
	{ { "nagios", KEY_NAGIOS, NULL, 0, "Write one line and exit as a monitoring plugin: OK, or "
	    "CRITICAL when a condition holds or no reply came", GROUP_OUTPUT },
	  KIND_FLAG, AT(nagios), 0, true, NULL },
};
/* clang-format on */

static const struct row *find_row(int key)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].option.key == key)
			return &rows[i];
	}
	return NULL;
}

static int parse_quantity(const struct row *row, const char *text, uint64_t *out)
{
	int err = row->kind == KIND_DURATION ? quantity_duration(text, out)
					     : quantity_number(text, out);

	if (!err && *out >= row->min && *out <= row->max)
		return 0;
	if (row->option.name)
		log_error("--%s %s: expected %s", row->option.name, text, row->expected);
	else
		log_error("-%c %s: expected %s", row->option.key, text, row->expected);
	return -EINVAL;
}

static int parse_times(const struct row *row, const char *text, int *out)
{
	static const char *const names[] = {
		[TIMES_AUTO] = "auto",
		[TIMES_HARDWARE] = "hardware",
		[TIMES_KERNEL] = "kernel",
		[TIMES_USER] = "user",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(text, names[i]) != 0)
			continue;
		*out = (int)i;
		return 0;
	}
	log_error("--%s %s: expected %s", row->option.name, text, row->expected);
	return -EINVAL;
}

static int set_option(const struct row *row, const char *text, struct sender_options *options)
{
	void *member = (char *)options + row->offset;

	switch (row->kind) {
	case KIND_TEXT:
		*(const char **)member = text;
		return 0;
	case KIND_FLAG:
		*(bool *)member = row->max;
		return 0;
	case KIND_CHOICE:
		*(int *)member = (int)row->max;
		return 0;
	case KIND_CONDITIONS:
		return conditions_add(member, text);
	case KIND_TLV:
		return tlv_options_add(member, text);
	case KIND_SWEEP:
		return sweep_parse(text, member);
	case KIND_TIMES:
		return parse_times(row, text, member);
	case KIND_SSID:
		if (strcmp(text, "random") != 0)
			return parse_quantity(row, text, member);
		*(uint64_t *)member = 0;
		return 0;
	default:
		return parse_quantity(row, text, member);
	}
}

/* --fail-if 'loss>1%' 'p99>2ms': no host has such a name. */
static int add_condition(const char *text, struct sender_options *options)
{
	if (options->conditions.count)
		return conditions_add(&options->conditions, text);
	log_error("%s: a condition goes behind --fail-if", text);
	return -EINVAL;
}

static int take_target(const char *text, struct sender_options *options)
{
	if (strpbrk(text, "<>"))
		return add_condition(text, options);
	if (options->target_count == OPTIONS_TARGETS_MAX) {
		log_error("%s: %u targets at most", text, (unsigned int)OPTIONS_TARGETS_MAX);
		return -EINVAL;
	}
	return target_parse(text, &options->targets[options->target_count++]);
}

/* argp's own convention: 0 or a positive errno. */
static error_t take_argument(int key, char *text, struct argp_state *state)
{
	const struct row *row = find_row(key);

	if (row)
		return -set_option(row, text, state->input);
	if (key == ARGP_KEY_ARG)
		return -take_target(text, state->input);
	return ARGP_ERR_UNKNOWN;
}

/* Also when the command line is bad, plugins exit as such; getopt takes shortened names. */
static bool asks_for_nagios(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (!strncmp(argv[i], "--n", 3) && !strncmp(argv[i], "--nagios", strlen(argv[i])))
			return true;
	}
	return false;
}

size_t sender_options_sessions(const struct sender_options *options)
{
	size_t values = options->sweep.kind == SWEEP_NONE ? 1 : options->sweep.count;

	return options->target_count * values;
}

int sender_options_parse(struct sender_options *out, int argc, char **argv)
{
	struct argp_option table[ROWS + 1] = { 0 };
	const struct argp argp = {
		.options = table,
		.parser = take_argument,
		.args_doc = "TARGET[:PORT] ...",
		.doc = "Measure the path to a STAMP Session-Reflector (RFC 8762) and back.\v"
		       "Exit status: 0 replies came, 1 none came (of a target, of several), 2 "
		       "usage or local error, 3 a "
		       "condition holds (or, with --fail-if, none came). With --nagios: 0 OK, 2 "
		       "CRITICAL, 3 UNKNOWN (usage or local error).",
		.help_filter = options_help,
	};
	int err;

	*out = (struct sender_options){
		.argc = argc,
		.argv = argv,
		.count = OPTIONS_COUNT_UNSET,
		.timeout_ns = SECOND,
		.size = OPTIONS_SIZE_UNSET,
		.dscp = OPTIONS_DSCP_UNSET,
		.ttl = TTL_DEFAULT,
		.access_tries = TLV_ACCESS_TRIES_UNSET,
		.family = AF_UNSPEC,
		.nagios = asks_for_nagios(argc, argv),
	};
	for (size_t i = 0; i < ROWS; i++)
		table[i] = rows[i].option;
	argp_err_exit_status = out->nagios ? 3 : 2;
	argp_program_version = "stamp-ping " XDP_STAMP_VERSION;
	err = -argp_parse(&argp, argc, argv, 0, NULL, out);
	return err ? err : options_settle(out);
}
