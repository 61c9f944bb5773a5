/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/interfaces.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "reflector/rtnetlink.h"

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
	case IFLA_MTU:
		info->mtu = mnl_attr_get_u32(attr);
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

int interface_parse(const struct nlmsghdr *message, void *out)
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
	struct nlmsghdr *request = rtnetlink_request(buffer, RTM_GETLINK, 0);

	if (strlen(name) >= IF_NAMESIZE)
		return -ENODEV;
	mnl_nlmsg_put_extra_header(request, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(request, IFLA_IFNAME, name);
	*out = (struct interface_info){ .peer_netnsid = -1 };
	return rtnetlink_query(request, interface_parse, out);
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
	struct nlmsghdr *request = rtnetlink_request(buffer, RTM_GETLINK, 0);
	struct ifinfomsg *link = mnl_nlmsg_put_extra_header(request, sizeof(*link));
	unsigned char attached = XDP_ATTACHED_NONE;

	if (strcmp(info->kind, "veth") != 0 || !info->peer_ifindex)
		return true;
	link->ifi_index = (int)info->peer_ifindex;
	if (info->peer_netnsid >= 0)
		mnl_attr_put_u32(request, IFLA_TARGET_NETNSID, (__u32)info->peer_netnsid);
	if (rtnetlink_query(request, parse_xdp, &attached))
		return true;
	return attached == XDP_ATTACHED_DRV || attached == XDP_ATTACHED_MULTI;
}
