/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The socket that the command line asks for: from which address or interface, and to where. */
#ifndef PING_ENDPOINT_H
#define PING_ENDPOINT_H

#include "common/address.h"
#include "ping/options.h"
#include "sender/udp_socket.h"

/* Finds the target, whose address is written to `address`. 0, or -errno after a message (but for
 * -ENOMEM). */
int endpoint_open(struct udp_socket **out, const struct sender_options *options,
		  char address[SOCKADDR_TEXT_MAX]);

#endif
