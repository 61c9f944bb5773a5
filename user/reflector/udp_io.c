/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/udp_io.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/event_loop.h"
#include "common/log.h"
#include "reflector/udp_datagram.h"

#define BATCHES_PER_EVENT 4 /* then the other events get their turn */

enum { SOCKET_IP4, SOCKET_IP6, SOCKETS };

struct udp_io {
	struct packet_io io;
	struct event_loop *loop;
	struct slow_inputs *inputs;
	const struct slow_interface *interfaces;
	size_t interface_count;
	unsigned short port;
	int fds[SOCKETS];
	int failure_logged;
	int elsewhere_logged;
	int receiving_fd;
	struct packet_batch batch;
	struct udp_datagram datagrams[PACKET_BATCH]; /* those of the batch */
};

static int bind_any(int fd, int which, unsigned short port)
{
	const struct sockaddr_in ip4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	const struct sockaddr_in6 ip6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int bound = which == SOCKET_IP4 ? bind(fd, (const struct sockaddr *)&ip4, sizeof(ip4))
					: bind(fd, (const struct sockaddr *)&ip6, sizeof(ip6));

	return bound ? -errno : 0;
}

/* A bound socket, or -errno. */
static int open_socket(int which, unsigned short port)
{
	int family = which == SOCKET_IP4 ? AF_INET : AF_INET6;
	int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	err = udp_datagram_set_up(fd, family);
	if (!err)
		err = bind_any(fd, which, port);
	if (!err)
		return fd;
	close(fd);
	return err;
}

static const struct slow_interface *find_interface(const struct udp_io *io, unsigned int ifindex)
{
	for (size_t i = 0; i < io->interface_count; i++)
		if (io->interfaces[i].ifindex == ifindex)
			return &io->interfaces[i];
	return NULL;
}

static void note_failure(struct udp_io *io, int err)
{
	if (io->failure_logged)
		return;
	io->failure_logged = 1;
	log_warning("port %u: a reply could not be made or sent by the socket: %s (further ones "
		    "are only counted)",
		    io->port, strerror(-err));
}

/* A VLAN, bridge or bond device on top of a configured interface is another one to the socket. */
static void note_elsewhere(struct udp_io *io, unsigned int ifindex)
{
	char name[IF_NAMESIZE] = "?";

	if (io->elsewhere_logged)
		return;
	io->elsewhere_logged = 1;
	if_indextoname(ifindex, name);
	log_warning("port %u: a request that came by %s was not answered, because that is not "
		    "among the configured interfaces (told once)",
		    io->port, name);
}

/* 0: taken into the batch. -EAGAIN: none is left. Other errors concern one datagram, and the next
 * is as good as any. */
static int receive_one(struct udp_io *io, struct packet_batch *batch)
{
	struct udp_datagram *datagram = &io->datagrams[batch->count];
	const struct slow_interface *interface;
	int err = udp_datagram_receive(io->receiving_fd, datagram);

	if (err)
		return err;
	interface = find_interface(io, datagram->ifindex);
	if (!interface) {
		note_elsewhere(io, datagram->ifindex);
		return -ENODEV;
	}
	datagram->request.interface = interface;
	datagram->request.key.reflector_port = htons(io->port);
	batch->packets[batch->count++] = (struct slow_packet){
		.request = datagram->request,
		.payload = datagram->octets,
	};
	return 0;
}

static int receive(struct packet_io *base, struct packet_batch *batch)
{
	struct udp_io *io = (struct udp_io *)base;

	for (int i = 0; i < PACKET_BATCH; i++)
		if (receive_one(io, batch) == -EAGAIN)
			break;
	return batch->count ? 0 : -EAGAIN;
}

static int send_reply(struct packet_io *base, struct packet_batch *batch, size_t index)
{
	struct udp_io *io = (struct udp_io *)base;

	struct slow_reply *reply = &batch->packets[index].reply;
	int err = udp_datagram_reply(io->receiving_fd, &io->datagrams[index], reply);

	if (!err)
		reply->sent_ns = clock_monotonic_ns();
	return err;
}

static void finish(struct packet_io *base, struct packet_batch *batch)
{
	(void)base; /* every reply has left, and the memory is the next batch's */
	(void)batch;
}

static void on_datagrams(void *context, int fd)
{
	struct udp_io *io = context;
	const struct slow_path path = slow_inputs_take(io->inputs);
	int batches = BATCHES_PER_EVENT;
	int count;

	io->receiving_fd = fd;
	do {
		int err = 0;

		count = slow_path_run(&path, &io->io, &io->batch, &err);
		if (err)
			note_failure(io, err);
	} while (count == PACKET_BATCH && --batches > 0);
	slow_inputs_release(io->inputs);
}

static int explain_bind(int err, unsigned short port)
{
	if (err == -EACCES)
		log_error("UDP port %u: binding it needs CAP_NET_BIND_SERVICE", port);
	else if (err == -EADDRINUSE)
		log_error("UDP port %u is taken by another program: see `ss -ulnp`", port);
	else
		log_error("UDP port %u: cannot listen: %s", port, strerror(-err));
	return err;
}

void udp_io_serve(struct udp_io *io, const struct slow_interface *interfaces,
		  size_t interface_count)
{
	io->interfaces = interfaces;
	io->interface_count = interface_count;
}

int udp_io_open(struct udp_io **out, struct event_loop *loop, unsigned short port,
		struct slow_inputs *inputs)
{
	struct udp_io *io = calloc(1, sizeof(*io));
	int err = 0;

	if (!io)
		return -ENOMEM;
	io->io = (struct packet_io){ receive, send_reply, finish };
	io->loop = loop;
	io->inputs = inputs;
	io->port = port;
	for (int i = 0; i < SOCKETS; i++)
		io->fds[i] = -1;
	for (int i = 0; i < SOCKETS && !err; i++) {
		io->fds[i] = open_socket(i, port);
		if (io->fds[i] == -EAFNOSUPPORT) /* a host without IPv6 */
			continue;
		err = io->fds[i] < 0 ? explain_bind(io->fds[i], port)
				     : event_loop_add(loop, io->fds[i], on_datagrams, io);
	}
	if (err) {
		udp_io_close(io);
		return err;
	}
	*out = io;
	return 0;
}

__u64 udp_io_lost(const struct udp_io *io)
{
	__u64 lost = 0;

	for (int i = 0; i < SOCKETS; i++)
		if (io->fds[i] >= 0)
			lost += udp_datagram_lost(io->fds[i]);
	return lost;
}

void udp_io_close(struct udp_io *io)
{
	if (!io)
		return;
	for (int i = 0; i < SOCKETS; i++) {
		if (io->fds[i] < 0)
			continue;
		event_loop_remove(io->loop, io->fds[i]);
		close(io->fds[i]);
	}
	free(io);
}
