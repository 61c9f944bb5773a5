/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Watches the links and addresses of this host, by rtnetlink. */
#ifndef REFLECTOR_HOST_WATCH_H
#define REFLECTOR_HOST_WATCH_H

#include "reflector/interfaces.h"
#include "stamp/rule.h"

struct event_loop;

/* Whom to tell of changes on this host. */
struct host_listener {
	/* All addresses are going to be told; those that are not told until the end have gone. */
	void (*addresses_begin)(void *context);
	/* One of this host, or with LOCAL_BROADCAST one of a network of this host. */
	void (*address)(void *context, const struct local_address *address);
	void (*addresses_end)(void *context);
	/* A link changed in some way, or has gone. */
	void (*link_changed)(void *context, const struct interface_info *info, bool present);
	void *context;
};

struct host_watch;

/* Tells all addresses of the host before it returns, and changes from `loop`. 0 or -errno. */
int host_watch_open(struct host_watch **out, struct event_loop *loop,
		    const struct host_listener *listener);

/* Takes NULL. */
void host_watch_close(struct host_watch *watch);

#endif
