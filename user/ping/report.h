/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One run, several forms: what a form is told, and the forms there are. */
#ifndef PING_REPORT_H
#define PING_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ping/condition.h"
#include "ping/options.h"
#include "ping/plan.h"
#include "sender/sender.h"

struct report_session {
	const char *name;    /* of the target, as given */
	const char *address; /* may be the same */
	uint16_t port;
	uint16_t ssid;
	size_t size;          /* octets of a packet */
	uint64_t interval_ns; /* the mean, with `poisson` */
	uint64_t timeout_ns;
	bool poisson; /* the intervals are random */
	bool stateful;
	bool authenticated;
	bool numeric; /* no name in the text */
};

struct report_run {
	const struct metrics_summary *summary;
	const struct verdict *verdict;
	int err; /* why the run ended before its time, or sent nothing; 0: it did not */
};

/* Everything goes to standard output. */
struct report_form {
	void (*start)(const struct report_session *session);
	void (*reply)(const struct report_session *session, const struct session_reply *reply);
	void (*lost)(const struct report_session *session, uint64_t number);
	void (*end)(const struct report_session *session, const struct report_run *run);
};

extern const struct report_form report_text, report_text_summary;
extern const struct report_form report_json, report_json_each;
extern const struct report_form report_csv;
extern const struct report_form report_nagios;

/* The form that the options ask for. */
const struct report_form *report_form_for(const struct sender_options *options);

/* `options` and `path` must live as long as what it gives. */
struct report_session report_session_of(const struct sender_options *options,
					const struct plan_path *path);

/* The mode in the words of RFC 8762. */
const char *report_mode(const struct report_session *session);

/* In place of report_nagios when there is no run to report. */
void report_nagios_unknown(const char *why);

/* For forms that have nothing to say at that moment. */
static inline void report_no_start(const struct report_session *session)
{
	(void)session;
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
