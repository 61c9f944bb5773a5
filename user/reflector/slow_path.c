/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/slow_path.h"

#include <errno.h>
#include <string.h>

#include "common/clock.h"
#include "proto/auth_packet.h"
#include "proto/request_tlvs.h"
#include "reflector/counters.h"
#include "reflector/inquiry.h"
#include "reflector/own_addresses.h"
#include "stamp/reply_auth.h"

/* A request on its way. */
struct work_item {
	struct judgement question;      /* all but the octets, which are put in when it is asked */
	struct judgement_result result; /* so far */
	const struct auth_keys *keys;   /* of the session, once its HMAC is verified */
	size_t key;                     /* the one that verified it, and signs */
	struct request_tlvs tlvs;       /* once they may be looked at */
};

/* A batch on its way, packet by packet. */
struct work {
	const struct slow_path *path;
	struct packet_batch *batch;
	int err; /* the first */
	__u16 error_estimate;
	__u8 synchronization_source;
	struct inquiry inquiry;
	struct work_item items[PACKET_BATCH];
};

static void note(struct work *work, int err)
{
	if (!work->err)
		work->err = err;
}

static bool is_authenticated(const struct work_item *item)
{
	return item->result.policy.flags & SESSION_AUTHENTICATED;
}

/* It waits for its HMAC to be verified, its TLVs to be looked at, or both. */
static bool is_admitted(const struct work_item *item)
{
	return item->result.outcome == OUTCOME_AUTHENTICATED ||
	       item->result.outcome == OUTCOME_EXTENDED;
}

static bool is_reflected(const struct work_item *item)
{
	return stamp_outcome_action((enum stamp_outcome)item->result.outcome) == XDP_TX;
}

/* The octets that it is judged by; verified ones as the unauthenticated mode has them. */
static void put_octets(const struct slow_packet *packet, struct work_item *item)
{
	const size_t length = packet->request.length;
	struct stamp_reflector_packet fields;

	if (item->keys) {
		fields = stamp_auth_fields(packet->payload);
		memcpy(item->question.octets, &fields, sizeof(fields));
		return;
	}
	memset(item->question.octets, 0, STAMP_BASE_SIZE);
	memcpy(item->question.octets, packet->payload,
	       length < STAMP_BASE_SIZE ? length : STAMP_BASE_SIZE);
}

static void ask(struct work *work, size_t i, enum judgement_stage stage)
{
	const struct slow_packet *packet = &work->batch->packets[i];
	struct work_item *item = &work->items[i];

	item->question.stage = (__u16)stage;
	put_octets(packet, item);
	inquiry_add(&work->inquiry, packet->request.interface->judge_fd, &item->question,
		    &item->result);
}

/* What the XDP program found by the rules in force. */
static bool is_judged(const struct slow_path *path, const struct slow_request *request)
{
	return request->handover.generation && request->handover.generation == path->generation;
}

/* What was judged by them needs no second look, and what it is judged by then comes with its HMAC
 * or its TLVs. */
static void begin(struct work *work, size_t i)
{
	const struct slow_packet *packet = &work->batch->packets[i];
	const struct slow_request *request = &packet->request;
	struct work_item *item = &work->items[i];

	item->question.key = request->key;
	item->question.payload_length = (__u32)request->length;
	item->question.auth_ssid = 0;
	if (request->length >= STAMP_BASE_SIZE)
		item->question.key.ssid = stamp_request_ssid(packet->payload);
	if (request->length >= STAMP_AUTH_SIZE)
		item->question.auth_ssid = stamp_auth_request_ssid(packet->payload);
	item->result = (struct judgement_result){ .policy = request->handover.policy };
	item->keys = NULL;
	item->tlvs.use = TLVS_NONE;
	if (is_judged(work->path, request))
		item->result.outcome =
			is_authenticated(item) ? OUTCOME_AUTHENTICATED : OUTCOME_EXTENDED;
}

/* May they be answered? */
static void admit(struct work *work)
{
	inquiry_begin(&work->inquiry);
	for (size_t i = 0; i < work->batch->count; i++) {
		begin(work, i);
		if (!is_admitted(&work->items[i]))
			ask(work, i, JUDGE_ADMISSION);
	}
	note(work, inquiry_end(&work->inquiry));
}

static enum stamp_outcome verify_packet(struct work *work, size_t i)
{
	const struct session_keys *session_keys = work->path->keys;
	const struct slow_packet *packet = &work->batch->packets[i];
	struct work_item *item = &work->items[i];
	const unsigned int session = item->result.policy.session;
	const struct auth_keys *keys = session_keys_find(session_keys, session);

	if (!keys || !auth_packet_verify(keys, packet->payload, packet->request.length, &item->key))
		return OUTCOME_BAD_HMAC;
	if (session_keys_is_replay(session_keys, session, item->key, &packet->request.key,
				   packet->payload))
		return OUTCOME_REPLAYED;
	item->keys = keys;
	return OUTCOME_AUTHENTICATED;
}

