/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/slow_worker.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define BATCHES_AT_ONCE 4096 /* more than a ring holds */
#define SCARCE_MSEC 1        /* until memory that is being sent is looked for again */

struct slow_worker {
	struct xsk_io *io;
	struct slow_inputs *inputs;
	bool busy_poll;
	int stop_fd; /* readable: end */
	int error;
	bool is_running;
	pthread_t thread;
	struct packet_batch batch;
};

/* How many requests were there, or -errno. */
static int answer_batch(struct slow_worker *worker)
{
	const struct slow_path path = slow_inputs_take(worker->inputs);
	int err = 0;
	int count = slow_path_run(&path, xsk_io_packets(worker->io), &worker->batch, &err);

	slow_inputs_release(worker->inputs);
	if (err && !worker->error)
		__atomic_store_n(&worker->error, err, __ATOMIC_RELAXED);
	return count;
}

/* Sleeps until something comes; false when the thread is to end. */
static bool wait_for_frames(struct slow_worker *worker)
{
	struct pollfd fds[] = {
		{ .fd = worker->stop_fd, .events = POLLIN },
		{ .fd = xsk_io_fd(worker->io), .events = POLLIN },
	};
	int limit = xsk_io_rest(worker->io) ? SCARCE_MSEC : -1;

	poll(fds, 2, worker->busy_poll ? 0 : limit);
	return !fds[0].revents;
}

/* Until there is nothing left, or it is time to see whether the thread is to end. */
static void answer_some(struct slow_worker *worker)
{
	for (int i = 0; i < BATCHES_AT_ONCE && answer_batch(worker) > 0; i++)
		;
}

static void *run(void *context)
{
	struct slow_worker *worker = context;

	do
		answer_some(worker);
	while (wait_for_frames(worker));
	answer_some(worker); /* what came before the program was told that nobody is here */
	return NULL;
}

static int start(struct slow_worker *worker, int cpu)
{
	pthread_attr_t attributes;
	cpu_set_t cpus;
	int err = 0;

	pthread_attr_init(&attributes);
	if (cpu != WORKER_ANY_CPU) {
		CPU_ZERO(&cpus);
		CPU_SET((size_t)cpu, &cpus);
		err = pthread_attr_setaffinity_np(&attributes, sizeof(cpus), &cpus);
	}
	if (!err)
		err = pthread_create(&worker->thread, &attributes, run, worker);
	pthread_attr_destroy(&attributes);
	worker->is_running = !err;
	return err == EINVAL && cpu != WORKER_ANY_CPU ? -ENXIO : -err;
}

int slow_worker_open(struct slow_worker **out, const struct xsk_settings *settings,
		     const struct slow_interface *interface, struct slow_inputs *inputs, int cpu)
{
	struct slow_worker *worker = calloc(1, sizeof(*worker));
	int err;

	if (!worker)
		return -ENOMEM;
	worker->inputs = inputs;
	worker->busy_poll = settings->af_xdp.busy_poll;
	worker->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	err = worker->stop_fd < 0 ? -errno : xsk_io_open(&worker->io, settings, interface);
	if (!err)
		err = start(worker, cpu);
	if (err) {
		slow_worker_close(worker);
		return err;
	}
	*out = worker;
	return 0;
}

const struct xsk_io *slow_worker_socket(const struct slow_worker *worker)
{
	return worker->io;
}

int slow_worker_error(const struct slow_worker *worker)
{
	return __atomic_load_n(&worker->error, __ATOMIC_RELAXED);
}

__u64 slow_worker_close(struct slow_worker *worker)
{
	__u64 lost;

	if (!worker)
		return 0;
	if (worker->is_running && !eventfd_write(worker->stop_fd, 1))
		pthread_join(worker->thread, NULL);
	lost = worker->io ? xsk_io_lost(worker->io) : 0;
	xsk_io_close(worker->io);
	if (worker->stop_fd >= 0)
		close(worker->stop_fd);
	free(worker);
	return lost;
}
