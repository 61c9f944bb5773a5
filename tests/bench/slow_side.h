/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * stampd's slow path as it ships, on the reflector's end of the veth pair: the XDP program hands
 * over what it does not answer, a thread answers it. The other end sends more than it can answer.
 */
#ifndef BENCH_SLOW_SIDE_H
#define BENCH_SLOW_SIDE_H

#include <limits.h>
#include <pthread.h>
#include <signal.h>

#include "bench/processors.h"
#include "bench/veth.h"
#include "proto/auth_keys.h"
#include "proto/auth_packet.h"
#include "reflector/slow_worker.h"

#define SLOW_BEGIN_NS 100000000 /* until all is under way */
#define SLOW_NS 500000000
#define SLOW_RING 2048 /* descriptors, of both sides */
#define SLOW_MEMORY (SLOW_RING * UMEM_FRAME_SIZE)

static const char slow_key[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n";

/* What is handed over. */
enum slow_kind {
	SLOW_AUTHENTICATED,    /* without TLVs */
	SLOW_CLASS_OF_SERVICE, /* one TLV, which the kernel is told not to answer */
	SLOW_FIVE_TLVS,        /* the same with five */
};

struct slow_flood {
	const struct veth *veth;
	const struct packet *request;
};

struct slow_side {
	struct stamp_reflector_bpf *reflector;
	struct shared_maps maps;
	struct session_keys *keys;
	struct slow_inputs *inputs;
	struct slow_interface interface;
	struct slow_worker *worker;
	struct packet request;
};

/* The key file lives as long as it takes to read it. */
static inline int slow_side_keys(struct slow_side *side, struct auth_keys **sender)
{
	char path[] = "/tmp/bench_key.XXXXXX";
	struct config config;
	struct session_config *session;
	int fd = mkstemp(path), err = -ENOMEM;

	config_init(&config);
	session = config_add_session(&config, "bench");
	if (session) {
		snprintf(session->key_file, sizeof(session->key_file), "%s", path);
		err = write(fd, slow_key, sizeof(slow_key) - 1) < 0 ? -errno : 0;
	}
	if (!err)
		err = session_keys_open(&side->keys, &config);
	if (!err)
		err = auth_keys_read(sender, path);
	close(fd);
	unlink(path);
	config_free(&config);
	return err;
}

static inline void slow_side_sign(struct slow_side *side, const struct path *path,
				  const struct auth_keys *keys)
{
	struct stamp_sender_auth_packet payload = {
		.sequence = bpf_htonl(7),
		.timestamp = { bpf_htonl(0xe8000000), bpf_htonl(0x12345678) },
		.error_estimate = bpf_htons(0x8001),
	};

	auth_packet_sign(keys, 0, &payload);
	request_wrap(&side->request, path, 0, IPPROTO_UDP, STAMP_PORT, &payload, sizeof(payload));
}

static inline void slow_side_build(struct slow_side *side, const struct path *path,
				   enum slow_kind kind, const struct auth_keys *keys)
{
	if (kind == SLOW_AUTHENTICATED)
		slow_side_sign(side, path, keys);
	else if (kind == SLOW_CLASS_OF_SERVICE)
		request_build_extended(&side->request, path, request_class_of_service,
				       sizeof(request_class_of_service));
	else
		request_build_extended(&side->request, path, request_five_tlvs,
				       sizeof(request_five_tlvs));
}

static inline struct xsk_settings slow_side_settings(void)
{
	return (struct xsk_settings){
		.ifname = REFLECTOR_INTERFACE,
		.af_xdp = { .ring_size = SLOW_RING, .umem = SLOW_MEMORY },
	};
}

/* Leaves the thread in the reflector's namespace. */
static inline int slow_side_open(struct slow_side *side, const struct veth *veth, int cpu,
				 enum slow_kind kind)
{
	const struct xsk_settings settings = slow_side_settings();
	struct auth_keys *sender = NULL;
	__u32 zero = 0;
	int fd, err;

	side->reflector = reflector_load_with(
		&veth->path, veth->reflector_ifindex, 0,
		SESSION_STATEFUL | (kind == SLOW_AUTHENTICATED ? SESSION_AUTHENTICATED
							       : SESSION_TLVS_IN_STAMPD));
	if (!side->reflector)
		return -errno;
	side->maps = reflector_maps(side->reflector);
	err = slow_side_keys(side, &sender);
	if (!err)
		err = slow_inputs_open(&side->inputs, &side->maps);
	if (err)
		return err;
	slow_side_build(side, &veth->path, kind, sender);
	auth_keys_close(sender);
	slow_inputs_use_keys(side->inputs, side->keys);
	side->interface = (struct slow_interface){
		.ifindex = veth->reflector_ifindex,
		.judge_fd = bpf_program__fd(side->reflector->progs.stamp_judge),
		.counts = &side->reflector->data_counts->slow_counts,
	};
	if (setns(veth->reflector_ns, CLONE_NEWNET))
		return -errno;
	err = slow_worker_open(&side->worker, &settings, &side->interface, side->inputs, cpu);
	if (err)
		return err;
	fd = xsk_io_fd(slow_worker_socket(side->worker));
	side->reflector->data_slow->slow_state =
		(struct slow_sockets_state){ .queues = 1, .frame_max = UMEM_FRAME_MAX };
	return bpf_map_update_elem(bpf_map__fd(side->reflector->maps.slow_sockets), &zero, &fd,
				   BPF_ANY);
}

static inline void slow_side_close(struct slow_side *side)
{
	slow_worker_close(side->worker);
	slow_inputs_close(side->inputs);
	session_keys_close(side->keys);
	stamp_reflector_bpf__destroy(side->reflector);
}

/* Sends until it is told by the signal: a call by itself takes 20 ms to begin and to end. */
static inline void *slow_send(void *context)
{
	struct slow_flood *flood = context;
	const struct veth *veth = flood->veth;

	if (setns(veth->sender_ns, CLONE_NEWNET) == 0)
		veth_send_frames(veth, veth->restore->progs.bench_send, flood->request, INT_MAX);
	return NULL;
}

static inline void slow_end(int number)
{
	(void)number;
}

/* How much further the counts are after a while. */
static inline int slow_watch(const struct veth *veth, int socket_fd, double *per_second)
{
	const struct timespec begin = { .tv_nsec = SLOW_BEGIN_NS }, wait = { .tv_nsec = SLOW_NS };
	struct xdp_statistics before, after;
	socklen_t size = sizeof(before);
	__u64 first = 0, last = 0;
	double start;
	int err;

	nanosleep(&begin, NULL);
	err = getsockopt(socket_fd, SOL_XDP, XDP_STATISTICS, &before, &size) ? -errno : 0;
	if (!err)
		err = veth_count(veth, &first);
	start = seconds_of(CLOCK_MONOTONIC);
	nanosleep(&wait, NULL);
	if (!err)
		err = veth_count(veth, &last);
	*per_second = (double)(last - first) / (seconds_of(CLOCK_MONOTONIC) - start);
	if (!err)
		err = getsockopt(socket_fd, SOL_XDP, XDP_STATISTICS, &after, &size) ? -errno : 0;
	if (!err &&
	    after.rx_dropped + after.rx_ring_full == before.rx_dropped + before.rx_ring_full)
		err = -EPROTO;
	return err;
}

/*
 * Replies a second while `program` hands over what comes, counted at the sender's end. -EPROTO when
 * the socket never had to drop: then the sender, and not who answers, was what limited the rate.
 */
static inline int slow_measure(const struct veth *veth, const struct packet *request,
			       const struct bpf_program *program, int socket_fd, double *per_second)
{
	struct slow_flood flood = { veth, request };
	struct veth_links links;
	pthread_t sender;
	int err = veth_link(veth, program, &links);

	signal(SIGUSR1, slow_end);
	if (!err)
		err = -pthread_create(&sender, NULL, slow_send, &flood);
	if (!err) {
		err = slow_watch(veth, socket_fd, per_second);
		pthread_kill(sender, SIGUSR1);
		pthread_join(sender, NULL);
	}
	veth_unlink(&links);
	return err;
}

static inline int slow_side_measure(const struct slow_side *side, const struct veth *veth,
				    double *per_second)
{
	reflector_set_clock(side->reflector);
	return slow_measure(veth, &side->request, side->reflector->progs.stamp_reflect,
			    xsk_io_fd(slow_worker_socket(side->worker)), per_second);
}

/* One round from open to close; also gives the request that it was measured with. */
static inline int slow_side_round(const struct veth *veth, int cpu, enum slow_kind kind,
				  struct packet *request, double *per_second)
{
	struct slow_side side;
	unsigned int tries = 0;
	int err;

	do {
		side = (struct slow_side){ 0 };
		err = slow_side_open(&side, veth, cpu, kind);
		if (err)
			slow_side_close(&side);
	} while (xsk_rings_try_again(err, &tries));
	if (err)
		return err;
	*request = side.request;
	err = slow_side_measure(&side, veth, per_second);
	slow_side_close(&side);
	return err;
}

#endif
