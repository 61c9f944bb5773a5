/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A UDP socket to one peer that never waits: TTL, DSCP, kernel timestamps, ICMP errors. */
#ifndef SENDER_UDP_SOCKET_H
#define SENDER_UDP_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "sender/udp_control.h"

struct udp_socket_settings {
	struct sockaddr_storage peer;
	socklen_t peer_length;
	struct sockaddr_storage other;  /* replies may come from here as well; ss_family 0: no */
	struct sockaddr_storage source; /* with port 0 */
	socklen_t source_length;        /* 0: the kernel chooses */
	const char *interface;          /* NULL: by the routes */
	size_t receive_octets;          /* room for datagrams to wait in; 0: the kernel's default */
	uint8_t ttl;
	uint8_t dscp;
};

struct udp_datagram {
	const void *octets; /* valid until the next receive */
	size_t size;
	uint64_t received_ns; /* UTC: the kernel's, or of the moment when it was read */
	bool kernel_time;
	int ttl;           /* TTL or Hop Limit as received; -1: not told */
	int traffic_class; /* TOS or Traffic Class as received, DSCP and ECN; -1: not told */
};

struct udp_event {
	enum udp_event_kind kind;
	uint32_t sent_number;         /* UDP_TRANSMITTED: which of the datagrams sent, from 0 */
	uint64_t time_ns;             /* UDP_TRANSMITTED: when it left, UTC */
	int error;                    /* UDP_ICMP_ERROR: a positive errno */
	bool ttl_exceeded;            /* UDP_ICMP_ERROR: the TTL ran out on the way */
	struct sockaddr_storage from; /* UDP_ICMP_ERROR: who says so; AF_UNSPEC if unknown */
};

struct udp_socket;

/* 0, or -errno after a message. */
int udp_socket_open(struct udp_socket **out, const struct udp_socket_settings *settings);

/* For waiting: readable with a datagram, in error with an event. */
int udp_socket_fd(const struct udp_socket *udp);

/* 0 or -errno; only what was sent has a `sent_number`. */
int udp_socket_send(struct udp_socket *udp, const void *octets, size_t size);

/* 0, -EAGAIN when there is none (or one of somebody else, to be asked again), or -errno. */
int udp_socket_receive(struct udp_socket *udp, struct udp_datagram *out);

/* 0, -EAGAIN when there is none, or -errno. */
int udp_socket_event(struct udp_socket *udp, struct udp_event *out);

/* The address and the port that it sends from, and to. */
const struct sockaddr_storage *udp_socket_local(const struct udp_socket *udp);
const struct sockaddr_storage *udp_socket_peer(const struct udp_socket *udp);

/* How many datagrams were dropped because they waited in vain: receive_buffer_dropped(). */
int udp_socket_overflowed(const struct udp_socket *udp, uint64_t *out);

/* Takes NULL. */
void udp_socket_close(struct udp_socket *udp);

#endif
