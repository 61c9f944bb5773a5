/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/slow_path.h"

#include <string.h>

#include "common/clock.h"
#include "proto/auth_packet.h"
#include "reflector/counters.h"
#include "reflector/slow_reply.h"
#include "stamp/reply_auth.h"

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

static void reply(struct packet_io *io, struct work *work, size_t i)
{
	struct slow_packet *packet = &work->batch->packets[i];
	const struct work_item *item = &work->items[i];
	int err;

	packet->reply = (struct slow_reply){
		.outcome = (enum stamp_outcome)item->result.outcome,
	};
	if (!is_reflected(item))
		return;
	slow_reply_write(work, i);
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
