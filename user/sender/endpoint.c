/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "sender/endpoint.h"

#include "sender/receive_buffer.h"
#include "stamp/timestamp.h"

/* For so long replies wait while this process does not run. */
#define ABSENCE_NS (100 * NSEC_PER_MSEC)

int endpoint_open(struct udp_socket **out, const struct sender_options *options,
		  char address[TARGET_ADDRESS_MAX])
{
	struct udp_socket_settings settings = {
		.ttl = (uint8_t)options->ttl,
		.dscp = (uint8_t)options->dscp,
		.receive_octets =
			receive_buffer_for(ABSENCE_NS / options->interval_ns + 1, options->size),
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
