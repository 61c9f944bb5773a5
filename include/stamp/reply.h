/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Session-Sender packet in, Session-Reflector packet out, in place: RFC 8762 section 4.3.1. */
#ifndef STAMP_REPLY_H
#define STAMP_REPLY_H

#include "stamp/clock_offset.h"
#include "stamp/session.h"

#define STAMP_REPLY_TTL 255 /* and Hop Limit: RFC 5357 section 4.2.1 */
#define STAMP_REPLY_DSCP_MASK                                                                      \
	0xfc /* of the request's TOS: ECN is Not-ECT, RFC 7750 section 2.2.1 */

/* What a reply copies from its request (host order where a field is not a wire type). */
struct stamp_request {
	__be32 sequence;
	struct stamp_timestamp timestamp; /* T1, in whatever format the Session-Sender uses */
	__be16 error_estimate;
	__be16 ssid; /* 0 for requests that are too short to carry one */
};

struct stamp_reply_input {
	struct stamp_request request;
	struct session_policy policy;
	__u64 received_ns;    /* T2, UTC */
	__u64 sent_ns;        /* T3, UTC, not before T2 */
	__u64 known_second;   /* as in struct clock_reading */
	__s32 tai_offset;     /* TAI - UTC, seconds */
	__u32 sequence;       /* of the reply, host order; only stateful sessions use it */
	__u16 error_estimate; /* of the reflector's clock, host order, Z clear */
	__u8 ttl;             /* TTL or Hop Limit as received */
	__u8 reserved;
};

/* The SSID of a request. `packet` is NULL for one of fewer than 44 octets: Session-Senders that
 * know the SSID send whole base packets (RFC 8972 section 3), the others' octets 14 and 15 are
 * padding. */
STAMP_INLINE __be16 stamp_request_ssid(const struct stamp_sender_packet *packet)
{
	return packet ? packet->ssid : 0;
}

/* Whether an Error Estimate has a Multiplier of 0, which nobody may send (RFC 4656 section 4.1.2).
 */
STAMP_INLINE int stamp_is_zero_multiplier(__be16 error_estimate)
{
	return !(error_estimate & bpf_htons(0xff));
}

/* The same of a request of at least STAMP_SHORTEST_REQUEST octets. */
STAMP_INLINE int stamp_has_zero_multiplier(const struct stamp_sender_packet *packet)
{
	return stamp_is_zero_multiplier(packet->error_estimate);
}

/* Reads the request of `length` octets at `packet`, at least STAMP_SHORTEST_REQUEST. */
STAMP_INLINE struct stamp_request stamp_request_read(const struct stamp_sender_packet *packet,
						     __u32 length, struct session_policy policy)
{
	int has_ssid = length >= STAMP_BASE_SIZE && !(policy.flags & SESSION_TWAMP_LIGHT);

	return (struct stamp_request){
		.sequence = packet->sequence,
		.timestamp = packet->timestamp,
		.error_estimate = packet->error_estimate,
		.ssid = stamp_request_ssid(has_ssid ? packet : NULL),
	};
}

/* The TOS or Traffic Class of a reply to a request with this one. */
STAMP_INLINE __u8 stamp_reply_traffic_class(__u8 received, struct session_policy policy)
{
	if (policy.flags & SESSION_SET_DSCP)
		return (__u8)(policy.dscp << 2);
	return received & STAMP_REPLY_DSCP_MASK;
}

/* A UTC time in the format of the session: the reflector's own, never the sender's. */
STAMP_INLINE struct stamp_timestamp stamp_timestamp_from_ns(__u64 utc_ns, __u64 known_second,
							    __s32 tai_offset,
							    struct session_policy policy)
{
	struct stamp_time time = stamp_time_from_ns(utc_ns, known_second);

	return policy.flags & SESSION_PTP ? stamp_ptp_from_time(time, tai_offset)
					  : stamp_ntp_from_time(time);
}

/* The Sequence Number of the reply: the session's own count, or the request's. */
STAMP_INLINE __be32 stamp_reply_sequence(const struct stamp_reply_input *in)
{
	return in->policy.flags & SESSION_STATEFUL ? bpf_htonl(in->sequence) : in->request.sequence;
}

/* The Error Estimate of the reply: Z tells the format of T2 and T3. */
STAMP_INLINE __be16 stamp_reply_error_estimate(const struct stamp_reply_input *in)
{
	__u16 z = in->policy.flags & SESSION_PTP ? STAMP_ERROR_PTP_FORMAT : 0;

	return bpf_htons(in->error_estimate | z);
}

/* T2 or T3 as the reply has it. */
STAMP_INLINE struct stamp_timestamp stamp_reply_timestamp(const struct stamp_reply_input *in,
							  __u64 utc_ns)
{
	return stamp_timestamp_from_ns(utc_ns, in->known_second, in->tai_offset, in->policy);
}

/* Writes the 44 octets of the reply. Everything after them stays as it was received. */
STAMP_INLINE void stamp_reply_fill(struct stamp_reflector_packet *packet,
				   const struct stamp_reply_input *in)
{
	*packet = (struct stamp_reflector_packet){
		.sequence = stamp_reply_sequence(in),
		.timestamp = stamp_reply_timestamp(in, in->sent_ns),
		.error_estimate = stamp_reply_error_estimate(in),
		.ssid = in->request.ssid,
		.receive_timestamp = stamp_reply_timestamp(in, in->received_ns),
		.sender_sequence = in->request.sequence,
		.sender_timestamp = in->request.timestamp,
		.sender_error_estimate = in->request.error_estimate,
		.sender_ttl = in->ttl,
	};
}

#endif
