/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What TLVs cost the kernel path: packets a second on a veth pair with one Class of Service TLV and
 * with five TLVs, against base packets; with Extra Padding to 1,400 octets, against the floor
 * program and such frames. What a reply changes of TLVs and is not restored is in the request
 * already.
 */
#include "bench/figures.h"
#include "bench/veth.h"

#define PADDED_OCTETS 1400 /* of the STAMP packet */

static const struct target class_target = { 0.85, 0, true, "x" };
static const struct target five_target = { 0.75, 0, true, "x" };
static const struct target padding_target = { 0.80, 0, true, "x" };

_Static_assert(sizeof(struct stamp_sender_packet) + sizeof(request_five_tlvs) + 28 ==
		       4 * TLV_PACKET_WORDS,
	       "all of it is restored");

static int measure_tlvs(struct veth *veth, const char *name, const void *tlvs, size_t length,
			const struct target *target)
{
	struct veth_side ours = { .program = veth->reflector->progs.stamp_reflect };
	struct veth_side base = { .program = veth->reflector->progs.stamp_reflect };
	char what[128];
	int err;

	request_build_extended(&ours.request, &veth->path, tlvs, length);
	request_build(&base.request, &veth->path, 0, IPPROTO_UDP, STAMP_PORT);
	err = veth_measure_pairs(veth, &ours, &base);
	if (err)
		return err;
	snprintf(what, sizeof(what),
		 "%s on veth: %.2f M/s, base packet %.2f M/s (median of %d pairs)", name,
		 median(&ours.per_second) / 1e6, median(&base.per_second) / 1e6, ROUNDS);
	print_figure("TLV", what, median_ratio(&ours.per_second, &base.per_second), target);
	return 0;
}

static int measure_padding(struct veth *veth)
{
	__u8 padding[PADDED_OCTETS - STAMP_BASE_SIZE] = { 0, 1, (sizeof(padding) - 4) >> 8,
							  (sizeof(padding) - 4) & 0xff };
	struct veth_side ours = { .program = veth->reflector->progs.stamp_reflect };
	struct veth_side floor = { .program = veth->floor->progs.bench_floor };
	char what[128];
	int err;

	request_build_extended(&ours.request, &veth->path, padding, sizeof(padding));
	floor.request = ours.request;
	err = veth_measure_pairs(veth, &ours, &floor);
	if (err)
		return err;
	snprintf(
		what, sizeof(what),
		"Extra Padding to %d octets on veth: %.2f M/s, floor %.2f M/s (median of %d pairs)",
		PADDED_OCTETS, median(&ours.per_second) / 1e6, median(&floor.per_second) / 1e6,
		ROUNDS);
	print_figure("TLV", what, median_ratio(&ours.per_second, &floor.per_second),
		     &padding_target);
	return 0;
}

static int measure(struct veth *veth)
{
	int err = measure_tlvs(veth, "Class of Service TLV", request_class_of_service,
			       sizeof(request_class_of_service), &class_target);

	if (!err)
		err = measure_tlvs(veth, "five TLVs", request_five_tlvs, sizeof(request_five_tlvs),
				   &five_target);
	return err ? err : measure_padding(veth);
}

int main(int argc, char **argv)
{
	return veth_main(argc, argv, measure);
}
