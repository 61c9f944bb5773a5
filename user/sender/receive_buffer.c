/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The room in the kernel for datagrams that wait to be read, and what did not fit. */
#include "sender/receive_buffer.h"

#include <errno.h>
#include <limits.h>
#include <sys/socket.h>
#include <linux/sock_diag.h>

/* The kernel doubles what is asked for and then counts whole buffers: a page for each small
 * datagram, where the driver works by pages. */
#define OVERHEAD 2048

size_t receive_buffer_for(uint64_t datagrams, size_t size)
{
	uint64_t octets = datagrams * (size + OVERHEAD);

	return octets < INT_MAX / 2 ? octets : INT_MAX / 2;
}

void receive_buffer_enlarge(int fd, size_t octets)
{
	int wanted = (int)octets, present = 0; /* `present` is doubled already */
	socklen_t size = sizeof(present);

	if (!getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &present, &size) && wanted > present / 2)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof(wanted));
}

/* Not SO_RXQ_OVFL: that comes with a datagram, so what was dropped behind the last is not told. */
int receive_buffer_dropped(int fd, uint64_t *out)
{
	uint32_t memory[SK_MEMINFO_VARS] = { 0 };
	socklen_t size = sizeof(memory);

	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, memory, &size))
		return -errno;
	if (size <= SK_MEMINFO_DROPS * sizeof(*memory))
		return -EOPNOTSUPP;
	*out = memory[SK_MEMINFO_DROPS];
	return 0;
}
