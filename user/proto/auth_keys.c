/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "proto/auth_keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"

struct auth_keys {
	size_t count;
	struct hmac *hmacs[KEY_LIST_MAX];
	uint64_t ids[KEY_LIST_MAX];
};

/* The beginning of the HMAC of a text that is no packet. */
static uint64_t id_of(const struct hmac *hmac)
{
	static const char text[] = "which key is this?";
	uint8_t mac[STAMP_HMAC_SIZE];
	uint64_t id;

	hmac_sign(hmac, text, sizeof(text), mac);
	memcpy(&id, mac, sizeof(id));
	return id;
}

int auth_keys_open(struct auth_keys **out, const struct key_list *list)
{
	struct auth_keys *keys;
	int err = 0;

	if (list->count == 0 || list->count > KEY_LIST_MAX)
		return -EINVAL;
	keys = calloc(1, sizeof(*keys));
	if (!keys)
		return -ENOMEM;
	for (size_t i = 0; i < list->count && !err; i++) {
		err = hmac_open(&keys->hmacs[i], list->keys[i].octets, list->keys[i].size);
		if (err)
			break;
		keys->ids[i] = id_of(keys->hmacs[i]);
		keys->count++;
	}
	if (err) {
		auth_keys_close(keys);
		return err;
	}
	*out = keys;
	return 0;
}

int auth_keys_read(struct auth_keys **out, const char *path)
{
	struct key_list list;
	int err = key_file_read(path, &list);

	if (err)
		return err;
	err = auth_keys_open(out, &list);
	key_list_wipe(&list);
	if (err)
		log_error("%s: its keys cannot be made ready: %s", path, strerror(-err));
	return err;
}

size_t auth_keys_count(const struct auth_keys *keys)
{
	return keys->count;
}

const struct hmac *auth_keys_get(const struct auth_keys *keys, size_t number)
{
	return keys->hmacs[number];
}

uint64_t auth_keys_id(const struct auth_keys *keys, size_t number)
{
	return keys->ids[number];
}

void auth_keys_close(struct auth_keys *keys)
{
	if (!keys)
		return;
	for (size_t i = 0; i < keys->count; i++)
		hmac_close(keys->hmacs[i]);
	free(keys);
}
