/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "ping/endpoint.h"

#include <string.h>

#include "common/address.h"
#include "sender/receive_buffer.h"
#include "stamp/timestamp.h"

/* For so long replies wait while this process does not run. */
#define ABSENCE_NS (100 * NSEC_PER_MSEC)

/* A reflector may reply from the address that it is asked to be (R9503-3-2). */
static struct sockaddr_storage other_source(const struct sender_options *options,
					    const struct sockaddr_storage *peer)
{
	const struct tlv_item *item =
		tlv_request_find(&options->tlvs, STAMP_TLV_DESTINATION_NODE_ADDRESS);
	struct sockaddr_storage other = *peer;
	struct stamp_address target;

	if (!item || !address_from_sockaddr((const struct sockaddr *)peer, &target) ||
	    !memcmp(&target, &item->node.address, sizeof(target)) ||
	    stamp_address_is_ip4(&target) != stamp_address_is_ip4(&item->node.address))
		return (struct sockaddr_storage){ .ss_family = AF_UNSPEC };
	if (other.ss_family == AF_INET)
		memcpy(&((struct sockaddr_in *)&other)->sin_addr, &item->node.address.words[3],
		       sizeof(struct in_addr));
	else
		memcpy(&((struct sockaddr_in6 *)&other)->sin6_addr, &item->node.address,
		       sizeof(struct in6_addr));
	return other;
}

int endpoint_open(struct udp_socket **out, const struct sender_options *options,
		  char address[SOCKADDR_TEXT_MAX])
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
	settings.other = other_source(options, &settings.peer);
	sockaddr_format(&settings.peer, address);
	return udp_socket_open(out, &settings);
}
