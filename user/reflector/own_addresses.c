/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/own_addresses.h"

#include <bpf/bpf.h>

int own_addresses_have(void *context, const struct stamp_address *address)
{
	const struct own_addresses *own = context;
	struct local_address key = { .address = *address };
	__u8 found;

	if (!bpf_map_lookup_elem(own->map_fd, &key, &found))
		return 1;
	key.ifindex = own->ifindex;
	return !bpf_map_lookup_elem(own->map_fd, &key, &found);
}
