/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/session_keys.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "common/log.h"

struct session_keys {
	size_t session_count;
	struct auth_keys *by_session[];
};

static int read_keys(struct session_keys *keys, const struct config *config)
{
	int err = 0;

	for (size_t i = 0; !err && i < config->session_count; i++)
		if (config->sessions[i].key_file[0])
			err = auth_keys_read(&keys->by_session[i], config->sessions[i].key_file);
	return err;
}

static bool has_keys(const struct config *config)
{
	for (size_t i = 0; i < config->session_count; i++)
		if (config->sessions[i].key_file[0])
			return true;
	return false;
}

int session_keys_open(struct session_keys **out, const struct config *config)
{
	struct session_keys *keys =
		calloc(1, sizeof(*keys) + config->session_count * sizeof(struct auth_keys *));
	int err;

	if (!keys)
		return -ENOMEM;
	keys->session_count = config->session_count;
	if (has_keys(config) && prctl(PR_SET_DUMPABLE, 0)) /* before the first is read */
		log_warning("a core dump of this process would hold the keys");
	err = read_keys(keys, config);
	if (err) {
		session_keys_close(keys);
		return err;
	}
	*out = keys;
	return 0;
}

const struct auth_keys *session_keys_find(const struct session_keys *keys, unsigned int session)
{
	return keys && session < keys->session_count ? keys->by_session[session] : NULL;
}

void session_keys_close(struct session_keys *keys)
{
	if (!keys)
		return;
	for (size_t i = 0; i < keys->session_count; i++)
		auth_keys_close(keys->by_session[i]);
	free(keys);
}
