/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "proto/tlv_hmac.h"

bool tlv_hmac_verify(const struct auth_keys *keys, __be32 sequence, const void *tlvs, size_t size,
		     const uint8_t mac[STAMP_HMAC_SIZE], size_t *key)
{
	for (size_t i = 0; i < auth_keys_count(keys); i++) {
		if (!hmac_verify_two(auth_keys_get(keys, i), &sequence, sizeof(sequence), tlvs,
				     size, mac))
			continue;
		*key = i;
		return true;
	}
	return false;
}

void tlv_hmac_sign(const struct auth_keys *keys, size_t key, __be32 sequence, const void *tlvs,
		   size_t size, uint8_t mac[STAMP_HMAC_SIZE])
{
	hmac_sign_two(auth_keys_get(keys, key), &sequence, sizeof(sequence), tlvs, size, mac);
}
