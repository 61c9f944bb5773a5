/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/slow_reply.h"

#include <string.h>

#include "common/clock.h"
#include "proto/auth_packet.h"
#include "reflector/own_addresses.h"
#include "stamp/reply_auth.h"

/* When the reply before this one left, UTC; 0: not known. */
static __u64 previous_sent_ns(const struct work *work, size_t i)
{
	const __u64 sent_ns = work->items[i].result.previous_ns;

	return sent_ns ? sent_ns + work->path->clock.utc_offset_ns : 0;
}

/* TLVs are answered before T3 is read; the policy has the DSCP then that they ask for. */
static void answer_tlvs(struct work *work, size_t i)
{
	struct slow_packet *packet = &work->batch->packets[i];
	const struct slow_request *request = &packet->request;
	const struct clock_reading *clock = &work->path->clock;
	const struct stamp_sender_packet *base = packet->payload;
	struct work_item *item = &work->items[i];
	struct own_addresses own = { work->path->local_addresses_fd, request->interface->ifindex };
	struct stamp_reply_input numbered = {
		.request.sequence = base->sequence,
		.policy = item->result.policy,
		.sequence = item->result.sequence,
	};
	struct tlv_exchange exchange = {
		.key = request->key,
		.has_source_mac = request->has_source_mac,
		.micro_session_id = request->interface->micro_session_id,
		.traffic_class = request->traffic_class,
		.synchronization_source = work->synchronization_source,
		.sequence = item->result.sequence,
		.received = item->result.received,
		.previous_sent_ns = previous_sent_ns(work, i),
		.known_second = clock->known_second,
		.tai_offset = clock->tai_offset,
		.policy = item->result.policy,
	};

	memcpy(exchange.source_mac, request->source_mac, sizeof(exchange.source_mac));
	request_tlvs_answer(&item->tlvs, &exchange, own_addresses_have, &own);
	request_tlvs_sign(&item->tlvs,
			  session_keys_find_tlv(work->path->keys, item->result.policy.session),
			  stamp_reply_sequence(&numbered));
	item->result.policy = exchange.policy;
	packet->reply.has_source = exchange.has_source;
	packet->reply.source = exchange.source;
}

static __u64 now_by(clockid_t clock)
{
	return clock == CLOCK_MONOTONIC ? clock_monotonic_ns() : clock_realtime_ns();
}

/* All of a reply but what its mode has of its own. T3 is read here, so as late as can be, on the
 * clock that T2 was read on. */
static struct stamp_reply_input reply_input(const struct work *work, size_t i)
{
	const struct slow_request *request = &work->batch->packets[i].request;
	const struct clock_reading *clock = &work->path->clock;
	bool monotonic = request->clock == CLOCK_MONOTONIC;
	__u64 to_utc = monotonic ? clock->utc_offset_ns : 0;
	struct stamp_reply_input in = {
		.policy = work->items[i].result.policy,
		.received_ns = request->received_ns + to_utc,
		/* Of CLOCK_REALTIME nothing is known: it may have been set a moment ago. */
		.known_second = monotonic ? clock->known_second : 0,
		.tai_offset = clock->tai_offset,
		.sequence = work->items[i].result.sequence,
		.error_estimate = work->error_estimate,
		.ttl = request->ttl,
	};

	in.sent_ns = now_by(request->clock) + to_utc;
	if (in.sent_ns < in.received_ns) /* the clock was set back in between */
		in.sent_ns = in.received_ns;
	return in;
}

/* Returns T3 - T2. */
static __u64 write_reply(const struct work *work, size_t i)
{
	const struct slow_packet *packet = &work->batch->packets[i];
	struct stamp_reply_input in = reply_input(work, i);

	in.request = stamp_request_read(packet->payload, (__u32)packet->request.length, in.policy);
	stamp_reply_fill(packet->payload, &in);
	return in.sent_ns - in.received_ns;
}

static __u64 write_signed_reply(const struct work *work, size_t i)
{
	const struct slow_packet *packet = &work->batch->packets[i];
	struct stamp_reply_input in = reply_input(work, i);

	in.request = stamp_auth_request_read(packet->payload);
	stamp_auth_reply_fill(packet->payload, &in);
	auth_packet_sign(work->items[i].keys, work->items[i].key, packet->payload);
	return in.sent_ns - in.received_ns;
}

void slow_reply_write(struct work *work, size_t i)
{
	struct slow_packet *packet = &work->batch->packets[i];
	const size_t length = packet->request.length;
	const struct work_item *item = &work->items[i];

	if (item->tlvs.use != TLVS_NONE)
		answer_tlvs(work, i);
	packet->reply.policy = item->result.policy;
	packet->reply.residence_ns =
		item->keys ? write_signed_reply(work, i) : write_reply(work, i);
	packet->reply.length = length < STAMP_BASE_SIZE ? STAMP_BASE_SIZE : length;
}
