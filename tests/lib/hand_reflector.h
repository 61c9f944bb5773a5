/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A stateless Session-Reflector on loopback, in an event loop, by the figures of RFC 8762 and
 * RFC 8972 alone: it writes octets where they say and uses nothing of ours. */
#ifndef TESTS_HAND_REFLECTOR_H
#define TESTS_HAND_REFLECTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "common/event_loop.h"

#define HAND_REFLECTOR_SESSIONS 16

/* What came with one SSID, the first 64 Sequence Numbers apart. */
struct hand_session {
	uint64_t received;
	uint64_t first_ns;       /* CLOCK_MONOTONIC, when the first one was read */
	uint64_t sent_ns[64];    /* T1 as in the packet, UTC */
	uint64_t arrived_ns[64]; /* and when it was read, UTC */
};

struct hand_reflector {
	int fd;
	struct event_loop *loop;
	struct sockaddr_storage address; /* where it answers */
	bool mute;
	struct hand_session sessions[HAND_REFLECTOR_SESSIONS]; /* by SSID */
};

/* Fails the test when it cannot. */
void hand_reflector_open(struct hand_reflector *reflector, struct event_loop *loop);

void hand_reflector_close(struct hand_reflector *reflector);

/* A port of loopback where nobody listens. */
struct sockaddr_storage closed_port(void);

#endif
