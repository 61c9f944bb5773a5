/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* HMAC-SHA-256 by nettle; no other file knows that library. */
#include "proto/hmac.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>

struct hmac {
	struct hmac_sha256_ctx context;
};

int hmac_open(struct hmac **out, const void *key, size_t size)
{
	struct hmac *hmac;

	if (size == 0)
		return -EINVAL;
	hmac = malloc(sizeof(*hmac));
	if (!hmac)
		return -ENOMEM;
	hmac_sha256_set_key(&hmac->context, size, key);
	*out = hmac;
	return 0;
}

/* The midstates of the key stay as they are: what is computed lies in a state of its own, which is
 * worth as much as the key and is wiped. */
void hmac_sign_two(const struct hmac *hmac, const void *head, size_t head_size, const void *octets,
		   size_t size, uint8_t mac[STAMP_HMAC_SIZE])
{
	const struct hmac_sha256_ctx *key = &hmac->context;
	struct sha256_ctx state = key->inner;

	sha256_update(&state, head_size, head);
	sha256_update(&state, size, octets);
	hmac_digest(&key->outer, &key->inner, &state, &nettle_sha256, STAMP_HMAC_SIZE, mac);
	explicit_bzero(&state, sizeof(state));
}

bool hmac_verify_two(const struct hmac *hmac, const void *head, size_t head_size,
		     const void *octets, size_t size, const uint8_t mac[STAMP_HMAC_SIZE])
{
	uint8_t expected[STAMP_HMAC_SIZE];

	hmac_sign_two(hmac, head, head_size, octets, size, expected);
	return memeql_sec(expected, mac, STAMP_HMAC_SIZE);
}

void hmac_sign(const struct hmac *hmac, const void *octets, size_t size,
	       uint8_t mac[STAMP_HMAC_SIZE])
{
	hmac_sign_two(hmac, octets, size, "", 0, mac);
}

bool hmac_verify(const struct hmac *hmac, const void *octets, size_t size,
		 const uint8_t mac[STAMP_HMAC_SIZE])
{
	return hmac_verify_two(hmac, octets, size, "", 0, mac);
}

void hmac_close(struct hmac *hmac)
{
	if (!hmac)
		return;
	explicit_bzero(hmac, sizeof(*hmac));
	free(hmac);
}
