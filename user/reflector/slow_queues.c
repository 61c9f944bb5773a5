/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/slow_queues.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "reflector/counters.h"
#include "reflector/driver.h"
#include "reflector/umem.h"

#define LINK_HEADERS 22 /* octets: Ethernet and two VLAN tags */

struct slow_queues {
	char ifname[IF_NAMESIZE];
	struct af_xdp_config config;
	bool large_frames;
	struct slow_interface interface;
	struct slow_inputs *inputs;
	struct slow_sockets_state *state;
	int map_fd;
	size_t receive; /* queues that frames come by, when this was opened */
	size_t wanted;  /* those that can have a socket */
	size_t count;
	struct slow_worker *workers[SLOW_QUEUES_MAX];
	int error; /* of the queue that has no socket; 0: all have one that can have one */
	bool error_logged;
	char reason[SLOW_REASON_MAX];
};

const char *slow_queues_obstacle(const struct interface_info *info)
{
	if (info->type == ARPHRD_LOOPBACK)
		return "frames sent on lo reach no socket of 127.0.0.0/8";
	if (!strcmp(info->kind, "bond"))
		return "AF_XDP does not work on a bond: reflect on its members instead";
	return NULL;
}

static const char *explain(int err)
{
	switch (err) {
	case -EPERM:
	case -EACCES:
		return "not permitted; missing: CAP_NET_RAW";
	case -ENOBUFS:
		return "its memory cannot be locked: lower af-xdp umem, raise the limit of locked "
		       "memory (LimitMEMLOCK) or give CAP_IPC_LOCK";
	case -EOPNOTSUPP:
		return "the driver cannot do what af-xdp zero-copy asks for: set it to auto";
	case -ENXIO:
		return "the processor that af-xdp cpus names is not there, or not for stampd";
	case -EBUSY:
		return "another AF_XDP socket has the queue; it is tried again each second";
	default:
		return strerror(-err);
	}
}

/* Where AF_XDP is insisted on, it is an error, and said as such. */
static void set_reason(struct slow_queues *queues, const char *why)
{
	bool is_new = !queues->reason[0];

	snprintf(queues->reason, sizeof(queues->reason), "queue %zu: %s", queues->count, why);
	if (is_new && queues->config.enabled != AF_XDP_TRUE)
		log_warning("%s: AF_XDP %s; the UDP socket answers what comes by there",
			    queues->ifname, queues->reason);
}

/* Why not all queues have a socket, if so. */
static void note(struct slow_queues *queues, int err)
{
	queues->error = err;
	if (err)
		set_reason(queues, explain(err));
	else if (queues->count < queues->receive)
		set_reason(queues, queues->count < SLOW_QUEUES_MAX
					   ? "the driver has no queue to send by there"
					   : "more queues than AF_XDP is used for");
	else
		queues->reason[0] = '\0';
}

/* So many sockets may be used; they are in the map by then, and what they take is that of all. */
static void tell_program(struct slow_queues *queues, size_t count)
{
	__u32 frame_max = 0;

	for (size_t i = 0; i < count; i++) {
		unsigned int own = xsk_io_frame_max(slow_worker_socket(queues->workers[i]));

		if (!frame_max || own < frame_max)
			frame_max = own;
	}
	queues->state->frame_max = frame_max;
	__atomic_store_n(&queues->state->queues, (__u32)count, __ATOMIC_RELEASE);
}

static int cpu_of(const struct slow_queues *queues, size_t queue)
{
	const struct af_xdp_config *config = &queues->config;

	return config->cpu_count ? config->cpus[queue % config->cpu_count] : WORKER_ANY_CPU;
}

static int enter_socket(struct slow_queues *queues, const struct slow_worker *worker)
{
	__u32 queue = (__u32)queues->count;
	int fd = xsk_io_fd(slow_worker_socket(worker));

	return bpf_map_update_elem(queues->map_fd, &queue, &fd, BPF_ANY) ? -errno : 0;
}

/* The socket of the next queue. */
static int add_worker(struct slow_queues *queues)
{
	const struct xsk_settings settings = {
		.ifname = queues->ifname,
		.queue = (unsigned int)queues->count,
		.af_xdp = queues->config,
		.large_frames = queues->large_frames,
	};
	struct slow_worker *worker = NULL;
	int err = slow_worker_open(&worker, &settings, &queues->interface, queues->inputs,
				   cpu_of(queues, queues->count));

	if (!err)
		err = enter_socket(queues, worker);
	if (err) {
		slow_worker_close(worker);
		return err;
	}
	queues->workers[queues->count++] = worker;
	return 0;
}

