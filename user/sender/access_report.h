/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The retransmission timer of the Access Report TLV: RFC 8972 section 4.6. Pure. */
#ifndef SENDER_ACCESS_REPORT_H
#define SENDER_ACCESS_REPORT_H

#include <stdbool.h>
#include <stdint.h>

enum access_state {
	ACCESS_NOT_ASKED,
	ACCESS_UNSENT,
	ACCESS_PENDING,        /* the timer runs */
	ACCESS_ANSWERED,       /* a reply brought it back */
	ACCESS_NOT_UNDERSTOOD, /* the same, with U: sending it again would not help */
	ACCESS_GIVEN_UP,       /* sent as often as allowed, or until the run's end */
	ACCESS_STATE_MAX,
};

/*
 * The first packet of the run carries the report. When no reply has brought it back in time, a
 * packet of its own carries it again, at most `tries` times. All zero: none is to be sent. Times
 * are CLOCK_MONOTONIC, in nanoseconds.
 */
struct access_report {
	enum access_state state;
	uint64_t timeout_ns;
	uint64_t tries;
	uint64_t due_ns; /* when the timer expires */
	uint64_t transmissions;
	bool again; /* the next packet is the one beyond the schedule that carries it */
};

/* Whether the next packet carries it. */
bool access_report_carried(const struct access_report *report);

/* A packet left with it; the timer starts. */
void access_report_sent(struct access_report *report, uint64_t now_ns);

/* A reply brought it back. */
void access_report_answered(struct access_report *report, bool understood);

/* Whether it has to be sent again now, by a packet that then carries it; not at or after `end_ns`.
 */
bool access_report_expire(struct access_report *report, uint64_t now_ns, uint64_t end_ns);

/* When access_report_expire() has something to do; UINT64_MAX: never. */
uint64_t access_report_due_ns(const struct access_report *report);

#endif
