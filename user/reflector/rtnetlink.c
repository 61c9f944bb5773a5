/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/rtnetlink.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

int rtnetlink_query(struct nlmsghdr *request, mnl_cb_t parse, void *out)
{
	struct mnl_socket *nl = mnl_socket_open(NETLINK_ROUTE);
	char *buffer = malloc(RTNETLINK_BUFFER);
	int err = nl && buffer ? 0 : -ENOMEM;
	int ran = MNL_CB_OK;

	request->nlmsg_seq = 1;
	if (!err && (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
		     mnl_socket_sendto(nl, request, request->nlmsg_len) < 0))
		err = -errno;
	while (!err && ran > MNL_CB_STOP) {
		ssize_t size = mnl_socket_recvfrom(nl, buffer, RTNETLINK_BUFFER);

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

struct nlmsghdr *rtnetlink_request(void *buffer, __u16 type, __u16 flags)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);

	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_REQUEST | flags;
	return request;
}
