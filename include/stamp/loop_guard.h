/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Is this request a reply come back? STAMP has no reply bit, and one packet between two reflectors
 * would go round for ever. MBZ octets alone are never a reason to refuse (RFC 8762 section 4.2.1):
 * a packet from a port that we listen on is a reply when it has the shape of one, or a time of now
 * where a reflector copies our T3 to; from another port, since the other reflector may listen
 * elsewhere, when it has the shape and both times of one reflector.
 */
#ifndef STAMP_LOOP_GUARD_H
#define STAMP_LOOP_GUARD_H

#include "stamp/timestamp.h"

#define LOOP_GUARD_SECONDS 10

/* Octets 24 to 37, where a reflector copies the request to: zero in the requests of most senders,
 * which need no further look. */
STAMP_INLINE int stamp_has_copied_fields(const struct stamp_reflector_packet *packet)
{
	return (packet->sender_sequence | packet->sender_timestamp.seconds |
		packet->sender_timestamp.fraction | packet->sender_error_estimate) != 0;
}

/* The fields that only a reply fills, zero exactly where a reply has its MBZ. */
STAMP_INLINE int stamp_has_reply_shape(const struct stamp_reflector_packet *packet)
{
	__u32 zero = packet->mbz1[0] | packet->mbz1[1] | packet->mbz2[0] | packet->mbz2[1] |
		     packet->mbz2[2];

	return stamp_has_copied_fields(packet) && !zero;
}

/* T3 shortly after T2, as one clock wrote them: in a request octets 16 to 23 are MBZ. */
STAMP_INLINE int stamp_has_reply_times(const struct stamp_reflector_packet *packet)
{
	__u32 residence =
		bpf_ntohl(packet->timestamp.seconds) - bpf_ntohl(packet->receive_timestamp.seconds);

	return packet->receive_timestamp.seconds && residence <= LOOP_GUARD_SECONDS;
}

/* A time of now in the Session-Sender Timestamp; `now` in the format of our own T3. */
STAMP_INLINE int stamp_has_recent_time(const struct stamp_reflector_packet *packet,
				       struct stamp_timestamp now)
{
	__u32 since = bpf_ntohl(now.seconds) - bpf_ntohl(packet->sender_timestamp.seconds);

	return since + LOOP_GUARD_SECONDS <= 2 * LOOP_GUARD_SECONDS;
}

#endif
