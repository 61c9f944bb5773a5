/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * P1 and P3: how long the XDP program runs, by PROG_TEST_RUN, for a packet that it reflects and for
 * other traffic.
 *
 * A reflected packet has to be made a request again before each run. bench_restore_run does that
 * and goes on to the measured program by a tail call; what it takes itself is measured with the
 * empty program behind it, and taken off both sides alike.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <netinet/in.h>

#include "bench/figures.h"
#include "bench/reflector.h"
#include "bench/request.h"
#include "bench/timing.h"
#include "tests/bench/floor.skel.h"
#include "tests/bench/pass.skel.h"

struct bench {
	struct stamp_reflector_bpf *reflector;
	struct floor_bpf *floor;
	struct pass_bpf *pass;
	struct restore_bpf *restore;
};

static const struct path path = {
	{ 0x02, 0, 0, 0, 0, 0x01 },
	{ 0x02, 0, 0, 0, 0, 0x02 },
};

static const struct target reflected_target = { 1.80, 1.50, false, "x" };
static const struct target other_target = { 4.00, 0, false, " ns" };

static int bench_open(struct bench *bench)
{
	bench->reflector = reflector_load(&path, 1, 0);
	bench->floor = floor_bpf__open_and_load();
	bench->pass = pass_bpf__open_and_load();
	bench->restore = restore_bpf__open_and_load();
	if (!bench->reflector || !bench->floor || !bench->pass || !bench->restore)
		return bench_fail("cannot load the programs", -errno);
	return 0;
}

static void bench_close(struct bench *bench)
{
	stamp_reflector_bpf__destroy(bench->reflector);
	floor_bpf__destroy(bench->floor);
	pass_bpf__destroy(bench->pass);
	restore_bpf__destroy(bench->restore);
}

/* The reflector's side, believed only when each single run was a reflection. */
static int time_reflector(const struct bench *bench, const struct packet *packet, double *ns)
{
	__u64 before = 0, after = 0;
	int err = reflector_count(bench->reflector, OUTCOME_REFLECTED, &before);

	reflector_set_clock(bench->reflector);
	if (!err)
		err = time_restored(bench->restore->progs.bench_restore_run, bench->restore,
				    bench->reflector->progs.stamp_reflect, packet, XDP_TX, ns);
	if (!err)
		err = reflector_count(bench->reflector, OUTCOME_REFLECTED, &after);
	if (!err && after - before != REPEAT)
		err = bench_fail("not every packet was reflected", -EPROTO);
	return err;
}

/* One pair; the empty program gives what restoring the frame takes. */
static int time_pair(const struct bench *bench, const struct packet *packet, double *ours,
		     double *floor)
{
	double empty, restored;
	int err = time_program(bench->pass->progs.bench_pass, packet, XDP_PASS, &empty);

	if (!err)
		err = time_restored(bench->restore->progs.bench_restore_run, bench->restore,
				    bench->pass->progs.bench_pass, packet, XDP_PASS, &restored);
	if (!err)
		err = time_restored(bench->restore->progs.bench_restore_run, bench->restore,
				    bench->floor->progs.bench_floor, packet, XDP_TX, floor);
	if (!err)
		err = time_reflector(bench, packet, ours);
	*ours -= restored - empty;
	*floor -= restored - empty;
	return err;
}

static int measure_reflected(const struct bench *bench, int ip6)
{
	struct packet packet;
	struct series ours, floor;
	char what[128];

	request_build(&packet, &path, ip6, IPPROTO_UDP, STAMP_PORT);
	for (int i = 0; i < ROUNDS; i++) {
		int err = time_pair(bench, &packet, &ours.values[i], &floor.values[i]);

		if (err)
			return err;
	}
	snprintf(what, sizeof(what),
		 "base packet %s: %.0f ns, floor %.0f ns (PROG_TEST_RUN, median of %d pairs)",
		 ip6 ? "IPv6" : "IPv4", median(&ours), median(&floor), ROUNDS);
	print_figure("P1", what, median_ratio(&ours, &floor), &reflected_target);
	return 0;
}

static int measure_other(const struct bench *bench, const char *name, __u8 protocol, __u16 port)
{
	struct packet packet;
	struct series ours, pass;
	char what[128];

	request_build(&packet, &path, 0, protocol, port);
	for (int i = 0; i < ROUNDS; i++) {
		int err = time_program(bench->pass->progs.bench_pass, &packet, XDP_PASS,
				       &pass.values[i]);

		if (!err)
			err = time_program(bench->reflector->progs.stamp_reflect, &packet, XDP_PASS,
					   &ours.values[i]);
		if (err)
			return err;
	}
	snprintf(what, sizeof(what),
		 "%s: %.1f ns, empty XDP_PASS %.1f ns (PROG_TEST_RUN, median of %d pairs)", name,
		 median(&ours), median(&pass), ROUNDS);
	print_figure("P3", what, median_difference(&ours, &pass), &other_target);
	return 0;
}

int main(void)
{
	struct bench bench = {};
	int err = bench_open(&bench);

	if (!err)
		err = measure_reflected(&bench, 0);
	if (!err)
		err = measure_reflected(&bench, 1);
	if (!err)
		err = measure_other(&bench, "other traffic, TCP", IPPROTO_TCP, STAMP_PORT);
	if (!err)
		err = measure_other(&bench, "other traffic, UDP to another port", IPPROTO_UDP, 53);
	bench_close(&bench);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
