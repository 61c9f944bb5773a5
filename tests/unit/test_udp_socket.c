/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The sender's socket against the kernel, on loopback: TTL, DSCP, timestamps, ICMP errors. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "sender/receive_buffer.h"
#include "sender/udp_socket.h"

#define WAIT_MS 2000
#define WAIT_NS (WAIT_MS * 1000000ULL)
#define TOO_MANY 2000

/* The other end: a plain socket that shows TTL and TOS of what it receives. */
struct peer {
	int fd;
	struct udp_socket_settings settings;
};

static struct peer peer;
static struct udp_socket *udp;
static struct udp_inbox *inbox;
static struct nic_clocks *nics;

/* Events that were received and not yet looked at. */
static struct udp_event events[UDP_INBOX_MAX];
static int event_count, events_seen;

static void open_peer(int family)
{
	struct sockaddr_in ip4 = { .sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 ip6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	bool is_ip4 = family == AF_INET;
	int on = 1;
	socklen_t length = sizeof(peer.settings.path.peer);

	peer.settings = (struct udp_socket_settings){ .path = { .ttl = 255, .dscp = 46 },
						      .tells_traffic_class = true };
	peer.fd = socket(family, SOCK_DGRAM, 0);
	assert_true(peer.fd >= 0);
	assert_int_equal(bind(peer.fd, is_ip4 ? (void *)&ip4 : (void *)&ip6,
			      is_ip4 ? sizeof(ip4) : sizeof(ip6)),
			 0);
	assert_int_equal(getsockname(peer.fd, (struct sockaddr *)&peer.settings.path.peer, &length),
			 0);
	assert_int_equal(udp_inbox_open(&inbox, UDP_DATAGRAM_MAX), 0);
	event_count = events_seen = 0;
	setsockopt(peer.fd, IPPROTO_IP, IP_RECVTTL, &on, sizeof(on));
	setsockopt(peer.fd, IPPROTO_IP, IP_RECVTOS, &on, sizeof(on));
	setsockopt(peer.fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on, sizeof(on));
	setsockopt(peer.fd, IPPROTO_IPV6, IPV6_RECVTCLASS, &on, sizeof(on));
}

static int open_ip4(void **state)
{
	(void)state;
	open_peer(AF_INET);
	return udp_socket_open(&udp, &peer.settings);
}

static int open_ip6(void **state)
{
	(void)state;
	open_peer(AF_INET6);
	return udp_socket_open(&udp, &peer.settings);
}

static int open_with_times(enum times_wanted times)
{
	open_peer(AF_INET);
	assert_int_equal(nic_clocks_open(&nics), 0);
	peer.settings.nics = nics;
	peer.settings.path.times = times;
	return udp_socket_open(&udp, &peer.settings);
}

static int open_with_any_times(void **state)
{
	(void)state;
	return open_with_times(TIMES_AUTO);
}

static int open_with_the_cards_times(void **state)
{
	(void)state;
	return open_with_times(TIMES_HARDWARE);
}

static int open_with_the_kernels_times(void **state)
{
	(void)state;
	return open_with_times(TIMES_KERNEL);
}

static int open_with_our_own_times(void **state)
{
	(void)state;
	return open_with_times(TIMES_USER);
}

/* 127.0.0.2 with the peer's port is heard as well. */
static int open_ip4_and_other(void **state)
{
	struct sockaddr_in *other = (struct sockaddr_in *)&peer.settings.other;

	(void)state;
	open_peer(AF_INET);
	peer.settings.other = peer.settings.path.peer;
	other->sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
	return udp_socket_open(&udp, &peer.settings);
}

static int close_all(void **state)
{
	(void)state;
	udp_socket_close(udp);
	nic_clocks_close(nics);
	nics = NULL;
	udp_inbox_close(inbox);
	close(peer.fd);
	return 0;
}

/* How many came; the first of them in `out`. */
static int receive(struct udp_datagram *out)
{
	struct udp_datagram datagrams[UDP_INBOX_MAX];
	bool more;
	int count = udp_socket_receive(udp, inbox, datagrams, &more);

	if (count > 0)
		*out = datagrams[0];
	return count;
}

/* False if there is none. */
static bool next_event(struct udp_event *out)
{
	bool more;

	if (events_seen == event_count) {
		event_count = udp_socket_events(udp, inbox, events, &more);
		events_seen = 0;
	}
	if (event_count <= 0)
		return false;
	*out = events[events_seen++];
	return true;
}

static void wait_for(short events)
{
	struct pollfd wait = { .fd = udp_socket_fd(udp), .events = events };

	assert_int_equal(poll(&wait, 1, WAIT_MS), 1);
}

static void wait_for_event(void)
{
	if (events_seen == event_count)
		wait_for(0);
}

/* The value of a control message of the peer's, one octet or an int; -1 if there is none. */
static int control_value(struct msghdr *message, int level, int type)
{
	for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control;
	     control = CMSG_NXTHDR(message, control)) {
		int value = 0;

		if (control->cmsg_level != level || control->cmsg_type != type)
			continue;
		memcpy(&value, CMSG_DATA(control), control->cmsg_len - CMSG_LEN(0));
		return value;
	}
	return -1;
}

