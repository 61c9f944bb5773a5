/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "ping/tlv_endpoint.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/random.h>

#include "common/address.h"
#include "common/log.h"

static struct tlv_end end_of(const struct sockaddr_storage *address)
{
	struct tlv_end end = { .port = 0 };

	if (!address_from_sockaddr((const struct sockaddr *)address, &end.address))
		return end;
	end.port = ntohs(address->ss_family == AF_INET
				 ? ((const struct sockaddr_in *)address)->sin_port
				 : ((const struct sockaddr_in6 *)address)->sin6_port);
	return end;
}

int tlv_endpoint_open(struct tlv_session **out, const struct sender_options *options,
		      const struct auth_keys *keys, const struct udp_socket *udp)
{
	struct tlv_session_settings settings = {
		.metrics = {
			.request = &options->tlvs,
			.sender = end_of(udp_socket_local(udp)),
			.reflector = end_of(udp_socket_peer(udp)),
			.dscp = (uint8_t)options->dscp,
			.size = options->size,
		},
		.keys = keys,
		.base = options->key_file ? STAMP_AUTH_SIZE : STAMP_BASE_SIZE,
		.access_timeout_ns = options->access_timeout_ns,
		.access_tries = options->access_tries,
	};
	int err;

	if (getrandom(&settings.seed, sizeof(settings.seed), 0) < 0) {
		err = -errno;
		log_error("no random octets for padding to be had: %s", strerror(-err));
		return err;
	}
	return tlv_session_open(out, &settings);
}
