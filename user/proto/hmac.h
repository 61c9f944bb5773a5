/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* HMAC-SHA-256 cut to 16 octets (RFC 8762 section 4.4). */
#ifndef PROTO_HMAC_H
#define PROTO_HMAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stamp/wire.h"

/* A key made ready for use; it does not change, so several threads may use it. */
struct hmac;

/* Copies what it needs of the key of `size` octets, at least 1. 0 or -errno. */
int hmac_open(struct hmac **out, const void *key, size_t size);

void hmac_sign(const struct hmac *hmac, const void *octets, size_t size,
	       uint8_t mac[STAMP_HMAC_SIZE]);

/* Whether `mac` is right, found out in a time that does not tell how much of it is. */
bool hmac_verify(const struct hmac *hmac, const void *octets, size_t size,
		 const uint8_t mac[STAMP_HMAC_SIZE]);

/*
 * The same over two runs of octets, as if the second followed the first: the Sequence Number of a
 * packet and its TLVs (RFC 8972 section 4.8). Either may be empty, but not NULL.
 */
void hmac_sign_two(const struct hmac *hmac, const void *head, size_t head_size, const void *octets,
		   size_t size, uint8_t mac[STAMP_HMAC_SIZE]);
bool hmac_verify_two(const struct hmac *hmac, const void *head, size_t head_size,
		     const void *octets, size_t size, const uint8_t mac[STAMP_HMAC_SIZE]);

/* Wipes the key. Takes NULL. */
void hmac_close(struct hmac *hmac);

#endif
