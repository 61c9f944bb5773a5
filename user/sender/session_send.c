/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a session sends: the next packets, with T1 as late as it can be read. */
#include <errno.h>
#include <string.h>

#include "sender/session.h"

#define CLOCK_REFRESH_NS 100000000ULL /* the kernel widens its claim once a second */

/* T1 of a packet. */
struct departure {
	struct stamp_timestamp timestamp; /* as in the packet */
	uint64_t sent_ns;                 /* UTC */
};

static void refresh_clock(struct session *session, uint64_t now_ns)
{
	struct session_commons *commons = session->commons;

	nic_clocks_refresh(commons->nics, now_ns);
	if (!commons->quality_read_ns || now_ns - commons->quality_read_ns >= CLOCK_REFRESH_NS) {
		clock_quality_read(&commons->quality);
		commons->quality_read_ns = now_ns;
	}
	if (session->quality_read_ns == commons->quality_read_ns)
		return;
	metrics_clock(session->metrics, &commons->quality);
	session->quality_read_ns = commons->quality_read_ns;
}

/* T1 is `sent_ns`, UTC. */
static const void *build(struct session *session, uint64_t number, uint64_t sent_ns,
			 struct departure *out)
{
	const void *octets;

	out->sent_ns = sent_ns;
	octets = probe_build(session->probe, (uint32_t)number, out->sent_ns,
			     &session->commons->quality);
	out->timestamp = probe_timestamp(session->probe);
	return octets;
}

static void count_sent(struct session *session, const struct departure *departure, uint64_t now_ns,
		       uint64_t late_ns)
{
	match_sent(session->match, departure->timestamp, departure->sent_ns, now_ns);
	metrics_sent(session->metrics, late_ns);
	session->sent++;
}

static void count_not_sent(struct session *session, int err)
{
	const struct session_trouble trouble = { .kind = SESSION_NOT_SENT, .error = -err };

	metrics_send_error(session->metrics);
	if (session->observer.trouble)
		session->observer.trouble(session->observer.context, &trouble);
}

static void send_one(struct session *session, uint64_t due_ns)
{
	uint64_t now_ns = clock_monotonic_ns(), called_ns;
	struct departure departure;
	const void *octets;
	int err;

	session_expire(session, now_ns);
	if (!session->running)
		return;
	refresh_clock(session, now_ns);
	if (session->tlvs)
		tlv_session_write(session->tlvs, session->sent, probe_trailer(session->probe));
	octets = build(session, session->sent, clock_realtime_ns(), &departure);
	called_ns = clock_monotonic_ns();
	err = udp_socket_send(session->socket, octets, session->settings.size);
	if (session->tlvs)
		tlv_session_sent(session->tlvs, now_ns);
	if (err)
		count_not_sent(session, err);
	else
		count_sent(session, &departure, now_ns, called_ns - due_ns);
}

/* What the socket has no room for now stays to be sent. Building takes much less time than the call
 * that sends, so one T1 does for all; the kernel tells each packet's own. */
static size_t send_batch(struct session *session, size_t count)
{
	uint64_t now_ns = clock_monotonic_ns(), sent_ns = clock_realtime_ns();
	size_t size = session->settings.size;
	struct departure departures[PACE_BURST_MAX];
	int sent;

	session_expire(session, now_ns);
	if (!session->running)
		return count;
	refresh_clock(session, now_ns);
	for (size_t i = 0; i < count; i++)
		memcpy(session->batch + i * size,
		       build(session, session->sent + i, sent_ns, &departures[i]), size);
	sent = udp_socket_send_batch(session->socket, session->batch, size, count);
	if (sent < 0) {
		count_not_sent(session, sent);
		return 1;
	}
	for (int i = 0; i < sent; i++)
		count_sent(session, &departures[i], now_ns, METRICS_NEVER_DUE);
	return (size_t)sent;
}

size_t session_send(struct session *session, const uint64_t due_ns[], size_t count)
{
	if (count && session->batch)
		return send_batch(session, count);
	for (size_t i = 0; i < count && session->running; i++)
		send_one(session, due_ns[i]);
	return count;
}
