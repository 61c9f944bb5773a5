/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The Session-Sender as a library: any number of sessions in one thread's event loop. */
#ifndef SENDER_SENDER_H
#define SENDER_SENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/event_loop.h"
#include "proto/auth_keys.h"
#include "sender/metrics.h"
#include "sender/tlv_metrics.h"
#include "sender/tlv_request.h"
#include "sender/udp_socket.h"

struct sender;
struct session;

/* What pointers name is the caller's and must live as long as the session. */
struct session_settings {
	struct udp_path path;
	const struct auth_keys *keys;     /* NULL: unauthenticated */
	const struct tlv_request *tlvs;   /* NULL or empty: none */
	const struct auth_keys *tlv_keys; /* of the HMAC TLV; NULL: none */
	uint64_t access_timeout_ns;       /* until an Access Report is sent again */
	uint64_t access_tries;            /* how often at most */
	uint64_t count;                   /* packets; 0: no end */
	uint64_t interval_ns;             /* the mean, with `poisson`; of no meaning with `flood` */
	uint64_t duration_ns;             /* 0: no end */
	uint64_t timeout_ns;              /* a packet without a reply within it is lost */
	size_t size;                      /* octets of a STAMP packet, at least 14 */
	uint16_t ssid;                    /* 0: none */
	bool poisson;
	bool flood; /* as fast as it goes, with at most SESSION_FLOOD_MAX packets under way */
	bool stateful;
	bool ptp;
};

#define SESSION_FLOOD_MAX 32768

/* A reply to a packet of the session: the first, a late one or a duplicate. */
struct session_reply {
	const struct metrics_sample *sample;
	struct delays delays;
	struct hops hops;
};

enum session_trouble_kind {
	SESSION_NOT_SENT,   /* `error`: why a packet could not be sent */
	SESSION_ICMP_ERROR, /* `error`, `mtu`, `ttl_exceeded`, `from`: as in struct udp_event */
	SESSION_WRONG_HMAC, /* of a reply, by all keys */
};

struct session_trouble {
	enum session_trouble_kind kind;
	int error; /* a positive errno */
	uint32_t mtu;
	bool ttl_exceeded;
	struct sockaddr_storage from;
};

/*
 * Is told what happens to a session, from the event loop; may stop sessions and the loop, but not
 * remove sessions. What it is given is valid during the call.
 */
struct session_observer {
	void *context;
	void (*reply)(void *context, const struct session_reply *reply);
	/* `number` counts the packets from 0, and the lost come in its order; sent at `sent_ns`,
	 * UTC.
	 */
	void (*lost)(void *context, uint64_t number, uint64_t sent_ns);
	void (*trouble)(void *context, const struct session_trouble *trouble);
	/* The last packet was sent and is answered or lost; or, with -errno, it cannot go on. */
	void (*finished)(void *context, int err);
};

/* `loop` stays the caller's, and has to be that of the thread that calls. 0 or -errno. */
int sender_open(struct sender **out, struct event_loop *loop);

/* Opens a session, which does nothing yet. 0, or -errno after a message (but for -ENOMEM). */
int sender_add(struct sender *sender, const struct session_settings *settings,
	       const struct session_observer *observer, struct session **out);

/* Sends the first packet at `first_ns` (CLOCK_MONOTONIC), or at once when that has passed. Once in
 * a session's life. */
void session_start(struct session *session, uint64_t first_ns);

/* Nothing is sent, received or told any more; what is under way stays so. */
void session_stop(struct session *session);

/* What the session measured so far. `tlvs` has room for what `out->tlvs` refers to, if it does. */
void session_summarize(struct session *session, struct metrics_summary *out,
		       struct tlv_summary *tlvs);

/* Valid as long as the session. */
const struct metrics *session_metrics(const struct session *session);

/* Packets sent so far. */
uint64_t session_sent(const struct session *session);

/* The address and the port that it sends from. */
const struct sockaddr_storage *session_local(const struct session *session);

/* Takes NULL. */
void sender_remove(struct session *session);

/* Its sessions are to be removed before. Takes NULL. */
void sender_close(struct sender *sender);

#endif
