/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "sender/endpoint.h"

int endpoint_open(struct udp_socket **out, const struct sender_options *options,
		  char address[TARGET_ADDRESS_MAX])
{
	struct udp_socket_settings settings = {
		.ttl = (uint8_t)options->ttl,
		.dscp = (uint8_t)options->dscp,
	};
	int family = options->family;
	int err = 0;

	if (options->source)
		err = target_source(options->source, &family, &settings.source,
				    &settings.source_length);
	if (!err)
		err = target_resolve(&options->target, family, &settings.peer,
				     &settings.peer_length);
	if (err)
		return err;
	if (options->source && !settings.source_length)
		settings.interface = options->source;
	target_address(&settings.peer, address);
	return udp_socket_open(out, &settings);
}
