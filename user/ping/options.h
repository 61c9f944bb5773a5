/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The command line of stamp-ping: one table of options, and what does not fit together. */
#ifndef PING_OPTIONS_H
#define PING_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "ping/condition.h"
#include "ping/sweep.h"
#include "ping/target.h"
#include "sender/tlv_request.h"

#define OPTIONS_SIZE_MAX 65507 /* octets that fit into an IPv4 datagram */
#define OPTIONS_TARGETS_MAX 64

/* Histogram and sparkline. */
enum options_plot { PLOT_ON_TERMINAL, PLOT_YES, PLOT_NO };

/* Numbers are all 64 bits wide, so that the rows of one table can fill them. */
struct sender_options {
	int argc; /* the command line, for reports */
	char **argv;
	struct target targets[OPTIONS_TARGETS_MAX]; /* with their ports */
	size_t target_count;
	const char *source;       /* -I: an address or an interface; NULL: by the routes */
	const char *key_file;     /* --auth; NULL: unauthenticated */
	const char *tlv_key_file; /* --tlv-key; NULL: no HMAC TLV */
	uint64_t count;           /* 0: no end */
	uint64_t interval_ns;     /* the mean, with `poisson` */
	uint64_t duration_ns;     /* 0: no end */
	uint64_t timeout_ns;
	uint64_t size; /* octets of a STAMP packet */
	uint64_t port;
	uint64_t source_port; /* of the first session, one more for each other; 0: any */
	uint64_t ssid;        /* 0: a random one for each session, none in short packets */
	uint64_t dscp;
	uint64_t ttl;
	uint64_t access_timeout_ns; /* until the Access Report is sent again */
	uint64_t access_tries;      /* how often at most */
	struct tlv_request tlvs;    /* --tlv, the HMAC TLV and what fills the packet */
	struct sweep sweep;         /* --sweep */
	const char *html_file;      /* --report; NULL: none */
	int family;                 /* AF_UNSPEC, AF_INET or AF_INET6 */
	int plot;                   /* enum options_plot */
	int times;                  /* enum times_wanted */
	bool poisson;
	bool flood;
	bool mtu;  /* search the path MTU instead */
	bool fast; /* more packets than RFC 8085 counsels are wanted */
	bool stateful;
	bool ptp;
	bool require_ssid;
	bool numeric;
	bool quiet;
	bool json;
	bool each;
	bool csv;
	bool nagios;
	struct conditions conditions; /* --fail-if */
};

/* How many sessions the options ask for. */
size_t sender_options_sessions(const struct sender_options *options);

/*
 * Reads the command line. 0, or -EINVAL after a message. --help, --version and unknown options end
 * the program (status 0 or 2), as argp has it.
 */
int sender_options_parse(struct sender_options *out, int argc, char **argv);

#endif