static void peer_sees(int level, int ttl_type, int tos_type)
{
	char octets[64], space[256];
	struct iovec buffer = { octets, sizeof(octets) };
	struct msghdr message = { .msg_iov = &buffer,
				  .msg_iovlen = 1,
				  .msg_control = space,
				  .msg_controllen = sizeof(space) };

	assert_int_equal(udp_socket_send(udp, "0123456789", 10), 0);
	assert_int_equal(recvmsg(peer.fd, &message, 0), 10);
	assert_int_equal(control_value(&message, level, ttl_type), 255);
	assert_int_equal(control_value(&message, level, tos_type), 46 << 2);
}

static void ip4_packets_leave_with_ttl_and_dscp(void **state)
{
	(void)state;
	peer_sees(IPPROTO_IP, IP_TTL, IP_TOS);
}

static void ip6_packets_leave_with_hop_limit_and_dscp(void **state)
{
	(void)state;
	peer_sees(IPPROTO_IPV6, IPV6_HOPLIMIT, IPV6_TCLASS);
}

static void each_datagram_has_its_transmit_time(void **state)
{
	uint64_t before = clock_realtime_ns();
	struct udp_event event;

	(void)state;
	for (uint32_t number = 0; number < 3; number++) {
		assert_int_equal(udp_socket_send(udp, "0123456789", 10), 0);
		wait_for_event();
		assert_true(next_event(&event));
		assert_int_equal(event.kind, UDP_TRANSMITTED);
		assert_int_equal(event.sent_number, number);
		assert_in_range(event.left.ns, before, clock_realtime_ns());
		assert_int_equal(event.left.source, TIME_KERNEL);
		assert_int_equal(udp_socket_transmit_source(udp), TIME_KERNEL);
	}
	assert_false(next_event(&event));
}

static void numbers_stay_right_after_a_failed_send(void **state)
{
	static const char too_long[70000];
	struct udp_event event;

	(void)state;
	assert_int_equal(udp_socket_send(udp, "0", 1), 0);
	assert_true(next_event(&event));
	assert_int_equal(udp_socket_send(udp, too_long, sizeof(too_long)), -EMSGSIZE);
	assert_int_equal(udp_socket_send(udp, "1", 1), 0);
	do {
		wait_for_event();
		assert_true(next_event(&event));
	} while (event.kind != UDP_TRANSMITTED);
	assert_int_equal(event.sent_number, 1);
}

