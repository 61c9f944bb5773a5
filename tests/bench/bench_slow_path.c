/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * P5 and P6: replies a second over AF_XDP, authenticated and with five TLVs, against an echo that
 * does nothing but send each frame back, with the same rings and memory. One core sends and runs
 * the XDP program and, for veth receives where it sends, the kernel's half of the socket; the other
 * core is the measured one.
 */
#include <pthread.h>
#include <sys/socket.h>

#include "bench/figures.h"
#include "bench/slow_side.h"
#include "tests/bench/redirect.skel.h"

#define ECHO_BATCH 32 /* the kernel sends so many at once */

struct echo {
	struct redirect_bpf *program;
	struct xsk_rings rings;
	pthread_t thread;
	bool stop;
};

static const struct target target = { 0.70, 0, true, "x" };

static void swap_macs(unsigned char *frame)
{
	for (int i = 0; i < ETH_ALEN; i++) {
		unsigned char octet = frame[i];

		frame[i] = frame[ETH_ALEN + i];
		frame[ETH_ALEN + i] = octet;
	}
}

/* Takes the frames of a batch from one ring to the other. */
static void echo_batch(struct echo *echo)
{
	__u32 from, to, count = xsk_ring_cons__peek(&echo->rings.rx, ECHO_BATCH, &from);

	if (count && xsk_ring_prod__reserve(&echo->rings.tx, count, &to) != count) {
		xsk_ring_cons__cancel(&echo->rings.rx, count);
		count = 0;
	}
	for (__u32 i = 0; i < count; i++) {
		const struct xdp_desc *frame = xsk_ring_cons__rx_desc(&echo->rings.rx, from + i);

		swap_macs(umem_octets(echo->rings.umem, frame->addr));
		*xsk_ring_prod__tx_desc(&echo->rings.tx, to + i) = *frame;
		umem_lend(echo->rings.umem);
	}
	xsk_ring_cons__release(&echo->rings.rx, count);
	xsk_ring_prod__submit(&echo->rings.tx, count);
	sendto(xsk_rings_fd(&echo->rings), NULL, 0, MSG_DONTWAIT, NULL, 0);
	xsk_rings_refill(&echo->rings);
}

static void *run_echo(void *context)
{
	struct echo *echo = context;

	while (!__atomic_load_n(&echo->stop, __ATOMIC_RELAXED))
		echo_batch(echo);
	return NULL;
}

static int echo_open(struct echo *echo, const struct veth *veth, int cpu)
{
	const struct xsk_settings settings = slow_side_settings();
	pthread_attr_t attributes;
	cpu_set_t one;
	__u32 zero = 0;
	int fd, err;

	if (setns(veth->reflector_ns, CLONE_NEWNET))
		return -errno;
	echo->program = redirect_bpf__open_and_load();
	err = echo->program ? xsk_rings_open(&echo->rings, &settings) : -errno;
	if (err)
		return err;
	fd = xsk_rings_fd(&echo->rings);
	err = bpf_map_update_elem(bpf_map__fd(echo->program->maps.sockets), &zero, &fd, BPF_ANY);
	CPU_ZERO(&one);
	CPU_SET((size_t)cpu, &one);
	pthread_attr_init(&attributes);
	pthread_attr_setaffinity_np(&attributes, sizeof(one), &one);
	if (!err)
		err = -pthread_create(&echo->thread, &attributes, run_echo, echo);
	pthread_attr_destroy(&attributes);
	return err;
}

static void echo_close(struct echo *echo)
{
	__atomic_store_n(&echo->stop, true, __ATOMIC_RELAXED);
	if (echo->thread)
		pthread_join(echo->thread, NULL);
	xsk_rings_close(&echo->rings);
	redirect_bpf__destroy(echo->program);
}

static int measure_echo(const struct veth *veth, const struct packet *request, int cpu,
			double *per_second)
{
	struct echo echo;
	unsigned int tries = 0;
	int err;

	do {
		echo = (struct echo){ 0 };
		err = echo_open(&echo, veth, cpu);
		if (err)
			echo_close(&echo);
	} while (xsk_rings_try_again(err, &tries));
	if (err)
		return err;
	err = slow_measure(veth, request, echo.program->progs.bench_redirect,
			   xsk_rings_fd(&echo.rings), per_second);
	echo_close(&echo);
	return err;
}

static int measure(const struct veth *veth, int cpu, enum slow_kind kind, const char *name,
		   const char *requests)
{
	struct series ours, echo;
	struct packet request;
	char what[128];

	for (int i = 0; i < ROUNDS; i++) {
		int err = slow_side_round(veth, cpu, kind, &request, &ours.values[i]);

		if (!err)
			err = measure_echo(veth, &request, cpu, &echo.values[i]);
		if (err)
			return err;
	}
	snprintf(what, sizeof(what),
		 "%s over AF_XDP: %.2f M/s, bare echo %.2f M/s (veth, median of %d pairs)",
		 requests, median(&ours) / 1e6, median(&echo) / 1e6, ROUNDS);
	print_figure(name, what, median_ratio(&ours, &echo), &target);
	return 0;
}

/* Arguments: the namespaces of the sender's and of the reflector's end. */
int main(int argc, char **argv)
{
	struct veth veth = {};
	cpu_set_t processors;
	int err = argc == 3 ? veth_open(&veth, argv[1], argv[2]) : -EINVAL;

	if (!err && sched_getaffinity(0, sizeof(processors), &processors))
		err = -errno;
	if (!err)
		err = processor_at(&processors, 1) < 0 ? -ENODEV : processor_pin(&processors, 0);
	if (!err)
		err = measure(&veth, processor_at(&processors, 1), SLOW_AUTHENTICATED, "P5",
			      "authenticated");
	if (!err)
		err = measure(&veth, processor_at(&processors, 1), SLOW_FIVE_TLVS, "P6",
			      "five TLVs");
	veth_close(&veth);
	if (err)
		fprintf(stderr, "bench_slow_path: %s\n", strerror(-err));
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
