/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A network of this process's own. */
#ifndef TESTS_OWN_NET_H
#define TESTS_OWN_NET_H

/* Leaves the network of the machine for an empty one, which ends with the process, and makes a pair
 * of veth interfaces there. 0 or -errno: -EOPNOTSUPP where the kernel has no veth. */
int own_net_with_veth(const char *ifname, const char *peer);

#endif
