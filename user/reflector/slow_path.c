/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/slow_path.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "common/clock.h"
#include "proto/auth_packet.h"
#include "proto/request_tlvs.h"
#include "reflector/counters.h"
#include "stamp/reply_auth.h"
#include "stamp/rule.h"

/* A request on its way. */
struct work_item {
	struct judgement_result result; /* so far */
	const struct auth_keys *keys;   /* of the session, once its HMAC is verified */
	size_t key;                     /* the one that verified it, and signs */
	__be16 ssid;                    /* where its mode has it */
	struct request_tlvs tlvs;       /* once they may be looked at */
};

/* A batch on its way, packet by packet. */
struct work {
	const struct slow_path *path;
	struct packet_batch *batch;
	int err; /* the first */
	__u16 error_estimate;
	__u8 synchronization_source;
	struct work_item items[PACKET_BATCH];
};

/* Judgements for the program of one interface, and where they came from. */
struct inquiry {
	size_t count;
	size_t from[PACKET_BATCH];
	struct judgement judgements[PACKET_BATCH];
};

static void note(struct work *work, int err)
{
	if (!work->err)
		work->err = err;
}

/* Runs stamp_judge over all of them; they count as one packet. 0 or -errno. */
static int run_judge(int judge_fd, struct inquiry *inquiry)
{
	const __u32 size = (__u32)(inquiry->count * sizeof(inquiry->judgements[0]));
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = inquiry->judgements, .data_size_in = size,
		    .data_out = inquiry->judgements, .data_size_out = size);

	if (bpf_prog_test_run_opts(judge_fd, &run))
		return -errno;
	return run.retval == XDP_PASS ? 0 : -EPROTO;
}

static void ask(struct work *work, int judge_fd, struct inquiry *inquiry)
{
	int err = inquiry->count ? run_judge(judge_fd, inquiry) : 0;

	for (size_t i = 0; i < inquiry->count; i++) {
		struct judgement_result *result = &work->items[inquiry->from[i]].result;

		*result = inquiry->judgements[i].result;
		if (err)
			result->outcome = OUTCOME_SEND_FAILED;
	}
	if (err)
		note(work, err);
	inquiry->count = 0;
}

static bool is_authenticated(const struct work_item *item)
{
	return item->result.policy.flags & SESSION_AUTHENTICATED;
}

/* Of what it has found out before, the program is told no more than the stage. */
static struct judgement judgement_of(const struct work *work, size_t i, bool is_admitted)
{
	const struct slow_packet *packet = &work->batch->packets[i];
	const size_t length = packet->request.length;
	struct judgement judgement = {
		.key = packet->request.key,
		.payload_length = (__u32)length,
		.stage = JUDGE_ADMISSION,
	};
	struct stamp_reflector_packet fields;

	if (length >= STAMP_BASE_SIZE)
		judgement.key.ssid = stamp_request_ssid(packet->payload);
	if (length >= STAMP_AUTH_SIZE)
		judgement.auth_ssid = stamp_auth_request_ssid(packet->payload);
	if (is_admitted)
		judgement.stage = work->items[i].keys ? JUDGE_NUMBER_AUTHENTICATED : JUDGE_NUMBER;
	if (judgement.stage == JUDGE_NUMBER_AUTHENTICATED) {
		fields = stamp_auth_fields(packet->payload);
		memcpy(judgement.octets, &fields, sizeof(fields));
	} else {
		memcpy(judgement.octets, packet->payload,
		       length < STAMP_BASE_SIZE ? length : STAMP_BASE_SIZE);
	}
	return judgement;
}

/* Whether it is to be asked about: again when it was admitted. */
static bool is_due(const struct work *work, size_t i, bool is_admitted)
{
	enum stamp_outcome outcome = (enum stamp_outcome)work->items[i].result.outcome;

	if (!is_admitted)
		return outcome == OUTCOME_CONTINUE;
	return outcome == OUTCOME_AUTHENTICATED || outcome == OUTCOME_EXTENDED;
}

/* Judges what is due. Mostly all came by one interface, and one run does. */
static void judge(struct work *work, bool is_admitted)
{
	struct inquiry inquiry;
	int judge_fd = -1;

	inquiry.count = 0;
	for (size_t i = 0; i < work->batch->count; i++) {
		int own_fd = work->batch->packets[i].request.interface->judge_fd;

		if (!is_due(work, i, is_admitted))
			continue;
		if (own_fd != judge_fd)
			ask(work, judge_fd, &inquiry);
		judge_fd = own_fd;
		inquiry.from[inquiry.count] = i;
		inquiry.judgements[inquiry.count++] = judgement_of(work, i, is_admitted);
	}
	ask(work, judge_fd, &inquiry);
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
	const struct slow_request *request = &work->batch->packets[i].request;
	struct work_item *item = &work->items[i];

	item->result = (struct judgement_result){ .outcome = OUTCOME_CONTINUE };
	item->keys = NULL;
	item->ssid = 0;
	item->tlvs.use = TLVS_NONE;
	if (!is_judged(work->path, request))
		return;
	item->result.policy = request->handover.policy;
	item->result.outcome = is_authenticated(item) ? OUTCOME_AUTHENTICATED : OUTCOME_EXTENDED;
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

	item->ssid = item->keys ? stamp_auth_request_ssid(packet->payload) : base->ssid;
	request_tlvs_examine(&item->tlvs, (char *)packet->payload + base_size,
			     length > base_size ? length - base_size : 0,
			     packet->request.interface->micro_session_id, &verification);
	return request_tlvs_name_other_link(&item->tlvs) ? OUTCOME_WRONG_MEMBER
							 : item->result.outcome;
}

