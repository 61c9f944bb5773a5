/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TARGET[:PORT] as text, and addresses that need no name service. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "common/address.h"
#include "ping/target.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define TEXT63 "123456789.123456789.123456789.123456789.123456789.123456789.123"

static const struct parse_case {
	const char *name;
	const char *text;
	int err;
	const char *host;
	uint16_t port;
} cases[] = {
	{ "an IPv4 address", "192.0.2.1", 0, "192.0.2.1", 0 },
	{ "an IPv4 address with port", "192.0.2.1:863", 0, "192.0.2.1", 863 },
	{ "a name with port", "reflector.example:65535", 0, "reflector.example", 65535 },
	{ "an IPv6 address without brackets", "2001:db8::1", 0, "2001:db8::1", 0 },
	{ "an IPv6 address in brackets", "[2001:db8::1]", 0, "2001:db8::1", 0 },
	{ "an IPv6 address with port", "[2001:db8::1]:863", 0, "2001:db8::1", 863 },
	{ "a link-local address with its interface", "[fe80::1%lo]:863", 0, "fe80::1%lo", 863 },
	{ "nothing", "", -EINVAL, NULL, 0 },
	{ "a port alone", ":863", -EINVAL, NULL, 0 },
	{ "empty brackets", "[]:863", -EINVAL, NULL, 0 },
	{ "an open bracket", "[2001:db8::1", -EINVAL, NULL, 0 },
	{ "something behind the bracket", "[2001:db8::1]863", -EINVAL, NULL, 0 },
	{ "an empty port", "192.0.2.1:", -EINVAL, NULL, 0 },
	{ "port 0", "192.0.2.1:0", -EINVAL, NULL, 0 },
	{ "port 65536", "192.0.2.1:65536", -EINVAL, NULL, 0 },
	{ "a port that would wrap", "192.0.2.1:4294968158", -EINVAL, NULL, 0 },
	{ "a port with a sign", "192.0.2.1:+863", -EINVAL, NULL, 0 },
	{ "a name longer than any", TEXT63 TEXT63 TEXT63 TEXT63 TEXT63, -EINVAL, NULL, 0 },
};

static void is_parsed(void **state)
{
	const struct parse_case *c = *state;
	struct target target;

	assert_int_equal(target_parse(c->text, &target), c->err);
	if (c->err)
		return;
	assert_string_equal(target.host, c->host);
	assert_int_equal(target.port, c->port);
}

static void addresses_need_no_name_service(void **state)
{
	const struct target target = { "::1", 863 };
	struct sockaddr_storage address;
	char text[SOCKADDR_TEXT_MAX];

	(void)state;
	assert_int_equal(target_resolve(&target, AF_UNSPEC, &address), 0);
	assert_int_equal(address.ss_family, AF_INET6);
	assert_int_equal(ntohs(((struct sockaddr_in6 *)&address)->sin6_port), 863);
	assert_string_equal(sockaddr_format(&address, text), "::1");
	assert_int_equal(target_resolve(&target, AF_INET, &address), -EHOSTUNREACH);
}

static void multicast_is_refused(void **state)
{
	const struct target ip4 = { "224.0.0.1", 862 }, ip6 = { "ff02::1", 862 };
	struct sockaddr_storage address;

	(void)state;
	assert_int_equal(target_resolve(&ip4, AF_UNSPEC, &address), -EINVAL);
	assert_int_equal(target_resolve(&ip6, AF_UNSPEC, &address), -EINVAL);
}

static void a_source_is_an_address_or_an_interface(void **state)
{
	struct sockaddr_storage address;
	int family = AF_UNSPEC;

	(void)state;
	assert_int_equal(target_source("lo", &family, &address), 0);
	assert_int_equal(address.ss_family, AF_UNSPEC);
	assert_int_equal(family, AF_UNSPEC);
	assert_int_equal(target_source("127.0.0.1", &family, &address), 0);
	assert_int_equal(address.ss_family, AF_INET);
	assert_int_equal(family, AF_INET);
	assert_int_equal(target_source("::1", &family, &address), -EINVAL);
	assert_int_equal(target_source("nosuch0", &family, &address), -EINVAL);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases) + 3];
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		tests[count++] = (struct CMUnitTest){ cases[i].name, is_parsed, NULL, NULL,
						      (void *)&cases[i] };
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(addresses_need_no_name_service);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(multicast_is_refused);
	tests[count++] =
		(struct CMUnitTest)cmocka_unit_test(a_source_is_an_address_or_an_interface);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
