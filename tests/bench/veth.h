/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The veth pair that bench.sh made, driven by live frames: the sender's end sends requests and
 * counts what comes back, the other end runs the measured program. One core does everything.
 */
#ifndef BENCH_VETH_H
#define BENCH_VETH_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bench/figures.h"
#include "bench/reflector.h"
#include "bench/request.h"
#include "tests/bench/count.skel.h"
#include "tests/bench/floor.skel.h"
#include "tests/bench/restore.skel.h"

#define SENDER_INTERFACE "sender0"
#define REFLECTOR_INTERFACE "reflector0"
#define LIVE_FRAMES 1000000 /* of one measurement */
#define LIVE_BATCH 64       /* a quarter of what a veth queue holds */
#define ARRIVAL_SECONDS 1   /* how long to wait for the last ones */

struct veth {
	int sender_ns;
	int reflector_ns;
	unsigned int sender_ifindex;
	unsigned int reflector_ifindex;
	struct path path;
	struct packet request; /* what is sent */
	struct stamp_reflector_bpf *reflector;
	struct floor_bpf *floor;
	struct restore_bpf *restore;
	struct count_bpf *count;
};

/*
 * The work stays on the core where it was begun: if the sender moved to another one, the interface
 * would not follow as long as it is busy, and two cores would run.
 */
static inline int veth_pin(void)
{
	cpu_set_t here;

	CPU_ZERO(&here);
	CPU_SET((size_t)sched_getcpu(), &here);
	return sched_setaffinity(0, sizeof(here), &here) ? -errno : 0;
}

static inline int veth_read_end(int ns, const char *ifname, unsigned int *ifindex, __u8 *mac)
{
	struct ifreq request = {};
	int fd, err = 0;

	if (setns(ns, CLONE_NEWNET))
		return -errno;
	*ifindex = if_nametoindex(ifname);
	if (!*ifindex)
		return -errno;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0)
		return -errno;
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", ifname);
	if (ioctl(fd, SIOCGIFHWADDR, &request))
		err = -errno;
	memcpy(mac, request.ifr_hwaddr.sa_data, ETH_ALEN);
	close(fd);
	return err;
}

/* From now on this is sent. */
static inline void veth_use_request(struct veth *veth, const struct packet *request)
{
	veth->request = *request;
	veth->restore->bss->request = frame_words_of(request);
}

static inline int veth_load(struct veth *veth)
{
	struct packet base;

	veth->reflector = reflector_load(&veth->path, veth->reflector_ifindex, 0);
	veth->floor = floor_bpf__open_and_load();
	veth->restore = restore_bpf__open_and_load();
	veth->count = count_bpf__open();
	if (!veth->reflector || !veth->floor || !veth->restore || !veth->count)
		return -errno;
	memcpy((void *)veth->count->rodata->sender_mac, veth->path.sender_mac, ETH_ALEN);
	request_build(&base, &veth->path, 0, IPPROTO_UDP, STAMP_PORT);
	veth_use_request(veth, &base);
	return count_bpf__load(veth->count);
}

/* Leaves the process in the sender's namespace, which is where live frames start from. */
static inline int veth_open(struct veth *veth, const char *sender_ns, const char *reflector_ns)
{
	int err;

	veth->sender_ns = open(sender_ns, O_RDONLY | O_CLOEXEC);
	veth->reflector_ns = open(reflector_ns, O_RDONLY | O_CLOEXEC);
	if (veth->sender_ns < 0 || veth->reflector_ns < 0)
		return -errno;
	err = veth_read_end(veth->reflector_ns, REFLECTOR_INTERFACE, &veth->reflector_ifindex,
			    veth->path.reflector_mac);
	if (!err)
		err = veth_read_end(veth->sender_ns, SENDER_INTERFACE, &veth->sender_ifindex,
				    veth->path.sender_mac);
	return err ? err : veth_load(veth);
}

static inline void veth_close(struct veth *veth)
{
	stamp_reflector_bpf__destroy(veth->reflector);
	floor_bpf__destroy(veth->floor);
	restore_bpf__destroy(veth->restore);
	count_bpf__destroy(veth->count);
	close(veth->sender_ns);
	close(veth->reflector_ns);
}

/* Native, as veth offers it; ends with the link. NULL with errno set. */
static inline struct bpf_link *veth_attach(int ns, const struct bpf_program *program,
					   unsigned int ifindex)
{
	if (setns(ns, CLONE_NEWNET))
		return NULL;
	return bpf_program__attach_xdp(program, (int)ifindex);
}

