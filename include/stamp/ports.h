/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The UDP ports that a reflector listens on, one bit each (in struct shared_state). */
#ifndef STAMP_PORTS_H
#define STAMP_PORTS_H

#include "stamp/timestamp.h"

/* Ordered by the port as it is in a packet, so that asking needs no byte swap. */
struct port_set {
	__u64 words[1024];
};

STAMP_INLINE int port_set_has(const struct port_set *ports, __be16 port)
{
	return ports->words[(__u16)port >> 6] >> ((__u16)port & 63) & 1;
}

/* `number` in host order. */
STAMP_INLINE void port_set_add(struct port_set *ports, __u16 number)
{
	__be16 port = bpf_htons(number);

	ports->words[(__u16)port >> 6] |= 1ULL << ((__u16)port & 63);
}

#endif