static void remove_worker(struct slow_queues *queues)
{
	__u64 lost = slow_worker_close(queues->workers[--queues->count]);

	counters_add(queues->interface.counts, OUTCOME_RING_FULL, lost);
}

/* As many as there are queues, or an error with fewer. */
static int fit(struct slow_queues *queues)
{
	int err = 0;

	while (!err && queues->count < queues->wanted)
		err = add_worker(queues);
	tell_program(queues, queues->count);
	return err;
}

/* A socket sends by the queue that it receives from: those without are left to the UDP socket. */
static void count_queues(struct slow_queues *queues)
{
	struct driver_queues driver = driver_queues_read(queues->ifname);

	queues->receive = driver.receive;
	queues->wanted = driver.receive < driver.send ? driver.receive : driver.send;
	if (queues->wanted > SLOW_QUEUES_MAX)
		queues->wanted = SLOW_QUEUES_MAX;
}

static bool needs_large_frames(unsigned int mtu)
{
	return mtu + LINK_HEADERS > UMEM_FRAME_MAX;
}

bool slow_queues_fits(const struct slow_queues *queues, unsigned int mtu)
{
	return queues->large_frames == needs_large_frames(mtu);
}

int slow_queues_open(struct slow_queues **out, const struct interface_info *info,
		     const struct af_xdp_config *config, const struct loader *loader,
		     struct slow_inputs *inputs)
{
	struct slow_queues *queues = calloc(1, sizeof(*queues));
	unsigned int tries = 0;
	int err;

	if (!queues)
		return -ENOMEM;
	memcpy(queues->ifname, info->name, sizeof(queues->ifname));
	queues->config = *config;
	queues->large_frames = needs_large_frames(info->mtu);
	queues->inputs = inputs;
	queues->state = loader_slow_state(loader);
	queues->map_fd = loader_slow_sockets_fd(loader);
	queues->interface = (struct slow_interface){
		.ifindex = info->ifindex,
		.judge_fd = loader_judge_fd(loader),
		.counts = loader_slow_counts(loader),
		.micro_session_id = loader_micro_session_id(loader),
	};
	count_queues(queues);
	do
		err = fit(queues);
	while (xsk_rings_try_again(err, &tries));
	note(queues, err);
	*out = queues;
	return 0;
}

static void log_errors(struct slow_queues *queues)
{
	for (size_t i = 0; i < queues->count && !queues->error_logged; i++) {
		int err = slow_worker_error(queues->workers[i]);

		if (!err)
			continue;
		queues->error_logged = true;
		log_warning("%s: a reply could not be made or sent over AF_XDP: %s (further ones "
			    "are only counted)",
			    queues->ifname, strerror(-err));
	}
}

void slow_queues_follow(struct slow_queues *queues)
{
	log_errors(queues);
	if (queues->error != -EBUSY)
		return;
	note(queues, fit(queues));
	if (!queues->error)
		log_info("%s: AF_XDP has its queues now", queues->ifname);
}

size_t slow_queues_count(const struct slow_queues *queues)
{
	return queues->count;
}

const struct slow_worker *slow_queues_worker(const struct slow_queues *queues, size_t queue)
{
	return queues->workers[queue];
}

const char *slow_queues_reason(const struct slow_queues *queues)
{
	return queues->reason;
}

int slow_queues_error(const struct slow_queues *queues)
{
	return queues->error;
}

__u64 slow_queues_lost(const struct slow_queues *queues)
{
	__u64 lost = 0;

	for (size_t i = 0; i < queues->count; i++)
		lost += xsk_io_lost(slow_worker_socket(queues->workers[i]));
	return lost;
}

void slow_queues_close(struct slow_queues *queues)
{
	if (!queues)
		return;
	tell_program(queues, 0);
	slow_queues_abandon(queues);
}

void slow_queues_abandon(struct slow_queues *queues)
{
	if (!queues)
		return;
	while (queues->count)
		remove_worker(queues);
	free(queues);
}
