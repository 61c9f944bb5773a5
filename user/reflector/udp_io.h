/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The socket tier: a UDP socket on each listened port answers what the XDP program leaves to the
 * kernel (IP options, extension headers, reassembled fragments), so that no such packet draws an
 * ICMP port unreachable.
 */
#ifndef REFLECTOR_UDP_IO_H
#define REFLECTOR_UDP_IO_H

#include "reflector/clock_sync.h"
#include "reflector/session_keys.h"
#include "stamp/outcome.h"

struct udp_io;
struct event_loop;

/* What became of an interface's datagrams: received is the sum of the outcomes. */
struct udp_counts {
	__u64 received;
	__u64 by_outcome[OUTCOME_ROOM]; /* as in the kernel: what has XDP_TX there was reflected */
};

/* An interface that is reflected on. */
struct udp_interface {
	unsigned int ifindex;
	int judge_fd;
	struct udp_counts *counts; /* the caller's */
};

/*
 * Binds `port` (host order), IPv4 and IPv6, and answers from `loop`, at first no interface's
 * datagrams. 0 or -errno, logged.
 */
int udp_io_open(struct udp_io **out, struct event_loop *loop, unsigned short port,
		const struct clock_sync *clock);

/* Answers what arrives on these interfaces; other interfaces' datagrams are ignored. The array is
 * the caller's. */
void udp_io_serve(struct udp_io *io, const struct udp_interface *interfaces,
		  size_t interface_count);

/* The keys of authenticated sessions from now on; they are the caller's. */
void udp_io_use_keys(struct udp_io *io, const struct session_keys *keys);

/* Datagrams lost before they could be read, see udp_datagram_lost(). */
__u64 udp_io_lost(const struct udp_io *io);

/* Takes NULL. */
void udp_io_close(struct udp_io *io);

#endif
