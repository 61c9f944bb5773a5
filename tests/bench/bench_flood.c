/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * P8: replies a second that stamp-ping gets when it floods, against a loop of sendmmsg() and
 * recvmmsg() with the same timestamp options.
 *
 * The loop sends 64 packets that are never filled in, takes the replies that have come, and takes
 * the transmit times from the error queue; it looks at none of them. Both have one core, on which
 * the kernel answers as well.
 */
#include <arpa/inet.h>
#include <linux/net_tstamp.h>
#include <sys/socket.h>

#include "bench/figures.h"
#include "bench/ping.h"
#include "bench/processors.h"

#define BATCH 64
#define CONTROL_MAX 512 /* as in stamp-ping */
#define RECEIVE_BUFFER (4 << 20)
#define FLOOD_SECONDS 1.0
#define FLOOD "--flood -w 1s"

/* clang-format off */
#define TIMESTAMPING (SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE |                   \
		      SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY |                 \
		      SOF_TIMESTAMPING_OPT_CMSG | SOF_TIMESTAMPING_OPT_ID)
/* clang-format on */

struct batch {
	struct mmsghdr messages[BATCH];
	struct iovec pieces[BATCH];
	struct stamp_sender_packet packets[BATCH];
	union {
		struct cmsghdr align;
		char octets[CONTROL_MAX];
	} control[BATCH];
};

struct loop {
	int fd;
	unsigned long long sent, replies, times; /* times of leaving */
};

static const struct target target = { 0.80, 0, true, "x" };

static int open_socket(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(STAMP_PORT) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), size = RECEIVE_BUFFER;
	int times = TIMESTAMPING, err;

	inet_pton(AF_INET, REFLECTOR_IP4, &to.sin_addr);
	if (fd < 0)
		return -errno;
	if (!setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) &&
	    !setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &times, sizeof(times)) &&
	    !connect(fd, (const struct sockaddr *)&to, sizeof(to)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* Sends without control messages, receives with room for them. */
static void prepare(struct batch *batch, bool receives)
{
	for (int i = 0; i < BATCH; i++) {
		batch->pieces[i] = (struct iovec){ &batch->packets[i], sizeof(batch->packets[i]) };
		batch->messages[i].msg_hdr = (struct msghdr){
			.msg_iov = &batch->pieces[i],
			.msg_iovlen = 1,
			.msg_control = receives ? &batch->control[i] : NULL,
			.msg_controllen = receives ? CONTROL_MAX : 0,
		};
	}
}

/* All that has come: replies, or with MSG_ERRQUEUE times. 0 or -errno. */
static int drain(struct loop *loop, int flags, unsigned long long *count)
{
	static struct batch batch;
	int received;

	do {
		prepare(&batch, true);
		received = recvmmsg(loop->fd, batch.messages, BATCH, MSG_DONTWAIT | flags, NULL);
		if (received < 0)
			return errno == EAGAIN ? 0 : -errno;
		*count += (unsigned int)received;
	} while (received == BATCH);
	return 0;
}

static int flood_once(struct loop *loop, struct batch *requests)
{
	int sent = sendmmsg(loop->fd, requests->messages, BATCH, 0), err;

	if (sent < 0)
		return -errno;
	loop->sent += (unsigned int)sent;
	err = drain(loop, 0, &loop->replies);
	return err ? err : drain(loop, MSG_ERRQUEUE, &loop->times);
}

/* It is no measure unless nearly everything came back, and with it when it left. */
static int judge(const struct loop *loop)
{
	if (loop->replies >= loop->sent - loop->sent / 100 &&
	    loop->times >= loop->sent - loop->sent / 100)
		return 0;
	fprintf(stderr, "bench_flood: the loop sent %llu and got %llu replies, %llu times\n",
		loop->sent, loop->replies, loop->times);
	return -EPROTO;
}

static int measure_bare(const struct ping_bench *bench, double *per_second)
{
	static struct batch requests;
	struct loop loop = { .fd = open_socket() };
	double start, now;
	int err = loop.fd < 0 ? loop.fd : 0;

	reflector_set_clock(bench->veth.reflector);
	prepare(&requests, false);
	for (int i = 0; i < BATCH; i++)
		requests.packets[i] = request_base;
	start = now = seconds_of(CLOCK_MONOTONIC);
	while (!err && now - start < FLOOD_SECONDS) {
		err = flood_once(&loop, &requests);
		now = seconds_of(CLOCK_MONOTONIC);
	}
	if (loop.fd >= 0)
		close(loop.fd);
	*per_second = (double)loop.replies / (now - start);
	return err ? err : judge(&loop);
}

/* Of the second in which it sends; what it waits for afterwards does not count against it. */
static int measure_ours(const struct ping_bench *bench, double *per_second)
{
	json_t *report = ping_run(bench, FLOOD);
	double received;
	int err = report ? ping_number(report, "packets", "received", &received) : -EPROTO;

	if (!err)
		*per_second = received / FLOOD_SECONDS;
	json_decref(report);
	return err;
}

static int measure(const struct ping_bench *bench)
{
	struct series ours, bare;
	char what[128];

	for (int i = 0; i < ROUNDS; i++) {
		int err = measure_bare(bench, &bare.values[i]);

		if (!err)
			err = measure_ours(bench, &ours.values[i]);
		if (err)
			return err;
	}
	snprintf(what, sizeof(what),
		 "flood: %.2f M replies/s, sendmmsg/recvmmsg loop %.2f M/s (veth, median of %d "
		 "pairs)",
		 median(&ours) / 1e6, median(&bare) / 1e6, ROUNDS);
	print_figure("P8", what, median_ratio(&ours, &bare), &target);
	return 0;
}

int main(int argc, char **argv)
{
	cpu_set_t processors;

	if (sched_getaffinity(0, sizeof(processors), &processors) || processor_pin(&processors, 0))
		return EXIT_FAILURE;
	return ping_main(argc, argv, measure);
}
