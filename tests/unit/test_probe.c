/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Test packets as sent, and replies as read, against octets written from the RFC's figures. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "sender/probe.h"

/* 2025-01-15 12:00:00 UTC. */
#define NOON_NS (1736942400ULL * 1000000000)
#define T1_NS (NOON_NS + 123456789)
#define T2_NS (NOON_NS + 125000000)
#define T3_NS (NOON_NS + 125012000)
#define ZERO28 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static const struct clock_quality synchronised = { true, 1000000, 37 };
static const struct clock_quality unsynchronised = { false, UINT64_MAX, 0 };

/* clang-format off */
static const struct build_case {
	const char *name;
	struct probe_settings settings;
	uint32_t sequence;
	const struct clock_quality *quality;
	const char octets[45]; /* and zeroes up to the size */
} build_cases[] = {
	{ "R8762-4.2.1-2 the worked example in the NTP format", { 44, 0x5a01, false }, 42,
	  &synchronised, "\0\0\0\x2a" "\xeb\x32\x21\xc0\x1f\x9a\xdd\x37" "\x8f\x84" "\x5a\x01" ZERO28 },
	{ "R8762-4.2.1-3 PTP counts in TAI and sets Z", { 44, 0x5a01, true }, 42,
	  &synchronised, "\0\0\0\x2a" "\x67\x87\xa3\x65\x07\x5b\xcd\x15" "\xcf\x84" "\x5a\x01" ZERO28 },
	{ "R8762-4.2.1-5 an unsynchronised clock claims nothing", { 44, 1, false }, 0,
	  &unsynchronised, "\0\0\0\0" "\xeb\x32\x21\xc0\x1f\x9a\xdd\x37" "\x3f\xff" "\0\x01" ZERO28 },
	{ "an unsynchronised clock in the PTP format", { 44, 1, true }, 0,
	  &unsynchronised, "\0\0\0\0" "\x67\x87\xa3\x40\x07\x5b\xcd\x15" "\x7f\xff" "\0\x01" ZERO28 },
	{ "R8762-4.2.1-1 the last number before the wrap", { 44, 0xffff, false }, 0xffffffff,
	  &synchronised, "\xff\xff\xff\xff" "\xeb\x32\x21\xc0\x1f\x9a\xdd\x37" "\x8f\x84" "\xff\xff" ZERO28 },
	{ "R8762-4.2.1-7 what is longer is padded with zeroes", { 1400, 0x5a01, false }, 42,
	  &synchronised, "\0\0\0\x2a" "\xeb\x32\x21\xc0\x1f\x9a\xdd\x37" "\x8f\x84" "\x5a\x01" ZERO28 },
	{ "a short TWAMP Light request has no SSID", { 14, 0, false }, 42,
	  &synchronised, "\0\0\0\x2a" "\xeb\x32\x21\xc0\x1f\x9a\xdd\x37" "\x8f\x84" },
};

#define EXAMPLE_REPLY                                                                              	"\0\0\0\x2a" "\xeb\x32\x21\xc0\x20\x00\xc9\x53" "\x85\x87" "\x5a\x01"                       	"\xeb\x32\x21\xc0\x20\0\0\0" "\0\0\0\x2a" "\xeb\x32\x21\xc0\x1f\x9a\xdd\x37" "\x8f\x84"     	"\0\0" "\x3d" "\0\0\0"

