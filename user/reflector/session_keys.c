/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/session_keys.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "common/clock.h"
#include "common/log.h"

struct member {
	struct auth_keys *keys;     /* NULL: unauthenticated */
	struct auth_keys *tlv_keys; /* NULL: `keys` */
	unsigned int replay_window;
};

struct session_keys {
	struct replay_windows *windows; /* not owned */
	__u64 ref_wait_ns;
	size_t session_count;
	struct member by_session[];
};

static int read_member(struct member *member, const struct session_config *session)
{
	int err = 0;

	member->replay_window = session->replay_window;
	if (session->key_file[0])
		err = auth_keys_read(&member->keys, session->key_file);
	if (!err && session->tlv_key_file[0])
		err = auth_keys_read(&member->tlv_keys, session->tlv_key_file);
	return err;
}

static int read_keys(struct session_keys *keys, const struct config *config)
{
	int err = 0;

	for (size_t i = 0; !err && i < config->session_count; i++)
		err = read_member(&keys->by_session[i], &config->sessions[i]);
	return err;
}

static bool has_keys(const struct config *config)
{
	for (size_t i = 0; i < config->session_count; i++)
		if (config->sessions[i].key_file[0] || config->sessions[i].tlv_key_file[0])
			return true;
	return false;
}

int session_keys_open(struct session_keys **out, const struct config *config)
{
	struct session_keys *keys =
		calloc(1, sizeof(*keys) + config->session_count * sizeof(struct member));
	int err;

	if (!keys)
		return -ENOMEM;
	keys->session_count = config->session_count;
	keys->ref_wait_ns = config->ref_wait_ns;
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
	return keys && session < keys->session_count ? keys->by_session[session].keys : NULL;
}

const struct auth_keys *session_keys_find_tlv(const struct session_keys *keys, unsigned int session)
{
	const struct auth_keys *of_session = session_keys_find(keys, session);

	if (!keys || session >= keys->session_count || !keys->by_session[session].tlv_keys)
		return of_session;
	return keys->by_session[session].tlv_keys;
}

void session_keys_use_windows(struct session_keys *keys, struct replay_windows *windows)
{
	keys->windows = windows;
}

bool session_keys_is_replay(const struct session_keys *keys, unsigned int session, size_t key,
			    const struct session_key *from,
			    const struct stamp_sender_auth_packet *packet)
{
	const struct member *member = &keys->by_session[session];
	struct replay_key whose = { .session = *from };

	if (!keys->windows || !member->replay_window)
		return false;
	whose.session.ssid = packet->ssid;
	whose.key = auth_keys_id(member->keys, key);
	return !replay_is_new(keys->windows, &whose, ntohl(packet->sequence), member->replay_window,
			      clock_monotonic_ns(), keys->ref_wait_ns);
}

void session_keys_close(struct session_keys *keys)
{
	if (!keys)
		return;
	for (size_t i = 0; i < keys->session_count; i++) {
		auth_keys_close(keys->by_session[i].keys);
		auth_keys_close(keys->by_session[i].tlv_keys);
	}
	free(keys);
}
