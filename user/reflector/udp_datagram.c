/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/udp_datagram.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>

#include "common/address.h"
#include "common/clock.h"
#include "stamp/reply.h"

#define TTL_UNREAD 255                   /* what a reply tells then: RFC 5357 section 4.2 */
#define RECEIVE_BUFFER (4 * 1024 * 1024) /* octets: thousands of requests, some milliseconds */

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

/* What came in a broadcast or multicast frame is not answered, whatever its address (RFC 1122
 * section 3.3.6); from the socket on, the frame cannot be seen any more. */
static int refuse_group_frames(int fd)
{
	static struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, (__u32)(SKF_AD_OFF + SKF_AD_PKTTYPE)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_HOST, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const struct sock_fprog filter = { sizeof(code) / sizeof(code[0]), code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) ? -errno : 0;
}

/* Beyond net.core.rmem_max where CAP_NET_ADMIN lets us, which loading the program needs as well. */
static void set_receive_buffer(int fd)
{
	const int size = RECEIVE_BUFFER;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

__u64 udp_datagram_lost(int fd)
{
	__u32 info[SK_MEMINFO_VARS] = { 0 };
	socklen_t size = sizeof(info);

	return getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &size) ? 0 : info[SK_MEMINFO_DROPS];
}

int udp_datagram_set_up(int fd, int family)
{
	static const int stamps[] = { SO_TIMESTAMPNS };
	int err = set_options(fd, SOL_SOCKET, stamps, 1);

	if (!err)
		err = refuse_group_frames(fd);
	if (err)
		return err;
	set_receive_buffer(fd);
	return family == AF_INET ? set_up_ip4(fd) : set_up_ip6(fd);
}

static void read_ip4_control(const struct cmsghdr *cmsg, struct udp_datagram *datagram)
{
	struct in_pktinfo pktinfo;
	int ttl;

	if (cmsg->cmsg_type == IP_PKTINFO) {
		memcpy(&pktinfo, CMSG_DATA(cmsg), sizeof(pktinfo));
		datagram->ifindex = (unsigned int)pktinfo.ipi_ifindex;
		datagram->request.key.reflector = stamp_address_ip4(pktinfo.ipi_addr.s_addr);
	} else if (cmsg->cmsg_type == IP_TTL) {
		memcpy(&ttl, CMSG_DATA(cmsg), sizeof(ttl));
		datagram->request.ttl = (__u8)ttl;
	} else if (cmsg->cmsg_type == IP_TOS) {
		datagram->request.traffic_class = *CMSG_DATA(cmsg);
	}
}

static void read_ip6_control(const struct cmsghdr *cmsg, struct udp_datagram *datagram)
{
	struct in6_pktinfo pktinfo;
	int hops, traffic_class;

	if (cmsg->cmsg_type == IPV6_PKTINFO) {
		memcpy(&pktinfo, CMSG_DATA(cmsg), sizeof(pktinfo));
		datagram->ifindex = pktinfo.ipi6_ifindex;
		memcpy(&datagram->request.key.reflector, &pktinfo.ipi6_addr,
		       sizeof(struct in6_addr));
	} else if (cmsg->cmsg_type == IPV6_HOPLIMIT) {
		memcpy(&hops, CMSG_DATA(cmsg), sizeof(hops));
		datagram->request.ttl = (__u8)hops;
	} else if (cmsg->cmsg_type == IPV6_TCLASS) {
		memcpy(&traffic_class, CMSG_DATA(cmsg), sizeof(traffic_class));
		datagram->request.traffic_class = (__u8)traffic_class;
	}
}

