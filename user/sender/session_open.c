/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a session is made of, as its settings want it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "common/address.h"
#include "common/log.h"
#include "sender/receive_buffer.h"
#include "sender/session.h"
#include "stamp/timestamp.h"

/* For so long replies wait while this process does not run. */
#define ABSENCE_NS (100 * NSEC_PER_MSEC)

/* Replies that wait during a flood, and as many transmit timestamps. */
#define FLOOD_WAITING 2048

/* Above what the timeout and the mean interval make: random intervals, and what was due late. */
#define MORE_PACKETS 32

/* A reflector may reply from the address that it is asked to be (R9503-3-2). */
static struct sockaddr_storage other_source(const struct session_settings *settings)
{
	const struct tlv_item *item =
		settings->tlvs
			? tlv_request_find(settings->tlvs, STAMP_TLV_DESTINATION_NODE_ADDRESS)
			: NULL;
	struct sockaddr_storage other = settings->path.peer;
	struct stamp_address peer;

	if (!item || !address_from_sockaddr((const struct sockaddr *)&other, &peer) ||
	    !memcmp(&peer, &item->node.address, sizeof(peer)) ||
	    stamp_address_is_ip4(&peer) != stamp_address_is_ip4(&item->node.address))
		return (struct sockaddr_storage){ .ss_family = AF_UNSPEC };
	if (other.ss_family == AF_INET)
		memcpy(&((struct sockaddr_in *)&other)->sin_addr, &item->node.address.words[3],
		       sizeof(struct in_addr));
	else
		memcpy(&((struct sockaddr_in6 *)&other)->sin6_addr, &item->node.address,
		       sizeof(struct in6_addr));
	return other;
}

static int open_socket(struct session *session)
{
	const struct session_settings *settings = &session->settings;
	uint64_t waiting = settings->flood ? FLOOD_WAITING : ABSENCE_NS / settings->interval_ns + 1;
	const struct udp_socket_settings udp = {
		.path = settings->path,
		.other = other_source(settings),
		.nics = session->commons->nics,
		.receive_octets = receive_buffer_for(waiting, settings->size),
		.tells_traffic_class = settings->tlvs && settings->tlvs->count,
	};

	return udp_socket_open(&session->socket, &udp);
}

static int open_measurement(struct session *session)
{
	const struct session_settings *settings = &session->settings;
	const struct probe_settings probe = {
		.size = settings->size,
		.ssid = settings->ssid,
		.ptp = settings->ptp,
		.keys = settings->keys,
	};
	const struct match_settings match = {
		.timeout_ns = settings->timeout_ns,
		.packets = settings->flood
				   ? SESSION_FLOOD_MAX
				   : settings->timeout_ns / settings->interval_ns + MORE_PACKETS,
		.ssid = settings->ssid,
	};
	const struct metrics_settings metrics = {
		.stateful = settings->stateful,
		.ttl = settings->path.ttl,
		.ssid = settings->ssid,
		.without_transmit_times = settings->path.times == TIMES_USER,
	};
	int err = probe_open(&session->probe, &probe);

	if (!err)
		err = match_open(&session->match, &match);
	return err ? err : metrics_open(&session->metrics, &metrics);
}

static struct tlv_end end_of(const struct sockaddr_storage *address)
{
	struct tlv_end end = { .port = sockaddr_port(address) };

	address_from_sockaddr((const struct sockaddr *)address, &end.address);
	return end;
}

static int open_tlvs(struct session *session)
{
	const struct session_settings *settings = &session->settings;
	struct tlv_session_settings tlvs = {
		.metrics = {
			.request = settings->tlvs,
			.sender = end_of(udp_socket_local(session->socket)),
			.reflector = end_of(udp_socket_peer(session->socket)),
			.dscp = settings->path.dscp,
			.size = settings->size,
		},
		.keys = settings->tlv_keys,
		.base = settings->keys ? STAMP_AUTH_SIZE : STAMP_BASE_SIZE,
		.access_timeout_ns = settings->access_timeout_ns,
		.access_tries = settings->access_tries,
	};
	int err;

	if (!settings->tlvs || !settings->tlvs->count)
		return 0;
	if (getrandom(&tlvs.seed, sizeof(tlvs.seed), 0) < 0) {
		err = -errno;
		log_error("no random octets for padding to be had: %s", strerror(-err));
		return err;
	}
	return tlv_session_open(&session->tlvs, &tlvs);
}

/* TLVs count the packets sent, one after the other. */
static int open_batch(struct session *session)
{
	if (!session->settings.flood || session->tlvs)
		return 0;
	session->batch = malloc(PACE_BURST_MAX * session->settings.size);
	return session->batch ? 0 : -ENOMEM;
}

int session_open(struct session **out, struct session_commons *commons,
		 const struct session_settings *settings, const struct session_observer *observer)
{
	struct session *session;
	int err;

	if (!settings->interval_ns && !settings->flood) {
		log_error("a session needs an interval between its packets");
		return -EINVAL;
	}
	session = calloc(1, sizeof(*session));
	if (!session)
		return -ENOMEM;
	session->commons = commons;
	session->settings = *settings;
	session->observer = *observer;
	session->due.at_ns = DUE_NEVER;
	err = open_socket(session);
	if (!err)
		err = open_measurement(session);
	if (!err)
		err = open_tlvs(session);
	if (!err)
		err = open_batch(session);
	if (err) {
		session_close(session);
		return err;
	}
	*out = session;
	return 0;
}

void session_close(struct session *session)
{
	if (!session)
		return;
	free(session->batch);
	tlv_session_close(session->tlvs);
	metrics_close(session->metrics);
	match_close(session->match);
	probe_close(session->probe);
	udp_socket_close(session->socket);
	free(session);
}
