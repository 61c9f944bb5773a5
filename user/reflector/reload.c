/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/reload.h"

#include <errno.h>
#include <string.h>

#include "common/log.h"
#include "reflector/config_diff.h"
#include "reflector/config_schema.h"
#include "reflector/rules.h"

#define SCHEMA "stampctl/1"

static json_t *refusal(const char *why)
{
	return json_pack("{s:s s:b s:s}", "schema", SCHEMA, "ok", 0, "error", why);
}

static json_t *success(json_t *changes)
{
	return json_pack("{s:s s:b s:o}", "schema", SCHEMA, "ok", 1, "changes", changes);
}

/* What was fixed when stampd started. NULL, or why the configuration cannot take its place. */
static const char *check_fixed(const struct config *present, const struct config *next)
{
	if (strcmp(present->pin_path, next->pin_path) != 0)
		return "pin-path cannot change while stampd runs: restart it";
	if (strcmp(present->control_socket, next->control_socket) != 0)
		return "control.socket cannot change while stampd runs: restart it";
	if (present->max_sessions != next->max_sessions)
		return "max-sessions cannot change while stampd runs: restart it, which forgets "
		       "the sessions' numbers";
	return NULL;
}

/* Rules and keys belong together: nobody answers by them meanwhile. The socket tier is of this
 * thread. */
static int change_rules(const struct reload_parts *parts, const struct config *next,
			const struct rule_set *set, const struct session_keys *keys)
{
	int err;

	slow_inputs_lock(parts->inputs);
	err = rules_publish(parts->maps, next, set);
	if (!err)
		slow_inputs_use_keys(parts->inputs, keys);
	slow_inputs_unlock(parts->inputs);
	return err;
}

/* What can fail comes first, and what cannot be taken back last; in between each packet is judged
 * by the rules in force, on the old interfaces and on the new ones. */
static int put_in_force(const struct reload_parts *parts, struct config *next,
			const struct rule_set *set)
{
	struct session_keys *keys = NULL;
	int err = session_keys_open(&keys, next);

	if (!err)
		session_keys_use_windows(keys, parts->windows);
	if (!err)
		err = interface_set_prepare(parts->interfaces, next);
	if (!err)
		err = listeners_add(parts->listeners, next);
	if (!err)
		err = interface_set_attach(parts->interfaces);
	if (!err)
		err = interface_set_use_settings(parts->interfaces, next, parts->inputs);
	if (!err)
		err = change_rules(parts, next, set, keys);
	if (err) {
		session_keys_close(keys);
		return err;
	}
	session_keys_close(*parts->keys);
	*parts->keys = keys;
	interface_set_commit(parts->interfaces);
	interface_set_serve(parts->interfaces, parts->listeners);
	listeners_keep(parts->listeners, next);
	clock_sync_configure(parts->clock, next);
	config_free(parts->config);
	*parts->config = *next;
	config_init(next);
	return 0;
}

/* 0 or -errno, logged. */
static int reload(const struct reload_parts *parts, struct config *next)
{
	const char *why = check_fixed(parts->config, next);
	char fault[RULE_SET_FAULT_MAX];
	struct rule_set set = { 0 };
	int err = 0;

	if (!why && rule_set_build(&set, next, fault))
		why = fault;
	if (why) {
		log_error("%s", why);
		return -EINVAL;
	}
	err = put_in_force(parts, next, &set);
	rule_set_free(&set);
	if (err) {
		interface_set_undo(parts->interfaces);
		interface_set_keep_settings(parts->interfaces, parts->config);
		listeners_keep(parts->listeners, parts->config);
	}
	return err;
}

json_t *reload_document(const struct reload_parts *parts, const char *file)
{
	json_t *changes = json_array();
	struct config next;
	int err = -EINVAL;

	config_init(&next);
	if (!file)
		log_error("started by options alone: there is no file to read again");
	else
		err = config_load(&next, file);
	if (!err) {
		config_diff(parts->config, &next, changes);
		err = reload(parts, &next);
	}
	config_free(&next);
	if (!err) {
		log_info("reloaded %s, changes: %zu", file, json_array_size(changes));
		return success(changes);
	}
	json_decref(changes);
	log_warning("not reloaded: the configuration in force stays");
	return refusal(log_last_error());
}

static json_t *judge(const struct config *present, const struct config *next)
{
	const char *why = check_fixed(present, next);
	char fault[RULE_SET_FAULT_MAX];
	struct session_keys *keys = NULL;
	struct rule_set set = { 0 };
	json_t *changes;

	if (!why && rule_set_build(&set, next, fault))
		why = fault;
	if (!why && session_keys_open(&keys, next))
		why = log_last_error();
	rule_set_free(&set);
	session_keys_close(keys);
	if (why)
		return refusal(why);
	changes = json_array();
	config_diff(present, next, changes);
	return success(changes);
}

json_t *reload_check_document(const struct config *present, const char *name, const char *text,
			      size_t size)
{
	char why[CONFIG_FAULT_MAX];
	struct config next;
	json_t *document;

	config_init(&next);
	if (config_read(&next, name, text, size, why))
		document = refusal(why);
	else
		document = judge(present, &next);
	config_free(&next);
	return document;
}
