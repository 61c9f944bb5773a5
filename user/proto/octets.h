/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Numbers in network byte order at any octet. */
#ifndef PROTO_OCTETS_H
#define PROTO_OCTETS_H

#include <stdint.h>

static inline uint16_t octets_get_16(const uint8_t *octets)
{
	return (uint16_t)(octets[0] << 8 | octets[1]);
}

static inline uint32_t octets_get_32(const uint8_t *octets)
{
	return (uint32_t)octets_get_16(octets) << 16 | octets_get_16(octets + 2);
}

static inline void octets_put_16(uint8_t *octets, uint16_t value)
{
	octets[0] = (uint8_t)(value >> 8);
	octets[1] = (uint8_t)value;
}

static inline void octets_put_32(uint8_t *octets, uint32_t value)
{
	octets_put_16(octets, (uint16_t)(value >> 16));
	octets_put_16(octets + 2, (uint16_t)value);
}

#endif
