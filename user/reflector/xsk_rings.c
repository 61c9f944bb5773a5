/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/xsk_rings.h"

#include <errno.h>
#include <sys/socket.h>
#include <time.h>

#include "reflector/packet_io.h"

#define USE_SG (1U << 4)    /* XDP_USE_SG, Linux 6.6: missing in older headers */
#define PREFER_BUSY_POLL 69 /* SO_PREFER_BUSY_POLL, Linux 5.11 */
#define BUSY_POLL_BUDGET 70 /* SO_BUSY_POLL_BUDGET */
#define BUSY_POLL_USEC 20
#define BUSY_TRIES 200
#define BUSY_WAIT_NS (5 * NSEC_PER_MSEC)

static __u16 bind_flags(const struct xsk_settings *settings, bool pieces)
{
	static const __u16 by_choice[] = {
		[ZERO_COPY_AUTO] = 0,
		[ZERO_COPY_FALSE] = XDP_COPY,
		[ZERO_COPY_TRUE] = XDP_ZEROCOPY,
	};

	return (__u16)(XDP_USE_NEED_WAKEUP | by_choice[settings->af_xdp.zero_copy] |
		       (pieces ? USE_SG : 0));
}

/* Memory and socket, from which nothing is left after an error. */
static int bind_socket(struct xsk_rings *rings, const struct xsk_settings *settings, bool pieces)
{
	const struct xsk_socket_config config = {
		.rx_size = settings->af_xdp.ring_size,
		.tx_size = settings->af_xdp.ring_size,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = bind_flags(settings, pieces),
	};
	int err = umem_open(&rings->umem, settings->af_xdp.umem, settings->af_xdp.ring_size);

	if (err)
		return err;
	err = xsk_socket__create(&rings->socket, settings->ifname, settings->queue,
				 umem_of_socket(rings->umem), &rings->rx, &rings->tx, &config);
	if (!err)
		return 0;
	rings->socket = NULL;
	umem_close(rings->umem);
	rings->umem = NULL;
	return err;
}

static int set_busy_poll(int fd)
{
	const int on = 1, usec = BUSY_POLL_USEC, budget = PACKET_BATCH;

	if (setsockopt(fd, SOL_SOCKET, PREFER_BUSY_POLL, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_BUSY_POLL, &usec, sizeof(usec)) ||
	    setsockopt(fd, SOL_SOCKET, BUSY_POLL_BUDGET, &budget, sizeof(budget)))
		return -errno;
	return 0;
}

static int read_options(struct xsk_rings *rings)
{
	struct xdp_options options = { 0 };
	socklen_t size = sizeof(options);

	if (getsockopt(xsk_rings_fd(rings), SOL_XDP, XDP_OPTIONS, &options, &size))
		return -errno;
	rings->is_zero_copy = options.flags & XDP_OPTIONS_ZEROCOPY;
	return 0;
}

int xsk_rings_open(struct xsk_rings *rings, const struct xsk_settings *settings)
{
	int err = -EINVAL;

	*rings = (struct xsk_rings){ .takes_pieces = settings->large_frames };
	if (rings->takes_pieces)
		err = bind_socket(rings, settings, true);
	if (err == -EINVAL || err == -EOPNOTSUPP) {
		rings->takes_pieces = false;
		err = bind_socket(rings, settings, false);
	}
	if (!err)
		err = read_options(rings);
	if (!err && settings->af_xdp.busy_poll)
		err = set_busy_poll(xsk_rings_fd(rings));
	if (err)
		xsk_rings_close(rings);
	else
		xsk_rings_refill(rings);
	return err;
}

bool xsk_rings_try_again(int err, unsigned int *tries)
{
	const struct timespec wait = { .tv_nsec = BUSY_WAIT_NS };

	if (err != -EBUSY || ++*tries > BUSY_TRIES)
		return false;
	nanosleep(&wait, NULL);
	return true;
}

int xsk_rings_fd(const struct xsk_rings *rings)
{
	return xsk_socket__fd(rings->socket);
}

__u64 xsk_rings_lost(const struct xsk_rings *rings)
{
	struct xdp_statistics statistics = { 0 };
	socklen_t size = sizeof(statistics);

	if (getsockopt(xsk_rings_fd(rings), SOL_XDP, XDP_STATISTICS, &statistics, &size))
		return 0;
	return statistics.rx_dropped + statistics.rx_ring_full;
}

void xsk_rings_refill(struct xsk_rings *rings)
{
	umem_reap(rings->umem);
	if (umem_refill(rings->umem))
		recvfrom(xsk_rings_fd(rings), NULL, 0, MSG_DONTWAIT, NULL, NULL);
}

void xsk_rings_close(struct xsk_rings *rings)
{
	if (rings->socket)
		xsk_socket__delete(rings->socket);
	umem_close(rings->umem);
	*rings = (struct xsk_rings){ 0 };
}
