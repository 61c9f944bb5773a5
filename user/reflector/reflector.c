/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/reflector.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "common/event_loop.h"
#include "common/log.h"
#include "reflector/api.h"
#include "reflector/host_watch.h"
#include "reflector/interface_set.h"
#include "reflector/listeners.h"
#include "reflector/pins.h"
#include "reflector/reload.h"
#include "reflector/rules.h"
#include "reflector/skeleton.h"
#include "reflector/status.h"

struct reflector {
	struct config config; /* in force */
	const char *file;
	struct event_loop *loop;
	struct api *api;
	struct shared_maps *maps;
	struct host_watch *host;
	struct clock_sync *clock;
	struct interface_set *interfaces;
	struct listeners *listeners;
	struct session_keys *keys;
	struct replay_windows *windows;
	struct slow_inputs *inputs;
};

static json_t *reload(void *context)
{
	struct reflector *reflector = context;
	const struct reload_parts parts = {
		.config = &reflector->config,
		.maps = reflector->maps,
		.clock = reflector->clock,
		.interfaces = reflector->interfaces,
		.listeners = reflector->listeners,
		.keys = &reflector->keys,
		.windows = reflector->windows,
		.inputs = reflector->inputs,
	};

	return reload_document(&parts, reflector->file);
}

static json_t *check(void *context, const char *name, const char *text, size_t size)
{
	const struct reflector *reflector = context;

	return reload_check_document(&reflector->config, name, text, size);
}

static void on_signal(void *context, int number)
{
	struct reflector *reflector = context;

	if (number == SIGHUP) {
		json_decref(reload(reflector)); /* it has been logged */
		return;
	}
	log_info("%s: stopping", strsignal(number));
	event_loop_stop(reflector->loop);
}

static json_t *show(void *context)
{
	const struct reflector *reflector = context;
	const struct status_source source = {
		.config = &reflector->config,
		.maps = reflector->maps,
		.clock = reflector->clock,
		.interfaces = interface_set_list(reflector->interfaces),
		.interface_count = interface_set_count(reflector->interfaces),
		.listeners = reflector->listeners,
	};

	return status_document(&source);
}

static void on_addresses_begin(void *context)
{
	const struct reflector *reflector = context;

	rules_begin_addresses(reflector->maps);
}

static void on_address(void *context, const struct local_address *address)
{
	const struct reflector *reflector = context;

	rules_enter_address(reflector->maps, address);
}

static void on_addresses_end(void *context)
{
	const struct reflector *reflector = context;

	rules_end_addresses(reflector->maps);
}

static void on_link(void *context, const struct interface_info *info, bool present)
{
	struct reflector *reflector = context;

	interface_set_follow(reflector->interfaces, info, present);
	interface_set_serve(reflector->interfaces, reflector->listeners);
}

static void follow_queues(void *context)
{
	const struct reflector *reflector = context;

	if (interface_set_follow_queues(reflector->interfaces))
		interface_set_serve(reflector->interfaces, reflector->listeners);
}

/* Signals and the control socket, which a second stampd of the same configuration finds taken. */
static int start_control(struct reflector *reflector)
{
	const struct api_source source = {
		.show = show,
		.reload = reload,
		.check = check,
		.context = reflector,
	};
	sigset_t signals;
	int err = event_loop_open(&reflector->loop);

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	if (!err)
		err = event_loop_add_signals(reflector->loop, &signals, on_signal, reflector);
	if (!err)
		err = api_open(&reflector->api, reflector->loop, reflector->config.control_socket,
			       &source);
	return err;
}

static int publish(struct shared_maps *maps, const struct config *config)
{
	char fault[RULE_SET_FAULT_MAX];
	struct rule_set set;
	int err = rule_set_build(&set, config, fault);

	if (err) {
		log_error("%s", fault);
		return err;
	}
	err = rules_publish(maps, config, &set);
	rule_set_free(&set);
	return err;
}

