/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/interfaces.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "common/event_loop.h"
#include "common/log.h"

#define DUMPS_MAX 20
#define LINK_BUFFER 32768 /* octets: the largest link message, with statistics of all queues */

/* Sends one request and hands each message of its answer to `parse`. 0 or -errno. */
static int query(struct nlmsghdr *request, mnl_cb_t parse, void *out)
{
	struct mnl_socket *nl = mnl_socket_open(NETLINK_ROUTE);
	char *buffer = malloc(LINK_BUFFER);
	int err = nl && buffer ? 0 : -ENOMEM;
	int ran = MNL_CB_OK;

	request->nlmsg_seq = 1;
	if (!err && (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
		     mnl_socket_sendto(nl, request, request->nlmsg_len) < 0))
		err = -errno;
	while (!err && ran > MNL_CB_STOP) {
		ssize_t size = mnl_socket_recvfrom(nl, buffer, LINK_BUFFER);

		if (size >= 0)
			ran = mnl_cb_run(buffer, (size_t)size, 1, mnl_socket_get_portid(nl), parse,
					 out);
		if (size < 0 || ran < 0)
			err = -errno;
	}
	free(buffer);
	if (nl)
		mnl_socket_close(nl);
	return err;
}

static struct nlmsghdr *put_request(void *buffer, __u16 type, __u16 flags)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);

	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_REQUEST | flags;
	return request;
}

static void read_kind(const struct nlattr *linkinfo, struct interface_info *info)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested (attr, linkinfo)
		if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
			strncpy(info->kind, mnl_attr_get_str(attr), sizeof(info->kind) - 1);
}

static void read_link_attribute(const struct nlattr *attr, struct interface_info *info)
{
	switch (mnl_attr_get_type(attr)) {
	case IFLA_IFNAME:
		strncpy(info->name, mnl_attr_get_str(attr), sizeof(info->name) - 1);
		break;
	case IFLA_ADDRESS:
		info->has_mac = mnl_attr_get_payload_len(attr) == sizeof(info->mac);
		if (info->has_mac)
			memcpy(info->mac, mnl_attr_get_payload(attr), sizeof(info->mac));
		break;
	case IFLA_LINKINFO:
		read_kind(attr, info);
		break;
	case IFLA_LINK:
		info->peer_ifindex = mnl_attr_get_u32(attr);
		break;
	case IFLA_LINK_NETNSID:
		info->peer_netnsid = (int)mnl_attr_get_u32(attr);
		break;
	default:
		break;
	}
}

static int parse_link(const struct nlmsghdr *message, void *out)
{
	const struct ifinfomsg *link = mnl_nlmsg_get_payload(message);
	struct interface_info *info = out;
	const struct nlattr *attr;

	info->ifindex = (unsigned int)link->ifi_index;
	info->type = link->ifi_type;
	mnl_attr_for_each (attr, message, sizeof(*link))
		read_link_attribute(attr, info);
	return MNL_CB_STOP;
}

int interface_read(const char *name, struct interface_info *out)
{
	char buffer[256];
	struct nlmsghdr *request = put_request(buffer, RTM_GETLINK, 0);

	if (strlen(name) >= IF_NAMESIZE)
		return -ENODEV;
	mnl_nlmsg_put_extra_header(request, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(request, IFLA_IFNAME, name);
	*out = (struct interface_info){ .peer_netnsid = -1 };
	return query(request, parse_link, out);
}

static int parse_xdp(const struct nlmsghdr *message, void *out)
{
	const struct nlattr *attr, *inner;
	unsigned char *attached = out;

	mnl_attr_for_each (attr, message, sizeof(struct ifinfomsg)) {
		if (mnl_attr_get_type(attr) != IFLA_XDP)
			continue;
		mnl_attr_for_each_nested (inner, attr)
			if (mnl_attr_get_type(inner) == IFLA_XDP_ATTACHED)
				*attached = mnl_attr_get_u8(inner);
	}
	return MNL_CB_STOP;
}

bool interface_delivers_native_tx(const struct interface_info *info)
{
	char buffer[256];
	struct nlmsghdr *request = put_request(buffer, RTM_GETLINK, 0);
	struct ifinfomsg *link = mnl_nlmsg_put_extra_header(request, sizeof(*link));
	unsigned char attached = XDP_ATTACHED_NONE;

	if (strcmp(info->kind, "veth") != 0 || !info->peer_ifindex)
		return true;
	link->ifi_index = (int)info->peer_ifindex;
	if (info->peer_netnsid >= 0)
		mnl_attr_put_u32(request, IFLA_TARGET_NETNSID, (__u32)info->peer_netnsid);
	if (query(request, parse_xdp, &attached))
		return true;
	return attached == XDP_ATTACHED_DRV || attached == XDP_ATTACHED_MULTI;
}

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

static int parse_address(const struct nlmsghdr *message, void *context)
{
	const struct ifaddrmsg *header = mnl_nlmsg_get_payload(message);
	const struct host_watch *watch = context;
	struct local_address local = { 0 };
	const struct nlattr *attr, *found = NULL;

	/* IFA_LOCAL is the host's end of a point-to-point link, where IFA_ADDRESS is the peer's. */
	mnl_attr_for_each (attr, message, sizeof(*header))
		if (mnl_attr_get_type(attr) == IFA_LOCAL ||
		    (mnl_attr_get_type(attr) == IFA_ADDRESS && !found))
			found = attr;
	if (!found)
		return MNL_CB_OK;
	if (header->ifa_family == AF_INET && mnl_attr_get_payload_len(found) == 4)
		local.address = stamp_address_ip4(mnl_attr_get_u32(found));
	else if (header->ifa_family == AF_INET6 && mnl_attr_get_payload_len(found) == 16)
		memcpy(&local.address, mnl_attr_get_payload(found), 16);
	else
		return MNL_CB_OK;
	local.ifindex = is_link_scoped(header->ifa_scope) ? header->ifa_index : 0;
	watch->listener.address(watch->listener.context, &local);
	return MNL_CB_OK;
}

static int tell_all_addresses(struct host_watch *watch)
{
	char buffer[256];
	struct nlmsghdr *request = put_request(buffer, RTM_GETADDR, NLM_F_DUMP);
	int err = -EINTR;

	mnl_nlmsg_put_extra_header(request, sizeof(struct ifaddrmsg));
	/* EINTR: addresses changed meanwhile, so some may be missing. */
	for (int i = 0; i < DUMPS_MAX && err == -EINTR; i++) {
		watch->listener.addresses_begin(watch->listener.context);
		err = query(request, parse_address, watch);
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
	parse_link(message, &info);
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
	char buffer[LINK_BUFFER];
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
