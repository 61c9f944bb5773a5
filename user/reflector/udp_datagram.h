/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One datagram of the socket tier, with what the kernel tells beside it: times, TTL, addresses. */
#ifndef REFLECTOR_UDP_DATAGRAM_H
#define REFLECTOR_UDP_DATAGRAM_H

#include <sys/socket.h>

#include "reflector/packet_io.h"

#define UDP_DATAGRAM_MAX 65535 /* octets */

struct udp_datagram {
	struct sockaddr_storage sender;
	struct slow_request request; /* all but the interface */
	unsigned int ifindex;
	unsigned char octets[UDP_DATAGRAM_MAX];
};

/* Asks the kernel for all of it, and for TTL 255 on what is sent. 0 or -errno. */
int udp_datagram_set_up(int fd, int family);

/* Datagrams that the kernel dropped because the socket was full, since it was opened. Those of
 * group frames, which are refused there, are among them. */
__u64 udp_datagram_lost(int fd);

/* Takes one datagram, all but the port it came to; 0 or -errno (-EAGAIN: none is left). */
int udp_datagram_receive(int fd, struct udp_datagram *datagram);

/*
 * Sends back `octets`, which hold the reply by now, from the address that was asked, with the DSCP
 * of the policy and no ECN. 0 or -errno. Never waits: a full socket buffer is a failure.
 */
int udp_datagram_reply(int fd, struct udp_datagram *datagram, const struct slow_reply *reply);

#endif
