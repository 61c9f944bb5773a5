/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/reflected_interface.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "reflector/pins.h"

static int load_program(const struct reflected_interface *interface, const struct shared_maps *maps,
			struct loader **out)
{
	struct reflector_config settings = {
		.ifindex = interface->info.ifindex,
		.generic = interface->mode == MODE_GENERIC,
		.socket = interface->mode == MODE_SOCKET,
		.loopback = interface->info.type == ARPHRD_LOOPBACK,
		.micro_session_id = interface->micro_session_id,
	};

	memcpy(settings.mac, interface->info.mac, sizeof(settings.mac));
	return loader_open(out, maps, &settings, interface->pin_dir);
}

static int read_interface(struct reflected_interface *interface, const char *name)
{
	unsigned short type;
	int err = interface_read(name, &interface->info);

	if (err == -ENODEV)
		log_error("%s: there is no such interface: see `ip link`", name);
	else if (err)
		log_error("%s: cannot read the interface: %s", name, strerror(-err));
	if (err)
		return err;
	type = interface->info.type;
	if (interface->mode == MODE_SOCKET || type == ARPHRD_ETHER || type == ARPHRD_LOOPBACK)
		return 0;
	log_error("%s: not an Ethernet interface, so XDP has no frames to reflect there: "
		  "ask for mode socket",
		  name);
	return -ENODEV;
}

int reflected_interface_open(struct reflected_interface **out,
			     const struct interface_config *config, const struct shared_maps *maps,
			     const char *pin_path)
{
	struct reflected_interface *interface = calloc(1, sizeof(*interface));
	char folder[IF_NAMESIZE];
	int err;

	if (!interface)
		return -ENOMEM;
	interface->mode = config->mode;
	interface->af_xdp = config->af_xdp;
	interface->micro_session_id = (__u16)config->micro_session_id;
	memcpy(interface->configured, config->name, sizeof(interface->configured));
	err = read_interface(interface, config->name);
	if (!err)
		interface->driver_queues = driver_queues_read(interface->info.name);
	if (!err)
		err = pins_path(interface->pin_dir, pin_path,
				pins_interface_folder(folder, config->name));
	if (!err)
		err = load_program(interface, maps, &interface->loader);
	if (err) {
		reflected_interface_close(interface);
		return err;
	}
	*out = interface;
	return 0;
}

static const char *how_it_began(const struct reflected_interface *interface)
{
	if (!interface->attachment || !attach_was_adopted(interface->attachment))
		return "";
	return " (took over from an earlier stampd; the program never stopped)";
}

int reflected_interface_attach(struct reflected_interface *interface)
{
	if (interface->mode != MODE_SOCKET)
		return attach_open(&interface->attachment, interface->info.name,
				   interface->info.ifindex, interface->mode,
				   loader_program_fd(interface->loader), interface->pin_dir);
	attach_remove_pinned(interface->info.name, interface->pin_dir);
	return 0;
}

void reflected_interface_announce(const struct reflected_interface *interface)
{
	const char *name = interface->info.name;
	const char *warning;
	char slow_path[64] = "";

	if (interface->queues && slow_queues_count(interface->queues))
		snprintf(slow_path, sizeof(slow_path), "; slow path over AF_XDP, queues: %zu",
			 slow_queues_count(interface->queues));
	log_info("%s: reflecting in %s mode, as configured%s%s", name,
		 reflector_mode_name(interface->mode), how_it_began(interface), slow_path);
	warning = reflected_interface_warning(interface);
	if (warning)
		log_warning("%s: %s", name, warning);
}

bool reflected_interface_is_alive(const struct reflected_interface *interface)
{
	struct interface_info info;

	if (interface->attachment)
		return attach_is_alive(interface->attachment);
	return interface->mode == MODE_SOCKET && !interface_read(interface->info.name, &info) &&
	       info.ifindex == interface->info.ifindex;
}

/* Until they are opened again the UDP socket answers. */
static void close_sockets(struct reflected_interface *interface)
{
	slow_queues_close(interface->queues);
	interface->queues = NULL;
}

/* Puts a program in the place of the present one for what is fixed while a program is attached:
 * what `changed` has, and the queues of the driver, for not each driver has new ones run the
 * program (veth has not). No packet is lost. */
static int renew_program(struct reflected_interface *interface, const struct shared_maps *maps,
			 const struct reflected_interface *changed, const char *what)
{
	struct loader *loader = NULL;
	int err = load_program(changed, maps, &loader);

	if (!err && interface->attachment)
		err = attach_update(interface->attachment, loader_program_fd(loader));
	if (err) {
		log_error("%s: cannot follow its new %s: %s; the socket answers instead",
			  interface->info.name, what, strerror(-err));
		loader_close(loader);
		return err;
	}
	interface->info = changed->info;
	interface->micro_session_id = changed->micro_session_id;
	close_sockets(interface); /* they belong to the old program */
	loader_close(interface->loader);
	interface->loader = loader;
	log_info("%s: follows its new %s", interface->info.name, what);
	return 0;
}

