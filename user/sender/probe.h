/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The test packets on the wire: builds the Session-Sender's, reads the Session-Reflector's. */
#ifndef SENDER_PROBE_H
#define SENDER_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/clock.h"
#include "proto/auth_keys.h"
#include "stamp/wire.h"

#define PROBE_SHORTEST_REPLY 41 /* TWAMP Light: all fields, no MBZ behind the TTL (RFC 5357) */

struct probe_settings {
	size_t size;   /* octets, at least STAMP_SHORTEST_REQUEST; above 44: a trailer */
	uint16_t ssid; /* 0: none, as always when the packet is shorter than 44 octets */
	bool ptp;      /* own timestamps in the PTPv2 truncated format */
	/* NULL: unauthenticated. Otherwise `size` is at least STAMP_AUTH_SIZE, and they stay the
	 * caller's and must live as long. */
	const struct auth_keys *keys;
};

/* A reply, in host order but for the copy of T1, which is compared as it is. */
struct probe_reply {
	size_t size;
	uint32_t sequence; /* of the Session-Reflector */
	uint32_t sender_sequence;
	struct stamp_timestamp sender_timestamp; /* T1, verbatim */
	uint64_t received_ns;                    /* T2, UTC */
	uint64_t sent_ns;                        /* T3, UTC */
	uint16_t ssid;
	uint16_t error_estimate; /* of T2 and T3 */
	uint8_t sender_ttl;      /* TTL or Hop Limit with which the request arrived */
};

struct probe;

/* 0 or -errno. */
int probe_open(struct probe **out, const struct probe_settings *settings);

/*
 * Builds the next packet, signed with the first key, and returns its octets, valid until the next
 * call. `sent_ns` is T1 in UTC; `quality` gives the Error Estimate and, for PTP, the TAI offset.
 */
const void *probe_build(struct probe *probe, uint32_t sequence, uint64_t sent_ns,
			const struct clock_quality *quality);

/* The octets of the packet behind the base packet, of which there are `size` less 44 or 112: zero,
 * and the caller's to change. */
uint8_t *probe_trailer(struct probe *probe);

/* T1 as it stands in the packet built last. */
struct stamp_timestamp probe_timestamp(const struct probe *probe);

/*
 * Reads a reply. T2 and T3 are in the format that the reflector's own Z bit names, whatever ours
 * is; PTP time is taken to be TAI, `tai_offset` seconds ahead of UTC (a wrong offset moves one-way
 * delays, never round trips). The era is that of `near_ns`. 0, -EBADMSG when it is too short or no
 * time at all, or -EKEYREJECTED when its HMAC is right with none of the keys.
 */
int probe_read(const struct probe *probe, const void *octets, size_t size, int tai_offset,
	       uint64_t near_ns, struct probe_reply *out);

/*
 * A timestamp of a reply with this Error Estimate in UTC, read as T2 and T3 are. 0, or -EBADMSG
 * when it is no time.
 */
int probe_time(struct stamp_timestamp timestamp, uint16_t error_estimate, int tai_offset,
	       uint64_t near_ns, uint64_t *out);

/* Takes NULL. */
void probe_close(struct probe *probe);

#endif
