/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* By netlink, since where only the kernel is tested there is no `ip`. */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sched.h>

#include "lib/own_net.h"
#include "reflector/rtnetlink.h"

static void put_link(struct nlmsghdr *request, const char *ifname)
{
	mnl_nlmsg_put_extra_header(request, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(request, IFLA_IFNAME, ifname);
}

static int make_veth(const char *ifname, const char *peer)
{
	char buffer[512];
	struct nlmsghdr *request =
		rtnetlink_request(buffer, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK);
	struct nlattr *info, *data, *other;

	put_link(request, ifname);
	info = mnl_attr_nest_start(request, IFLA_LINKINFO);
	mnl_attr_put_strz(request, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(request, IFLA_INFO_DATA);
	other = mnl_attr_nest_start(request, VETH_INFO_PEER);
	put_link(request, peer);
	mnl_attr_nest_end(request, other);
	mnl_attr_nest_end(request, data);
	mnl_attr_nest_end(request, info);
	return rtnetlink_query(request, NULL, NULL);
}

int own_net_with_veth(const char *ifname, const char *peer)
{
	if (unshare(CLONE_NEWNET))
		return -errno;
	return make_veth(ifname, peer);
}