/* Looks at the TLVs of what was verified, or needs not be. */
static enum stamp_outcome examine_tlvs(struct work *work, size_t i)
{
	const struct slow_packet *packet = &work->batch->packets[i];
	const struct stamp_sender_packet *base = packet->payload;
	const size_t length = packet->request.length;
	struct work_item *item = &work->items[i];
	const size_t base_size = item->keys ? STAMP_AUTH_SIZE : STAMP_BASE_SIZE;
	const struct tlvs_verification verification = {
		.is_required = item->result.policy.flags & SESSION_TLV_KEY,
		.keys = session_keys_find_tlv(work->path->keys, item->result.policy.session),
		.sequence = base->sequence,
	};

	request_tlvs_examine(&item->tlvs, (char *)packet->payload + base_size,
			     length > base_size ? length - base_size : 0,
			     packet->request.interface->micro_session_id, &verification);
	return request_tlvs_name_other_link(&item->tlvs) ? OUTCOME_WRONG_MEMBER
							 : item->result.outcome;
}

/* All that is asked of a request before anything of it is believed. */
static void verify(struct work *work, size_t i)
{
	struct work_item *item = &work->items[i];

	if (item->result.outcome == OUTCOME_AUTHENTICATED)
		item->result.outcome = verify_packet(work, i);
	if (is_admitted(item))
		item->result.outcome = examine_tlvs(work, i);
}

/* Each session keeps one numberer: that of the program's. */
static void number(struct work *work)
{
	inquiry_begin(&work->inquiry);
	for (size_t i = 0; i < work->batch->count; i++) {
		verify(work, i);
		if (is_admitted(&work->items[i]))
			ask(work, i,
			    work->items[i].keys ? JUDGE_NUMBER_AUTHENTICATED : JUDGE_NUMBER);
	}
	note(work, inquiry_end(&work->inquiry));
}

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

/* Tells the program when the replies left that the next of their session may be asked for. */
static void tell_sent(struct work *work)
{
	inquiry_begin(&work->inquiry);
	for (size_t i = 0; i < work->batch->count; i++) {
		const struct slow_packet *packet = &work->batch->packets[i];
		struct work_item *item = &work->items[i];

		if (!packet->reply.sent_ns || !item->result.has_tlvs)
			continue;
		item->question.stage = item->keys ? JUDGE_SENT_AUTHENTICATED : JUDGE_SENT;
		item->question.sent = (struct judgement_sent){
			.sent_ns = packet->reply.sent_ns,
			.sequence = item->result.sequence,
		};
		inquiry_add(&work->inquiry, packet->request.interface->judge_fd, &item->question,
			    NULL);
	}
	note(work, inquiry_end(&work->inquiry));
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

static void reply(struct packet_io *io, struct work *work, size_t i)
{
	struct slow_packet *packet = &work->batch->packets[i];
	const struct slow_request *request = &packet->request;
	struct work_item *item = &work->items[i];
	int err;

	packet->reply = (struct slow_reply){
		.outcome = (enum stamp_outcome)item->result.outcome,
	};
	if (!is_reflected(item))
		return;
	if (item->tlvs.use != TLVS_NONE)
		answer_tlvs(work, i);
	packet->reply.policy = item->result.policy;
	packet->reply.residence_ns =
		item->keys ? write_signed_reply(work, i) : write_reply(work, i);
	packet->reply.length =
		request->length < STAMP_BASE_SIZE ? STAMP_BASE_SIZE : request->length;
	err = io->send(io, work->batch, i);
	if (!err)
		return;
	packet->reply.outcome = OUTCOME_SEND_FAILED;
	note(work, err);
}

/* Counts packets from `first` on that came by one interface and had one outcome; how many. */
static size_t count_run(const struct packet_batch *batch, size_t first)
{
	const struct slow_packet *packets = &batch->packets[first];
	struct outcome_counts *counts = packets->request.interface->counts;
	enum stamp_outcome outcome = packets->reply.outcome;
	bool is_reflected = stamp_outcome_action(outcome) == XDP_TX;
	size_t count = 0;

	for (; first + count < batch->count; count++) {
		const struct slow_packet *packet = &packets[count];
		__u32 bucket = histogram_index(packet->reply.residence_ns);

		if (packet->request.interface->counts != counts || packet->reply.outcome != outcome)
			break;
		if (is_reflected)
			__atomic_fetch_add(&counts->residence.counts[bucket], 1, __ATOMIC_RELAXED);
	}
	counters_add(counts, outcome, count);
	return count;
}

/* 0, or -errno of the first that could not be judged or sent. */
static int answer(const struct slow_path *path, struct packet_io *io, struct packet_batch *batch)
{
	__u64 now_ns = clock_monotonic_ns();
	struct work work;

	work.path = path;
	work.batch = batch;
	work.err = 0;
	work.error_estimate = clock_error_estimate(&path->clock, now_ns);
	work.synchronization_source = clock_synchronization_source(&path->clock, now_ns);
	admit(&work);
	number(&work);
	for (size_t i = 0; i < batch->count; i++)
		reply(io, &work, i);
	for (size_t i = 0; i < batch->count;)
		i += count_run(batch, i);
	io->finish(io, batch);
	tell_sent(&work);
	return work.err;
}

int slow_path_run(const struct slow_path *path, struct packet_io *io, struct packet_batch *batch,
		  int *err)
{
	int failed;

	batch->count = 0;
	failed = io->receive(io, batch);
	if (failed)
		return failed;
	*err = answer(path, io, batch);
	return (int)batch->count;
}
