/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Settings of one interface's program: those fixed while it is loaded, and those of its sockets. */
#ifndef STAMP_CONFIG_H
#define STAMP_CONFIG_H

#include <linux/types.h>

/* .rodata, never pinned. */
struct reflector_config {
	__u32 ifindex;
	__u8 mac[6];   /* frames to other unicast addresses are not ours */
	__u8 generic;  /* attached in generic mode: an unfinished checksum stays unfinished */
	__u8 loopback; /* the interface is lo, where local senders are the rule */
	__u8 socket;   /* no frame comes here: the socket tier judges all there is */
	__u8 reserved;
	__u16 micro_session_id; /* of the link, RFC 9534; 0: it has none */
};

_Static_assert(sizeof(struct reflector_config) == 16, "no hidden padding");

#define SLOW_QUEUES_MAX 256 /* of one interface */

/* The AF_XDP sockets that stampd has bound (.data.slow, never pinned). */
struct slow_sockets_state {
	__u32 queues;    /* those below have one; what comes by others is left to the UDP socket */
	__u32 frame_max; /* octets of the largest frame that they take */
};

#endif
