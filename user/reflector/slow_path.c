/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/slow_path.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "common/clock.h"
#include "proto/auth_packet.h"
#include "reflector/counters.h"
#include "stamp/reply_auth.h"

/* A batch on its way, packet by packet. */
struct work {
	struct packet_batch *batch;
	int err; /* the first */
	__u16 error_estimate;
	struct judgement judgements[PACKET_BATCH];
	const struct auth_keys *keys[PACKET_BATCH]; /* of the session, once its HMAC is verified */
	size_t key[PACKET_BATCH];                   /* the one that verified it, and signs */
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
		struct judgement *judgement = &work->judgements[inquiry->from[i]];

		*judgement = inquiry->judgements[i];
		if (err)
			judgement->outcome = OUTCOME_SEND_FAILED;
	}
	if (err)
		note(work, err);
	inquiry->count = 0;
}

/* Judges what has this outcome so far. Mostly all came by one interface, and one run does. */
static void judge(struct work *work, enum stamp_outcome outcome)
{
	struct inquiry inquiry;
	int judge_fd = -1;

	inquiry.count = 0;
	for (size_t i = 0; i < work->batch->count; i++) {
		int own_fd = work->batch->packets[i].request.interface->judge_fd;

		if (work->judgements[i].outcome != outcome)
			continue;
		if (own_fd != judge_fd)
			ask(work, judge_fd, &inquiry);
		judge_fd = own_fd;
		inquiry.from[inquiry.count] = i;
		inquiry.judgements[inquiry.count++] = work->judgements[i];
	}
	ask(work, judge_fd, &inquiry);
}

/* What the XDP program found by the rules in force. */
static bool is_judged(const struct slow_path *path, const struct slow_request *request)
{
	return request->handover.generation && request->handover.generation == path->generation;
}

/* What was judged by them needs no second look, and what it is judged by then comes with its HMAC.
 */
static void begin(const struct slow_path *path, struct work *work, size_t i)
{
	const struct slow_packet *packet = &work->batch->packets[i];
	const struct slow_request *request = &packet->request;
	size_t known = request->length < STAMP_BASE_SIZE ? request->length : STAMP_BASE_SIZE;
	struct judgement *judgement = &work->judgements[i];

	*judgement = (struct judgement){
		.key = request->key,
		.payload_length = (__u32)request->length,
		.outcome = OUTCOME_CONTINUE,
	};
	if (known == STAMP_BASE_SIZE)
		judgement->key.ssid = stamp_request_ssid(packet->payload);
	if (request->length >= STAMP_AUTH_SIZE)
		judgement->auth_ssid = stamp_auth_request_ssid(packet->payload);
	work->keys[i] = NULL;
	if (is_judged(path, request)) {
		judgement->policy = request->handover.policy;
		judgement->outcome = OUTCOME_AUTHENTICATED;
	} else {
		memcpy(judgement->octets, packet->payload, known);
	}
}

static void verify(const struct slow_path *path, struct work *work, size_t i)
{
	struct judgement *judgement = &work->judgements[i];
	const struct auth_keys *keys = session_keys_find(path->keys, judgement->policy.session);
	const void *payload = work->batch->packets[i].payload;
	struct stamp_reflector_packet fields;

	if (judgement->outcome != OUTCOME_AUTHENTICATED)
		return;
	if (!keys || !auth_packet_verify(keys, payload, judgement->payload_length, &work->key[i])) {
		judgement->outcome = OUTCOME_BAD_HMAC;
		return;
	}
	if (session_keys_is_replay(path->keys, judgement->policy.session, work->key[i],
				   &judgement->key, payload)) {
		judgement->outcome = OUTCOME_REPLAYED;
		return;
	}
	work->keys[i] = keys;
	judgement->verified = 1;
	fields = stamp_auth_fields(payload);
	memcpy(judgement->octets, &fields, sizeof(fields));
}

static __u64 now_by(clockid_t clock)
{
	return clock == CLOCK_MONOTONIC ? clock_monotonic_ns() : clock_realtime_ns();
}

/* All of a reply but what its mode has of its own. T3 is read here, so as late as can be, on the
 * clock that T2 was read on. */
static struct stamp_reply_input reply_input(const struct slow_path *path, const struct work *work,
					    size_t i)
{
	const struct slow_request *request = &work->batch->packets[i].request;
	bool monotonic = request->clock == CLOCK_MONOTONIC;
	__u64 to_utc = monotonic ? path->clock.utc_offset_ns : 0;
	struct stamp_reply_input in = {
		.policy = work->judgements[i].policy,
		.received_ns = request->received_ns + to_utc,
		/* Of CLOCK_REALTIME nothing is known: it may have been set a moment ago. */
		.known_second = monotonic ? path->clock.known_second : 0,
		.tai_offset = path->clock.tai_offset,
		.sequence = work->judgements[i].sequence,
		.error_estimate = work->error_estimate,
		.ttl = request->ttl,
	};

	in.sent_ns = now_by(request->clock) + to_utc;
	if (in.sent_ns < in.received_ns) /* the clock was set back in between */
		in.sent_ns = in.received_ns;
	return in;
}

/* Returns T3 - T2. */
static __u64 write_reply(const struct slow_path *path, const struct work *work, size_t i)
{
	const struct slow_packet *packet = &work->batch->packets[i];
	struct stamp_reply_input in = reply_input(path, work, i);

	in.request = stamp_request_read(packet->payload, (__u32)packet->request.length, in.policy);
	stamp_reply_fill(packet->payload, &in);
	return in.sent_ns - in.received_ns;
}

static __u64 write_signed_reply(const struct slow_path *path, const struct work *work, size_t i)
{
	const struct slow_packet *packet = &work->batch->packets[i];
	struct stamp_reply_input in = reply_input(path, work, i);

	in.request = stamp_auth_request_read(packet->payload);
	stamp_auth_reply_fill(packet->payload, &in);
	auth_packet_sign(work->keys[i], work->key[i], packet->payload);
	return in.sent_ns - in.received_ns;
}

static void reply(const struct slow_path *path, struct packet_io *io, struct work *work, size_t i)
{
	struct slow_packet *packet = &work->batch->packets[i];
	const struct slow_request *request = &packet->request;
	const struct judgement *judgement = &work->judgements[i];
	int err;

	packet->reply = (struct slow_reply){
		.outcome = (enum stamp_outcome)judgement->outcome,
		.policy = judgement->policy,
	};
	if (stamp_outcome_action(packet->reply.outcome) != XDP_TX)
		return;
	packet->reply.residence_ns =
		work->keys[i] ? write_signed_reply(path, work, i) : write_reply(path, work, i);
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

int slow_path_answer(const struct slow_path *path, struct packet_io *io, struct packet_batch *batch)
{
	struct work work;

	work.batch = batch;
	work.err = 0;
	work.error_estimate = clock_error_estimate(&path->clock, clock_monotonic_ns());
	for (size_t i = 0; i < batch->count; i++)
		begin(path, &work, i);
	judge(&work, OUTCOME_CONTINUE);
	for (size_t i = 0; i < batch->count; i++)
		verify(path, &work, i);
	judge(&work, OUTCOME_AUTHENTICATED);
	for (size_t i = 0; i < batch->count; i++)
		reply(path, io, &work, i);
	for (size_t i = 0; i < batch->count;)
		i += count_run(batch, i);
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
	*err = slow_path_answer(path, io, batch);
	io->finish(io, batch);
	return (int)batch->count;
}
