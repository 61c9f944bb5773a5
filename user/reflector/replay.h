/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which Sequence Numbers of a session have been there, so that a recorded packet sent again is told
 * from a new one: an HMAC alone does not tell. A window for each session and key, in memory only.
 */
#ifndef REFLECTOR_REPLAY_H
#define REFLECTOR_REPLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "stamp/session.h"

#define REPLAY_WINDOW_MAX 256 /* packets */

struct replay_windows;

/* Whose numbers. Without hidden padding: it is compared as octets. */
struct replay_key {
	struct session_key session; /* with the SSID */
	__u64 key;                  /* see auth_keys_id() */
};

/* Room for so many windows, which takes memory as they are used; beyond it those that were not used
 * for the longest are forgotten. 0 or -ENOMEM. */
int replay_open(struct replay_windows **out, size_t capacity);

/*
 * Whether this number (host order, RFC 1982 arithmetic) has not been there; from now on it has. A
 * number that is `size` (1 to REPLAY_WINDOW_MAX) or more behind the highest counts as been there. A
 * window that was not used for `idle_ns` begins anew. `now_ns`: CLOCK_MONOTONIC. Any thread may
 * ask.
 */
bool replay_is_new(struct replay_windows *windows, const struct replay_key *key, __u32 sequence,
		   unsigned int size, __u64 now_ns, __u64 idle_ns);

/* Takes NULL. */
void replay_close(struct replay_windows *windows);

#endif
