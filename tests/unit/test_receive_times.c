/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's receive timestamps, which come a little after they were asked for. */
#include "lib/cases.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/net_tstamp.h>

#include "sender/receive_times.h"
#include "sender/udp_control.h"

#define ROUNDS 20 /* each asks anew, since the last socket that is closed switches them off */

/* A socket connected to itself that wants receive timestamps. */
static int open_self(void)
{
	const int wanted = SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE;
	struct sockaddr_in self = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(self);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&self, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&self, &size), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&self, size), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &wanted, sizeof(wanted)), 0);
	return fd;
}

static uint64_t time_of_next_datagram(int fd)
{
	char octet, control[256];
	struct iovec space = { &octet, 1 };
	struct msghdr message = { .msg_iov = &space,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	assert_int_equal(poll(&wait, 1, 2000), 1);
	assert_int_equal(recvmsg(fd, &message, 0), 1);
	return udp_control_read(&message).time_ns;
}

static void what_comes_after_the_wait_has_a_time(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		int fd = open_self();

		assert_int_equal(receive_times_wait(), 0);
		assert_int_equal(send(fd, "x", 1, 0), 1);
		assert_true(time_of_next_datagram(fd));
		close(fd);
	}
}

static void without_loopback_it_does_not_wait(void **state)
{
	(void)state;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET)) /* a namespace whose lo is down */
		skip();
	assert_int_equal(receive_times_wait(), -ENETUNREACH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_after_the_wait_has_a_time),
		cmocka_unit_test(without_loopback_it_does_not_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