/* All that is asked of a request before anything of it is believed. */
static void verify(struct work *work, size_t i)
{
	struct judgement_result *result = &work->items[i].result;

	if (result->outcome == OUTCOME_AUTHENTICATED)
		result->outcome = verify_packet(work, i);
	if (result->outcome == OUTCOME_AUTHENTICATED || result->outcome == OUTCOME_EXTENDED)
		result->outcome = examine_tlvs(work, i);
}

static __u64 now_by(clockid_t clock)
{
	return clock == CLOCK_MONOTONIC ? clock_monotonic_ns() : clock_realtime_ns();
}

/* The session as sent_replies knows it. */
static struct session_key sent_key(const struct work *work, size_t i)
{
	const struct slow_request *request = &work->batch->packets[i].request;
	struct session_key key = request->key;

	key.ssid = work->items[i].ssid;
	key.scope = (__u16)request->interface->ifindex;
	return key;
}

/* Whether Follow-Up Telemetry may ask for it: the reply is one of a session's own numbers. */
static bool is_followed_up(const struct work_item *item)
{
	return item->tlvs.use != TLVS_NONE && item->result.policy.flags & SESSION_STATEFUL;
}

/* When the reply before this one left, UTC, if the kernel or stampd sent it and knows. */
static __u64 previous_sent_ns(const struct work *work, size_t i)
{
	const struct judgement_result *result = &work->items[i].result;
	const struct session_key key = sent_key(work, i);
	__u64 sent_ns = result->previous_ns;

	if (!sent_ns && is_followed_up(&work->items[i]))
		sent_ns = sent_replies_previous(work->path->sent, &key, result->sequence);
	return sent_ns ? sent_ns + work->path->clock.utc_offset_ns : 0;
}

/* Whose addresses, and where they are looked up. */
struct own_addresses {
	int map_fd;
	__u32 ifindex;
};

static int is_own_address(void *context, const struct stamp_address *address)
{
	const struct own_addresses *own = context;
	struct local_address key = { .address = *address };
	__u8 found;

	if (!bpf_map_lookup_elem(own->map_fd, &key, &found))
		return 1;
	key.ifindex = own->ifindex;
	return !bpf_map_lookup_elem(own->map_fd, &key, &found);
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
	request_tlvs_answer(&item->tlvs, &exchange, is_own_address, &own);
	request_tlvs_sign(&item->tlvs,
			  session_keys_find_tlv(work->path->keys, item->result.policy.session),
			  stamp_reply_sequence(&numbered));
	item->result.policy = exchange.policy;
	packet->reply.has_source = exchange.has_source;
	packet->reply.source = exchange.source;
}

/* Notes when the replies left that the next of their session may be asked for. */
static void note_sent(const struct work *work)
{
	for (size_t i = 0; i < work->batch->count; i++) {
		const struct slow_reply *reply = &work->batch->packets[i].reply;
		struct session_key key;

		if (!reply->sent_ns || !is_followed_up(&work->items[i]))
			continue;
		key = sent_key(work, i);
		sent_replies_note(work->path->sent, &key, work->items[i].result.sequence,
				  reply->sent_ns);
	}
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
	if (stamp_outcome_action(packet->reply.outcome) != XDP_TX)
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

/* Each reply is sent before the next one is written, so that its T3 is true. 0, or -errno of the
 * first that could not be judged or sent. */
static int answer(const struct slow_path *path, struct packet_io *io, struct packet_batch *batch)
{
	__u64 now_ns = clock_monotonic_ns();
	struct work work;

	work.path = path;
	work.batch = batch;
	work.err = 0;
	work.error_estimate = clock_error_estimate(&path->clock, now_ns);
	work.synchronization_source = clock_synchronization_source(&path->clock, now_ns);
	for (size_t i = 0; i < batch->count; i++)
		begin(&work, i);
	judge(&work, false);
	for (size_t i = 0; i < batch->count; i++)
		verify(&work, i);
	judge(&work, true);
	for (size_t i = 0; i < batch->count; i++)
		reply(io, &work, i);
	for (size_t i = 0; i < batch->count;)
		i += count_run(batch, i);
	io->finish(io, batch);
	note_sent(&work);
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
