/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Addresses and prefixes: text in, octets compared with the ones written by hand, text out. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "common/address.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

struct good_case {
	const char *name;
	const char *text;
	const char *octets; /* of the address, 16 */
	unsigned int length;
	const char *formatted;
};

#define MAPPED "\0\0\0\0\0\0\0\0\0\0\xff\xff"
#define ZERO4 "\0\0\0\0"
#define ZERO8 ZERO4 ZERO4

/* clang-format off */
static const struct good_case good_cases[] = {
	{ "any is every address", "any", ZERO8 ZERO8, 0, "any" },
	{ "an IPv4 address is mapped", "192.0.2.1", MAPPED "\xc0\0\x02\x01", 128, "192.0.2.1" },
	{ "an IPv4 prefix counts the mapping", "192.0.2.0/24", MAPPED "\xc0\0\x02\0", 120,
	  "192.0.2.0/24" },
	{ "an IPv4 prefix inside an octet", "10.160.0.0/11", MAPPED "\x0a\xa0\0\0", 107,
	  "10.160.0.0/11" },
	{ "an IPv4 prefix of 32 bits is an address", "192.0.2.1/32", MAPPED "\xc0\0\x02\x01", 128,
	  "192.0.2.1" },
	{ "every IPv4 address", "0.0.0.0/0", MAPPED ZERO4, 96, "0.0.0.0/0" },
	{ "an IPv6 address", "2001:DB8::1", "\x20\x01\x0d\xb8" ZERO8 "\0\0\0\x01", 128,
	  "2001:db8::1" },
	{ "an IPv6 prefix", "2001:db8::/32", "\x20\x01\x0d\xb8" ZERO8 ZERO4, 32, "2001:db8::/32" },
	{ "an IPv6 prefix inside an octet", "2000::/3", "\x20\0\0\0" ZERO8 ZERO4, 3, "2000::/3" },
	{ "a mapped address is its IPv4 address", "::ffff:192.0.2.1", MAPPED "\xc0\0\x02\x01", 128,
	  "192.0.2.1" },
	{ "a mapped prefix is its IPv4 prefix", "::ffff:192.0.2.0/120", MAPPED "\xc0\0\x02\0", 120,
	  "192.0.2.0/24" },
	{ "an IPv6 prefix beside the mapped ones", "::/96", ZERO8 ZERO8, 96, "::/96" },
	{ "the longest IPv6 text fits", "1111:2222:3333:4444:5555:6666:7777:8880/127",
	  "\x11\x11\x22\x22\x33\x33\x44\x44\x55\x55\x66\x66\x77\x77\x88\x80", 127,
	  "1111:2222:3333:4444:5555:6666:7777:8880/127" },
};

static const struct bad_case {
	const char *name;
	const char *text;
	const char *why; /* a part of it */
} bad_cases[] = {
	{ "no text is no address", "", "not an IPv4" },
	{ "a word is no address", "lab", "not an IPv4" },
	{ "any is written small", "Any", "not an IPv4" },
	{ "any has no length", "any/0", "not an IPv4" },
	{ "three octets are no address", "192.0.2", "not an IPv4" },
	{ "a number above 255", "192.0.2.256", "not an IPv4" },
	{ "a blank behind the address", "192.0.2.1 ", "not an IPv4" },
	{ "a text longer than any address",
	  "1111:2222:3333:4444:5555:6666:7777:8888:1111:2222:3333:4444:5555:6666:7777:8888",
	  "not an IPv4" },
	{ "a zone", "fe80::1%eth0", "zone" },
	{ "no length behind the slash", "192.0.2.0/", "0 to 32" },
	{ "33 bits of IPv4", "192.0.2.0/33", "0 to 32" },
	{ "129 bits of IPv6", "2001:db8::/129", "0 to 128" },
	{ "a length with a sign", "192.0.2.0/+24", "0 to 32" },
	{ "a length that would wrap", "192.0.2.0/4294967320", "0 to 32" },
	{ "a netmask", "192.0.2.0/255.255.255.0", "0 to 32" },
	{ "two slashes", "192.0.2.0/24/8", "0 to 32" },
	{ "IPv4 bits behind the prefix", "192.0.2.1/24", "bits behind the prefix" },
	{ "IPv6 bits behind the prefix", "2001:db8::1/64", "bits behind the prefix" },
	{ "an IPv4 address with a length of IPv6", "::ffff:192.0.2.0/24", "bits behind" },
	{ "an IPv6 prefix that holds IPv4 unsaid", "::/0", "every IPv4 address" },
	{ "a longer prefix that holds IPv4 unsaid", "::/80", "every IPv4 address" },
};
/* clang-format on */

static void is_read_and_written(void **state)
{
	const struct good_case *c = *state;
	struct prefix prefix = { .length = 999 };
	char text[ADDRESS_TEXT_MAX];
	const char *why = "unset";

	assert_int_equal(prefix_parse(c->text, &prefix, &why), 0);
	assert_memory_equal(prefix.address.octets, c->octets, sizeof(prefix.address));
	assert_int_equal(prefix.length, c->length);
	assert_string_equal(prefix_format(&prefix, text), c->formatted);
}

static void is_refused(void **state)
{
	const struct bad_case *c = *state;
	struct prefix prefix = { .length = 999 };
	const char *why = NULL;

	assert_int_equal(prefix_parse(c->text, &prefix, &why), -EINVAL);
	assert_non_null(why);
	assert_non_null(strstr(why, c->why));
	assert_int_equal(prefix.length, 999);
}

static void sockaddr_gives_its_address(void **state)
{
	struct sockaddr_in ip4 = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0xc0000201) };
	struct sockaddr_in6 ip6 = { .sin6_family = AF_INET6,
				    .sin6_addr.s6_addr = { 0x20, 1, 0x0d, 0xb8, [15] = 1 } };
	struct sockaddr other = { .sa_family = AF_UNIX };
	struct stamp_address address;
	char text[ADDRESS_TEXT_MAX];

	(void)state;
	assert_true(address_from_sockaddr((struct sockaddr *)&ip4, &address));
	assert_true(stamp_address_is_ip4(&address));
	assert_string_equal(address_format(&address, text), "192.0.2.1");
	assert_true(address_from_sockaddr((struct sockaddr *)&ip6, &address));
	assert_false(stamp_address_is_ip4(&address));
	assert_string_equal(address_format(&address, text), "2001:db8::1");
	assert_false(address_from_sockaddr(&other, &address));
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(good_cases) + ARRAY_SIZE(bad_cases) + 1];
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(good_cases); i++)
		tests[count++] = (struct CMUnitTest){ good_cases[i].name, is_read_and_written, NULL,
						      NULL, (void *)&good_cases[i] };
	for (size_t i = 0; i < ARRAY_SIZE(bad_cases); i++)
		tests[count++] = (struct CMUnitTest){ bad_cases[i].name, is_refused, NULL, NULL,
						      (void *)&bad_cases[i] };
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(sockaddr_gives_its_address);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