static void a_reply_has_time_ttl_and_traffic_class(void **state)
{
	struct sockaddr_storage from;
	socklen_t length = sizeof(from);
	struct udp_datagram datagram;
	uint64_t before = clock_realtime_ns();
	char octets[64];
	int ttl = 77, traffic_class = 0xb9;

	(void)state;
	setsockopt(peer.fd, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
	setsockopt(peer.fd, IPPROTO_IP, IP_TOS, &traffic_class, sizeof(traffic_class));
	setsockopt(peer.fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &ttl, sizeof(ttl));
	setsockopt(peer.fd, IPPROTO_IPV6, IPV6_TCLASS, &traffic_class, sizeof(traffic_class));
	assert_int_equal(receive(&datagram), 0);
	assert_int_equal(udp_socket_send(udp, "abc", 3), 0);
	assert_int_equal(
		recvfrom(peer.fd, octets, sizeof(octets), 0, (struct sockaddr *)&from, &length), 3);
	assert_int_equal(sendto(peer.fd, octets, 3, 0, (struct sockaddr *)&from, length), 3);
	wait_for(POLLIN);
	assert_int_equal(receive(&datagram), 1);
	assert_int_equal(datagram.size, 3);
	assert_memory_equal(datagram.octets, "abc", 3);
	assert_int_equal(datagram.ttl, 77);
	assert_int_equal(datagram.traffic_class, 0xb9);
	assert_int_equal(datagram.received.source, TIME_KERNEL);
	assert_in_range(datagram.received.ns, before, clock_realtime_ns());
}

static void our_own_times_are_those_of_the_calls(void **state)
{
	struct sockaddr_storage from;
	socklen_t length = sizeof(from);
	struct udp_datagram datagram;
	struct udp_event event;
	uint64_t before;
	char octets[64];

	(void)state;
	assert_int_equal(udp_socket_transmit_source(udp), TIME_USER);
	assert_int_equal(udp_socket_send(udp, "abc", 3), 0);
	assert_int_equal(
		recvfrom(peer.fd, octets, sizeof(octets), 0, (struct sockaddr *)&from, &length), 3);
	assert_int_equal(sendto(peer.fd, octets, 3, 0, (struct sockaddr *)&from, length), 3);
	wait_for(POLLIN);
	before = clock_realtime_ns();
	assert_int_equal(receive(&datagram), 1);
	assert_int_equal(datagram.received.source, TIME_USER);
	assert_in_range(datagram.received.ns, before, clock_realtime_ns());
	assert_false(next_event(&event));
}

static void a_batch_leaves_in_order_and_each_has_its_time(void **state)
{
	uint8_t batch[UDP_INBOX_MAX * 3], octets[64];
	struct udp_event event;

	(void)state;
	for (size_t i = 0; i < sizeof(batch); i++)
		batch[i] = (uint8_t)i;
	assert_int_equal(udp_socket_send(udp, "abc", 3), 0);
	assert_int_equal(recv(peer.fd, octets, sizeof(octets), 0), 3);
	assert_int_equal(udp_socket_send_batch(udp, batch, 3, UDP_INBOX_MAX), UDP_INBOX_MAX);
	for (uint32_t number = 0; number < UDP_INBOX_MAX; number++) {
		assert_int_equal(recv(peer.fd, octets, sizeof(octets), 0), 3);
		assert_memory_equal(octets, &batch[number * 3], 3);
	}
	for (uint32_t number = 0; number < UDP_INBOX_MAX + 1; number++) {
		wait_for_event();
		assert_true(next_event(&event));
		assert_int_equal(event.kind, UDP_TRANSMITTED);
		assert_int_equal(event.sent_number, number);
	}
}

static void a_batch_that_is_too_long_is_refused(void **state)
{
	static const uint8_t batch[2 * 65535];

	(void)state;
	assert_int_equal(udp_socket_send_batch(udp, batch, 65535, 2), -EMSGSIZE);
}

/* From 127.0.0.`host` and, plus `ports`, the peer's port. */
static void send_from(in_addr_t host, uint16_t ports)
{
	struct sockaddr_in from = *(struct sockaddr_in *)&peer.settings.path.peer;
	int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;

	from.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + host);
	from.sin_port = htons((uint16_t)(ntohs(from.sin_port) + ports));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	assert_int_equal(bind(fd, (struct sockaddr *)&from, sizeof(from)), 0);
	assert_int_equal(sendto(fd, &host, 1, 0, (const struct sockaddr *)udp_socket_local(udp),
				sizeof(from)),
			 1);
	close(fd);
}

static void only_the_peer_and_the_other_are_heard(void **state)
{
	struct udp_datagram datagram;
	char octets[64];

	(void)state;
	assert_int_equal(udp_socket_send(udp, "abc", 3), 0);
	assert_int_equal(recv(peer.fd, octets, sizeof(octets), 0), 3);
	send_from(2, 0);
	wait_for(POLLIN);
	assert_int_equal(receive(&datagram), 1);
	assert_int_equal(datagram.size, 1);
	send_from(3, 0);
	wait_for(POLLIN);
	assert_int_equal(receive(&datagram), 0);
	send_from(2, 1);
	wait_for(POLLIN);
	assert_int_equal(receive(&datagram), 0);
	assert_int_equal(sendto(peer.fd, "def", 3, 0,
				(const struct sockaddr *)udp_socket_local(udp),
				sizeof(struct sockaddr_in)),
			 3);
	wait_for(POLLIN);
	assert_int_equal(receive(&datagram), 1);
	assert_memory_equal(datagram.octets, "def", 3);
}

