/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A datagram of the socket tier against the kernel, on loopback: what is told beside it. */
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/cases.h"
#include "reflector/udp_datagram.h"

#define WAIT_MS 2000
#define TTL_SENT 77

static struct udp_datagram *datagram;

static void bind_to_loopback(int fd, int family, struct sockaddr_storage *address,
			     socklen_t *length)
{
	const struct sockaddr_in ip4 = { .sin_family = AF_INET,
					 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const struct sockaddr_in6 ip6 = { .sin6_family = AF_INET6,
					  .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	bool is_ip4 = family == AF_INET;

	assert_int_equal(bind(fd, is_ip4 ? (const void *)&ip4 : (const void *)&ip6,
			      is_ip4 ? sizeof(ip4) : sizeof(ip6)),
			 0);
	*length = sizeof(*address);
	assert_int_equal(getsockname(fd, (struct sockaddr *)address, length), 0);
}

/* Sends three octets with TTL 77 to a socket, set up or not, and takes them there. */
static void exchange(int family, bool is_set_up)
{
	int to = socket(family, SOCK_DGRAM, 0), from = socket(family, SOCK_DGRAM, 0);
	const int ttl = TTL_SENT;
	struct pollfd wait = { .fd = to, .events = POLLIN };
	struct sockaddr_storage address;
	socklen_t length;

	assert_true(to >= 0 && from >= 0);
	if (is_set_up)
		assert_int_equal(udp_datagram_set_up(to, family), 0);
	bind_to_loopback(to, family, &address, &length);
	if (family == AF_INET)
		setsockopt(from, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
	else
		setsockopt(from, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &ttl, sizeof(ttl));
	assert_int_equal(sendto(from, "abc", 3, 0, (struct sockaddr *)&address, length), 3);
	assert_int_equal(poll(&wait, 1, WAIT_MS), 1);
	assert_int_equal(udp_datagram_receive(to, datagram), 0);
	assert_int_equal(datagram->request.length, 3);
	close(from);
	close(to);
}

static const struct ttl_case {
	const char *name;
	int family;
	bool is_set_up;
	int expected;
} ttl_cases[] = {
	{ "the TTL is told as it came", AF_INET, true, TTL_SENT },
	{ "the Hop Limit, too", AF_INET6, true, TTL_SENT },
	{ "A-01: a TTL that cannot be read is 255", AF_INET, false, 255 },
	{ "A-01: so is such a Hop Limit", AF_INET6, false, 255 },
};

static void ttl_is_told(void **state)
{
	const struct ttl_case *c = *state;

	exchange(c->family, c->is_set_up);
	assert_int_equal(datagram->request.ttl, c->expected);
}

static int allocate(void **state)
{
	(void)state;
	datagram = calloc(1, sizeof(*datagram));
	return datagram ? 0 : -1;
}

static int release(void **state)
{
	(void)state;
	free(datagram);
	return 0;
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(ttl_cases)];
	size_t count = 0;

	ADD_CASES(tests, count, ttl_cases, ttl_is_told);
	return RUN_TESTS(tests, count, allocate, release);
}
