/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "reflector/config_schema.h"

#define FILE_MAX (16 * 1024 * 1024) /* octets */
#define NEW_SESSIONS_SHARE 60       /* what may be new in a second, of all that are remembered */

const char *const reflector_mode_names[] = {
	[MODE_NATIVE] = "native",
	[MODE_GENERIC] = "generic",
	[MODE_SOCKET] = "socket",
	NULL,
};

const char *const sync_source_names[] = {
	[0] = "auto",
	[STAMP_SYNC_NTP] = "ntp",
	[STAMP_SYNC_PTP] = "ptp",
	[STAMP_SYNC_SSU_BITS] = "ssu-bits",
	[STAMP_SYNC_GNSS] = "gnss",
	[STAMP_SYNC_LOCAL] = "local",
	NULL,
};

const char *sync_source_name(unsigned int source)
{
	return sync_source_names[source];
}

const char *reflector_mode_name(enum reflector_mode mode)
{
	return reflector_mode_names[mode];
}

int reflector_mode_parse(const char *name, enum reflector_mode *mode)
{
	for (size_t i = 0; reflector_mode_names[i]; i++) {
		if (strcmp(name, reflector_mode_names[i]) != 0)
			continue;
		*mode = (enum reflector_mode)i;
		return 0;
	}
	return -EINVAL;
}

void config_init(struct config *config)
{
	memset(config, 0, sizeof(*config));
	schema_defaults(config_rows, config);
}

/* The array with room for one element more, zeroed; NULL when memory is out. The room doubles
 * whenever it is used up, at the powers of two, so nobody has to remember it. */
static void *grown(void *array, size_t count, size_t size)
{
	char *larger = array;

	if ((count & (count - 1)) == 0)
		larger = reallocarray(array, count ? 2 * count : 1, size);
	if (larger)
		memset(larger + count * size, 0, size);
	return larger;
}

struct interface_config *config_add_interface(struct config *config, const char *name)
{
	struct interface_config *interfaces;
	struct interface_config *added;
	size_t length = strlen(name);

	if (length >= sizeof(added->name)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	interfaces = grown(config->interfaces, config->interface_count, sizeof(*interfaces));
	if (!interfaces)
		return NULL;
	config->interfaces = interfaces;
	added = &interfaces[config->interface_count++];
	schema_defaults(interface_rows, added);
	memcpy(added->name, name, length);
	return added;
}

struct session_config *config_add_session(struct config *config, const char *name)
{
	struct session_config *sessions;
	struct session_config *added;
	size_t length = strlen(name);

	if (length >= sizeof(added->name)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	sessions = grown(config->sessions, config->session_count, sizeof(*sessions));
	if (!sessions)
		return NULL;
	config->sessions = sessions;
	added = &sessions[config->session_count++];
	schema_defaults(session_rows, added);
	added->policy.session = (__u16)(config->session_count - 1);
	memcpy(added->name, name, length);
	return added;
}

static int append_prefix(struct prefix **prefixes, size_t *count, const struct prefix *prefix)
{
	struct prefix *larger = grown(*prefixes, *count, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	*prefixes = larger;
	larger[(*count)++] = *prefix;
	return 0;
}

int session_config_allow(struct session_config *session, const struct prefix *sender)
{
	return append_prefix(&session->senders, &session->sender_count, sender);
}

int session_config_receive_at(struct session_config *session, const struct prefix *reflector)
{
	return append_prefix(&session->reflectors, &session->reflector_count, reflector);
}

bool af_xdp_config_is_same(const struct af_xdp_config *a, const struct af_xdp_config *b)
{
	return a->enabled == b->enabled && a->zero_copy == b->zero_copy &&
	       a->ring_size == b->ring_size && a->umem == b->umem && a->busy_poll == b->busy_poll &&
	       a->cpu_count == b->cpu_count &&
	       !memcmp(a->cpus, b->cpus, a->cpu_count * sizeof(a->cpus[0]));
}

unsigned int config_new_sessions(const struct config *config, const struct session_config *session)
{
	size_t sharers = config->session_count ? config->session_count : 1;
	unsigned int share = (unsigned int)(config->max_sessions / NEW_SESSIONS_SHARE / sharers);

	if (session->new_sessions)
		return session->new_sessions;
	return share ? share : 1;
}

void config_free(struct config *config)
{
	for (size_t i = 0; i < config->session_count; i++) {
		free(config->sessions[i].senders);
		free(config->sessions[i].reflectors);
	}
	free(config->sessions);
	free(config->interfaces);
	config->sessions = NULL;
	config->session_count = 0;
	config->interfaces = NULL;
	config->interface_count = 0;
}

/* Reads to the end; it may be a pipe. 0 or -errno. */
static int read_all(FILE *file, char **text, size_t *size)
{
	size_t room = 16 * 1024;

	*size = 0;
	for (;;) {
		char *larger = realloc(*text, room);

		if (!larger)
			return -ENOMEM;
		*text = larger;
		*size += fread(*text + *size, 1, room - *size, file);
		if (ferror(file))
			return -errno;
		if (*size < room)
			return 0;
		if (room >= FILE_MAX)
			return -EFBIG;
		room *= 2;
	}
}

/* 0 or -errno; `*text` is the caller's in any case. */
static int read_file(const char *path, char **text, size_t *size)
{
	FILE *file = fopen(path, "re");
	int err;

	if (!file)
		return -errno;
	err = read_all(file, text, size);
	fclose(file);
	return err;
}

int config_read(struct config *config, const char *name, const char *text, size_t size,
		char fault[CONFIG_FAULT_MAX])
{
	struct yaml_fault found;
	int err;

	config_init(config);
	err = config_parse(config, text, size, &found);
	if (!err)
		return 0;
	if (err == -EINVAL)
		snprintf(fault, CONFIG_FAULT_MAX, "%s:%zu:%zu: %s", name, found.line, found.column,
			 found.text);
	else
		snprintf(fault, CONFIG_FAULT_MAX, "%s: %s", name, strerror(-err));
	config_free(config);
	config_init(config);
	return err;
}

int config_load(struct config *config, const char *path)
{
	char fault[CONFIG_FAULT_MAX];
	char *text = NULL;
	size_t size = 0;
	int err;

	config_init(config);
	err = read_file(path, &text, &size);
	if (err)
		snprintf(fault, sizeof(fault), "%s: cannot read it: %s", path, strerror(-err));
	else
		err = config_read(config, path, text, size, fault);
	free(text);
	if (err)
		log_error("%s", fault);
	return err;
}
