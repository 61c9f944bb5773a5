/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The set of listened ports: R8762-4.1-5, every port can be one. */
#include <stdlib.h>

#include "lib/cases.h"
#include "stamp/ports.h"

/* clang-format off */
static const struct port_case {
	const char *name;
	uint16_t port;
} port_cases[] = {
	{ "the default", STAMP_PORT },
	{ "the lowest of all", 0 },
	{ "the first bit of a word", 64 },
	{ "the last bit of a word", 63 },
	{ "the first User Port", 1024 },
	{ "the last User Port", 49151 },
	{ "the first Dynamic Port", 49152 },
	{ "a port that reads otherwise in the other order of octets", 0x0304 },
	{ "the highest of all", 65535 },
};
/* clang-format on */

static void only_this_port_is_in_the_set(void **state)
{
	const struct port_case *c = *state;
	struct port_set *ports = calloc(1, sizeof(*ports));

	assert_non_null(ports);
	port_set_add(ports, c->port);
	for (uint32_t port = 0; port <= UINT16_MAX; port++)
		if (!!port_set_has(ports, bpf_htons((uint16_t)port)) != (port == c->port))
			fail_msg("port %u", port);
	free(ports);
}

static void all_ports_fit(void **state)
{
	struct port_set *ports = calloc(1, sizeof(*ports));

	(void)state;
	assert_non_null(ports);
	for (uint32_t port = 0; port <= UINT16_MAX; port++)
		port_set_add(ports, (uint16_t)port);
	for (size_t i = 0; i < ARRAY_SIZE(ports->words); i++)
		assert_true(ports->words[i] == UINT64_MAX);
	free(ports);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(port_cases) + 1];
	size_t count = 0;

	ADD_CASES(tests, count, port_cases, only_this_port_is_in_the_set);
	ADD_TEST(tests, count, all_ports_fit);
	return RUN_TESTS(tests, count, NULL, NULL);
}
