/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/udp_io.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/event_loop.h"
#include "common/log.h"
#include "reflector/udp_datagram.h"

#define DATAGRAMS_PER_EVENT 64 /* then the other events get their turn */

enum { SOCKET_IP4, SOCKET_IP6, SOCKETS };

struct udp_io {
	struct event_loop *loop;
	const struct clock_sync *clock;
	const struct session_keys *keys;
	const struct udp_interface *interfaces;
	size_t interface_count;
	unsigned short port;
	int fds[SOCKETS];
	int failure_logged;
	int elsewhere_logged;
	struct udp_datagram datagram; /* the one in hand */
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

static const struct udp_interface *find_interface(const struct udp_io *io, unsigned int ifindex)
{
	for (size_t i = 0; i < io->interface_count; i++)
		if (io->interfaces[i].ifindex == ifindex)
			return &io->interfaces[i];
	return NULL;
}

static void note_failure(struct udp_io *io, struct udp_counts *counts, int err)
{
	counts->by_outcome[OUTCOME_SEND_FAILED]++;
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

static void answer(struct udp_io *io, int fd)
{
	struct udp_datagram *datagram = &io->datagram;
	const struct udp_interface *interface = find_interface(io, datagram->ifindex);
	struct slow_path path;
	struct slow_reply reply;
	int err;

	if (!interface) {
		note_elsewhere(io, datagram->ifindex);
		return;
	}
	path = (struct slow_path){ interface->judge_fd, clock_sync_reading(io->clock), io->keys };
	interface->counts->received++;
	datagram->request.key.reflector_port = htons(io->port);
	err = slow_path_reply(&path, &datagram->request, datagram->octets, &reply);
	if (!err && reply.length)
		err = udp_datagram_reply(fd, datagram, &reply);
	if (err)
		note_failure(io, interface->counts, err);
	else
		interface->counts->by_outcome[reply.outcome]++;
}

static void on_datagrams(void *context, int fd)
{
	struct udp_io *io = context;

	for (int i = 0; i < DATAGRAMS_PER_EVENT; i++) {
		int err = udp_datagram_receive(fd, &io->datagram);

		if (err == -EAGAIN)
			return;
		if (!err) /* others concern one datagram, and the next is as good as any */
			answer(io, fd);
	}
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

void udp_io_serve(struct udp_io *io, const struct udp_interface *interfaces, size_t interface_count)
{
	io->interfaces = interfaces;
	io->interface_count = interface_count;
}

void udp_io_use_keys(struct udp_io *io, const struct session_keys *keys)
{
	io->keys = keys;
}

int udp_io_open(struct udp_io **out, struct event_loop *loop, unsigned short port,
		const struct clock_sync *clock)
{
	struct udp_io *io = calloc(1, sizeof(*io));
	int err = 0;

	if (!io)
		return -ENOMEM;
	io->loop = loop;
	io->clock = clock;
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
