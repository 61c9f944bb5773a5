/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which packets from a reflector's port are taken for replies, by shape and by time. */
#include <string.h>

#include "lib/cases.h"
#include "lib/golden.h"
#include "lib/packet.h"
#include "stamp/loop_guard.h"

#define NOW 0xeb3221c0 /* NTP seconds of the worked packets */

/* clang-format off */
static const struct shape_case {
	const char *name;
	const char *golden;
	int set_at; /* one octet of it is set to 1; -1: none */
	int expected;
} shape_cases[] = {
	{ "a reply has the shape", "reply", -1, 1 },
	{ "a reply to PTP has the shape", "reply_to_ptp", -1, 1 },
	{ "a plain request has not", "request", -1, 0 },
	{ "a request with dirt in front of octet 24 has not", "request", 23, 0 },
	{ "octet 24 alone makes it a reply", "request", 24, 1 },
	{ "octet 28 alone makes it a reply", "request", 28, 1 },
	{ "octet 32 alone makes it a reply", "request", 32, 1 },
	{ "octet 37 alone makes it a reply", "request", 37, 1 },
	{ "the TTL says nothing", "request", 40, 0 },
	{ "octet 38 of a reply is zero", "reply", 38, 0 },
	{ "octet 39 of a reply is zero", "reply", 39, 0 },
	{ "octet 41 of a reply is zero", "reply", 41, 0 },
	{ "octet 42 of a reply is zero", "reply", 42, 0 },
	{ "octet 43 of a reply is zero", "reply", 43, 0 },
};

static const struct time_case {
	const char *name;
	uint32_t seconds; /* in octets 28 to 31 */
	uint32_t now;
	int expected;
} time_cases[] = {
	{ "this second is recent", NOW, NOW, 1 },
	{ "10 s ago is recent", NOW - 10, NOW, 1 },
	{ "11 s ago is not", NOW - 11, NOW, 0 },
	{ "10 s ahead is recent", NOW + 10, NOW, 1 },
	{ "11 s ahead is not", NOW + 11, NOW, 0 },
	{ "no time is not recent", 0, NOW, 0 },
	{ "5 s ago across the end of era 0", 0xfffffffe, 3, 1 },
	{ "5 s ahead across the end of era 0", 3, 0xfffffffe, 1 },
	{ "half an era away is not recent", NOW + 0x80000000, NOW, 0 },
};
/* clang-format on */

static void shape_is_recognised(void **state)
{
	const struct shape_case *c = *state;
	_Alignas(8) uint8_t octets[GOLDEN_MAX];

	golden_read(c->golden, octets);
	if (c->set_at >= 0)
		octets[c->set_at] = 1;
	assert_int_equal(stamp_has_reply_shape((void *)octets), c->expected);
}

static void time_is_recognised(void **state)
{
	const struct time_case *c = *state;
	_Alignas(8) uint8_t octets[STAMP_BASE_SIZE] = { [38] = 0xff }; /* no reply by shape */
	struct stamp_timestamp now = { bpf_htonl(c->now), 0 };

	packet_put32(octets + 28, c->seconds);
	assert_int_equal(stamp_has_recent_time((void *)octets, now), c->expected);
}

/* The worked reply left 12 us after its request came; the worked request has no T2 at all. */
static void times_of_one_reflector_are_recognised(void **state)
{
	_Alignas(8) uint8_t octets[GOLDEN_MAX];

	(void)state;
	golden_read("reply", octets);
	assert_true(stamp_has_reply_times((void *)octets));
	packet_put32(octets + 4, NOW + 10);
	assert_true(stamp_has_reply_times((void *)octets));
	packet_put32(octets + 4, NOW + 11);
	assert_false(stamp_has_reply_times((void *)octets));
	packet_put32(octets + 4, NOW - 1); /* sent before it came */
	assert_false(stamp_has_reply_times((void *)octets));
	golden_read("request", octets);
	assert_false(stamp_has_reply_times((void *)octets));
}

/* 24 to 37 hold something in all of them, and 40 bits are zero by chance in one of 10^12. */
static void random_padding_is_no_reply(void **state)
{
	_Alignas(8) uint8_t octets[STAMP_BASE_SIZE];
	uint64_t random = 0x5eed0008;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		for (size_t j = 0; j < sizeof(octets); j++)
			octets[j] = (uint8_t)(cases_random(&random) >> 56);
		assert_int_equal(stamp_has_reply_shape((void *)octets), 0);
	}
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(shape_cases) + ARRAY_SIZE(time_cases) + 2];
	size_t count = 0;

	ADD_CASES(tests, count, shape_cases, shape_is_recognised);
	ADD_CASES(tests, count, time_cases, time_is_recognised);
	ADD_TEST(tests, count, times_of_one_reflector_are_recognised);
	ADD_TEST(tests, count, random_padding_is_no_reply);
	return RUN_TESTS(tests, count, NULL, NULL);
}
