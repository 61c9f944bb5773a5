/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * P7: replies a second on one core, by the XDP program and by the slow path, against a plain
 * reflector in C.
 *
 * The plain one is what a careful programmer writes first: recvfrom(), a clock read, the reply
 * filled in, another clock read, sendto(), in one thread that owns its core. A sender on another
 * core keeps a window of requests before it, and must be seen to wait for it: then the reflector,
 * and not the sender, was what limited the rate. The XDP program's core sends the requests and
 * counts the replies as well.
 *
 * The slow path is measured with one TLV, which the kernel is told to leave to it; the plain one is
 * asked for base packets and echoes them.
 *
 * The plain reflector's seconds are those of its CPU time, the XDP program's those of the clock on
 * the wall: where other work shares the cores, that is to the XDP program's disadvantage.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "bench/figures.h"
#include "bench/slow_side.h"
#include "stamp/reply.h"

#define BATCH 64
#define WINDOW 512 /* requests; 512 small datagrams fit into a socket's buffer by far */
#define WINDOW_BUFFER (4 << 20)
#define ECHO_SECONDS 0.5
#define LOST_SECONDS 0.1 /* nothing for so long: what is outstanding was lost */

struct bench {
	struct veth veth;
	cpu_set_t processors;
};

struct load {
	int fd;
	unsigned int outstanding;
	unsigned long long replies;
	unsigned long long waits; /* times the window was full and no reply had come */
	double heard;             /* when the last reply came */
};

static const struct target kernel_target = { 8.00, 0, true, "x" };
static const struct target slow_target = { 1.20, 0, true, "x" };

static int fail(const char *what)
{
	int err = -errno;

	fprintf(stderr, "bench_echo: %s: %s\n", what, strerror(-err));
	return err;
}

static struct sockaddr_in address_of(const char *text, __u16 port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };

	inet_pton(AF_INET, text, &address.sin_addr);
	return address;
}

static int open_socket(const char *address, __u16 port)
{
	struct sockaddr_in local = address_of(address, port);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), size = WINDOW_BUFFER;

	if (fd < 0)
		return fail("socket");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ||
	    bind(fd, (const struct sockaddr *)&local, sizeof(local))) {
		int err = fail("bind");

		close(fd);
		return err;
	}
	return fd;
}

static void answer(void *packet, __u32 length, __u64 received_ns, __u32 sequence)
{
	const struct session_policy policy = { .flags = SESSION_STATEFUL };
	struct stamp_reply_input in = {
		.request = stamp_request_read(packet, length, policy),
		.policy = policy,
		.received_ns = received_ns,
		.known_second = received_ns / NSEC_PER_SEC,
		.sequence = sequence,
		.error_estimate = 0x8001,
		.ttl = 255,
	};

	in.sent_ns = clock_realtime_ns();
	stamp_reply_fill(packet, &in);
}

/* Ends when it is killed, or with an error. */
static int reflect(int fd)
{
	union {
		struct stamp_reflector_packet packet;
		char octets[2048];
	} buffer;
	struct sockaddr_in from;

	for (__u32 sequence = 0;; sequence++) {
		socklen_t from_length = sizeof(from);
		ssize_t length = recvfrom(fd, &buffer, sizeof(buffer), 0, (struct sockaddr *)&from,
					  &from_length);
		__u64 received_ns = clock_realtime_ns();

		if (length < 0)
			return fail("recvfrom");
		if (length < STAMP_BASE_SIZE)
			continue;
		answer(&buffer, (__u32)length, received_ns, sequence);
		sendto(fd, &buffer, (size_t)length, 0, (const struct sockaddr *)&from, from_length);
	}
}

static int run_reflector(const struct bench *bench, int ready_fd)
{
	int fd, err;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (setns(bench->veth.reflector_ns, CLONE_NEWNET))
		return fail("setns");
	err = processor_pin(&bench->processors, 1);
	if (err)
		return err;
	fd = open_socket(REFLECTOR_IP4, STAMP_PORT);
	if (fd < 0 || write(ready_fd, "", 1) != 1)
		return -1;
	return reflect(fd);
}

/* Returns once it is ready. */
static int start_reflector(const struct bench *bench, pid_t *pid)
{
	int ready[2], err = 0;
	char octet;

	if (pipe(ready))
		return fail("pipe");
	*pid = fork();
	if (*pid < 0)
		return fail("fork");
	if (*pid == 0) {
		close(ready[0]);
		_exit(run_reflector(bench, ready[1]) ? EXIT_FAILURE : EXIT_SUCCESS);
	}
	close(ready[1]);
	if (read(ready[0], &octet, 1) != 1)
		err = -EPIPE;
	close(ready[0]);
	return err;
}