static inline int veth_count(const struct veth *veth, __u64 *count)
{
	int cpus = libbpf_num_possible_cpus();
	__u64 *counts;
	__u32 zero = 0;
	int err;

	if (cpus < 0)
		return cpus;
	counts = calloc((size_t)cpus, sizeof(*counts));
	if (!counts)
		return -ENOMEM;
	err = bpf_map_lookup_elem(bpf_map__fd(veth->count->maps.replies), &zero, counts);
	*count = 0;
	for (int i = 0; i < cpus; i++)
		*count += counts[i];
	free(counts);
	return err;
}

/* Sends the frame so many times by a program that returns XDP_TX. */
static inline int veth_send_frames(const struct veth *veth, const struct bpf_program *program,
				   const struct packet *packet, int count)
{
	struct xdp_md context = { .ingress_ifindex = veth->sender_ifindex,
				  .data_end = packet->length };
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet->data, .data_size_in = packet->length,
		    .ctx_in = &context, .ctx_size_in = sizeof(context), .repeat = count,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = LIVE_BATCH);

	return bpf_prog_test_run_opts(bpf_program__fd(program), &run);
}

static inline int veth_send(const struct veth *veth)
{
	return veth_send_frames(veth, veth->restore->progs.bench_restore_send, &veth->request,
				LIVE_FRAMES);
}

/* Waits for the last replies. 0, -errno, or -EPROTO when not all of them came. */
static inline int veth_await(const struct veth *veth, __u64 expected)
{
	double deadline = seconds_of(CLOCK_MONOTONIC) + ARRIVAL_SECONDS;
	__u64 count = 0;
	int err;

	do {
		err = veth_count(veth, &count);
	} while (!err && count < expected && seconds_of(CLOCK_MONOTONIC) < deadline);
	if (!err && count != expected) {
		fprintf(stderr, "of %d packets %lld did not come back\n", LIVE_FRAMES,
			(long long)(expected - count));
		err = -EPROTO;
	}
	return err;
}

struct veth_links {
	struct bpf_link *answering, *hearing;
};

/* `answering` on the reflector's end, `hearing` on the sender's. To be undone, also after an
 * error. */
static inline int veth_link_both(const struct veth *veth, const struct bpf_program *answering,
				 const struct bpf_program *hearing, struct veth_links *links)
{
	links->answering = veth_attach(veth->reflector_ns, answering, veth->reflector_ifindex);
	links->hearing = veth_attach(veth->sender_ns, hearing, veth->sender_ifindex);
	return links->answering && links->hearing ? 0 : -errno;
}

/* The same with the program that counts what comes back. */
static inline int veth_link(const struct veth *veth, const struct bpf_program *program,
			    struct veth_links *links)
{
	return veth_link_both(veth, program, veth->count->progs.bench_count, links);
}

static inline void veth_unlink(const struct veth_links *links)
{
	bpf_link__destroy(links->hearing);
	bpf_link__destroy(links->answering);
}

/* Replies a second when `program` answers; every one of LIVE_FRAMES must have come back. */
static inline int veth_measure(const struct veth *veth, const struct bpf_program *program,
			       double *per_second)
{
	struct veth_links links;
	double start;
	__u64 before = 0;
	int err;

	reflector_set_clock(veth->reflector);
	err = veth_link(veth, program, &links);
	if (!err)
		err = veth_count(veth, &before);
	start = seconds_of(CLOCK_MONOTONIC);
	if (!err)
		err = veth_send(veth);
	if (!err)
		err = veth_await(veth, before + LIVE_FRAMES);
	*per_second = LIVE_FRAMES / (seconds_of(CLOCK_MONOTONIC) - start);
	veth_unlink(&links);
	return err;
}

/* One side: the program that answers, and what it answers. */
struct veth_side {
	const struct bpf_program *program;
	struct packet request;
	struct series per_second;
};

/* Replies a second of both, measured side by side. 0 or -errno. */
static inline int veth_measure_pairs(struct veth *veth, struct veth_side *ours,
				     struct veth_side *other)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct veth_side *const sides[] = { other, ours };

		for (int j = 0; j < 2; j++) {
			int err;

			veth_use_request(veth, &sides[j]->request);
			err = veth_measure(veth, sides[j]->program,
					   &sides[j]->per_second.values[i]);
			if (err)
				return err;
		}
	}
	return 0;
}

/* A bench on it: the arguments are the namespaces of the sender's and of the reflector's end. */
static inline int veth_main(int argc, char **argv, int (*measure)(struct veth *veth))
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
		fprintf(stderr, "%s: %s\n", argv[0], strerror(-err));
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