/* What all interfaces share: maps, clock, local addresses, rules. */
static int start_shared(struct reflector *reflector)
{
	const struct host_listener listener = {
		.addresses_begin = on_addresses_begin,
		.address = on_address,
		.addresses_end = on_addresses_end,
		.link_changed = on_link,
		.context = reflector,
	};
	const struct config *config = &reflector->config;
	int err = shared_maps_open(&reflector->maps, config->pin_path, config->max_sessions);

	if (!err)
		err = clock_sync_open(&reflector->clock, reflector->loop, reflector->maps->clock,
				      config);
	if (!err)
		err = host_watch_open(&reflector->host, reflector->loop, &listener);
	if (!err)
		err = replay_open(&reflector->windows, config->max_sessions);
	if (!err)
		err = session_keys_open(&reflector->keys, config);
	if (!err)
		session_keys_use_windows(reflector->keys, reflector->windows);
	if (!err)
		err = slow_inputs_open(&reflector->inputs, reflector->maps);
	if (!err)
		err = publish(reflector->maps, config);
	return err;
}

/* Sockets before programs, so that what a program passes on never meets a closed port. */
static int start_interfaces(struct reflector *reflector)
{
	const struct config *config = &reflector->config;
	int err = interface_set_open(&reflector->interfaces, reflector->maps, config->pin_path);

	if (!err)
		err = listeners_open(&reflector->listeners, reflector->loop, reflector->inputs);
	if (!err)
		slow_inputs_use_keys(reflector->inputs, reflector->keys);
	if (!err)
		err = interface_set_prepare(reflector->interfaces, config);
	if (!err)
		err = listeners_add(reflector->listeners, config);
	if (!err)
		err = interface_set_attach(reflector->interfaces);
	if (err)
		return err;
	err = interface_set_use_settings(reflector->interfaces, config, reflector->inputs);
	if (err) {
		interface_set_undo(reflector->interfaces);
		return err;
	}
	interface_set_commit(reflector->interfaces);
	interface_set_serve(reflector->interfaces, reflector->listeners);
	clock_sync_set_follower(reflector->clock, follow_queues, reflector);
	return 0;
}

/* A link that an earlier stampd left on an interface that this one was not told of. */
static void warn_of_left_link(void *context, const char *folder)
{
	const struct reflector *reflector = context;

	if (interface_set_has_folder(reflector->interfaces, folder))
		return;
	log_warning("%s/%s: still reflects by the rules of an earlier stampd, and is not among the "
		    "configured interfaces; remove the file " PIN_LINK " there to detach it",
		    reflector->config.pin_path, folder);
}

static void close_parts(struct reflector *reflector)
{
	listeners_close(reflector->listeners);
	interface_set_close(reflector->interfaces);
	slow_inputs_close(reflector->inputs);
	session_keys_close(reflector->keys);
	replay_close(reflector->windows);
	host_watch_close(reflector->host);
	clock_sync_close(reflector->clock);
	shared_maps_close(reflector->maps);
	api_close(reflector->api);
	event_loop_close(reflector->loop);
	config_free(&reflector->config);
	free(reflector);
}

int reflector_start(struct reflector **out, struct config *config, const char *file)
{
	struct reflector *reflector = calloc(1, sizeof(*reflector));
	int err;

	if (!reflector)
		return -ENOMEM;
	reflector->config = *config;
	config_init(config);
	reflector->file = file;
	skeleton_join_log();
	err = start_control(reflector);
	if (!err)
		err = start_shared(reflector);
	if (!err)
		err = start_interfaces(reflector);
	if (err) {
		close_parts(reflector);
		return err;
	}
	pins_each_link(reflector->config.pin_path, warn_of_left_link, reflector);
	*out = reflector;
	return 0;
}

int reflector_run(struct reflector *reflector)
{
	int err = event_loop_run(reflector->loop);

	if (err)
		log_error("cannot wait for events: %s", strerror(-err));
	return err;
}

void reflector_stop(struct reflector *reflector)
{
	if (!reflector)
		return;
	if (reflector->config.persist)
		log_info("the programs stay attached and go on reflecting (persist)");
	else
		interface_set_detach(reflector->interfaces);
	close_parts(reflector);
}
