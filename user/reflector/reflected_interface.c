/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/reflected_interface.h"

#include <errno.h>
#include <linux/if_arp.h>
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
	memcpy(interface->configured, config->name, sizeof(interface->configured));
	err = read_interface(interface, config->name);
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
	return " (took over from an earlier stampd, no packet lost)";
}

int reflected_interface_attach(struct reflected_interface *interface)
{
	const char *name = interface->info.name;
	const char *warning;
	int err = 0;

	if (interface->mode == MODE_SOCKET)
		attach_remove_pinned(name, interface->pin_dir);
	else
		err = attach_open(&interface->attachment, name, interface->info.ifindex,
				  interface->mode, loader_program_fd(interface->loader),
				  interface->pin_dir);
	if (err)
		return err;
	log_info("%s: reflecting in %s mode, as configured%s", name,
		 reflector_mode_name(interface->mode), how_it_began(interface));
	warning = reflected_interface_warning(interface);
	if (warning)
		log_warning("%s: %s", name, warning);
	return 0;
}

bool reflected_interface_is_alive(const struct reflected_interface *interface)
{
	struct interface_info info;

	if (interface->attachment)
		return attach_is_alive(interface->attachment);
	return interface->mode == MODE_SOCKET && !interface_read(interface->info.name, &info) &&
	       info.ifindex == interface->info.ifindex;
}

int reflected_interface_follow_mac(struct reflected_interface *interface,
				   const struct shared_maps *maps,
				   const struct interface_info *info)
{
	struct reflected_interface changed = *interface;
	struct loader *loader = NULL;
	int err;

	memcpy(changed.info.mac, info->mac, sizeof(info->mac));
	err = load_program(&changed, maps, &loader);
	if (!err && interface->attachment)
		err = attach_update(interface->attachment, loader_program_fd(loader));
	if (err) {
		log_error("%s: cannot follow its new MAC address: %s; the socket answers instead",
			  interface->info.name, strerror(-err));
		loader_close(loader);
		return err;
	}
	memcpy(interface->info.mac, info->mac, sizeof(info->mac));
	loader_close(interface->loader);
	interface->loader = loader;
	log_info("%s: follows its new MAC address", interface->info.name);
	return 0;
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
	};
}

void reflected_interface_detach(struct reflected_interface *interface)
{
	if (interface->attachment) {
		attach_detach(interface->attachment);
		log_info("%s: detached", interface->info.name);
	}
	attach_close(interface->attachment);
	interface->attachment = NULL;
}

void reflected_interface_close(struct reflected_interface *interface)
{
	if (!interface)
		return;
	attach_close(interface->attachment);
	loader_close(interface->loader);
	free(interface);
}
