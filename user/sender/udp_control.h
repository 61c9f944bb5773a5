/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel tells beside a datagram: times, TTL, ICMP errors (control messages). */
#ifndef SENDER_UDP_CONTROL_H
#define SENDER_UDP_CONTROL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum udp_event_kind { UDP_NO_EVENT, UDP_TRANSMITTED, UDP_ICMP_ERROR };

struct udp_control {
	uint64_t time_ns;     /* software timestamp, UTC; 0: none */
	uint64_t hardware_ns; /* that of the network card, by its own clock; 0: none */
	int ttl;              /* TTL or Hop Limit; -1: not told */
	int traffic_class;    /* DSCP and ECN: TOS or Traffic Class; -1: not told */
	enum udp_event_kind event;
	uint32_t key;      /* UDP_TRANSMITTED: of the datagram */
	int error;         /* UDP_ICMP_ERROR: a positive errno */
	uint32_t mtu;      /* UDP_ICMP_ERROR with EMSGSIZE: of the next link, octets of IP; or 0 */
	bool ttl_exceeded; /* UDP_ICMP_ERROR: the TTL ran out on the way */
	const struct sockaddr *from; /* UDP_ICMP_ERROR: who says so, of IPv4 or IPv6; in the
					    message. NULL: unknown */
};

/* Reads all control messages of a received message; what is not known to it is left out. */
struct udp_control udp_control_read(struct msghdr *message);

#endif
