/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A UDP socket as the settings want it: options, source, peer. */
#ifndef SENDER_UDP_SETUP_H
#define SENDER_UDP_SETUP_H

#include "sender/udp_socket.h"

/*
 * Opens a socket that is connected to the peer, or, where there is an `other` to be heard, only
 * bound to the address that it would send to the peer from. `local` gets address and port. 0, or
 * -errno after a message; `*fd` is then to be closed unless it is negative.
 */
int udp_setup(const struct udp_socket_settings *settings, int *fd, struct sockaddr_storage *local);

#endif
