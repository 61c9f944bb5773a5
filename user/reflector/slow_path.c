/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/slow_path.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "common/clock.h"
#include "stamp/judgement.h"
#include "stamp/reply.h"

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

static void write_reply(const struct slow_request *request, const struct judgement *judgement,
			const struct clock_reading *clock, void *payload)
{
	struct stamp_reply_input in = {
		.request = stamp_request_read(&judgement->packet, judgement->payload_length,
					      judgement->policy),
		.policy = judgement->policy,
		.received_ns = request->received_ns,
		.tai_offset = clock->tai_offset,
		.sequence = judgement->sequence,
		.error_estimate = clock_error_estimate(clock, clock_monotonic_ns()),
		.ttl = request->ttl,
	};

	in.sent_ns = clock_realtime_ns();
	if (in.sent_ns < in.received_ns) /* the clock was set back in between */
		in.sent_ns = in.received_ns;
	stamp_reply_fill(payload, &in);
}

int slow_path_reply(int judge_fd, const struct slow_request *request,
		    const struct clock_reading *clock, void *payload, struct slow_reply *reply)
{
	struct judgement judgement = {
		.key = request->key,
		.payload_length = (__u32)request->length,
	};
	size_t known = request->length < STAMP_BASE_SIZE ? request->length : STAMP_BASE_SIZE;
	int err;

	memcpy(&judgement.packet, payload, known);
	err = judge(judge_fd, &judgement);
	if (err)
		return err;
	*reply = (struct slow_reply){
		.outcome = (enum stamp_outcome)judgement.outcome,
		.policy = judgement.policy,
	};
	if (stamp_outcome_action(reply->outcome) != XDP_TX)
		return 0;
	write_reply(request, &judgement, clock, payload);
	reply->length = request->length < STAMP_BASE_SIZE ? STAMP_BASE_SIZE : request->length;
	return 0;
}
