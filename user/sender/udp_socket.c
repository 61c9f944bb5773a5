/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A UDP socket to one peer that never waits: TTL, DSCP, kernel timestamps, ICMP errors. */
#include "sender/udp_socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/net_tstamp.h>

#include "common/address.h"
#include "common/clock.h"
#include "common/log.h"
#include "sender/egress.h"
#include "sender/receive_buffer.h"
#include "sender/receive_times.h"
#include "sender/udp_setup.h"

/* clang-format off */
#define TIMESTAMPING (SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE |                   \
		      SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY |                 \
		      SOF_TIMESTAMPING_OPT_CMSG)
/* clang-format on */

struct udp_socket {
	int fd;
	struct sockaddr_storage local;
	struct sockaddr_storage peer;
	struct sockaddr_storage other; /* as in the settings */
	struct nic_clock *nic;         /* NULL: the network card takes no times of its packets */
	int timestamping;              /* SOF_TIMESTAMPING_*; 0: none are asked for */
	uint32_t sent;
	uint32_t first_keyed; /* the datagram whose transmit timestamp has key 0 */
};

/* The kernel counts keys from 0 again when OPT_ID is switched on. */
static int restart_keys(struct udp_socket *udp)
{
	int off = udp->timestamping, on = off | SOF_TIMESTAMPING_OPT_ID;

	udp->first_keyed = udp->sent;
	if (!udp->timestamping)
		return 0;
	if (setsockopt(udp->fd, SOL_SOCKET, SO_TIMESTAMPING, &off, sizeof(off)) ||
	    setsockopt(udp->fd, SOL_SOCKET, SO_TIMESTAMPING, &on, sizeof(on)))
		return -errno;
	return 0;
}

/* Without the interface there is no card to ask; the kernel's times do not depend on it. */
static void find_card(struct udp_socket *udp, const struct udp_socket_settings *settings)
{
	const struct udp_path *path = &settings->path;
	char interface[IF_NAMESIZE];

	if (!settings->nics || (path->times != TIMES_AUTO && path->times != TIMES_HARDWARE) ||
	    egress_find(&udp->local, &path->peer, path->interface, interface))
		return;
	udp->nic = nic_clocks_find(settings->nics, interface, path->times);
	if (udp->nic)
		udp->timestamping |= nic_clock_flags(udp->nic);
}

static int set_up(struct udp_socket *udp, const struct udp_socket_settings *settings)
{
	int err = udp_setup(settings, &udp->fd, &udp->local);

	if (err || settings->path.times == TIMES_USER)
		return err;
	udp->timestamping = TIMESTAMPING;
	find_card(udp, settings);
	if (restart_keys(udp))
		log_warning("no kernel timestamps here, times are less exact: %s", strerror(errno));
	else
		receive_times_wait(); /* replies that come without a time are counted, so go on */
	return 0;
}

int udp_socket_open(struct udp_socket **out, const struct udp_socket_settings *settings)
{
	struct udp_socket *udp = calloc(1, sizeof(*udp));
	int err;

	if (!udp)
		return -ENOMEM;
	udp->peer = settings->path.peer;
	udp->other = settings->other;
	err = set_up(udp, settings);
	if (err) {
		udp_socket_close(udp);
		return err;
	}
	*out = udp;
	return 0;
}

int udp_socket_fd(const struct udp_socket *udp)
{
	return udp->fd;
}

static ssize_t send_once(struct udp_socket *udp, const void *octets, size_t size)
{
	if (udp->other.ss_family == AF_UNSPEC)
		return send(udp->fd, octets, size, 0);
	return sendto(udp->fd, octets, size, 0, (const struct sockaddr *)&udp->peer,
		      sockaddr_length(&udp->peer));
}

/*
 * An ICMP error that came for an earlier datagram fails the next call once, so a second try tells
 * whether this one can be sent. Kernels differ in whether a failed call uses up a key.
 */
int udp_socket_send(struct udp_socket *udp, const void *octets, size_t size)
{
	int err = -EAGAIN;

	for (int attempt = 0; attempt < 2; attempt++) {
		if (send_once(udp, octets, size) >= 0) {
			udp->sent++;
			return 0;
		}
		err = -errno;
		restart_keys(udp);
	}
	return err;
}

/* A call that stops short may have used up keys as a failed one does. */
int udp_socket_send_batch(struct udp_socket *udp, const void *octets, size_t size, size_t count)
{
	struct mmsghdr messages[UDP_INBOX_MAX];
	struct iovec spaces[UDP_INBOX_MAX];
	bool named = udp->other.ss_family != AF_UNSPEC, full;
	int sent, err;

	for (size_t i = 0; i < count; i++) {
		spaces[i] = (struct iovec){ (uint8_t *)octets + i * size, size };
		messages[i].msg_hdr = (struct msghdr){
			.msg_name = named ? &udp->peer : NULL,
			.msg_namelen = named ? sockaddr_length(&udp->peer) : 0,
			.msg_iov = &spaces[i],
			.msg_iovlen = 1,
		};
	}
	sent = sendmmsg(udp->fd, messages, (unsigned int)count, 0);
	full = sent < 0 && (errno == EAGAIN || errno == ENOBUFS);
	if (sent > 0)
		udp->sent += (uint32_t)sent;
	if (sent < (int)count)
		restart_keys(udp);
	if (sent > 0 || full)
		return sent > 0 ? sent : 0;
	err = udp_socket_send(udp, octets, size);
	return err ? err : 1;
}

