/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/slow_path.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "common/clock.h"
#include "proto/auth_packet.h"
#include "stamp/judgement.h"
#include "stamp/reply_auth.h"

/* Runs stamp_judge over the judgement, which counts as a packet. 0 or -errno. */
static int judge(int judge_fd, struct judgement *judgement)
{
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = judgement,
		    .data_size_in = sizeof(*judgement), .data_out = judgement,
		    .data_size_out = sizeof(*judgement));

	if (bpf_prog_test_run_opts(judge_fd, &run))
		return -errno;
	return run.retval == XDP_PASS ? 0 : -EPROTO;
}

/* Asks again for a request of an authenticated session, if one of its keys verifies it. */
static int judge_verified(const struct slow_path *path, struct judgement *judgement,
			  const void *payload, size_t *key)
{
	const struct auth_keys *keys = session_keys_find(path->keys, judgement->policy.session);

	if (!keys || !auth_packet_verify(keys, payload, judgement->payload_length, key)) {
		judgement->outcome = OUTCOME_BAD_HMAC;
		return 0;
	}
	judgement->verified = 1;
	return judge(path->judge_fd, judgement);
}

/* All of a reply but what its mode has of its own. T3 is read here, so as late as can be. */
static struct stamp_reply_input reply_input(const struct slow_path *path,
					    const struct slow_request *request,
					    const struct judgement *judgement)
{
	struct stamp_reply_input in = {
		.policy = judgement->policy,
		.received_ns = request->received_ns,
		.tai_offset = path->clock.tai_offset,
		.sequence = judgement->sequence,
		.error_estimate = clock_error_estimate(&path->clock, clock_monotonic_ns()),
		.ttl = request->ttl,
	};

	in.sent_ns = clock_realtime_ns();
	if (in.sent_ns < in.received_ns) /* the clock was set back in between */
		in.sent_ns = in.received_ns;
	return in;
}

static void write_reply(const struct slow_path *path, const struct slow_request *request,
			const struct judgement *judgement, void *payload)
{
	struct stamp_reply_input in = reply_input(path, request, judgement);

	in.request = stamp_request_read((const void *)judgement->octets, judgement->payload_length,
					judgement->policy);
	stamp_reply_fill(payload, &in);
}

static void write_signed_reply(const struct slow_path *path, const struct slow_request *request,
			       const struct judgement *judgement, size_t key, void *payload)
{
	struct stamp_reply_input in = reply_input(path, request, judgement);

	in.request = stamp_auth_request_read((const void *)judgement->octets);
	stamp_auth_reply_fill(payload, &in);
	auth_packet_sign(session_keys_find(path->keys, judgement->policy.session), key, payload);
}

int slow_path_reply(const struct slow_path *path, const struct slow_request *request, void *payload,
		    struct slow_reply *reply)
{
	struct judgement judgement = {
		.key = request->key,
		.payload_length = (__u32)request->length,
	};
	size_t known = request->length < STAMP_AUTH_SIZE ? request->length : STAMP_AUTH_SIZE;
	size_t key = 0;
	int err;

	memcpy(judgement.octets, payload, known);
	err = judge(path->judge_fd, &judgement);
	if (!err && judgement.outcome == OUTCOME_AUTHENTICATED)
		err = judge_verified(path, &judgement, payload, &key);
	if (err)
		return err;
	*reply = (struct slow_reply){
		.outcome = (enum stamp_outcome)judgement.outcome,
		.policy = judgement.policy,
	};
	if (stamp_outcome_action(reply->outcome) != XDP_TX)
		return 0;
	if (judgement.verified)
		write_signed_reply(path, request, &judgement, key, payload);
	else
		write_reply(path, request, &judgement, payload);
	reply->length = request->length < STAMP_BASE_SIZE ? STAMP_BASE_SIZE : request->length;
	return 0;
}
