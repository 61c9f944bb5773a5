/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The keys of the provisioned sessions that have some, by place in the configuration. */
#ifndef REFLECTOR_SESSION_KEYS_H
#define REFLECTOR_SESSION_KEYS_H

#include "proto/auth_keys.h"
#include "reflector/config.h"
#include "reflector/replay.h"

struct session_keys;

/* Reads the key files that the configuration names; this process can no longer be dumped or traced
 * then. 0, or -errno after a message. */
int session_keys_open(struct session_keys **out, const struct config *config);

/* Keeps the replay windows of the sessions that have some; they are the caller's. Without, nothing
 * is a replay. */
void session_keys_use_windows(struct session_keys *keys, struct replay_windows *windows);

/* Whether a request of this session, verified by key `key` of it, has been there before; see
 * replay_is_new(). `from` need not have the SSID. */
bool session_keys_is_replay(const struct session_keys *keys, unsigned int session, size_t key,
			    const struct session_key *from,
			    const struct stamp_sender_auth_packet *packet);

/* Those of authenticated mode; NULL for a session without. */
const struct auth_keys *session_keys_find(const struct session_keys *keys, unsigned int session);

/* Those that verify and sign HMAC TLVs, RFC 8972 section 4.8: of tlv-key-file, or else those of
 * authenticated mode; NULL for a session without. */
const struct auth_keys *session_keys_find_tlv(const struct session_keys *keys,
					      unsigned int session);

/* Wipes them. Takes NULL. */
void session_keys_close(struct session_keys *keys);

#endif
