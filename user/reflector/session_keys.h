/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The keys of the provisioned sessions in authenticated mode, by place in the configuration. */
#ifndef REFLECTOR_SESSION_KEYS_H
#define REFLECTOR_SESSION_KEYS_H

#include "proto/auth_keys.h"
#include "reflector/config.h"

struct session_keys;

/* Reads the key files that the configuration names; this process can no longer be dumped or traced
 * then. 0, or -errno after a message. */
int session_keys_open(struct session_keys **out, const struct config *config);

/* NULL for a session without. */
const struct auth_keys *session_keys_find(const struct session_keys *keys, unsigned int session);

/* Wipes them. Takes NULL. */
void session_keys_close(struct session_keys *keys);

#endif
