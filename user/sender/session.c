/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The course of a session: when it sends, when a packet is lost, when it ends. */
#include "sender/session.h"

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* How many packets may be sent at once: in a flood, replies have to make room for more. */
static size_t room(const struct session *session)
{
	uint64_t under_way = match_under_way(session->match);

	if (!session->settings.flood)
		return PACE_BURST_MAX;
	return under_way < SESSION_FLOOD_MAX ? SESSION_FLOOD_MAX - under_way : 0;
}

static uint64_t repeat_ns(const struct session *session)
{
	return session->tlvs ? tlv_session_due_ns(session->tlvs) : DUE_NEVER;
}

uint64_t session_due_ns(const struct session *session)
{
	uint64_t due_ns = earlier(match_expiry_ns(session->match), repeat_ns(session));

	if (!session->running)
		return DUE_NEVER;
	if (!pace_done(&session->pace) && room(session))
		due_ns = earlier(due_ns, pace_next_ns(&session->pace));
	return due_ns;
}

/* The Access Report is sent again by a packet beyond the schedule (RFC 8972 section 4.6). */
static void repeat_access_report(struct session *session, uint64_t now_ns)
{
	uint64_t due_ns = repeat_ns(session);

	if (session->running && session->tlvs &&
	    tlv_session_expire(session->tlvs, now_ns, session->pace.end_ns))
		session_send(session, &due_ns, 1);
}

/* What came in time is not lost because we are late, so replies are taken before losses. */
void session_serve(struct session *session)
{
	uint64_t now_ns = clock_monotonic_ns();
	uint64_t due_ns[PACE_BURST_MAX];
	size_t due;

	if (match_expiry_ns(session->match) <= now_ns)
		session_receive(session);
	if (!session->running)
		return;
	due = pace_take(&session->pace, now_ns, room(session), due_ns);
	pace_give_back(&session->pace, due - session_send(session, due_ns, due));
	if (due && !session->batch)
		session_take_events(session); /* most transmit timestamps are there by now, and
						 need no wakeup */
	repeat_access_report(session, now_ns);
	session_expire(session, clock_monotonic_ns());
	session_finish(session, 0);
}

void session_finish(struct session *session, int err)
{
	if (!session->running)
		return;
	if (!err)
		err = metrics_error(session->metrics);
	if (!err && session->tlvs)
		err = tlv_session_error(session->tlvs);
	if (!err && (!pace_done(&session->pace) || match_under_way(session->match) ||
		     repeat_ns(session) != DUE_NEVER))
		return;
	session->running = false;
	if (session->observer.finished)
		session->observer.finished(session->observer.context, err);
}

void session_stop(struct session *session)
{
	session->running = false;
}

void session_summarize(struct session *session, struct metrics_summary *out,
		       struct tlv_summary *tlvs)
{
	uint64_t overflowed;

	session_take_events(session);
	if (!udp_socket_overflowed(session->socket, &overflowed))
		metrics_overflowed(session->metrics, overflowed);
	metrics_summarize(session->metrics, match_under_way(session->match), out);
	if (!session->tlvs)
		return;
	tlv_session_summarize(session->tlvs, tlvs);
	out->tlvs = tlvs;
}

const struct metrics *session_metrics(const struct session *session)
{
	return session->metrics;
}

uint64_t session_sent(const struct session *session)
{
	return session->sent;
}

const struct sockaddr_storage *session_local(const struct session *session)
{
	return udp_socket_local(session->socket);
}
