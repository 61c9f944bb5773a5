/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One session of a Session-Sender, for sender.c: what it owns, and what it does when. */
#ifndef SENDER_SESSION_H
#define SENDER_SESSION_H

#include "common/clock.h"
#include "sender/due_queue.h"
#include "sender/match.h"
#include "sender/pace.h"
#include "sender/probe.h"
#include "sender/sender.h"
#include "sender/tlv_session.h"

/* What the sessions of a thread need one after the other. */
struct session_commons {
	struct udp_inbox *datagrams;
	struct udp_inbox *events;
	struct clock_quality quality;
	uint64_t quality_read_ns; /* CLOCK_MONOTONIC; 0: not yet */
	struct nic_clocks *nics;
};

struct session {
	struct sender *sender;
	struct session_commons *commons;
	struct session_settings settings;
	struct session_observer observer;
	struct due due;
	struct udp_socket *socket;
	struct probe *probe;
	struct match *match;
	struct metrics *metrics;
	struct tlv_session *tlvs; /* NULL: none are sent */
	uint8_t *batch;           /* PACE_BURST_MAX packets; NULL: they are sent one by one */
	struct pace pace;
	uint64_t sent;
	uint64_t transmitted;     /* of these, how many have the best time that there is */
	uint64_t quality_read_ns; /* of the clock's claim that the metrics know */
	bool running;
};

/* 0, or -errno after a message (but for -ENOMEM). */
int session_open(struct session **out, struct session_commons *commons,
		 const struct session_settings *settings, const struct session_observer *observer);

/* Sends what is due, and tells what is lost. */
void session_serve(struct session *session);

/* When session_serve() has something to do: DUE_NEVER, or CLOCK_MONOTONIC. */
uint64_t session_due_ns(const struct session *session);

/* Sends `count` packets, at most PACE_BURST_MAX, that were due at these times. How many of them are
 * not to be tried again. */
size_t session_send(struct session *session, const uint64_t due_ns[], size_t count);

/* Takes replies, timestamps and errors, a bounded number. */
void session_receive(struct session *session);

/* Tells what is lost by now. */
void session_expire(struct session *session, uint64_t now_ns);

/* Takes the errors and transmit timestamps that wait, a bounded number. */
void session_take_events(struct session *session);

/* Stops it if it has nothing to wait for, and tells so; or in any case, if `err` is not 0. */
void session_finish(struct session *session, int err);

/* Takes NULL. */
void session_close(struct session *session);

#endif
