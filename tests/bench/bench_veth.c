/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* P2: packets a second that the XDP program reflects on a veth pair, against the floor program. */
#include "bench/figures.h"
#include "bench/veth.h"

static const struct target target = { 0.75, 0.80, true, "x" };

static int measure(struct veth *veth)
{
	struct veth_side ours = { .program = veth->reflector->progs.stamp_reflect };
	struct veth_side floor = { .program = veth->floor->progs.bench_floor };
	char what[128];
	int err;

	request_build(&ours.request, &veth->path, 0, IPPROTO_UDP, STAMP_PORT);
	floor.request = ours.request;
	err = veth_measure_pairs(veth, &ours, &floor);
	if (err)
		return err;
	snprintf(what, sizeof(what),
		 "base packet on veth: %.2f M/s, floor %.2f M/s, none lost (live frames, median of "
		 "%d pairs)",
		 median(&ours.per_second) / 1e6, median(&floor.per_second) / 1e6, ROUNDS);
	print_figure("P2", what, median_ratio(&ours.per_second, &floor.per_second), &target);
	return 0;
}

int main(int argc, char **argv)
{
	return veth_main(argc, argv, measure);
}
