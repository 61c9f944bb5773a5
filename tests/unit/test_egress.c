/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Through which interface packets leave, by the routes of this host: those that each has. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>

#include "lib/cases.h"
#include "sender/egress.h"

static char name[IF_NAMESIZE];

static struct sockaddr_storage ip4(in_addr_t address, in_port_t port)
{
	struct sockaddr_storage out = { 0 };

	*(struct sockaddr_in *)&out = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(address),
	};
	return out;
}

static struct sockaddr_storage ip6_loopback(in_port_t port)
{
	struct sockaddr_storage out = { 0 };

	*(struct sockaddr_in6 *)&out = (struct sockaddr_in6){
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	return out;
}

static void to_this_host_it_is_loopback(void **state)
{
	struct sockaddr_storage local = ip4(INADDR_LOOPBACK, 40000);
	struct sockaddr_storage peer = ip4(INADDR_LOOPBACK + 1, 862);

	(void)state;
	assert_int_equal(egress_find(&local, &peer, NULL, name), 0);
	assert_string_equal(name, "lo");
	local = ip6_loopback(40000);
	peer = ip6_loopback(862);
	assert_int_equal(egress_find(&local, &peer, NULL, name), 0);
	assert_string_equal(name, "lo");
}

static void a_bound_socket_asks_for_its_interface(void **state)
{
	struct sockaddr_storage local = ip4(INADDR_LOOPBACK, 40000);
	struct sockaddr_storage peer = ip4(INADDR_LOOPBACK, 862);

	(void)state;
	assert_int_equal(egress_find(&local, &peer, "lo", name), 0);
	assert_string_equal(name, "lo");
}

/* From an address that this host does not have, 192.0.2.1 (RFC 5737). */
static void what_cannot_be_sent_has_none(void **state)
{
	struct sockaddr_storage local = ip4(0xc0000201, 40000), peer = ip4(0xc0000202, 862);

	(void)state;
	assert_true(egress_find(&local, &peer, NULL, name) < 0);
}

static void without_routes_there_is_none(void **state)
{
	struct sockaddr_storage local = ip4(INADDR_ANY, 40000), peer = ip4(0xc0000202, 862);

	(void)state;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
		skip();
	assert_int_equal(egress_find(&local, &peer, NULL, name), -ENETUNREACH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(to_this_host_it_is_loopback),
		cmocka_unit_test(a_bound_socket_asks_for_its_interface),
		cmocka_unit_test(what_cannot_be_sent_has_none),
		cmocka_unit_test(without_routes_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