static const struct read_case {
	const char *name;
	size_t size;
	const char octets[46];
	int err;
	uint16_t ssid, error_estimate;
} read_cases[] = {
	{ "the worked example", 44, EXAMPLE_REPLY, 0, 0x5a01, 0x8587 },
	{ "TW-11 a TWAMP Light reply of 41 octets", 41, EXAMPLE_REPLY, 0, 0x5a01, 0x8587 },
	{ "40 octets are too short", 40, EXAMPLE_REPLY, -EBADMSG, 0, 0 },
	{ "an empty datagram is too short", 0, "", -EBADMSG, 0, 0 },
	{ "R8762-4.3.1-9 what is in the MBZ fields does not matter", 44,
	  "\0\0\0\x2a" "\xeb\x32\x21\xc0\x20\x00\xc9\x53" "\x85\x87" "\x5a\x01"
	  "\xeb\x32\x21\xc0\x20\0\0\0" "\0\0\0\x2a" "\xeb\x32\x21\xc0\x1f\x9a\xdd\x37" "\x8f\x84"
	  "\xff\xff" "\x3d" "\xff\xff\xff", 0, 0x5a01, 0x8587 },
	{ "R8762-4.2.1-6 the reflector's Z bit rules its times, not ours", 44,
	  "\0\0\0\x2a" "\x67\x87\xa3\x65\x07\x73\x88\x20" "\xc5\x87" "\x5a\x01"
	  "\x67\x87\xa3\x65\x07\x73\x59\x40" "\0\0\0\x2a" "\xeb\x32\x21\xc0\x1f\x9a\xdd\x37" "\x8f\x84"
	  "\0\0" "\x3d" "\0\0\0", 0, 0x5a01, 0xc587 },
	{ "a PTP time of more than a second's nanoseconds is none", 44,
	  "\0\0\0\x2a" "\x67\x87\xa3\x65\x3b\x9a\xca\x00" "\xc5\x87" "\x5a\x01"
	  "\x67\x87\xa3\x65\x07\x73\x59\x40" "\0\0\0\x2a" "\xeb\x32\x21\xc0\x1f\x9a\xdd\x37" "\x8f\x84"
	  "\0\0" "\x3d" "\0\0\0", -EBADMSG, 0, 0 },
};
/* clang-format on */

static void is_built(void **state)
{
	const struct build_case *c = *state;
	uint8_t expected[2000] = { 0 };
	struct probe *probe = NULL;
	struct stamp_timestamp timestamp;
	const void *octets;

	memcpy(expected, c->octets, 44);
	assert_int_equal(probe_open(&probe, &c->settings), 0);
	octets = probe_build(probe, c->sequence, T1_NS, c->quality);
	assert_memory_equal(octets, expected, c->settings.size);
	timestamp = probe_timestamp(probe);
	assert_memory_equal(&timestamp, expected + 4, 8);
	probe_close(probe);
}

static void is_read(void **state)
{
	const struct read_case *c = *state;
	struct probe_reply reply;

	assert_int_equal(probe_read(c->octets, c->size, 37, NOON_NS, &reply), c->err);
	if (c->err)
		return;
	assert_int_equal(reply.size, c->size);
	assert_int_equal(reply.sequence, 42);
	assert_int_equal(reply.sender_sequence, 42);
	assert_memory_equal(&reply.sender_timestamp, "\xeb\x32\x21\xc0\x1f\x9a\xdd\x37", 8);
	assert_int_equal(reply.received_ns, T2_NS);
	assert_int_equal(reply.sent_ns, T3_NS);
	assert_int_equal(reply.ssid, c->ssid);
	assert_int_equal(reply.error_estimate, c->error_estimate);
	assert_int_equal(reply.sender_ttl, 61);
}

static void times_behind_2036_are_read_as_such(void **state)
{
	uint8_t octets[44] = { 0 };
	struct probe_reply reply;

	(void)state;
	assert_int_equal(probe_read(octets, 44, 0, 2085978500ULL * 1000000000, &reply), 0);
	assert_int_equal(reply.received_ns, 2085978496ULL * 1000000000); /* era 1 begins */
	assert_int_equal(reply.sent_ns, 2085978496ULL * 1000000000);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(build_cases) + ARRAY_SIZE(read_cases) + 1];
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(build_cases); i++)
		tests[count++] = (struct CMUnitTest){ build_cases[i].name, is_built, NULL, NULL,
						      (void *)&build_cases[i] };
	for (size_t i = 0; i < ARRAY_SIZE(read_cases); i++)
		tests[count++] = (struct CMUnitTest){ read_cases[i].name, is_read, NULL, NULL,
						      (void *)&read_cases[i] };
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(times_behind_2036_are_read_as_such);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
