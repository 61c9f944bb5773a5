/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a session receives: replies, transmit timestamps, ICMP errors. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "sender/session.h"

/* Then the schedule has its turn, whatever still waits. */
#define BATCHES_OF_REPLIES 2
#define BATCHES_OF_EVENTS 4

/* Any observer may have stopped the session. */
static void tell_trouble(const struct session *session, const struct session_trouble *trouble)
{
	if (session->running && session->observer.trouble)
		session->observer.trouble(session->observer.context, trouble);
}

static void take_icmp_error(struct session *session, const struct udp_event *event)
{
	struct session_trouble trouble = {
		.kind = SESSION_ICMP_ERROR,
		.error = event->error,
		.mtu = event->mtu,
		.ttl_exceeded = event->ttl_exceeded,
	};

	if (event->from)
		memcpy(&trouble.from, event->from,
		       event->from->sa_family == AF_INET ? sizeof(struct sockaddr_in)
							 : sizeof(struct sockaddr_in6));
	metrics_icmp_error(session->metrics);
	tell_trouble(session, &trouble);
}

static void take_departure(struct session *session, uint32_t number, const struct udp_time *left)
{
	enum match_departure departure =
		match_transmitted(session->match, number, left->ns, left->source);

	if (departure == MATCH_TIME_REFUSED)
		return;
	session->transmitted += left->source == udp_socket_transmit_source(session->socket);
	metrics_conversion(session->metrics, left->error_ns);
	if (departure == MATCH_TIME_FIRST)
		metrics_transmitted(session->metrics);
}

static void take_event(struct session *session, const struct udp_event *event)
{
	if (event->kind == UDP_ICMP_ERROR)
		take_icmp_error(session, event);
	else if (event->kind == UDP_TRANSMITTED)
		take_departure(session, event->sent_number, &event->left);
}

void session_take_events(struct session *session)
{
	struct udp_event events[UDP_INBOX_MAX];
	bool more = true;

	for (int batch = 0; more && batch < BATCHES_OF_EVENTS; batch++) {
		int count =
			udp_socket_events(session->socket, session->commons->events, events, &more);

		for (int i = 0; i < count; i++)
			take_event(session, &events[i]);
	}
}

void session_expire(struct session *session, uint64_t now_ns)
{
	uint64_t number, sent_ns;

	while (session->running && match_expire(session->match, now_ns, &number, &sent_ns)) {
		metrics_lost(session->metrics, number);
		if (session->observer.lost)
			session->observer.lost(session->observer.context, number, sent_ns);
	}
}

static void refuse_reply(struct session *session, int err)
{
	if (err != -EKEYREJECTED) {
		metrics_invalid(session->metrics);
		return;
	}
	metrics_unverified(session->metrics);
	tell_trouble(session, &(struct session_trouble){ .kind = SESSION_WRONG_HMAC });
}

static void tell_reply(struct session *session, const struct metrics_sample *sample,
		       uint64_t now_ns)
{
	const struct session_reply reply = {
		.sample = sample,
		.delays = metrics_delays(sample),
		.hops = metrics_hops(session->metrics, sample),
	};

	if (sample->match.verdict == MATCH_LATE)
		session_expire(session, now_ns); /* lost first, then late */
	if (session->running && session->observer.reply)
		session->observer.reply(session->observer.context, &reply);
}

static void count_reply(struct session *session, const struct udp_datagram *datagram,
			uint64_t now_ns, const struct probe_reply *reply, struct tlv_reply *tlvs)
{
	struct metrics_sample sample = {
		.reply = reply,
		.received_ns = datagram->received.ns,
		.source = datagram->received.source,
		.ttl = datagram->ttl,
		.traffic_class = datagram->traffic_class,
		.tlvs = tlvs,
		.match = match_reply(session->match, reply, datagram->received.ns, now_ns),
	};

	metrics_conversion(session->metrics, datagram->received.error_ns);
	metrics_reply(session->metrics, &sample);
	if (tlvs)
		tlv_session_reply(session->tlvs, &sample, session->commons->quality.tai_offset,
				  tlvs);
	if (sample.match.verdict != MATCH_FOREIGN)
		tell_reply(session, &sample, now_ns);
}

static void take_reply(struct session *session, const struct udp_datagram *datagram,
		       uint64_t now_ns)
{
	struct probe_reply reply;
	struct tlv_reply tlvs;
	int err = probe_read(session->probe, datagram->octets, datagram->size,
			     session->commons->quality.tai_offset, datagram->received.ns, &reply);

	if (err)
		refuse_reply(session, err);
	else if (!session->tlvs)
		count_reply(session, datagram, now_ns, &reply, NULL);
	else if (tlv_session_read(session->tlvs, datagram->octets, datagram->size, &tlvs))
		count_reply(session, datagram, now_ns, &reply, &tlvs);
}

/*
 * A packet's transmit timestamp was queued before its reply could come, so it is read first, unless
 * there is none to come. What then waits is an error, and woken up for it alone we find no reply.
 */
void session_receive(struct session *session)
{
	struct udp_datagram datagrams[UDP_INBOX_MAX];
	bool more = true;

	for (int batch = 0; more && batch < BATCHES_OF_REPLIES; batch++) {
		int count = udp_socket_receive(session->socket, session->commons->datagrams,
					       datagrams, &more);
		uint64_t now_ns = clock_monotonic_ns();

		if (count <= 0 || session->transmitted < session->sent)
			session_take_events(session);
		for (int i = 0; i < count && session->running; i++)
			take_reply(session, &datagrams[i], now_ns);
	}
}
