/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The time that a program takes for one packet, by PROG_TEST_RUN. */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>

#include "bench/figures.h"
#include "bench/request.h"
#include "tests/bench/restore.skel.h"

#define REPEAT 1000000 /* a tenth of a second */

static inline int bench_fail(const char *what, int err)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(-err));
	return err;
}

/*
 * The time of one run, in ns, of the many of which the last one must have ended with `action`.
 * CPU time of this thread, so that what else runs on the machine is not counted in.
 */
static inline int time_program(const struct bpf_program *program, const struct packet *packet,
			       int action, double *ns)
{
	__u8 out[PACKET_MAX];
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet->data, .data_size_in = packet->length,
		    .data_out = out, .data_size_out = sizeof(out), .repeat = REPEAT);
	double start = seconds_of(CLOCK_THREAD_CPUTIME_ID);
	int err = bpf_prog_test_run_opts(bpf_program__fd(program), &run);

	if (err)
		return bench_fail("PROG_TEST_RUN", err);
	*ns = (seconds_of(CLOCK_THREAD_CPUTIME_ID) - start) * 1e9 / REPEAT;
	return run.retval == (__u32)action ? 0 : bench_fail("an unexpected verdict", -EPROTO);
}

/* The same for a program that changes the frame: `restoring`, one of `restore`, goes first. */
static inline int time_restored(const struct bpf_program *restoring,
				const struct restore_bpf *restore,
				const struct bpf_program *program, const struct packet *packet,
				int action, double *ns)
{
	int program_fd = bpf_program__fd(program);
	__u32 zero = 0;
	int err;

	restore->bss->request = frame_words_of(packet);
	err = bpf_map_update_elem(bpf_map__fd(restore->maps.measured), &zero, &program_fd, BPF_ANY);
	if (err)
		return bench_fail("cannot go on to the measured program", err);
	return time_program(restoring, packet, action, ns);
}

#endif
