/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/reflector.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "common/event_loop.h"
#include "common/log.h"
#include "reflector/api.h"
#include "reflector/pins.h"
#include "reflector/rules.h"
#include "reflector/status.h"

struct reflector {
	const struct config *config;
	struct event_loop *loop;
	struct api *api;
	struct shared_maps *maps;
	struct host_watch *host;
	struct clock_sync *clock;
	struct reflected_interface *interfaces;
	struct udp_interface *udp_interfaces; /* one for each of `interfaces` */
	size_t interface_count;
	struct udp_io **sockets; /* one for each port listened on */
	size_t socket_count;
};

static void on_signal(void *context, int number)
{
	struct reflector *reflector = context;

	if (number == SIGHUP) {
		log_warning("the configuration is read at the start only: restart stampd");
		return;
	}
	log_info("%s: stopping", strsignal(number));
	event_loop_stop(reflector->loop);
}

static json_t *show(void *context)
{
	const struct reflector *reflector = context;
	const struct status_source source = {
		.config = reflector->config,
		.maps = reflector->maps,
		.clock = reflector->clock,
		.interfaces = reflector->interfaces,
		.interface_count = reflector->interface_count,
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

static int load_program(const struct reflector *reflector, struct reflected_interface *interface,
			struct loader **out)
{
	struct reflector_config settings = {
		.ifindex = interface->info.ifindex,
		.generic = interface->config->mode == MODE_GENERIC,
		.loopback = interface->info.type == ARPHRD_LOOPBACK,
	};

	memcpy(settings.mac, interface->info.mac, sizeof(settings.mac));
	return loader_open(out, reflector->maps, &settings, interface->pin_dir);
}

/* The MAC is among the settings that stay fixed while a program is loaded. */
static void follow_mac(struct reflector *reflector, size_t i, const struct interface_info *info)
{
	struct reflected_interface *interface = &reflector->interfaces[i];
	struct loader *loader = NULL;
	int err;

	memcpy(interface->info.mac, info->mac, sizeof(info->mac));
	err = load_program(reflector, interface, &loader);
	if (!err)
		err = attach_update(interface->attachment, loader_program_fd(loader));
	if (err) {
		log_error("%s: cannot follow its new MAC address: %s; the socket answers instead",
			  interface->info.name, strerror(-err));
		loader_close(loader);
		return;
	}
	loader_close(interface->loader);
	interface->loader = loader;
	reflector->udp_interfaces[i].judge_fd = loader_judge_fd(loader);
	log_info("%s: follows its new MAC address", interface->info.name);
}

static void on_link(void *context, const struct interface_info *info, bool present)
{
	struct reflector *reflector = context;

	for (size_t i = 0; i < reflector->interface_count; i++) {
		struct reflected_interface *interface = &reflector->interfaces[i];

		if (interface->info.ifindex != info->ifindex || !interface->attachment)
			continue;
		if (!present)
			log_warning("%s: the interface has gone; restart stampd when it is back",
				    interface->info.name);
		else if (info->has_mac &&
			 memcmp(interface->info.mac, info->mac, sizeof(info->mac)) != 0)
			follow_mac(reflector, i, info);
	}
}

/* Signals and the control socket, which a second stampd of the same configuration finds taken. */
static int start_control(struct reflector *reflector)
{
	const struct api_source source = { .show = show, .context = reflector };
	sigset_t signals;
	int err = event_loop_open(&reflector->loop);

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	if (!err)
		err = event_loop_add_signals(reflector->loop, &signals, on_signal, reflector);
	if (!err)
		err = api_open(&reflector->api, reflector->loop, reflector->config->control_socket,
			       &source);
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
	const struct config *config = reflector->config;
	int err = shared_maps_open(&reflector->maps, config->pin_path, config->max_sessions);

	if (!err)
		err = clock_sync_open(&reflector->clock, reflector->loop, reflector->maps->clock,
				      config->tai_source, config->tai_offset);
	if (!err)
		err = host_watch_open(&reflector->host, reflector->loop, &listener);
	if (!err)
		err = rules_publish(reflector->maps, config);
	return err;
}

static int read_interface(struct reflected_interface *interface)
{
	const char *name = interface->config->name;
	int err = interface_read(name, &interface->info);

	if (err == -ENODEV)
		log_error("%s: there is no such interface: see `ip link`", name);
	else if (err)
		log_error("%s: cannot read the interface: %s", name, strerror(-err));
	else if (interface->info.type != ARPHRD_ETHER && interface->info.type != ARPHRD_LOOPBACK) {
		log_error("%s: not an Ethernet interface, so XDP has no frames to reflect there",
			  name);
		err = -ENODEV;
	}
	return err;
}

static int load_interface(const struct reflector *reflector, struct reflected_interface *interface)
{
	char folder[IF_NAMESIZE];
	int err = read_interface(interface);

	if (!err)
		err = pins_path(interface->pin_dir, reflector->config->pin_path,
				pins_interface_folder(folder, interface->info.name));
	if (!err)
		err = load_program(reflector, interface, &interface->loader);
	return err;
}

static int load_interfaces(struct reflector *reflector)
{
	const struct config *config = reflector->config;

	reflector->interfaces = calloc(config->interface_count, sizeof(*reflector->interfaces));
	reflector->udp_interfaces =
		calloc(config->interface_count, sizeof(*reflector->udp_interfaces));
	if (!reflector->interfaces || !reflector->udp_interfaces)
		return -ENOMEM;
	for (size_t i = 0; i < config->interface_count; i++) {
		struct reflected_interface *interface = &reflector->interfaces[i];
		int err;

		interface->config = &config->interfaces[i];
		reflector->interface_count++;
		err = load_interface(reflector, interface);
		if (err)
			return err;
		reflector->udp_interfaces[i] = (struct udp_interface){
			.ifindex = interface->info.ifindex,
			.judge_fd = loader_judge_fd(interface->loader),
			.counts = &interface->socket_counts,
		};
	}
	return 0;
}

/* Before the program is attached, so that what it passes on never meets a closed port. */
static int open_sockets(struct reflector *reflector)
{
	struct port_set opened = { 0 };

	reflector->sockets = calloc(reflector->config->session_count, sizeof(struct udp_io *));
	if (!reflector->sockets)
		return -ENOMEM;
	for (size_t i = 0; i < reflector->config->session_count; i++) {
		unsigned short port = reflector->config->sessions[i].reflector_port;
		int err;

		if (port_set_has(&opened, bpf_htons(port)))
			continue;
		port_set_add(&opened, port);
		err = udp_io_open(&reflector->sockets[reflector->socket_count], reflector->loop,
				  port, reflector->udp_interfaces, reflector->interface_count,
				  reflector->clock);
		if (err)
			return err;
		reflector->socket_count++;
	}
	return 0;
}

static void announce(const struct reflected_interface *interface)
{
	const char *warning = status_warning(interface);

	log_info("%s: reflecting in %s mode, as configured%s", interface->info.name,
		 reflector_mode_name(interface->config->mode),
		 attach_was_adopted(interface->attachment)
			 ? " (took over from an earlier stampd, no packet lost)"
			 : "");
	if (warning)
		log_warning("%s: %s", interface->info.name, warning);
}

/* A link that an earlier stampd left on an interface that this one was not told of. */
static void warn_of_left_link(void *context, const char *folder)
{
	const struct reflector *reflector = context;
	char configured[IF_NAMESIZE];

	for (size_t i = 0; i < reflector->interface_count; i++) {
		pins_interface_folder(configured, reflector->interfaces[i].info.name);
		if (strcmp(folder, configured) == 0)
			return;
	}
	log_warning("%s/%s: still reflects by the rules of an earlier stampd, and is not among the "
		    "configured interfaces; remove the file " PIN_LINK " there to detach it",
		    reflector->config->pin_path, folder);
}

static int attach_interfaces(struct reflector *reflector)
{
	for (size_t i = 0; i < reflector->interface_count; i++) {
		struct reflected_interface *interface = &reflector->interfaces[i];
		int err = attach_open(&interface->attachment, interface->info.name,
				      interface->info.ifindex, interface->config->mode,
				      loader_program_fd(interface->loader), interface->pin_dir);

		if (err)
			return err;
	}
	for (size_t i = 0; i < reflector->interface_count; i++)
		announce(&reflector->interfaces[i]);
	pins_each_link(reflector->config->pin_path, warn_of_left_link, reflector);
	return 0;
}

static void close_parts(struct reflector *reflector)
{
	for (size_t i = 0; i < reflector->interface_count; i++) {
		attach_close(reflector->interfaces[i].attachment);
		loader_close(reflector->interfaces[i].loader);
	}
	for (size_t i = 0; i < reflector->socket_count; i++)
		udp_io_close(reflector->sockets[i]);
	host_watch_close(reflector->host);
	clock_sync_close(reflector->clock);
	shared_maps_close(reflector->maps);
	api_close(reflector->api);
	event_loop_close(reflector->loop);
	free(reflector->sockets);
	free(reflector->udp_interfaces);
	free(reflector->interfaces);
	free(reflector);
}

/* What reflected before a start that fails goes on; what the start attached is detached. */
static void undo_start(struct reflector *reflector)
{
	for (size_t i = 0; i < reflector->interface_count; i++) {
		struct attachment *attachment = reflector->interfaces[i].attachment;

		if (attachment && !attach_was_adopted(attachment))
			attach_detach(attachment);
	}
	close_parts(reflector);
}

int reflector_start(struct reflector **out, const struct config *config)
{
	struct reflector *reflector = calloc(1, sizeof(*reflector));
	int err;

	if (!reflector)
		return -ENOMEM;
	reflector->config = config;
	loader_join_log();
	err = start_control(reflector);
	if (!err)
		err = start_shared(reflector);
	if (!err)
		err = load_interfaces(reflector);
	if (!err)
		err = open_sockets(reflector);
	if (!err)
		err = attach_interfaces(reflector);
	if (err) {
		undo_start(reflector);
		return err;
	}
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
	for (size_t i = 0; i < reflector->interface_count && !reflector->config->persist; i++) {
		attach_detach(reflector->interfaces[i].attachment);
		log_info("%s: detached", reflector->interfaces[i].info.name);
	}
	close_parts(reflector);
}
