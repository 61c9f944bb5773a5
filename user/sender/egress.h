/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Through which interface packets leave. */
#ifndef SENDER_EGRESS_H
#define SENDER_EGRESS_H

#include <net/if.h>
#include <sys/socket.h>

/*
 * Asks the routes for the interface of packets from `local` to `peer`, both with their ports, sent
 * by a socket that is bound to `interface` (NULL: to none). `name` gets it. 0 or -errno.
 */
int egress_find(const struct sockaddr_storage *local, const struct sockaddr_storage *peer,
		const char *interface, char name[IF_NAMESIZE]);

#endif
