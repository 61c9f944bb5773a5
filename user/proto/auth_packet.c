/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "proto/auth_packet.h"

bool auth_packet_verify(const struct auth_keys *keys, const void *octets, size_t size, size_t *key)
{
	const uint8_t *packet = octets;
	const uint8_t *mac;

	if (size < STAMP_AUTH_SIZE)
		return false;
	mac = packet + STAMP_HMAC_COVERS;
	for (size_t i = 0; i < auth_keys_count(keys); i++) {
		if (!hmac_verify(auth_keys_get(keys, i), packet, STAMP_HMAC_COVERS, mac))
			continue;
		*key = i;
		return true;
	}
	return false;
}

void auth_packet_sign(const struct auth_keys *keys, size_t key, void *octets)
{
	uint8_t *packet = octets;

	hmac_sign(auth_keys_get(keys, key), packet, STAMP_HMAC_COVERS, packet + STAMP_HMAC_COVERS);
}
