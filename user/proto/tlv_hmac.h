/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The HMAC TLV, of a request or a reply: RFC 8972 section 4.8. */
#ifndef PROTO_TLV_HMAC_H
#define PROTO_TLV_HMAC_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/auth_keys.h"

/*
 * Whether `mac` is right by one of the keys for this Sequence Number (as in the packet) and the
 * `size` octets of the TLVs that precede the HMAC TLV, from `tlvs` on; `key` is which one, from 0.
 * To be asked before any TLV is used.
 */
bool tlv_hmac_verify(const struct auth_keys *keys, __be32 sequence, const void *tlvs, size_t size,
		     const uint8_t mac[STAMP_HMAC_SIZE], size_t *key);

/* Computes it with one of the keys. */
void tlv_hmac_sign(const struct auth_keys *keys, size_t key, __be32 sequence, const void *tlvs,
		   size_t size, uint8_t mac[STAMP_HMAC_SIZE]);

#endif