static bool is_from(const struct sockaddr_storage *from, const struct sockaddr_storage *whom)
{
	const struct sockaddr_in *from4 = (const void *)from, *whom4 = (const void *)whom;
	const struct sockaddr_in6 *from6 = (const void *)from, *whom6 = (const void *)whom;

	if (from->ss_family != whom->ss_family)
		return false;
	if (from->ss_family == AF_INET)
		return from4->sin_port == whom4->sin_port &&
		       from4->sin_addr.s_addr == whom4->sin_addr.s_addr;
	return from6->sin6_port == whom6->sin6_port &&
	       !memcmp(&from6->sin6_addr, &whom6->sin6_addr, sizeof(from6->sin6_addr));
}

static bool is_heard(const struct udp_socket *udp, const struct sockaddr_storage *from)
{
	return udp->other.ss_family == AF_UNSPEC || is_from(from, &udp->peer) ||
	       is_from(from, &udp->other);
}

/* The best that the kernel tells; TIME_USER and 0: it tells none. */
static struct udp_time time_of(const struct udp_socket *udp, const struct udp_control *control)
{
	struct udp_time time = { .source = TIME_HARDWARE };

	if (udp->nic && control->hardware_ns &&
	    nic_clock_utc(udp->nic, control->hardware_ns, control->time_ns, &time.ns,
			  &time.error_ns))
		return time;
	return (struct udp_time){
		.ns = control->time_ns,
		.source = control->time_ns ? TIME_KERNEL : TIME_USER,
	};
}

static struct udp_datagram datagram_of(const struct udp_socket *udp, struct msghdr *message,
				       size_t size)
{
	struct udp_control control = udp_control_read(message);
	struct udp_time received = time_of(udp, &control);

	if (received.source == TIME_USER)
		received.ns = clock_realtime_ns();
	return (struct udp_datagram){
		.octets = message->msg_iov->iov_base,
		.size = size,
		.received = received,
		.ttl = control.ttl,
		.traffic_class = control.traffic_class,
	};
}

int udp_socket_receive(struct udp_socket *udp, struct udp_inbox *inbox,
		       struct udp_datagram out[UDP_INBOX_MAX], bool *more)
{
	int count = udp_inbox_receive(inbox, udp->fd, 0), heard = 0;

	*more = count == UDP_INBOX_MAX;
	if (count < 0)
		return count;
	for (int i = 0; i < count; i++) {
		size_t size;
		struct msghdr *message = udp_inbox_message(inbox, (size_t)i, &size);

		if (is_heard(udp, message->msg_name))
			out[heard++] = datagram_of(udp, message, size);
	}
	return heard;
}

static struct udp_event event_of(const struct udp_socket *udp, struct msghdr *message)
{
	struct udp_control control = udp_control_read(message);

	return (struct udp_event){
		.kind = control.event,
		.sent_number = udp->first_keyed + control.key,
		.left = time_of(udp, &control),
		.error = control.error,
		.mtu = control.mtu,
		.ttl_exceeded = control.ttl_exceeded,
		.from = control.from,
	};
}

int udp_socket_events(struct udp_socket *udp, struct udp_inbox *inbox,
		      struct udp_event out[UDP_INBOX_MAX], bool *more)
{
	int count = udp_inbox_receive(inbox, udp->fd, MSG_ERRQUEUE);

	*more = count == UDP_INBOX_MAX;
	for (int i = 0; i < count; i++) {
		size_t size;

		out[i] = event_of(udp, udp_inbox_message(inbox, (size_t)i, &size));
	}
	return count;
}

const struct sockaddr_storage *udp_socket_local(const struct udp_socket *udp)
{
	return &udp->local;
}

const struct sockaddr_storage *udp_socket_peer(const struct udp_socket *udp)
{
	return &udp->peer;
}

enum time_source udp_socket_transmit_source(const struct udp_socket *udp)
{
	if (udp->nic && nic_clock_transmits(udp->nic))
		return TIME_HARDWARE;
	return udp->timestamping ? TIME_KERNEL : TIME_USER;
}

int udp_socket_overflowed(const struct udp_socket *udp, uint64_t *out)
{
	return receive_buffer_dropped(udp->fd, out);
}

void udp_socket_close(struct udp_socket *udp)
{
	if (!udp)
		return;
	if (udp->fd >= 0)
		close(udp->fd);
	free(udp);
}
