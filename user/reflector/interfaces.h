/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel says of a link, by rtnetlink. */
#ifndef REFLECTOR_INTERFACES_H
#define REFLECTOR_INTERFACES_H

#include <net/if.h>
#include <stdbool.h>

struct nlmsghdr;

struct interface_info {
	char name[IF_NAMESIZE];
	unsigned int ifindex;
	unsigned short type; /* ARPHRD_* */
	unsigned int mtu;
	unsigned char mac[6];
	bool has_mac;
	char kind[16]; /* "veth", "vlan", ... as the kernel names it; empty for hardware */
	unsigned int peer_ifindex; /* of a veth; 0: none known */
	int peer_netnsid;          /* of the peer's namespace, as seen from here; -1: this one */
};

/* Reads one link; 0, -ENODEV or another -errno, not logged. */
int interface_read(const char *name, struct interface_info *out);

/* Reads what a link message says into a struct interface_info; for rtnetlink_query(). */
int interface_parse(const struct nlmsghdr *message, void *out);

/*
 * Whether native XDP_TX of this interface arrives. On a veth it does only while the peer runs an
 * XDP program of its own; without one every reply is lost, in silence. True where not known.
 */
bool interface_delivers_native_tx(const struct interface_info *info);

#endif
