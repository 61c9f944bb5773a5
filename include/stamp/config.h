/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Settings of one interface's program, fixed while it is loaded (.rodata, never pinned). */
#ifndef STAMP_CONFIG_H
#define STAMP_CONFIG_H

#include <linux/types.h>

struct reflector_config {
	__u32 ifindex;
	__u8 mac[6];   /* frames to other unicast addresses are not ours */
	__u8 generic;  /* attached in generic mode: an unfinished checksum stays unfinished */
	__u8 loopback; /* the interface is lo, where local senders are the rule */
	__u8 socket;   /* no frame comes here: the socket tier judges all there is */
	__u8 reserved[3];
};

_Static_assert(sizeof(struct reflector_config) == 16, "no hidden padding");

#endif
