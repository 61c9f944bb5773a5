/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Links and addresses of this host, by rtnetlink. */
#ifndef REFLECTOR_INTERFACES_H
#define REFLECTOR_INTERFACES_H

#include <net/if.h>
#include <stdbool.h>

#include "stamp/rule.h"

struct event_loop;

struct interface_info {
	char name[IF_NAMESIZE];
	unsigned int ifindex;
	unsigned short type; /* ARPHRD_* */
	unsigned char mac[6];
	bool has_mac;
	char kind[16]; /* "veth", "vlan", ... as the kernel names it; empty for hardware */
	unsigned int peer_ifindex; /* of a veth; 0: none known */
	int peer_netnsid;          /* of the peer's namespace, as seen from here; -1: this one */
};

/* Reads one link; 0, -ENODEV or another -errno, not logged. */
int interface_read(const char *name, struct interface_info *out);

/*
 * Whether native XDP_TX of this interface arrives. On a veth it does only while the peer runs an
 * XDP program of its own; without one every reply is lost, in silence. True where not known.
 */
bool interface_delivers_native_tx(const struct interface_info *info);

/* Whom to tell of changes on this host. */
struct host_listener {
	/* All addresses are going to be told; those that are not told until the end have gone. */
	void (*addresses_begin)(void *context);
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
