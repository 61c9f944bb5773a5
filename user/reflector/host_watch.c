/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/host_watch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "common/event_loop.h"
#include "common/log.h"
#include "reflector/rtnetlink.h"

#define DUMPS_MAX 20

struct host_watch {
	struct mnl_socket *nl;
	struct event_loop *loop;
	struct host_listener listener;
	bool out_of_date; /* addresses went away, or changes were missed */
};

/* Addresses that mean another host on another link: they are ours on their interface only. */
static bool is_link_scoped(unsigned char scope)
{
	return scope == RT_SCOPE_LINK || scope == RT_SCOPE_HOST;
}

static void tell(const struct host_watch *watch, struct stamp_address address, __u32 ifindex)
{
	const struct local_address local = { address, ifindex };

	watch->listener.address(watch->listener.context, &local);
}

/* The last address of an IPv4 network, and whatever else it calls its broadcast address. */
static void tell_broadcast(const struct host_watch *watch, const struct ifaddrmsg *header,
			   const struct nlattr *address, const struct nlattr *broadcast)
{
	__u32 host_bits;

	if (header->ifa_family != AF_INET || header->ifa_prefixlen > 32)
		return;
	host_bits = (__u32)((1ULL << (32 - header->ifa_prefixlen)) - 1);
	if (address && header->ifa_prefixlen < 31)
		tell(watch, stamp_address_ip4(mnl_attr_get_u32(address) | htonl(host_bits)),
		     LOCAL_BROADCAST);
	if (broadcast)
		tell(watch, stamp_address_ip4(mnl_attr_get_u32(broadcast)), LOCAL_BROADCAST);
}

/* An address of this host; link-scoped ones are ours on their interface only. */
static void tell_address(const struct host_watch *watch, const struct ifaddrmsg *header,
			 const struct nlattr *found)
{
	__u32 ifindex = is_link_scoped(header->ifa_scope) ? header->ifa_index : 0;
	struct stamp_address address;

	if (header->ifa_family == AF_INET && mnl_attr_get_payload_len(found) == 4) {
		tell(watch, stamp_address_ip4(mnl_attr_get_u32(found)), ifindex);
	} else if (header->ifa_family == AF_INET6 && mnl_attr_get_payload_len(found) == 16) {
		memcpy(&address, mnl_attr_get_payload(found), sizeof(address));
		tell(watch, address, ifindex);
	}
}

static int parse_address(const struct nlmsghdr *message, void *context)
{
	const struct ifaddrmsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *found[IFA_MAX + 1] = { NULL };
	const struct nlattr *attr;

	mnl_attr_for_each (attr, message, sizeof(*header))
		if (mnl_attr_get_type(attr) <= IFA_MAX)
			found[mnl_attr_get_type(attr)] = attr;
	/* IFA_LOCAL is the host's end of a point-to-point link, where IFA_ADDRESS is the peer's. */
	if (found[IFA_LOCAL] || found[IFA_ADDRESS])
		tell_address(context, header,
			     found[IFA_LOCAL] ? found[IFA_LOCAL] : found[IFA_ADDRESS]);
	tell_broadcast(context, header, found[IFA_ADDRESS], found[IFA_BROADCAST]);
	return MNL_CB_OK;
}

static int tell_all_addresses(struct host_watch *watch)
{
	char buffer[256];
	struct nlmsghdr *request = rtnetlink_request(buffer, RTM_GETADDR, NLM_F_DUMP);
	int err = -EINTR;

	mnl_nlmsg_put_extra_header(request, sizeof(struct ifaddrmsg));
	/* EINTR: addresses changed meanwhile, so some may be missing. */
	for (int i = 0; i < DUMPS_MAX && err == -EINTR; i++) {
		watch->listener.addresses_begin(watch->listener.context);
		err = rtnetlink_query(request, parse_address, watch);
	}
	if (!err)
		watch->listener.addresses_end(watch->listener.context);
	return err;
}

static int parse_link_change(const struct nlmsghdr *message, void *context)
{
	const struct ifinfomsg *link = mnl_nlmsg_get_payload(message);
	const struct host_watch *watch = context;
	struct interface_info info = { .peer_netnsid = -1 };

	if (link->ifi_family != AF_UNSPEC) /* a port left its bridge */
		return MNL_CB_OK;
	interface_parse(message, &info);
	watch->listener.link_changed(watch->listener.context, &info,
				     message->nlmsg_type == RTM_NEWLINK);
	return MNL_CB_OK;
}

/* An address that goes from one interface may stay on another, so then all are told again. */
static void parse_change(const struct nlmsghdr *message, struct host_watch *watch)
{
	switch (message->nlmsg_type) {
	case RTM_NEWADDR:
		parse_address(message, watch);
		break;
	case RTM_DELADDR:
		watch->out_of_date = true;
		break;
	case RTM_NEWLINK:
	case RTM_DELLINK:
		parse_link_change(message, watch);
		break;
	default:
		break;
	}
}

static void on_change(void *context, int fd)
{
	struct host_watch *watch = context;
	char buffer[RTNETLINK_BUFFER];
	ssize_t size;
	int err;

	(void)fd;
	/* To the last one: an old message must not be read after the addresses were told anew. */
	while ((size = mnl_socket_recvfrom(watch->nl, buffer, sizeof(buffer))) > 0 ||
	       (size < 0 && errno == ENOBUFS)) {
		const struct nlmsghdr *message = (const struct nlmsghdr *)buffer;
		int left = (int)size;

		if (size < 0) /* changes came faster than they were read */
			watch->out_of_date = true;
		for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left))
			parse_change(message, watch);
	}
	if (!watch->out_of_date)
		return;
	err = tell_all_addresses(watch);
	if (err)
		log_warning("the addresses of this host may be out of date until one changes: %s",
			    strerror(-err));
	watch->out_of_date = err != 0;
}

int host_watch_open(struct host_watch **out, struct event_loop *loop,
		    const struct host_listener *listener)
{
	struct host_watch *watch = calloc(1, sizeof(*watch));
	int err = 0;

	if (!watch)
		return -ENOMEM;
	watch->listener = *listener;
	/* Subscribed before the dump, so that nothing falls between them. */
	watch->nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (!watch->nl ||
	    mnl_socket_bind(watch->nl, RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
			    MNL_SOCKET_AUTOPID) < 0)
		err = -errno;
	if (!err)
		err = tell_all_addresses(watch);
	if (!err)
		err = event_loop_add(loop, mnl_socket_get_fd(watch->nl), on_change, watch);
	if (err) {
		log_error("cannot read the addresses of this host: %s", strerror(-err));
		host_watch_close(watch);
		return err;
	}
	watch->loop = loop;
	*out = watch;
	return 0;
}

void host_watch_close(struct host_watch *watch)
{
	if (!watch)
		return;
	if (watch->loop)
		event_loop_remove(watch->loop, mnl_socket_get_fd(watch->nl));
	if (watch->nl)
		mnl_socket_close(watch->nl);
	free(watch);
}
