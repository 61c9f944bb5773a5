/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "sender/receive_times.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>
#include <linux/net_tstamp.h>

#include "common/clock.h"
#include "sender/udp_control.h"
#include "stamp/timestamp.h"

#define LIMIT_NS (50 * NSEC_PER_MSEC)
#define PAUSE_NS (100 * NSEC_PER_USEC)
#define DELIVERY_MS 10 /* loopback needs microseconds */

/* A socket on loopback whose datagrams come back to it, or -errno. */
static int open_loop(void)
{
	const int wanted = SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE;
	struct sockaddr_in self = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr *address = (struct sockaddr *)&self;
	socklen_t size = sizeof(self);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	if (!bind(fd, address, size) && !getsockname(fd, address, &size) &&
	    !connect(fd, address, size) &&
	    !setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &wanted, sizeof(wanted)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* Whether a datagram to ourselves has a timestamp: 1, 0 or -errno. */
static int is_stamped(int fd)
{
	union {
		struct cmsghdr align;
		char octets[256];
	} control;
	char octet = 0;
	struct iovec space = { &octet, sizeof(octet) };
	struct msghdr message = {
		.msg_iov = &space,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	if (send(fd, &octet, sizeof(octet), 0) < 0)
		return -errno;
	if (poll(&wait, 1, DELIVERY_MS) == 0)
		return 0;
	if (recvmsg(fd, &message, 0) < 0)
		return -errno;
	return udp_control_read(&message).time_ns != 0;
}

int receive_times_wait(void)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	uint64_t deadline_ns = clock_monotonic_ns() + LIMIT_NS;
	int fd = open_loop();
	int stamped = fd < 0 ? fd : 0;

	while (stamped == 0) {
		stamped = is_stamped(fd);
		if (stamped == 0 && clock_monotonic_ns() > deadline_ns)
			stamped = -ETIMEDOUT;
		if (stamped == 0)
			nanosleep(&pause, NULL);
	}
	if (fd >= 0)
		close(fd);
	return stamped < 0 ? stamped : 0;
}
