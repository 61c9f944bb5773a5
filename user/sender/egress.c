/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Through which interface packets leave: one question to the kernel's routes (rtnetlink). */
#include "sender/egress.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <linux/rtnetlink.h>

#include "common/address.h"

#define REPLY_MAX 4096 /* octets */

struct request {
	struct nlmsghdr header;
	struct rtmsg route;
	uint8_t attributes[256];
};

static void add(struct request *request, uint16_t type, const void *data, size_t size)
{
	struct rtattr *attribute =
		(struct rtattr *)((uint8_t *)request + NLMSG_ALIGN(request->header.nlmsg_len));

	attribute->rta_type = type;
	attribute->rta_len = (uint16_t)RTA_LENGTH(size);
	memcpy(RTA_DATA(attribute), data, size);
	request->header.nlmsg_len =
		NLMSG_ALIGN(request->header.nlmsg_len) + RTA_ALIGN(attribute->rta_len);
}

static void add_address(struct request *request, uint16_t type,
			const struct sockaddr_storage *address)
{
	if (address->ss_family == AF_INET)
		add(request, type, &((const struct sockaddr_in *)address)->sin_addr, 4);
	else
		add(request, type, &((const struct sockaddr_in6 *)address)->sin6_addr, 16);
}

static void add_port(struct request *request, uint16_t type, const struct sockaddr_storage *address)
{
	uint16_t port = htons(sockaddr_port(address));

	add(request, type, &port, sizeof(port));
}

/* That of the socket, or of a link-local peer; 0: any. */
static uint32_t bound_index(const struct sockaddr_storage *peer, const char *interface)
{
	if (interface)
		return if_nametoindex(interface);
	return peer->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)peer)->sin6_scope_id : 0;
}

static struct request request_for(const struct sockaddr_storage *local,
				  const struct sockaddr_storage *peer, const char *interface)
{
	uint8_t protocol = IPPROTO_UDP, bits = peer->ss_family == AF_INET ? 32 : 128;
	uint32_t bound = bound_index(peer, interface);
	struct request request = {
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)),
			    .nlmsg_type = RTM_GETROUTE,
			    .nlmsg_flags = NLM_F_REQUEST,
			    .nlmsg_seq = 1 },
		.route = { .rtm_family = (uint8_t)peer->ss_family,
			   .rtm_dst_len = bits,
			   .rtm_src_len = bits },
	};

	add_address(&request, RTA_DST, peer);
	add_address(&request, RTA_SRC, local);
	add(&request, RTA_IP_PROTO, &protocol, sizeof(protocol));
	add_port(&request, RTA_SPORT, local);
	add_port(&request, RTA_DPORT, peer);
	if (bound)
		add(&request, RTA_OIF, &bound, sizeof(bound));
	return request;
}

/* The interface's index, or -errno. */
static int read_route(const struct nlmsghdr *header, size_t size)
{
	const struct rtattr *attribute;
	size_t left;
	int index;

	if (!NLMSG_OK(header, size))
		return -EBADMSG;
	if (header->nlmsg_type == NLMSG_ERROR && header->nlmsg_len >= NLMSG_LENGTH(sizeof(index)))
		return ((const struct nlmsgerr *)NLMSG_DATA(header))->error;
	if (header->nlmsg_type != RTM_NEWROUTE ||
	    header->nlmsg_len < NLMSG_LENGTH(sizeof(struct rtmsg)))
		return -EBADMSG;
	attribute = RTM_RTA(NLMSG_DATA(header));
	left = RTM_PAYLOAD(header);
	for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
		if (attribute->rta_type != RTA_OIF || RTA_PAYLOAD(attribute) < sizeof(index))
			continue;
		memcpy(&index, RTA_DATA(attribute), sizeof(index));
		return index;
	}
	return -ENODEV; /* several ways at once, or none */
}

static int ask(int fd, const struct request *request)
{
	union {
		struct nlmsghdr header;
		uint8_t octets[REPLY_MAX];
	} reply;
	ssize_t size;

	if (send(fd, request, request->header.nlmsg_len, 0) < 0)
		return -errno;
	size = recv(fd, &reply, sizeof(reply), 0);
	if (size < 0)
		return -errno;
	return read_route(&reply.header, (size_t)size);
}

int egress_find(const struct sockaddr_storage *local, const struct sockaddr_storage *peer,
		const char *interface, char name[IF_NAMESIZE])
{
	const struct request request = request_for(local, peer, interface);
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int index;

	if (fd < 0)
		return -errno;
	index = ask(fd, &request);
	close(fd);
	if (index <= 0)
		return index ? index : -ENODEV;
	return if_indextoname((unsigned int)index, name) ? 0 : -errno;
}
