/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* P2: packets a second that the XDP program reflects on a veth pair, against the floor program. */
#include "bench/figures.h"
#include "bench/veth.h"

static const struct target target = { 0.75, 0.80, true, "x" };

static int measure(const struct veth *veth)
{
	struct series ours, floor;
	char what[128];

	for (int i = 0; i < ROUNDS; i++) {
		int err = veth_measure(veth, veth->floor->progs.bench_floor, &floor.values[i]);

		if (!err)
			err = veth_measure(veth, veth->reflector->progs.stamp_reflect,
					   &ours.values[i]);
		if (err)
			return err;
	}
	snprintf(what, sizeof(what),
		 "base packet on veth: %.2f M/s, floor %.2f M/s, none lost (live frames, median of "
		 "%d pairs)",
		 median(&ours) / 1e6, median(&floor) / 1e6, ROUNDS);
	print_figure("P2", what, median_ratio(&ours, &floor), &target);
	return 0;
}

/* Arguments: the namespaces of the sender's and of the reflector's end. */
int main(int argc, char **argv)
{
	struct veth veth = {};
	int err = -EINVAL;

	if (argc == 3)
		err = veth_open(&veth, argv[1], argv[2]);
	if (!err)
		err = veth_pin();
	if (!err)
		err = measure(&veth);
	veth_close(&veth);
	if (err)
		fprintf(stderr, "bench_veth: %s\n", strerror(-err));
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
