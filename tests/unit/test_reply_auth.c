/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Authenticated replies octet by octet, but for the HMAC, filled in place over their requests. */
#include <string.h>

#include "lib/cases.h"
#include "lib/golden.h"
#include "stamp/loop_guard.h"
#include "stamp/reply_auth.h"

#define NOON 1736942400ULL /* 2025-01-15 12:00:00 UTC */
#define TAIL 7             /* octets behind the packet that must stay */

/* A request as it lies in a frame: the payload at an even address that is no multiple of 4. */
struct frame {
	_Alignas(8) uint8_t headers[42];
	uint8_t payload[STAMP_AUTH_SIZE + TAIL];
};

static struct stamp_reply_input worked_input(uint32_t flags)
{
	return (struct stamp_reply_input){
		.policy = { .flags = flags },
		.received_ns = NOON * NSEC_PER_SEC + 125000000,
		.sent_ns = NOON * NSEC_PER_SEC + 125012000,
		.known_second = NOON,
		.tai_offset = 37,
		.sequence = 7,
		.error_estimate = 0x8587,
		.ttl = 61,
	};
}

static void load_request(struct frame *frame)
{
	uint8_t octets[GOLDEN_MAX];

	assert_int_equal(golden_read("auth_request", octets), STAMP_AUTH_SIZE);
	memset(frame->payload, 0xa5, sizeof(frame->payload));
	memcpy(frame->payload, octets, STAMP_AUTH_SIZE);
}

static void answer(struct frame *frame, uint32_t flags)
{
	struct stamp_reply_input in = worked_input(flags);

	in.request = stamp_auth_request_read((const void *)frame->payload);
	stamp_auth_reply_fill((void *)frame->payload, &in);
}

/* The golden reply with zeros for its HMAC, and the tail as it was. */
static void assert_reply(const struct frame *frame, const char *golden)
{
	uint8_t expected[GOLDEN_MAX];

	assert_int_equal(golden_read(golden, expected), STAMP_AUTH_SIZE);
	memset(expected + STAMP_HMAC_COVERS, 0, STAMP_HMAC_SIZE);
	assert_memory_equal(frame->payload, expected, STAMP_AUTH_SIZE);
	for (size_t i = STAMP_AUTH_SIZE; i < sizeof(frame->payload); i++)
		assert_int_equal(frame->payload[i], 0xa5);
}

static const struct golden_case {
	const char *name;
	const char *reply;
	uint32_t flags;
} golden_cases[] = {
	{ "R8762-4.3.1-1: stateless, the number is echoed", "auth_reply", 0 },
	{ "R8762-4.3.1-2: stateful, the number is the session's", "auth_reply_stateful",
	  SESSION_STATEFUL },
	{ "TS-3: Z is set in a session with PTP", "auth_reply_ptp", SESSION_PTP },
	{ "TWAMP Light has no such mode: the SSID is read", "auth_reply", SESSION_TWAMP_LIGHT },
};

static void reply_is_the_worked_one(void **state)
{
	const struct golden_case *c = *state;
	struct frame frame;

	load_request(&frame);
	answer(&frame, c->flags);
	assert_reply(&frame, c->reply);
}

/* R8762-4.2.2-2, R8762-4.3.2-1: MBZ octets are ignored, and zero in the reply. */
static void dirty_mbz_is_answered_with_zeros(void **state)
{
	struct frame frame;

	(void)state;
	load_request(&frame);
	memset(frame.payload + 4, 0xff, 12);
	memset(frame.payload + 28, 0xff, 68);
	answer(&frame, 0);
	assert_reply(&frame, "auth_reply");
}

/* R8762-4.3.1-6: copies of the sender's fields are verbatim, whatever they hold. */
static void sender_fields_are_copied(void **state)
{
	uint64_t random = 0x5eed0008;
	uint8_t request[STAMP_AUTH_SIZE];
	struct frame frame;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		for (size_t j = 0; j < sizeof(request); j++)
			request[j] = (uint8_t)(cases_random(&random) >> 56);
		memcpy(frame.payload, request, sizeof(request));
		answer(&frame, 0);
		assert_memory_equal(frame.payload, request, 4);
		assert_memory_equal(frame.payload + 26, request + 26, 2);
		assert_memory_equal(frame.payload + 48, request, 4);
		assert_memory_equal(frame.payload + 64, request + 16, 10);
	}
}

static const struct fields_case {
	const char *name;
	const char *authenticated, *unauthenticated;
} fields_cases[] = {
	{ "a request has the fields of an unauthenticated one", "auth_request", "request" },
	{ "a reply has the fields of an unauthenticated one", "auth_reply", "reply" },
	{ "so has a stateful one", "auth_reply_stateful", "reply_stateful" },
	{ "so has one in PTP", "auth_reply_ptp", "reply_ptp" },
};

static void fields_are_those_of_the_other_mode(void **state)
{
	const struct fields_case *c = *state;
	_Alignas(8) uint8_t packet[GOLDEN_MAX];
	uint8_t expected[GOLDEN_MAX];
	struct stamp_reflector_packet fields;

	golden_read(c->authenticated, packet);
	golden_read(c->unauthenticated, expected);
	fields = stamp_auth_fields((const void *)packet);
	assert_memory_equal(&fields, expected, STAMP_BASE_SIZE);
}

/* RFC 8762 section 4.4: a reply that comes back has a right HMAC, so only the loop guard can tell
 * it. */
static void a_reply_come_back_is_known_as_one(void **state)
{
	const struct stamp_timestamp now = { bpf_htonl(0xeb3221c1), 0 };
	_Alignas(8) uint8_t packet[GOLDEN_MAX];
	struct stamp_reflector_packet fields;

	(void)state;
	golden_read("auth_reply", packet);
	fields = stamp_auth_fields((const void *)packet);
	assert_true(stamp_has_reply_shape(&fields) && stamp_has_reply_times(&fields));
	assert_true(stamp_has_recent_time(&fields, now));
	packet[74] = 1;
	fields = stamp_auth_fields((const void *)packet);
	assert_false(stamp_has_reply_shape(&fields));
	golden_read("auth_request", packet);
	fields = stamp_auth_fields((const void *)packet);
	assert_false(stamp_has_copied_fields(&fields));
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(golden_cases) + ARRAY_SIZE(fields_cases) + 3];
	size_t count = 0;

	ADD_CASES(tests, count, golden_cases, reply_is_the_worked_one);
	ADD_CASES(tests, count, fields_cases, fields_are_those_of_the_other_mode);
	ADD_TEST(tests, count, a_reply_come_back_is_known_as_one);
	ADD_TEST(tests, count, dirty_mbz_is_answered_with_zeros);
	ADD_TEST(tests, count, sender_fields_are_copied);
	return RUN_TESTS(tests, count, NULL, NULL);
}
