/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The HMAC of a test packet in authenticated mode, a request or a reply: RFC 8762 section 4.4. */
#ifndef PROTO_AUTH_PACKET_H
#define PROTO_AUTH_PACKET_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/auth_keys.h"

/*
 * Whether the packet of `size` octets was signed with one of the keys; `key` is which one, from 0.
 * To be asked before any field of it is used. Fewer than 112 octets never were; those behind them
 * are not covered.
 */
bool auth_packet_verify(const struct auth_keys *keys, const void *octets, size_t size, size_t *key);

/* Signs the packet of at least 112 octets in place with one of the keys; the last thing done. */
void auth_packet_sign(const struct auth_keys *keys, size_t key, void *octets);

#endif
