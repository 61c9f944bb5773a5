/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The keys of a session in authenticated mode, ready for use; the first is the one to sign with. */
#ifndef PROTO_AUTH_KEYS_H
#define PROTO_AUTH_KEYS_H

#include <stddef.h>

#include "common/key_file.h"
#include "proto/hmac.h"

struct auth_keys;

/* Copies what it needs of a list of 1 to KEY_LIST_MAX keys. 0 or -errno. */
int auth_keys_open(struct auth_keys **out, const struct key_list *list);

/* Takes the keys of a file, see key_file_read(). 0, or -errno after a message. */
int auth_keys_read(struct auth_keys **out, const char *path);

/* How many there are, at least 1. */
size_t auth_keys_count(const struct auth_keys *keys);

/* One of them, `number` from 0. */
const struct hmac *auth_keys_get(const struct auth_keys *keys, size_t number);

/* A number that tells it from other keys, also after the file was read again; it does not tell the
 * key, but is no public matter either. */
uint64_t auth_keys_id(const struct auth_keys *keys, size_t number);

/* Wipes them. Takes NULL. */
void auth_keys_close(struct auth_keys *keys);

#endif
