/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The socket tier: a UDP socket on each listened port answers what the XDP program leaves to the
 * kernel (IP options, extension headers, reassembled fragments), so that no such packet draws an
 * ICMP port unreachable.
 */
#ifndef REFLECTOR_UDP_IO_H
#define REFLECTOR_UDP_IO_H

#include "reflector/slow_inputs.h"

struct udp_io;
struct event_loop;

/*
 * Binds `port` (host order), IPv4 and IPv6, and answers from `loop`, at first no interface's
 * datagrams. `inputs` must outlive it. 0 or -errno, logged.
 */
int udp_io_open(struct udp_io **out, struct event_loop *loop, unsigned short port,
		struct slow_inputs *inputs);

/* Answers what arrives on these interfaces; other interfaces' datagrams are ignored. The array is
 * the caller's. */
void udp_io_serve(struct udp_io *io, const struct slow_interface *interfaces,
		  size_t interface_count);

/* Datagrams lost before they could be read, see udp_datagram_lost(). */
__u64 udp_io_lost(const struct udp_io *io);

/* Takes NULL. */
void udp_io_close(struct udp_io *io);

#endif
