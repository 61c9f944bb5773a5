/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A UDP socket as the settings want it: options, source, peer. */
#include "sender/udp_setup.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "common/address.h"
#include "common/log.h"
#include "sender/receive_buffer.h"

struct ip_option {
	int level;
	int name;
	int value;
	const char *text;
};

static int set_options(int fd, const struct udp_socket_settings *settings)
{
	const struct udp_path *path = &settings->path;
	int tos = path->dscp << 2; /* Not-ECT */
	const struct ip_option ip4[] = {
		{ IPPROTO_IP, IP_TTL, path->ttl, "TTL" },
		{ IPPROTO_IP, IP_TOS, tos, "DSCP" },
		{ IPPROTO_IP, IP_RECVTTL, 1, "receiving the TTL" },
		{ IPPROTO_IP, IP_RECVTOS, settings->tells_traffic_class, "receiving the DSCP" },
		{ IPPROTO_IP, IP_RECVERR, 1, "receiving ICMP errors" },
		{ IPPROTO_IP, IP_MTU_DISCOVER,
		  path->dont_fragment ? IP_PMTUDISC_PROBE : IP_PMTUDISC_WANT, "DF" },
	};
	const struct ip_option ip6[] = {
		{ IPPROTO_IPV6, IPV6_UNICAST_HOPS, path->ttl, "Hop Limit" },
		{ IPPROTO_IPV6, IPV6_TCLASS, tos, "DSCP" },
		{ IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1, "receiving the Hop Limit" },
		{ IPPROTO_IPV6, IPV6_RECVTCLASS, settings->tells_traffic_class,
		  "receiving the DSCP" },
		{ IPPROTO_IPV6, IPV6_RECVERR, 1, "receiving ICMP errors" },
		{ IPPROTO_IPV6, IPV6_MTU_DISCOVER,
		  path->dont_fragment ? IPV6_PMTUDISC_PROBE : IPV6_PMTUDISC_WANT, "DF" },
	};
	const struct ip_option *options = path->peer.ss_family == AF_INET ? ip4 : ip6;

	for (size_t i = 0; i < sizeof(ip4) / sizeof(*ip4); i++) {
		const struct ip_option *option = &options[i];
		int err;

		if (!setsockopt(fd, option->level, option->name, &option->value,
				sizeof(option->value)))
			continue;
		err = -errno;
		log_error("cannot set %s to %d: %s", option->text, option->value, strerror(-err));
		return err;
	}
	return 0;
}

static int bind_interface(int fd, const char *interface)
{
	int err;

	if (!setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, (socklen_t)strlen(interface)))
		return 0;
	err = -errno;
	log_error("%s: cannot bind to the interface: %s%s", interface, strerror(-err),
		  err == -EPERM ? "; give a source address instead, or CAP_NET_RAW" : "");
	return err;
}

static const char *bind_advice(int err)
{
	if (err == -EADDRNOTAVAIL)
		return "; `ip address` lists those of this host";
	if (err == -EADDRINUSE)
		return "; another socket has this port, see `ss -uanp`";
	return err == -EACCES ? "; ports below 1024 need CAP_NET_BIND_SERVICE" : "";
}

static int bind_source(int fd, const struct sockaddr_storage *source)
{
	char address[SOCKADDR_TEXT_MAX];
	int err;

	if (!bind(fd, (const struct sockaddr *)source, sockaddr_length(source)))
		return 0;
	err = -errno;
	log_error("cannot send from %s, port %u: %s%s", sockaddr_format(source, address),
		  sockaddr_port(source), strerror(-err), bind_advice(err));
	return err;
}

static const char *connect_advice(int err)
{
	if (err == -ENETUNREACH || err == -EHOSTUNREACH)
		return "; no route leads there, see `ip route get`";
	return err == -EACCES ? "; a broadcast address cannot be measured" : "";
}

static int connect_peer(int fd, const struct sockaddr_storage *peer)
{
	char address[SOCKADDR_TEXT_MAX];
	int err;

	if (!connect(fd, (const struct sockaddr *)peer, sockaddr_length(peer)))
		return 0;
	err = -errno;
	log_error("%s: cannot be reached: %s%s", sockaddr_format(peer, address), strerror(-err),
		  connect_advice(err));
	return err;
}

/* The address that the routes chose, with the port that the kernel did. */
static int learn_local(int fd, struct sockaddr_storage *local)
{
	socklen_t length = sizeof(*local);
	int err;

	if (!getsockname(fd, (struct sockaddr *)local, &length))
		return 0;
	err = -errno;
	log_error("cannot read the address to send from: %s", strerror(-err));
	return err;
}

/* Bound, but not connected. */
static int open_bound(const struct udp_socket_settings *settings, int *fd)
{
	const struct udp_path *path = &settings->path;
	int err;

	*fd = socket(path->peer.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (*fd < 0) {
		err = -errno;
		log_error("cannot open a UDP socket: %s", strerror(-err));
		return err;
	}
	err = set_options(*fd, settings);
	receive_buffer_enlarge(*fd, settings->receive_octets);
	if (!err && path->interface)
		err = bind_interface(*fd, path->interface);
	if (!err && path->source.ss_family != AF_UNSPEC)
		err = bind_source(*fd, &path->source);
	return err;
}

/* Only a connected socket gets a source address from the routes, and only one that never was hears
 * two peers: the kernel remembers an IPv6 peer when it is left again. */
static int open_unconnected(const struct udp_socket_settings *settings, int *fd,
			    struct sockaddr_storage *local)
{
	struct udp_socket_settings from = *settings;
	int err;

	from.path.source = *local;
	sockaddr_set_port(&from.path.source, sockaddr_port(&settings->path.source));
	close(*fd);
	err = open_bound(&from, fd);
	return err ? err : learn_local(*fd, local);
}

int udp_setup(const struct udp_socket_settings *settings, int *fd, struct sockaddr_storage *local)
{
	int err = open_bound(settings, fd);

	if (!err)
		err = connect_peer(*fd, &settings->path.peer);
	if (!err)
		err = learn_local(*fd, local);
	if (!err && settings->other.ss_family != AF_UNSPEC)
		err = open_unconnected(settings, fd, local);
	return err;
}
