/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/udp_io.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/address.h"
#include "common/clock.h"
#include "common/event_loop.h"
#include "common/log.h"
#include "reflector/slow_path.h"
#include "stamp/reply.h"

#define DATAGRAM_MAX 65535     /* octets */
#define DATAGRAMS_PER_EVENT 64 /* then the other events get their turn */

enum { SOCKET_IP4, SOCKET_IP6, SOCKETS };

struct udp_io {
	struct event_loop *loop;
	const struct clock_sync *clock;
	const struct udp_interface *interfaces;
	size_t interface_count;
	unsigned short port;
	int fds[SOCKETS];
	int failure_logged;
	int elsewhere_logged;
	unsigned char datagram[DATAGRAM_MAX];
};

/* What came with a datagram besides its octets. */
struct datagram_info {
	struct sockaddr_storage sender;
	struct slow_request request;
	unsigned int ifindex;
	int traffic_class; /* TOS or Traffic Class, as received */
};

static int set_options(int fd, int level, const int *options, size_t count)
{
	const int on = 1;

	for (size_t i = 0; i < count; i++)
		if (setsockopt(fd, level, options[i], &on, sizeof(on)))
			return -errno;
	return 0;
}

static int set_up_ip4(int fd)
{
	static const int wanted[] = { IP_PKTINFO, IP_RECVTTL, IP_RECVTOS };
	const int ttl = STAMP_REPLY_TTL;

	if (setsockopt(fd, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl)))
		return -errno;
	return set_options(fd, IPPROTO_IP, wanted, sizeof(wanted) / sizeof(wanted[0]));
}

static int set_up_ip6(int fd)
{
	static const int wanted[] = { IPV6_V6ONLY, IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT,
				      IPV6_RECVTCLASS };
	const int hops = STAMP_REPLY_TTL;

	if (setsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &hops, sizeof(hops)))
		return -errno;
	return set_options(fd, IPPROTO_IPV6, wanted, sizeof(wanted) / sizeof(wanted[0]));
}

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
	static const int stamps[] = { SO_TIMESTAMPNS };
	int fd = socket(which == SOCKET_IP4 ? AF_INET : AF_INET6,
			SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	err = set_options(fd, SOL_SOCKET, stamps, 1);
	if (!err)
		err = which == SOCKET_IP4 ? set_up_ip4(fd) : set_up_ip6(fd);
	if (!err)
		err = bind_any(fd, which, port);
	if (!err)
		return fd;
	close(fd);
	return err;
}

static void read_ip4_control(const struct cmsghdr *cmsg, struct datagram_info *info)
{
	struct in_pktinfo pktinfo;
	int ttl;

	if (cmsg->cmsg_type == IP_PKTINFO) {
		memcpy(&pktinfo, CMSG_DATA(cmsg), sizeof(pktinfo));
		info->ifindex = (unsigned int)pktinfo.ipi_ifindex;
		info->request.key.reflector = stamp_address_ip4(pktinfo.ipi_addr.s_addr);
	} else if (cmsg->cmsg_type == IP_TTL) {
		memcpy(&ttl, CMSG_DATA(cmsg), sizeof(ttl));
		info->request.ttl = (__u8)ttl;
	} else if (cmsg->cmsg_type == IP_TOS) {
		info->traffic_class = *CMSG_DATA(cmsg);
	}
}

static void read_ip6_control(const struct cmsghdr *cmsg, struct datagram_info *info)
{
	struct in6_pktinfo pktinfo;
	int hops;

	if (cmsg->cmsg_type == IPV6_PKTINFO) {
		memcpy(&pktinfo, CMSG_DATA(cmsg), sizeof(pktinfo));
		info->ifindex = pktinfo.ipi6_ifindex;
		memcpy(&info->request.key.reflector, &pktinfo.ipi6_addr, sizeof(struct in6_addr));
	} else if (cmsg->cmsg_type == IPV6_HOPLIMIT) {
		memcpy(&hops, CMSG_DATA(cmsg), sizeof(hops));
		info->request.ttl = (__u8)hops;
	} else if (cmsg->cmsg_type == IPV6_TCLASS) {
		memcpy(&info->traffic_class, CMSG_DATA(cmsg), sizeof(int));
	}
}

static void read_control(struct msghdr *message, struct datagram_info *info)
{
	struct timespec stamp;

	info->request.received_ns = 0;
	for (struct cmsghdr *cmsg = CMSG_FIRSTHDR(message); cmsg;
	     cmsg = CMSG_NXTHDR(message, cmsg)) {
		if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SO_TIMESTAMPNS) {
			memcpy(&stamp, CMSG_DATA(cmsg), sizeof(stamp));
			info->request.received_ns =
				(__u64)stamp.tv_sec * NSEC_PER_SEC + (__u64)stamp.tv_nsec;
		} else if (cmsg->cmsg_level == IPPROTO_IP) {
			read_ip4_control(cmsg, info);
		} else if (cmsg->cmsg_level == IPPROTO_IPV6) {
			read_ip6_control(cmsg, info);
		}
	}
	if (!info->request.received_ns)
		info->request.received_ns = clock_realtime_ns();
}

