/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The session of TLVs that the command line asks for, over this socket. */
#ifndef PING_TLV_ENDPOINT_H
#define PING_TLV_ENDPOINT_H

#include "ping/options.h"
#include "sender/tlv_session.h"
#include "sender/udp_socket.h"

/* `options` and `keys` (of the HMAC TLV, or NULL) stay the caller's and must live as long. 0, or
 * -errno after a message (but for -ENOMEM). */
int tlv_endpoint_open(struct tlv_session **out, const struct sender_options *options,
		      const struct auth_keys *keys, const struct udp_socket *udp);

#endif