static double seconds_in(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* Returns the CPU time it has used. */
static double stop_reflector(pid_t pid)
{
	struct rusage usage = {};

	if (pid > 0) {
		kill(pid, SIGKILL);
		wait4(pid, NULL, 0, &usage);
	}
	return seconds_in(usage.ru_utime) + seconds_in(usage.ru_stime);
}

static int send_batch(struct load *load)
{
	static struct stamp_sender_packet request = { .error_estimate = bpf_htons(0x8001) };
	static struct iovec piece = { &request, sizeof(request) };
	struct mmsghdr messages[BATCH] = {};
	int sent;

	for (int i = 0; i < BATCH; i++)
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &piece, .msg_iovlen = 1 };
	sent = sendmmsg(load->fd, messages, BATCH, 0);
	if (sent < 0)
		return fail("sendmmsg");
	load->outstanding += (unsigned int)sent;
	return 0;
}

static int receive_batch(struct load *load)
{
	static struct stamp_reflector_packet replies[BATCH];
	struct iovec pieces[BATCH];
	struct mmsghdr messages[BATCH] = {};
	int received;

	for (int i = 0; i < BATCH; i++) {
		pieces[i] = (struct iovec){ &replies[i], sizeof(replies[i]) };
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &pieces[i], .msg_iovlen = 1 };
	}
	received = recvmmsg(load->fd, messages, BATCH, MSG_DONTWAIT, NULL);
	if (received < 0)
		return errno == EAGAIN ? 0 : fail("recvmmsg");
	load->replies += (unsigned int)received;
	load->outstanding -= (unsigned int)received;
	return received;
}

/*
 * Sends what the window allows and takes what has come. It never sleeps: to wake it would be work
 * for the reflector's core.
 */
static int load_once(struct load *load, double now)
{
	bool full = load->outstanding + BATCH > WINDOW;
	int err = full ? 0 : send_batch(load), received;

	if (err)
		return err;
	received = receive_batch(load);
	if (received < 0)
		return received;
	load->waits += full && !received;
	if (received || load->heard == 0)
		load->heard = now;
	else if (now - load->heard > LOST_SECONDS)
		load->outstanding = 0;
	return 0;
}

static int load_reflector(struct load *load)
{
	double start = seconds_of(CLOCK_MONOTONIC), now = start;

	while (now - start < ECHO_SECONDS) {
		int err = load_once(load, now);

		if (err)
			return err;
		now = seconds_of(CLOCK_MONOTONIC);
	}
	return 0;
}

static int measure_echo(const struct bench *bench, double *per_second)
{
	struct sockaddr_in to = address_of(REFLECTOR_IP4, STAMP_PORT);
	struct load load = {};
	pid_t pid = -1;
	int err = start_reflector(bench, &pid);

	if (!err && setns(bench->veth.sender_ns, CLONE_NEWNET))
		err = fail("setns");
	load.fd = err ? -1 : open_socket(SENDER_IP4, SENDER_PORT);
	if (load.fd < 0)
		err = err ? err : load.fd;
	else if (connect(load.fd, (const struct sockaddr *)&to, sizeof(to)))
		err = fail("connect");
	if (!err)
		err = load_reflector(&load);
	if (!err && load.waits == 0) {
		fprintf(stderr, "bench_echo: the sender was too slow to measure the reflector\n");
		err = -EPROTO;
	}
	if (load.fd >= 0)
		close(load.fd);
	*per_second = (double)load.replies / stop_reflector(pid);
	return err;
}

static int measure(const struct bench *bench)
{
	struct series ours, slow, echo;
	struct packet request;
	char what[128];

	for (int i = 0; i < ROUNDS; i++) {
		int err = measure_echo(bench, &echo.values[i]);

		if (!err)
			err = veth_measure(&bench->veth, bench->veth.reflector->progs.stamp_reflect,
					   &ours.values[i]);
		if (!err)
			err = slow_side_round(&bench->veth, processor_at(&bench->processors, 1),
					      SLOW_CLASS_OF_SERVICE, &request, &slow.values[i]);
		if (err)
			return err;
	}
	snprintf(what, sizeof(what),
		 "replies on one core: %.2f M/s, recvfrom/sendto %.2f M/s (veth, median of %d "
		 "pairs)",
		 median(&ours) / 1e6, median(&echo) / 1e6, ROUNDS);
	print_figure("P7", what, median_ratio(&ours, &echo), &kernel_target);
	snprintf(what, sizeof(what),
		 "Class of Service TLV over AF_XDP: %.2f M/s, recvfrom/sendto of base packets %.2f "
		 "M/s",
		 median(&slow) / 1e6, median(&echo) / 1e6);
	print_figure("P7", what, median_ratio(&slow, &echo), &slow_target);
	return 0;
}

/* Arguments: the namespaces of the sender's and of the reflector's end. */
int main(int argc, char **argv)
{
	struct bench bench = {};
	int err = argc == 3 ? veth_open(&bench.veth, argv[1], argv[2]) : -EINVAL;

	if (err)
		fprintf(stderr, "bench_echo: %s\n", strerror(-err));
	if (!err && sched_getaffinity(0, sizeof(bench.processors), &bench.processors))
		err = fail("sched_getaffinity");
	if (!err)
		err = processor_pin(&bench.processors, 0);
	if (!err)
		err = measure(&bench);
	veth_close(&bench.veth);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