static __be16 sender_port(const struct sockaddr_storage *sender)
{
	return sender->ss_family == AF_INET ? ((const struct sockaddr_in *)sender)->sin_port
					    : ((const struct sockaddr_in6 *)sender)->sin6_port;
}

/* Takes one datagram; 0 or -errno (-EAGAIN: none is left). */
static int receive(struct udp_io *io, int fd, struct datagram_info *info)
{
	union {
		struct cmsghdr align;
		char octets[512];
	} control;
	struct iovec iov = { io->datagram, sizeof(io->datagram) };
	struct msghdr message = {
		.msg_name = &info->sender,
		.msg_namelen = sizeof(info->sender),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t length = recvmsg(fd, &message, 0);

	if (length < 0)
		return -errno;
	*info = (struct datagram_info){ .sender = info->sender, .request.length = (size_t)length };
	read_control(&message, info);
	info->request.key.sender_port = sender_port(&info->sender);
	info->request.key.reflector_port = htons(io->port);
	address_from_sockaddr((const struct sockaddr *)&info->sender, &info->request.key.sender);
	return 0;
}

static struct cmsghdr *put_control(struct msghdr *message, struct cmsghdr *at, int level, int type,
				   const void *data, size_t size)
{
	at->cmsg_level = level;
	at->cmsg_type = type;
	at->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(at), data, size);
	message->msg_controllen += CMSG_SPACE(size);
	return (struct cmsghdr *)((char *)at + CMSG_SPACE(size));
}

/* The reply leaves from the address that was asked, with the DSCP of the request and no ECN. */
static void put_reply_control(struct msghdr *message, const struct datagram_info *info)
{
	const struct session_key *key = &info->request.key;
	struct in_pktinfo ip4 = { .ipi_spec_dst.s_addr = key->reflector.words[3] };
	struct in6_pktinfo ip6 = { 0 };
	int dscp = info->traffic_class & STAMP_REPLY_DSCP_MASK;
	struct cmsghdr *at = message->msg_control;

	message->msg_controllen = 0;
	if (info->sender.ss_family == AF_INET) {
		at = put_control(message, at, IPPROTO_IP, IP_PKTINFO, &ip4, sizeof(ip4));
		put_control(message, at, IPPROTO_IP, IP_TOS, &dscp, sizeof(dscp));
		return;
	}
	memcpy(&ip6.ipi6_addr, &key->reflector, sizeof(ip6.ipi6_addr));
	if (IN6_IS_ADDR_LINKLOCAL(&ip6.ipi6_addr))
		ip6.ipi6_ifindex = info->ifindex;
	at = put_control(message, at, IPPROTO_IPV6, IPV6_PKTINFO, &ip6, sizeof(ip6));
	put_control(message, at, IPPROTO_IPV6, IPV6_TCLASS, &dscp, sizeof(dscp));
}

/* 0 or -errno. Never waits: a full socket buffer is a counted failure. */
static int send_reply(struct udp_io *io, int fd, struct datagram_info *info, size_t length)
{
	union {
		struct cmsghdr align;
		char octets[128];
	} control = { 0 };
	struct iovec iov = { io->datagram, length };
	struct msghdr message = {
		.msg_name = &info->sender,
		.msg_namelen = info->sender.ss_family == AF_INET ? sizeof(struct sockaddr_in)
								 : sizeof(struct sockaddr_in6),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
	};

	put_reply_control(&message, info);
	return sendmsg(fd, &message, MSG_DONTWAIT) < 0 ? -errno : 0;
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
	counts->failed++;
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

static void answer(struct udp_io *io, int fd, struct datagram_info *info)
{
	const struct udp_interface *interface = find_interface(io, info->ifindex);
	const struct clock_reading clock = clock_sync_reading(io->clock);
	enum stamp_outcome outcome;
	int length, err;

	if (!interface) {
		note_elsewhere(io, info->ifindex);
		return;
	}
	interface->counts->received++;
	length = slow_path_reply(interface->judge_fd, &info->request, &clock, io->datagram,
				 &outcome);
	if (length == 0) {
		interface->counts->refused[outcome]++;
		return;
	}
	err = length < 0 ? length : send_reply(io, fd, info, (size_t)length);
	if (err)
		note_failure(io, interface->counts, err);
	else
		interface->counts->reflected++;
}

static void on_datagrams(void *context, int fd)
{
	struct udp_io *io = context;
	struct datagram_info info = { 0 };

	for (int i = 0; i < DATAGRAMS_PER_EVENT; i++) {
		int err = receive(io, fd, &info);

		if (err == -EAGAIN)
			return;
		if (!err) /* others concern one datagram, and the next is as good as any */
			answer(io, fd, &info);
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

int udp_io_open(struct udp_io **out, struct event_loop *loop, unsigned short port,
		const struct udp_interface *interfaces, size_t interface_count,
		const struct clock_sync *clock)
{
	struct udp_io *io = calloc(1, sizeof(*io));
	int err = 0;

	if (!io)
		return -ENOMEM;
	io->loop = loop;
	io->clock = clock;
	io->interfaces = interfaces;
	io->interface_count = interface_count;
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
