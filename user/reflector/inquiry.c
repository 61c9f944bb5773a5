/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/inquiry.h"

#include <bpf/bpf.h>
#include <errno.h>

#include "stamp/outcome.h"

/* All of them count as one packet. 0 or -errno. */
static int run(struct inquiry *inquiry)
{
	const __u32 size = (__u32)(inquiry->count * sizeof(inquiry->questions[0]));
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = inquiry->questions, .data_size_in = size,
		    .data_out = inquiry->questions, .data_size_out = size);

	if (bpf_prog_test_run_opts(inquiry->judge_fd, &opts))
		return -errno;
	return opts.retval == XDP_PASS ? 0 : -EPROTO;
}

static void ask(struct inquiry *inquiry)
{
	int err = inquiry->count ? run(inquiry) : 0;

	for (size_t i = 0; i < inquiry->count; i++) {
		if (!inquiry->answers[i])
			continue;
		*inquiry->answers[i] = inquiry->questions[i].result;
		if (err)
			inquiry->answers[i]->outcome = OUTCOME_SEND_FAILED;
	}
	if (!inquiry->err)
		inquiry->err = err;
	inquiry->count = 0;
}

void inquiry_begin(struct inquiry *inquiry)
{
	inquiry->judge_fd = -1;
	inquiry->err = 0;
	inquiry->count = 0;
}

void inquiry_add(struct inquiry *inquiry, int judge_fd, const struct judgement *question,
		 struct judgement_result *answer)
{
	if (inquiry->count == JUDGEMENTS_MAX || judge_fd != inquiry->judge_fd)
		ask(inquiry);
	inquiry->judge_fd = judge_fd;
	inquiry->answers[inquiry->count] = answer;
	inquiry->questions[inquiry->count++] = *question;
}

int inquiry_end(struct inquiry *inquiry)
{
	ask(inquiry);
	return inquiry->err;
}
