/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The same exchange in authenticated mode, but for the HMAC: RFC 8762 section 4.3.2. */
#ifndef STAMP_REPLY_AUTH_H
#define STAMP_REPLY_AUTH_H

#include "stamp/reply.h"

/* The SSID of a request. `packet` is NULL for one of fewer than 112 octets. */
STAMP_INLINE __be16 stamp_auth_request_ssid(const struct stamp_sender_auth_packet *packet)
{
	return packet ? packet->ssid : 0;
}

/*
 * Reads the request at `packet`, whose HMAC has been verified. The policy has no say in it: TWAMP
 * Light has no such mode, and a request of RFC 8762 alone has SSID 0.
 */
STAMP_INLINE struct stamp_request
stamp_auth_request_read(const struct stamp_sender_auth_packet *packet)
{
	return (struct stamp_request){
		.sequence = packet->sequence,
		.timestamp = packet->timestamp,
		.error_estimate = packet->error_estimate,
		.ssid = packet->ssid,
	};
}

/*
 * The packet in the layout of the unauthenticated mode, for what does not differ by mode: reading
 * a reply, and the loop guard. What a request has behind its SSID is MBZ in both layouts.
 */
STAMP_INLINE struct stamp_reflector_packet
stamp_auth_fields(const struct stamp_reflector_auth_packet *packet)
{
	return (struct stamp_reflector_packet){
		.sequence = packet->sequence,
		.timestamp = packet->timestamp,
		.error_estimate = packet->error_estimate,
		.ssid = packet->ssid,
		.receive_timestamp = packet->receive_timestamp,
		.sender_sequence = packet->sender_sequence,
		.sender_timestamp = packet->sender_timestamp,
		.sender_error_estimate = packet->sender_error_estimate,
		.mbz1 = { packet->mbz5[0], packet->mbz5[1] },
		.sender_ttl = packet->sender_ttl,
		.mbz2 = { packet->mbz6[0], packet->mbz6[1], packet->mbz6[2] },
	};
}

/* Writes the 112 octets of the reply, the HMAC as zeros: it is to be computed over them, so as the
 * last. The fields are those of the unauthenticated mode, stamp_reply_fill(). Everything after them
 * stays as it was received. */
STAMP_INLINE void stamp_auth_reply_fill(struct stamp_reflector_auth_packet *packet,
					const struct stamp_reply_input *in)
{
	struct stamp_reflector_packet fields;

	stamp_reply_fill(&fields, in);
	*packet = (struct stamp_reflector_auth_packet){
		.sequence = fields.sequence,
		.timestamp = fields.timestamp,
		.error_estimate = fields.error_estimate,
		.ssid = fields.ssid,
		.receive_timestamp = fields.receive_timestamp,
		.sender_sequence = fields.sender_sequence,
		.sender_timestamp = fields.sender_timestamp,
		.sender_error_estimate = fields.sender_error_estimate,
		.sender_ttl = fields.sender_ttl,
	};
}

#endif
