/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel tells beside a datagram: times, TTL, ICMP errors (control messages). */
#include "sender/udp_control.h"

#include <errno.h>
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

static uint64_t ns_of(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * NSEC_PER_SEC + (uint64_t)time->tv_nsec;
}

/* A message about a packet that was sent has one of the two, one about a packet received both. */
static void read_times(const struct cmsghdr *control, struct udp_control *out)
{
	struct scm_timestamping times;

	if (control->cmsg_len < CMSG_LEN(sizeof(times)))
		return;
	memcpy(&times, CMSG_DATA(control), sizeof(times));
	out->time_ns = ns_of(&times.ts[0]);
	out->hardware_ns = ns_of(&times.ts[2]);
}

static void read_int(const struct cmsghdr *control, int *out)
{
	if (control->cmsg_len >= CMSG_LEN(sizeof(*out)))
		memcpy(out, CMSG_DATA(control), sizeof(*out));
}

/* One octet for IPv4, an int for IPv6. */
static void read_traffic_class(const struct cmsghdr *control, struct udp_control *out)
{
	if (control->cmsg_level == IPPROTO_IPV6)
		read_int(control, &out->traffic_class);
	else if (control->cmsg_len > CMSG_LEN(0))
		out->traffic_class = *CMSG_DATA(control);
}

static bool is_ttl_exceeded(const struct sock_extended_err *error)
{
	return (error->ee_origin == SO_EE_ORIGIN_ICMP && error->ee_type == ICMP_TIME_EXCEEDED) ||
	       (error->ee_origin == SO_EE_ORIGIN_ICMP6 && error->ee_type == ICMP6_TIME_EXCEEDED);
}

/* The address of who sent the ICMP message follows the error. */
static const struct sockaddr *offender_of(const struct cmsghdr *control)
{
	size_t size = control->cmsg_len - CMSG_LEN(sizeof(struct sock_extended_err));
	const struct sockaddr *from =
		(const void *)(CMSG_DATA(control) + sizeof(struct sock_extended_err));

	if (size < sizeof(struct sockaddr_in))
		return NULL;
	if (from->sa_family == AF_INET6 && size < sizeof(struct sockaddr_in6))
		return NULL;
	return from->sa_family == AF_INET || from->sa_family == AF_INET6 ? from : NULL;
}

static void read_error(const struct cmsghdr *control, struct udp_control *out)
{
	struct sock_extended_err error;

	if (control->cmsg_len < CMSG_LEN(sizeof(error)))
		return;
	memcpy(&error, CMSG_DATA(control), sizeof(error));
	if (error.ee_origin == SO_EE_ORIGIN_TIMESTAMPING) {
		out->event = UDP_TRANSMITTED;
		out->key = error.ee_data;
	} else if (error.ee_origin == SO_EE_ORIGIN_ICMP || error.ee_origin == SO_EE_ORIGIN_ICMP6) {
		out->event = UDP_ICMP_ERROR;
		out->error = (int)error.ee_errno;
		out->mtu = error.ee_errno == EMSGSIZE ? error.ee_info : 0;
		out->ttl_exceeded = is_ttl_exceeded(&error);
		out->from = offender_of(control);
	}
}

struct udp_control udp_control_read(struct msghdr *message)
{
	struct udp_control out = { .ttl = -1, .traffic_class = -1, .event = UDP_NO_EVENT };

	for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control;
	     control = CMSG_NXTHDR(message, control)) {
		if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_TIMESTAMPING)
			read_times(control, &out);
		else if (is_either(control, IP_TTL, IPV6_HOPLIMIT))
			read_int(control, &out.ttl);
		else if (is_either(control, IP_TOS, IPV6_TCLASS))
			read_traffic_class(control, &out);
		else if (is_either(control, IP_RECVERR, IPV6_RECVERR))
			read_error(control, &out);
	}
	return out;
}