int reflected_interface_follow_mac(struct reflected_interface *interface,
				   const struct shared_maps *maps,
				   const struct interface_info *info)
{
	struct reflected_interface changed = *interface;

	memcpy(changed.info.mac, info->mac, ETH_ALEN);
	return renew_program(interface, maps, &changed, "MAC address");
}

int reflected_interface_use_micro_session_id(struct reflected_interface *interface,
					     const struct shared_maps *maps, unsigned int id)
{
	struct reflected_interface changed = *interface;

	if (interface->micro_session_id == id)
		return 0;
	changed.micro_session_id = (__u16)id;
	return renew_program(interface, maps, &changed, "Micro-session ID");
}

void reflected_interface_follow_mtu(struct reflected_interface *interface, unsigned int mtu)
{
	interface->info.mtu = mtu;
	if (interface->queues && !slow_queues_fits(interface->queues, mtu))
		close_sockets(interface);
}

bool reflected_interface_follow_queues(struct reflected_interface *interface,
				       const struct shared_maps *maps)
{
	struct driver_queues queues = driver_queues_read(interface->info.name);

	if (interface->queues)
		slow_queues_follow(interface->queues);
	if (!interface->attachment || (queues.receive == interface->driver_queues.receive &&
				       queues.send == interface->driver_queues.send))
		return false;
	interface->driver_queues = queues;
	return !renew_program(interface, maps, interface, "queues");
}

static const char *af_xdp_obstacle(const struct reflected_interface *interface)
{
	if (interface->mode == MODE_SOCKET)
		return "mode socket uses no XDP";
	if (interface->af_xdp.enabled == AF_XDP_FALSE)
		return "af-xdp enabled: false";
	return slow_queues_obstacle(&interface->info);
}

const char *reflected_interface_af_xdp_reason(const struct reflected_interface *interface)
{
	const char *obstacle = af_xdp_obstacle(interface);

	if (obstacle)
		return obstacle;
	if (!interface->needs_af_xdp)
		return "no session needs it";
	if (!interface->queues)
		return "its sockets are about to be opened again";
	return slow_queues_reason(interface->queues)[0] ? slow_queues_reason(interface->queues)
							: NULL;
}

/* As they are, they do not serve this configuration, or could be more. */
static bool must_reopen(const struct reflected_interface *interface,
			const struct af_xdp_config *config, bool needed)
{
	return !needed || !af_xdp_config_is_same(&interface->af_xdp, config) ||
	       slow_queues_error(interface->queues);
}

int reflected_interface_use_af_xdp(struct reflected_interface *interface,
				   const struct af_xdp_config *config, struct slow_inputs *inputs,
				   bool needed)
{
	const char *reason;
	int err = 0;

	if (interface->queues && must_reopen(interface, config, needed))
		close_sockets(interface);
	interface->af_xdp = *config;
	interface->needs_af_xdp = needed;
	if (needed && !interface->queues && !af_xdp_obstacle(interface))
		err = slow_queues_open(&interface->queues, &interface->info, config,
				       interface->loader, inputs);
	reason = reflected_interface_af_xdp_reason(interface);
	if (!needed || err || !reason || config->enabled != AF_XDP_TRUE)
		return err;
	log_error("%s: af-xdp enabled: true, but it cannot be had: %s", interface->info.name,
		  reason);
	err = interface->queues ? slow_queues_error(interface->queues) : 0;
	return err ? err : -EOPNOTSUPP;
}

const char *reflected_interface_warning(const struct reflected_interface *interface)
{
	if (!reflected_interface_is_alive(interface))
		return "the interface has gone, or the program was detached from it by somebody "
		       "else: reload or restart stampd when it is back";
	if (interface->mode == MODE_NATIVE && !interface_delivers_native_tx(&interface->info))
		return "the other end of this veth runs no native XDP program, so the kernel drops "
		       "every reply: load one there (a program that returns XDP_PASS is enough), "
		       "or use mode generic here";
	return NULL;
}

struct slow_interface reflected_interface_socket(struct reflected_interface *interface)
{
	return (struct slow_interface){
		.ifindex = interface->info.ifindex,
		.judge_fd = loader_judge_fd(interface->loader),
		.counts = &interface->socket_counts,
		.micro_session_id = loader_micro_session_id(interface->loader),
	};
}

void reflected_interface_detach(struct reflected_interface *interface)
{
	if (interface->attachment) {
		attach_detach(interface->attachment);
		log_info("%s: detached", interface->info.name);
	}
	close_sockets(interface); /* what was handed over until now is answered */
	attach_close(interface->attachment);
	interface->attachment = NULL;
}

void reflected_interface_close(struct reflected_interface *interface)
{
	if (!interface)
		return;
	slow_queues_abandon(interface->queues);
	attach_close(interface->attachment);
	loader_close(interface->loader);
	free(interface);
}
