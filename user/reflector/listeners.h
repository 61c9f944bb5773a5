/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The UDP sockets of the socket tier: one of each IP version on each port that sessions name. */
#ifndef REFLECTOR_LISTENERS_H
#define REFLECTOR_LISTENERS_H

#include "reflector/config.h"
#include "reflector/udp_io.h"

struct listeners;

/* 0 or -ENOMEM. `loop` and `inputs` must outlive it. */
int listeners_open(struct listeners **out, struct event_loop *loop, struct slow_inputs *inputs);

/* Opens the ports of a configuration that are not open yet. 0 or -errno, logged; what it has opened
 * stays open, for listeners_keep() to close. */
int listeners_add(struct listeners *listeners, const struct config *config);

/* Closes the ports that the configuration does not name. */
void listeners_keep(struct listeners *listeners, const struct config *config);

/* Whose datagrams are answered from now on. The array is the caller's. */
void listeners_serve(struct listeners *listeners, const struct slow_interface *interfaces,
		     size_t interface_count);

/* Datagrams that all ports lost before they could be read; those of closed ports are forgotten. */
__u64 listeners_lost(const struct listeners *listeners);

/* Takes NULL. */
void listeners_close(struct listeners *listeners);

#endif
