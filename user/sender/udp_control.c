/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel tells beside a datagram: times, TTL, ICMP errors (control messages). */
#include "sender/udp_control.h"

#include <netinet/in.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <time.h>
#include <linux/errqueue.h>

#include "stamp/timestamp.h"

static bool is_either(const struct cmsghdr *control, int ip4_type, int ip6_type)
{
	return (control->cmsg_level == IPPROTO_IP && control->cmsg_type == ip4_type) ||
	       (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == ip6_type);
}

/* Copies up to `size` octets; returns how many octets the message has. */
static size_t copy_data(const struct cmsghdr *control, void *out, size_t size)
{
	size_t length = control->cmsg_len - CMSG_LEN(0);

	memcpy(out, CMSG_DATA(control), length < size ? length : size);
	return length;
}

static void read_time(const struct cmsghdr *control, struct udp_control *out)
{
	struct scm_timestamping times = { 0 };
	const struct timespec *software = &times.ts[0];

	copy_data(control, &times, sizeof(times));
	out->time_ns = (uint64_t)software->tv_sec * NSEC_PER_SEC + (uint64_t)software->tv_nsec;
}

/* One octet for IPv4, an int for IPv6. */
static void read_traffic_class(const struct cmsghdr *control, struct udp_control *out)
{
	uint8_t octet = 0;

	if (control->cmsg_level == IPPROTO_IPV6) {
		copy_data(control, &out->traffic_class, sizeof(out->traffic_class));
		return;
	}
	copy_data(control, &octet, sizeof(octet));
	out->traffic_class = octet;
}

static bool is_ttl_exceeded(const struct sock_extended_err *error)
{
	return (error->ee_origin == SO_EE_ORIGIN_ICMP && error->ee_type == ICMP_TIME_EXCEEDED) ||
	       (error->ee_origin == SO_EE_ORIGIN_ICMP6 && error->ee_type == ICMP6_TIME_EXCEEDED);
}

/* The address of who sent the ICMP message follows the error. */
static void read_error(const struct cmsghdr *control, struct udp_control *out)
{
	struct {
		struct sock_extended_err error;
		struct sockaddr_storage from;
	} data = { 0 };
	const struct sock_extended_err *error = &data.error;

	if (copy_data(control, &data, sizeof(data)) < sizeof(data.error))
		return;
	if (error->ee_origin == SO_EE_ORIGIN_TIMESTAMPING) {
		out->event = UDP_TRANSMITTED;
		out->key = error->ee_data;
	} else if (error->ee_origin == SO_EE_ORIGIN_ICMP ||
		   error->ee_origin == SO_EE_ORIGIN_ICMP6) {
		out->event = UDP_ICMP_ERROR;
		out->error = (int)error->ee_errno;
		out->ttl_exceeded = is_ttl_exceeded(error);
		out->from = data.from;
	}
}

struct udp_control udp_control_read(struct msghdr *message)
{
	struct udp_control out = { .ttl = -1, .traffic_class = -1, .event = UDP_NO_EVENT };

	for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control;
	     control = CMSG_NXTHDR(message, control)) {
		if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_TIMESTAMPING)
			read_time(control, &out);
		else if (is_either(control, IP_TTL, IPV6_HOPLIMIT))
			copy_data(control, &out.ttl, sizeof(out.ttl));
		else if (is_either(control, IP_TOS, IPV6_TCLASS))
			read_traffic_class(control, &out);
		else if (is_either(control, IP_RECVERR, IPV6_RECVERR))
			read_error(control, &out);
	}
	return out;
}
