/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Test packets as sent, and replies as read, against octets written from the RFC's figures. */
#include <errno.h>
#include <string.h>

#include "lib/cases.h"
#include "lib/golden.h"
#include "proto/auth_packet.h"
#include "sender/probe.h"

/* 2025-01-15 12:00:00 UTC. */
#define NOON_NS (1736942400ULL * 1000000000)
#define T1_NS (NOON_NS + 123456789)
#define T2_NS (NOON_NS + 125000000)
#define T3_NS (NOON_NS + 125012000)
#define ZERO28 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static const struct clock_quality synchronised = { true, 1000000, 37 };
static const struct clock_quality unsynchronised = { false, UINT64_MAX, 0 };

/* clang-format off */
static const struct build_case {
	const char *name;
	struct probe_settings settings; /* without keys */
	uint32_t sequence;
	const struct clock_quality *quality;
	const char octets[45]; /* and zeroes up to the size */
} build_cases[] = {
	{ "R8762-4.2.1-2 the worked example in the NTP format", { 44, 0x5a01, false, NULL }, 42,
	  &synchronised, "\0\0\0\x2a" "\xeb\x32\x21\xc0\x1f\x9a\xdd\x37" "\x8f\x84" "\x5a\x01" ZERO28 },
	{ "R8762-4.2.1-3 PTP counts in TAI and sets Z", { 44, 0x5a01, true, NULL }, 42,
	  &synchronised, "\0\0\0\x2a" "\x67\x87\xa3\x65\x07\x5b\xcd\x15" "\xcf\x84" "\x5a\x01" ZERO28 },
	{ "R8762-4.2.1-5 an unsynchronised clock claims nothing", { 44, 1, false, NULL }, 0,
	  &unsynchronised, "\0\0\0\0" "\xeb\x32\x21\xc0\x1f\x9a\xdd\x37" "\x3f\xff" "\0\x01" ZERO28 },
	{ "an unsynchronised clock in the PTP format", { 44, 1, true, NULL }, 0,
	  &unsynchronised, "\0\0\0\0" "\x67\x87\xa3\x40\x07\x5b\xcd\x15" "\x7f\xff" "\0\x01" ZERO28 },
	{ "R8762-4.2.1-1 the last number before the wrap", { 44, 0xffff, false, NULL }, 0xffffffff,
	  &synchronised, "\xff\xff\xff\xff" "\xeb\x32\x21\xc0\x1f\x9a\xdd\x37" "\x8f\x84" "\xff\xff" ZERO28 },
	{ "R8762-4.2.1-7 what is longer is padded with zeroes", { 1400, 0x5a01, false, NULL }, 42,
	  &synchronised, "\0\0\0\x2a" "\xeb\x32\x21\xc0\x1f\x9a\xdd\x37" "\x8f\x84" "\x5a\x01" ZERO28 },
	{ "a short TWAMP Light request has no SSID", { 14, 0, false, NULL }, 42,
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

/* The worked packets in authenticated mode, with their key. */
static const struct auth_build_case {
	const char *name;
	const char *golden;
	size_t size;
	bool ptp;
} auth_build_cases[] = {
	{ "R8762-4.2.2-1 the worked request, signed", "auth_request", 112, false },
	{ "R8762-4.2.1-3 the same in PTP", "auth_request_ptp", 112, true },
	{ "R8762-4.4-2 the padding behind it is zero, and not covered", "auth_request", 1400, false },
};

static const struct auth_read_case {
	const char *name;
	const char *golden;
	size_t size;
	uint32_t sequence;
	uint16_t error_estimate;
} auth_read_cases[] = {
	{ "the worked reply, signed", "auth_reply", 112, 42, 0x8587 },
	{ "a stateful reply, signed", "auth_reply_stateful", 112, 7, 0x8587 },
	{ "a reply in PTP, signed", "auth_reply_ptp", 112, 42, 0xc587 },
	{ "R8762-4.4-2 octets behind the reply are not covered", "auth_reply", 200, 42, 0x8587 },
};
/* clang-format on */

static struct auth_keys *keys;

static int open_keys(void **state)
{
	static const char worked[] = "doc-example-key-not-for-real-use";
	struct key_list list = { .count = 2, .keys = { { .size = 32 }, { .size = 1 } } };

	(void)state;
	memcpy(list.keys[0].octets, worked, 32);
	return auth_keys_open(&keys, &list);
}

static int close_keys(void **state)
{
	(void)state;
	auth_keys_close(keys);
	return 0;
}

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

static int read_reply(const struct auth_keys *with, const void *octets, size_t size,
		      struct probe_reply *out)
{
	const struct probe_settings settings = { .size = STAMP_AUTH_SIZE, .keys = with };
	struct probe *probe = NULL;
	int err;

	assert_int_equal(probe_open(&probe, &settings), 0);
	err = probe_read(probe, octets, size, 37, NOON_NS, out);
	probe_close(probe);
	return err;
}

static void assert_worked_reply(const struct probe_reply *reply, uint32_t sequence)
{
	assert_int_equal(reply->sequence, sequence);
	assert_int_equal(reply->sender_sequence, 42);
	assert_memory_equal(&reply->sender_timestamp, "\xeb\x32\x21\xc0\x1f\x9a\xdd\x37", 8);
	assert_int_equal(reply->received_ns, T2_NS);
	assert_int_equal(reply->sent_ns, T3_NS);
	assert_int_equal(reply->sender_ttl, 61);
}

static void is_read(void **state)
{
	const struct read_case *c = *state;
	struct probe_reply reply;

	assert_int_equal(read_reply(NULL, c->octets, c->size, &reply), c->err);
	if (c->err)
		return;
	assert_int_equal(reply.size, c->size);
	assert_worked_reply(&reply, 42);
	assert_int_equal(reply.ssid, c->ssid);
	assert_int_equal(reply.error_estimate, c->error_estimate);
}

static void auth_packet_is_built(void **state)
{
	const struct auth_build_case *c = *state;
	const struct probe_settings settings = { c->size, 0x5a01, c->ptp, keys };
	uint8_t expected[2000] = { 0 };
	struct stamp_timestamp timestamp;
	struct probe *probe = NULL;
	const void *octets;

	assert_int_equal(golden_read(c->golden, expected), STAMP_AUTH_SIZE);
	assert_int_equal(probe_open(&probe, &settings), 0);
	probe_build(probe, 41, T1_NS - 1000, &synchronised); /* leaves nothing behind */
	octets = probe_build(probe, 42, T1_NS, &synchronised);
	assert_memory_equal(octets, expected, c->size);
	timestamp = probe_timestamp(probe);
	assert_memory_equal(&timestamp, expected + 16, 8);
	probe_close(probe);
}

static void auth_reply_is_read(void **state)
{
	const struct auth_read_case *c = *state;
	uint8_t octets[GOLDEN_MAX] = { 0 };
	struct probe_reply reply;

	golden_read(c->golden, octets);
	assert_int_equal(read_reply(keys, octets, c->size, &reply), 0);
	assert_int_equal(reply.size, c->size);
	assert_worked_reply(&reply, c->sequence);
	assert_int_equal(reply.ssid, 0x5a01);
	assert_int_equal(reply.error_estimate, c->error_estimate);
}

/* R8762-4.4-4: nothing of a reply is read before its HMAC was found right. */
static void a_wrong_hmac_tells_nothing(void **state)
{
	uint8_t octets[GOLDEN_MAX];
	struct probe_reply reply, before;

	(void)state;
	golden_read("auth_reply", octets);
	memset(&reply, 0xa5, sizeof(reply));
	before = reply;
	for (unsigned int bit = 0; bit < 8 * STAMP_AUTH_SIZE; bit++) {
		octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(read_reply(keys, octets, 112, &reply), -EKEYREJECTED);
		octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t size = 0; size < STAMP_AUTH_SIZE; size++)
		assert_int_equal(read_reply(keys, octets, size, &reply), -EBADMSG);
	assert_memory_equal(&reply, &before, sizeof(reply));
}

/* R8762-4.3.1-9, in authenticated mode: as long as it was signed. */
static void mbz_of_a_signed_reply_does_not_matter(void **state)
{
	static const struct {
		size_t first, end;
	} mbz[] = { { 4, 16 }, { 28, 32 }, { 40, 48 }, { 52, 64 }, { 74, 80 }, { 81, 96 } };
	uint8_t octets[GOLDEN_MAX];
	struct probe_reply reply;

	(void)state;
	golden_read("auth_reply", octets);
	for (size_t i = 0; i < ARRAY_SIZE(mbz); i++)
		memset(octets + mbz[i].first, 0xff, mbz[i].end - mbz[i].first);
	auth_packet_sign(keys, 0, octets);
	assert_int_equal(read_reply(keys, octets, 112, &reply), 0);
	assert_worked_reply(&reply, 42);
	assert_int_equal(reply.ssid, 0x5a01);
	assert_int_equal(reply.error_estimate, 0x8587);
}

static void an_unauthenticated_reply_is_none(void **state)
{
	uint8_t octets[GOLDEN_MAX] = { 0 };
	struct probe_reply reply;

	(void)state;
	golden_read("reply", octets);
	assert_int_equal(read_reply(keys, octets, 44, &reply), -EBADMSG);
	assert_int_equal(read_reply(keys, octets, 112, &reply), -EKEYREJECTED);
}

static void times_behind_2036_are_read_as_such(void **state)
{
	const struct probe_settings settings = { .size = 44 };
	uint8_t octets[44] = { 0 };
	struct probe_reply reply;
	struct probe *probe = NULL;

	(void)state;
	assert_int_equal(probe_open(&probe, &settings), 0);
	assert_int_equal(probe_read(probe, octets, 44, 0, 2085978500ULL * 1000000000, &reply), 0);
	probe_close(probe);
	assert_int_equal(reply.received_ns, 2085978496ULL * 1000000000); /* era 1 begins */
	assert_int_equal(reply.sent_ns, 2085978496ULL * 1000000000);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(build_cases) + ARRAY_SIZE(read_cases) +
				ARRAY_SIZE(auth_build_cases) + ARRAY_SIZE(auth_read_cases) + 4];
	size_t count = 0;

	ADD_CASES(tests, count, build_cases, is_built);
	ADD_CASES(tests, count, read_cases, is_read);
	ADD_CASES(tests, count, auth_build_cases, auth_packet_is_built);
	ADD_CASES(tests, count, auth_read_cases, auth_reply_is_read);
	ADD_TEST(tests, count, times_behind_2036_are_read_as_such);
	ADD_TEST(tests, count, a_wrong_hmac_tells_nothing);
	ADD_TEST(tests, count, mbz_of_a_signed_reply_does_not_matter);
	ADD_TEST(tests, count, an_unauthenticated_reply_is_none);
	return RUN_TESTS(tests, count, open_keys, close_keys);
}