static void read_control(struct msghdr *message, struct udp_datagram *datagram)
{
	struct timespec stamp;

	datagram->request.received_ns = 0;
	for (struct cmsghdr *cmsg = CMSG_FIRSTHDR(message); cmsg;
	     cmsg = CMSG_NXTHDR(message, cmsg)) {
		if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SO_TIMESTAMPNS) {
			memcpy(&stamp, CMSG_DATA(cmsg), sizeof(stamp));
			datagram->request.received_ns =
				(__u64)stamp.tv_sec * NSEC_PER_SEC + (__u64)stamp.tv_nsec;
		} else if (cmsg->cmsg_level == IPPROTO_IP) {
			read_ip4_control(cmsg, datagram);
		} else if (cmsg->cmsg_level == IPPROTO_IPV6) {
			read_ip6_control(cmsg, datagram);
		}
	}
	if (!datagram->request.received_ns)
		datagram->request.received_ns = clock_realtime_ns();
}

static __be16 sender_port(const struct sockaddr_storage *sender)
{
	return sender->ss_family == AF_INET ? ((const struct sockaddr_in *)sender)->sin_port
					    : ((const struct sockaddr_in6 *)sender)->sin6_port;
}

int udp_datagram_receive(int fd, struct udp_datagram *datagram)
{
	union {
		struct cmsghdr align;
		char octets[512];
	} control;
	struct iovec iov = { datagram->octets, sizeof(datagram->octets) };
	struct msghdr message = {
		.msg_name = &datagram->sender,
		.msg_namelen = sizeof(datagram->sender),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t length = recvmsg(fd, &message, 0);

	if (length < 0)
		return -errno;
	datagram->request = (struct slow_request){
		.length = (size_t)length,
		.clock = CLOCK_REALTIME,
		.ttl = TTL_UNREAD,
	};
	datagram->ifindex = 0;
	read_control(&message, datagram);
	datagram->request.key.sender_port = sender_port(&datagram->sender);
	address_from_sockaddr((const struct sockaddr *)&datagram->sender,
			      &datagram->request.key.sender);
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

/* The reply leaves from the address that was asked or another one of ours, with the DSCP of the
 * policy and no ECN. */
static void put_reply_control(struct msghdr *message, const struct udp_datagram *datagram,
			      const struct slow_reply *reply)
{
	const struct stamp_address *from =
		reply->has_source ? &reply->source : &datagram->request.key.reflector;
	struct in_pktinfo ip4 = { .ipi_spec_dst.s_addr = from->words[3] };
	struct in6_pktinfo ip6 = { 0 };
	int traffic_class =
		stamp_reply_traffic_class(datagram->request.traffic_class, reply->policy);
	struct cmsghdr *at = message->msg_control;

	message->msg_controllen = 0;
	if (datagram->sender.ss_family == AF_INET) {
		at = put_control(message, at, IPPROTO_IP, IP_PKTINFO, &ip4, sizeof(ip4));
		put_control(message, at, IPPROTO_IP, IP_TOS, &traffic_class, sizeof(traffic_class));
		return;
	}
	memcpy(&ip6.ipi6_addr, from, sizeof(ip6.ipi6_addr));
	if (IN6_IS_ADDR_LINKLOCAL(&ip6.ipi6_addr))
		ip6.ipi6_ifindex = datagram->ifindex;
	at = put_control(message, at, IPPROTO_IPV6, IPV6_PKTINFO, &ip6, sizeof(ip6));
	put_control(message, at, IPPROTO_IPV6, IPV6_TCLASS, &traffic_class, sizeof(traffic_class));
}

int udp_datagram_reply(int fd, struct udp_datagram *datagram, const struct slow_reply *reply)
{
	union {
		struct cmsghdr align;
		char octets[128];
	} control = { 0 };
	struct iovec iov = { datagram->octets, reply->length };
	struct msghdr message = {
		.msg_name = &datagram->sender,
		.msg_namelen = datagram->sender.ss_family == AF_INET ? sizeof(struct sockaddr_in)
								     : sizeof(struct sockaddr_in6),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
	};

	put_reply_control(&message, datagram, reply);
	return sendmsg(fd, &message, MSG_DONTWAIT) < 0 ? -errno : 0;
}
