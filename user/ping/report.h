/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One run, several forms: what a form is told, and the forms there are. */
#ifndef PING_REPORT_H
#define PING_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ping/condition.h"
#include "ping/options.h"
#include "ping/terminal.h"
#include "ping/timeline.h"
#include "sender/sender.h"

struct report_session {
	unsigned int number; /* in the run, from 1 */
	const char *label; /* what tells it from the others of the run; its target if it is alone */
	const char *name;  /* of the target, as given */
	const char *address; /* may be the same */
	uint16_t port;
	uint16_t source_port;
	uint16_t ssid;
	uint8_t dscp;
	size_t size;          /* octets of a packet */
	uint64_t interval_ns; /* the mean, with `poisson` */
	uint64_t timeout_ns;
	bool poisson; /* the intervals are random */
	bool flood;   /* there are none */
	bool stateful;
	bool authenticated;
	bool numeric; /* no name in the text */
};

/* What came of a session. */
struct report_result {
	const struct report_session *session;
	const struct metrics_summary *summary;
	const struct verdict *verdict;
	const struct metrics *metrics;   /* for distributions */
	const struct timeline *timeline; /* in time of the run */
};

struct report_run {
	const struct report_result *results;
	size_t count;      /* of the sessions, at least one */
	uint64_t began_ns; /* UTC */
	uint64_t took_ns;
	const char *command;             /* the command line; names and paths may hold anything */
	const struct terminal *terminal; /* what the standard output can show */
	bool plot;                       /* pictures are wanted in the text */
	int err; /* why the run ended before its time, or sent nothing; 0: it did not */
};

/* Everything goes to standard output. */
struct report_form {
	bool is_text;  /* a live line fits */
	bool is_quiet; /* has nothing to say of a packet */
	void (*start)(const struct report_session *sessions, size_t count);
	void (*reply)(const struct report_session *session, const struct session_reply *reply);
	void (*lost)(const struct report_session *session, uint64_t number);
	void (*end)(const struct report_run *run);
};

extern const struct report_form report_text, report_text_summary, report_text_table;
extern const struct report_form report_json, report_json_each;
extern const struct report_form report_csv;
extern const struct report_form report_nagios;

/* The form that the options ask for. */
const struct report_form *report_form_for(const struct sender_options *options);

/* The mode in the words of RFC 8762. */
const char *report_mode(const struct report_session *session);

/* In place of report_nagios when there is no run to report. */
void report_nagios_unknown(const char *why);

/* For forms that have nothing to say at that moment. */
static inline void report_no_start(const struct report_session *sessions, size_t count)
{
	(void)sessions;
	(void)count;
}

static inline void report_no_reply(const struct report_session *session,
				   const struct session_reply *reply)
{
	(void)session;
	(void)reply;
}

static inline void report_no_lost(const struct report_session *session, uint64_t number)
{
	(void)session;
	(void)number;
}

#endif
