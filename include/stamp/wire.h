/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* STAMP test packets as on the wire: RFC 8762 section 4, with the SSID of RFC 8972 section 3. */
#ifndef STAMP_WIRE_H
#define STAMP_WIRE_H

#include <linux/types.h>

#define STAMP_PORT 862       /* RFC 8762 section 4.1 */
#define STAMP_BASE_SIZE 44   /* octets, unauthenticated, both directions */
#define STAMP_AUTH_SIZE 112  /* octets, authenticated, both directions */
#define STAMP_HMAC_SIZE 16   /* octets at its end: the first of an HMAC-SHA-256, section 4.4 */
#define STAMP_HMAC_COVERS 96 /* octets before them; what follows the packet is not covered */
#define STAMP_SHORTEST_REQUEST                                                                     \
	14 /* Sequence Number, Timestamp, Error Estimate: all a reply copies */

/*
 * A UDP payload begins at an even address that is never a multiple of four in a frame buffer, and
 * user space reads it as such. The kernel's verifier counts from the IP header, which it takes to
 * be 4-aligned (NET_IP_ALIGN), and whole words save half of the loads.
 */
#ifdef __bpf__
#define STAMP_WIRE __attribute__((packed, aligned(4)))
#else
#define STAMP_WIRE __attribute__((packed, aligned(2)))
#endif

/* NTP 64-bit: seconds since 1900 UTC, 2^-32 s. PTPv2 truncated: seconds since 1970 TAI, ns. */
struct stamp_timestamp {
	__be32 seconds;
	__be32 fraction;
} STAMP_WIRE;

/* Session-Sender, unauthenticated: RFC 8972 section 3, figure 1. */
struct stamp_sender_packet {
	__be32 sequence;
	struct stamp_timestamp timestamp; /* T1 */
	__be16 error_estimate;
	__be16 ssid;
	__u8 mbz[28];
} STAMP_WIRE;

/* Session-Reflector, unauthenticated: RFC 8972 section 3, figure 2. */
struct stamp_reflector_packet {
	__be32 sequence;
	struct stamp_timestamp timestamp; /* T3 */
	__be16 error_estimate;            /* of T2 and T3 */
	__be16 ssid;
	struct stamp_timestamp receive_timestamp; /* T2 */
	__be32 sender_sequence;
	struct stamp_timestamp sender_timestamp; /* T1, verbatim */
	__be16 sender_error_estimate;
	__u8 mbz1[2];
	__u8 sender_ttl;
	__u8 mbz2[3];
} STAMP_WIRE;

/* Session-Sender, authenticated: RFC 8972 section 3, figure 3. */
struct stamp_sender_auth_packet {
	__be32 sequence;
	__u8 mbz1[12];
	struct stamp_timestamp timestamp; /* T1 */
	__be16 error_estimate;
	__be16 ssid;
	__u8 mbz2[68];
	__u8 hmac[STAMP_HMAC_SIZE];
} STAMP_WIRE;

/* Session-Reflector, authenticated: RFC 8972 section 3, figure 4. */
struct stamp_reflector_auth_packet {
	__be32 sequence;
	__u8 mbz1[12];
	struct stamp_timestamp timestamp; /* T3 */
	__be16 error_estimate;            /* of T2 and T3 */
	__be16 ssid;
	__u8 mbz2[4];
	struct stamp_timestamp receive_timestamp; /* T2 */
	__u8 mbz3[8];
	__be32 sender_sequence;
	__u8 mbz4[12];
	struct stamp_timestamp sender_timestamp; /* T1, verbatim */
	__be16 sender_error_estimate;
	__u8 mbz5[6];
	__u8 sender_ttl;
	__u8 mbz6[15];
	__u8 hmac[STAMP_HMAC_SIZE];
} STAMP_WIRE;

#define STAMP_ASSERT_AT(packet, member, offset, section)                                           \
	_Static_assert(__builtin_offsetof(struct packet, member) == (offset), section)

_Static_assert(sizeof(struct stamp_timestamp) == 8, "RFC 8762 section 4.2.1");
_Static_assert(sizeof(struct stamp_sender_packet) == STAMP_BASE_SIZE, "RFC 8972 section 3");
_Static_assert(sizeof(struct stamp_reflector_packet) == STAMP_BASE_SIZE, "RFC 8972 section 3");
_Static_assert(sizeof(struct stamp_sender_auth_packet) == STAMP_AUTH_SIZE, "RFC 8972 section 3");
_Static_assert(sizeof(struct stamp_reflector_auth_packet) == STAMP_AUTH_SIZE, "RFC 8972 section 3");

STAMP_ASSERT_AT(stamp_sender_packet, ssid, 14, "RFC 8972 section 3");
STAMP_ASSERT_AT(stamp_reflector_packet, receive_timestamp, 16, "RFC 8762 section 4.3.1");
STAMP_ASSERT_AT(stamp_reflector_packet, sender_ttl, 40, "RFC 8762 section 4.3.1");

STAMP_ASSERT_AT(stamp_sender_auth_packet, timestamp, 16, "RFC 8762 section 4.2.2");
STAMP_ASSERT_AT(stamp_sender_auth_packet, error_estimate, 24, "RFC 8762 section 4.2.2");
STAMP_ASSERT_AT(stamp_sender_auth_packet, ssid, 26, "RFC 8972 section 3");
STAMP_ASSERT_AT(stamp_sender_auth_packet, hmac, STAMP_HMAC_COVERS, "RFC 8762 section 4.4");

STAMP_ASSERT_AT(stamp_reflector_auth_packet, timestamp, 16, "RFC 8762 section 4.3.2");
STAMP_ASSERT_AT(stamp_reflector_auth_packet, error_estimate, 24, "RFC 8762 section 4.3.2");
STAMP_ASSERT_AT(stamp_reflector_auth_packet, ssid, 26, "RFC 8972 section 3");
STAMP_ASSERT_AT(stamp_reflector_auth_packet, receive_timestamp, 32, "RFC 8762 section 4.3.2");
STAMP_ASSERT_AT(stamp_reflector_auth_packet, sender_sequence, 48, "RFC 8762 section 4.3.2");
STAMP_ASSERT_AT(stamp_reflector_auth_packet, sender_timestamp, 64, "RFC 8762 section 4.3.2");
STAMP_ASSERT_AT(stamp_reflector_auth_packet, sender_error_estimate, 72, "RFC 8762 section 4.3.2");
STAMP_ASSERT_AT(stamp_reflector_auth_packet, sender_ttl, 80, "RFC 8762 section 4.3.2");
STAMP_ASSERT_AT(stamp_reflector_auth_packet, hmac, STAMP_HMAC_COVERS, "RFC 8762 section 4.4");

#endif