static void a_port_without_listener_is_told(void **state)
{
	struct udp_event event;

	(void)state;
	close(peer.fd);
	for (int i = 0; i < 2; i++) { /* the pending error must not hinder the next packet */
		assert_int_equal(udp_socket_send(udp, "abc", 3), 0);
		do {
			wait_for_event();
			assert_true(next_event(&event));
		} while (event.kind != UDP_ICMP_ERROR);
		assert_int_equal(event.error, ECONNREFUSED);
		assert_false(event.ttl_exceeded);
		assert_non_null(event.from);
	}
	peer.fd = -1;
}

/* Sends more than fits; returns how many datagrams were read, once all are accounted for. */
static uint64_t read_of_too_many(void)
{
	static const char octets[1000];
	struct sockaddr_storage from;
	socklen_t length = sizeof(from);
	struct udp_datagram datagram;
	uint64_t received = 0, overflowed = 0, deadline_ns = clock_monotonic_ns() + WAIT_NS;
	char octet;

	assert_int_equal(udp_socket_send(udp, "0", 1), 0);
	assert_int_equal(recvfrom(peer.fd, &octet, 1, 0, (struct sockaddr *)&from, &length), 1);
	for (int i = 0; i < TOO_MANY; i++)
		assert_true(sendto(peer.fd, octets, sizeof(octets), 0, (struct sockaddr *)&from,
				   length) > 0);
	while (received + overflowed < TOO_MANY && clock_monotonic_ns() < deadline_ns) {
		received += (uint64_t)receive(&datagram);
		assert_int_equal(udp_socket_overflowed(udp, &overflowed), 0);
	}
	assert_int_equal(received + overflowed, TOO_MANY);
	return received;
}

static void what_does_not_fit_is_counted(void **state)
{
	uint64_t overflowed;

	(void)state;
	assert_int_equal(udp_socket_overflowed(udp, &overflowed), 0);
	assert_int_equal(overflowed, 0);
	assert_in_range(read_of_too_many(), 1, TOO_MANY - 1);
}

/* Whatever net.core.rmem_max is: asked for, it is doubled, the default is not. */
static void a_larger_buffer_takes_more(void **state)
{
	uint64_t by_default = read_of_too_many();

	(void)state;
	udp_socket_close(udp);
	peer.settings.receive_octets = receive_buffer_for(TOO_MANY, 1000);
	assert_int_equal(udp_socket_open(&udp, &peer.settings), 0);
	assert_true(read_of_too_many() > by_default);
}

static void the_room_never_exceeds_what_the_kernel_takes(void **state)
{
	(void)state;
	assert_in_range(receive_buffer_for(2000, 44), 2000 * 1024, 2000 * 4096);
	assert_int_equal(receive_buffer_for(UINT64_MAX / 131072, 65507), INT_MAX / 2);
}

#define TEST(function, open) cmocka_unit_test_setup_teardown(function, open, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ip4_packets_leave_with_ttl_and_dscp, open_ip4),
		TEST(ip6_packets_leave_with_hop_limit_and_dscp, open_ip6),
		TEST(each_datagram_has_its_transmit_time, open_ip4),
		TEST(each_datagram_has_its_transmit_time, open_ip6),
		TEST(numbers_stay_right_after_a_failed_send, open_ip4),
		TEST(a_reply_has_time_ttl_and_traffic_class, open_ip4),
		TEST(a_reply_has_time_ttl_and_traffic_class, open_ip6),
		TEST(each_datagram_has_its_transmit_time, open_with_any_times),
		TEST(each_datagram_has_its_transmit_time, open_with_the_cards_times),
		TEST(each_datagram_has_its_transmit_time, open_with_the_kernels_times),
		TEST(a_reply_has_time_ttl_and_traffic_class, open_with_any_times),
		TEST(a_reply_has_time_ttl_and_traffic_class, open_with_the_cards_times),
		TEST(our_own_times_are_those_of_the_calls, open_with_our_own_times),
		TEST(a_batch_leaves_in_order_and_each_has_its_time, open_ip4),
		TEST(a_batch_leaves_in_order_and_each_has_its_time, open_ip6),
		TEST(a_batch_that_is_too_long_is_refused, open_ip4),
		TEST(only_the_peer_and_the_other_are_heard, open_ip4_and_other),
		TEST(a_port_without_listener_is_told, open_ip4),
		TEST(a_port_without_listener_is_told, open_ip6),
		TEST(what_does_not_fit_is_counted, open_ip4),
		TEST(what_does_not_fit_is_counted, open_ip6),
		TEST(a_larger_buffer_takes_more, open_ip4),
		cmocka_unit_test(the_room_never_exceeds_what_the_kernel_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
