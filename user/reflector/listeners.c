/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/listeners.h"

#include <errno.h>
#include <stdlib.h>

struct listener {
	struct udp_io *io;
	unsigned short port;
	struct listener *next;
};

struct listeners {
	struct event_loop *loop;
	struct slow_inputs *inputs;
	const struct slow_interface *interfaces;
	size_t interface_count;
	struct listener *first;
};

int listeners_open(struct listeners **out, struct event_loop *loop, struct slow_inputs *inputs)
{
	struct listeners *listeners = calloc(1, sizeof(*listeners));

	if (!listeners)
		return -ENOMEM;
	listeners->loop = loop;
	listeners->inputs = inputs;
	*out = listeners;
	return 0;
}

static bool is_open(const struct listeners *listeners, unsigned short port)
{
	for (const struct listener *listener = listeners->first; listener;
	     listener = listener->next)
		if (listener->port == port)
			return true;
	return false;
}

static int open_port(struct listeners *listeners, unsigned short port)
{
	struct listener *listener = calloc(1, sizeof(*listener));
	int err = listener ? udp_io_open(&listener->io, listeners->loop, port, listeners->inputs)
			   : -ENOMEM;

	if (err) {
		free(listener);
		return err;
	}
	udp_io_serve(listener->io, listeners->interfaces, listeners->interface_count);
	listener->port = port;
	listener->next = listeners->first;
	listeners->first = listener;
	return 0;
}

int listeners_add(struct listeners *listeners, const struct config *config)
{
	int err = 0;

	for (size_t i = 0; !err && i < config->session_count; i++)
		if (!is_open(listeners, config->sessions[i].reflector_port))
			err = open_port(listeners, config->sessions[i].reflector_port);
	return err;
}

static bool is_named(const struct config *config, unsigned short port)
{
	for (size_t i = 0; config && i < config->session_count; i++)
		if (config->sessions[i].reflector_port == port)
			return true;
	return false;
}

void listeners_keep(struct listeners *listeners, const struct config *config)
{
	struct listener **link = &listeners->first;

	while (*link) {
		struct listener *listener = *link;

		if (is_named(config, listener->port)) {
			link = &listener->next;
			continue;
		}
		*link = listener->next;
		udp_io_close(listener->io);
		free(listener);
	}
}

void listeners_serve(struct listeners *listeners, const struct slow_interface *interfaces,
		     size_t interface_count)
{
	listeners->interfaces = interfaces;
	listeners->interface_count = interface_count;
	for (struct listener *listener = listeners->first; listener; listener = listener->next)
		udp_io_serve(listener->io, interfaces, interface_count);
}

__u64 listeners_lost(const struct listeners *listeners)
{
	__u64 lost = 0;

	for (const struct listener *listener = listeners->first; listener;
	     listener = listener->next)
		lost += udp_io_lost(listener->io);
	return lost;
}

void listeners_close(struct listeners *listeners)
{
	if (!listeners)
		return;
	listeners_keep(listeners, NULL);
	free(listeners);
}
