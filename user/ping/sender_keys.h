/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The keys that the command line names. */
#ifndef PING_SENDER_KEYS_H
#define PING_SENDER_KEYS_H

#include "ping/options.h"
#include "proto/auth_keys.h"

struct sender_keys {
	struct auth_keys *base; /* --auth; NULL: unauthenticated */
	struct auth_keys *tlvs; /* --tlv-key; NULL: no HMAC TLV */
};

/* `keys` are all NULL before. 0, or -errno after a message; then some may be open. */
int sender_keys_open(struct sender_keys *keys, const struct sender_options *options);

/* Wipes them. */
void sender_keys_close(struct sender_keys *keys);

#endif
