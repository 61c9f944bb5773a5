/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The addresses of this host on one interface, as the XDP program knows them. */
#ifndef REFLECTOR_OWN_ADDRESSES_H
#define REFLECTOR_OWN_ADDRESSES_H

#include "stamp/rule.h"

struct own_addresses {
	int map_fd; /* of `local_addresses` */
	__u32 ifindex;
};

/* Whether an address is among them; for `tlv_is_own_address`, with a struct own_addresses. */
int own_addresses_have(void *context, const struct stamp_address *address);

#endif
