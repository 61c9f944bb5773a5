/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where the slow path's requests come from and its replies go to: AF_XDP, a UDP socket, or, in
 * tests, an array. Nothing here waits: what cannot be sent at once is a counted loss.
 */
#ifndef REFLECTOR_PACKET_IO_H
#define REFLECTOR_PACKET_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "stamp/handover.h"
#include "stamp/judgement.h"
#include "stamp/outcome.h"

#define PACKET_BATCH JUDGEMENTS_MAX

/* An interface that requests came by. */
struct slow_interface {
	unsigned int ifindex;
	int judge_fd;                  /* its stamp_judge */
	struct outcome_counts *counts; /* the caller's; several threads may add to it */
	__u16 micro_session_id;        /* of the link, RFC 9534; 0: it has none */
};

/* A request as the network delivered it. */
struct slow_request {
	const struct slow_interface *interface;
	struct session_key key; /* without the SSID */
	__u64 received_ns;      /* T2, by `clock` */
	clockid_t clock;        /* CLOCK_REALTIME or CLOCK_MONOTONIC */
	size_t length;          /* octets of the payload */
	__u8 ttl;               /* as received */
	__u8 traffic_class;     /* TOS or Traffic Class, as received */
	bool has_source_mac;    /* it came as a frame */
	__be16 source_mac[3];
	struct handover handover; /* what the XDP program found; its generation is 0 without one */
};

/* What becomes of it. */
struct slow_reply {
	size_t length;              /* octets of the reply; 0: there is none */
	enum stamp_outcome outcome; /* reflected in one way or another, or why not */
	struct session_policy policy;
	bool has_source;             /* it leaves from another address than was asked */
	struct stamp_address source; /* that one */
	__u64 residence_ns;          /* T3 - T2 */
	__u64 sent_ns;               /* CLOCK_MONOTONIC, when it had left; 0: not yet */
};

struct slow_packet {
	struct slow_request request;
	void *payload; /* of the request, then of the reply; it has room for at least 44 octets */
	struct slow_reply reply;
};

struct packet_batch {
	size_t count;
	struct slow_packet packets[PACKET_BATCH];
};

struct packet_io {
	/* Fills the batch with what is there; 0 or -errno. */
	int (*receive)(struct packet_io *io, struct packet_batch *batch);
	/* Sends the reply of packet `index` of the batch received last. 0 or -errno. */
	int (*send)(struct packet_io *io, struct packet_batch *batch, size_t index);
	/* Ends that batch: its memory is free again, and nothing of it stays behind unsent. What
	 * had not left before says when it did, if that can be told. */
	void (*finish)(struct packet_io *io, struct packet_batch *batch);
};

#endif
