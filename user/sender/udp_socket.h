/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A UDP socket to one peer that never waits: TTL, DSCP, kernel timestamps, ICMP errors. */
#ifndef SENDER_UDP_SOCKET_H
#define SENDER_UDP_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "sender/nic_clock.h"
#include "sender/time_source.h"
#include "sender/udp_control.h"
#include "sender/udp_inbox.h"

#define UDP_DATAGRAM_MAX 65536 /* octets, for the inbox of datagrams; that of events needs none */

/* Where datagrams go, from where, and how they are marked. */
struct udp_path {
	struct sockaddr_storage peer;   /* AF_INET or AF_INET6, with its port */
	struct sockaddr_storage source; /* AF_UNSPEC: by the routes; port 0: any that is free */
	const char *interface;          /* NULL: by the routes */
	enum times_wanted times;
	uint8_t ttl;
	uint8_t dscp;
	bool dont_fragment; /* sends what the first link takes, whatever the kernel knows of others
			     */
};

struct udp_socket_settings {
	struct udp_path path;
	struct sockaddr_storage other; /* replies may come from here as well; ss_family 0: no */
	size_t receive_octets;         /* room for datagrams to wait in; 0: the kernel's default */
	bool tells_traffic_class;      /* of what is received */
	struct nic_clocks *nics; /* outlives the socket; NULL: no timestamps of network cards */
};

/* When a packet left or came, UTC. */
struct udp_time {
	uint64_t ns;
	uint64_t error_ns; /* how far off by conversion, beyond what CLOCK_REALTIME is */
	enum time_source source;
};

struct udp_datagram {
	const void *octets; /* in the inbox */
	size_t size;
	struct udp_time received;
	int ttl;           /* TTL or Hop Limit as received; -1: not told */
	int traffic_class; /* TOS or Traffic Class as received, DSCP and ECN; -1: not told,
			      or not asked for */
};

struct udp_event {
	enum udp_event_kind kind;
	uint32_t sent_number; /* UDP_TRANSMITTED: which of the datagrams sent, from 0 */
	struct udp_time left; /* UDP_TRANSMITTED */
	int error;            /* UDP_ICMP_ERROR: a positive errno */
	uint32_t mtu;      /* UDP_ICMP_ERROR with EMSGSIZE: of the next link, octets of IP; or 0 */
	bool ttl_exceeded; /* UDP_ICMP_ERROR: the TTL ran out on the way */
	const struct sockaddr *from; /* UDP_ICMP_ERROR: who says so, of IPv4 or IPv6; in the
					    inbox. NULL: unknown */
};

struct udp_socket;

/* 0, or -errno after a message. */
int udp_socket_open(struct udp_socket **out, const struct udp_socket_settings *settings);

/* For waiting: readable with a datagram, in error with an event. */
int udp_socket_fd(const struct udp_socket *udp);

/* 0 or -errno; only what was sent has a `sent_number`. */
int udp_socket_send(struct udp_socket *udp, const void *octets, size_t size);

/*
 * Sends `count` datagrams of `size` octets that lie one behind the other, at most UDP_INBOX_MAX.
 * How many were sent, in their order, or -errno when the first of them cannot be.
 */
int udp_socket_send_batch(struct udp_socket *udp, const void *octets, size_t size, size_t count);

/*
 * Receives what waits: datagrams, and events. How many (also none, when there is nothing or only
 * what others sent), or -errno. `*more` tells whether the inbox was full, so that there may be
 * more.
 */
int udp_socket_receive(struct udp_socket *udp, struct udp_inbox *inbox,
		       struct udp_datagram out[UDP_INBOX_MAX], bool *more);
int udp_socket_events(struct udp_socket *udp, struct udp_inbox *inbox,
		      struct udp_event out[UDP_INBOX_MAX], bool *more);

/* The address and the port that it sends from, and to. */
const struct sockaddr_storage *udp_socket_local(const struct udp_socket *udp);
const struct sockaddr_storage *udp_socket_peer(const struct udp_socket *udp);

/* The best source of transmit times that it has. */
enum time_source udp_socket_transmit_source(const struct udp_socket *udp);

/* How many datagrams were dropped because they waited in vain: receive_buffer_dropped(). */
int udp_socket_overflowed(const struct udp_socket *udp, uint64_t *out);

/* Takes NULL. */
void udp_socket_close(struct udp_socket *udp);

#endif
