/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Replies octet by octet against the worked packets, filled in place over their requests. */
#include <string.h>

#include "lib/cases.h"
#include "lib/golden.h"
#include "stamp/reply.h"

#define NOON 1736942400ULL /* 2025-01-15 12:00:00 UTC */
#define RECEIVED_NS (NOON * NSEC_PER_SEC + 125000000)
#define SENT_NS (NOON * NSEC_PER_SEC + 125012000)
#define TAIL 7 /* octets behind the base packet that must stay */

/* A request as it lies in a frame: the payload at an even address that is no multiple of 4. */
struct frame {
	_Alignas(8) uint8_t headers[42];
	uint8_t payload[STAMP_BASE_SIZE + TAIL];
};

static struct stamp_reply_input worked_input(uint32_t flags)
{
	return (struct stamp_reply_input){
		.policy = { .flags = flags },
		.received_ns = RECEIVED_NS,
		.sent_ns = SENT_NS,
		.known_second = NOON,
		.tai_offset = 37,
		.sequence = 7,
		.error_estimate = 0x8587,
		.ttl = 61,
	};
}

/* The frame of a golden request, with a tail of 0xa5. */
static void load_request(struct frame *frame, const char *golden)
{
	uint8_t octets[GOLDEN_MAX];

	assert_int_equal(golden_read(golden, octets), STAMP_BASE_SIZE);
	memset(frame->payload, 0xa5, sizeof(frame->payload));
	memcpy(frame->payload, octets, STAMP_BASE_SIZE);
}

static void answer(struct frame *frame, struct stamp_reply_input in, uint32_t length)
{
	in.request = stamp_request_read((void *)frame->payload, length, in.policy);
	stamp_reply_fill((void *)frame->payload, &in);
}

static void assert_reply(const struct frame *frame, const uint8_t *expected)
{
	assert_memory_equal(frame->payload, expected, STAMP_BASE_SIZE);
	for (size_t i = STAMP_BASE_SIZE; i < sizeof(frame->payload); i++)
		assert_int_equal(frame->payload[i], 0xa5);
}

/* clang-format off */
static const struct golden_case {
	const char *name;
	const char *request, *reply;
	uint32_t flags;
} golden_cases[] = {
	{ "R8762-4.3.1-1: stateless, the number is echoed", "request", "reply", 0 },
	{ "R8762-4.3.1-2: stateful, the number is the session's", "request", "reply_stateful",
	  SESSION_STATEFUL },
	{ "TS-3: Z is set in a session with PTP", "request", "reply_ptp", SESSION_PTP },
	{ "TS-4: the sender's format is not ours", "request_ptp", "reply_to_ptp", 0 },
	{ "TW-6: TWAMP Light, what is no SSID does not come back", "request", "reply_twamp_light",
	  SESSION_TWAMP_LIGHT },
	{ "a policy for short requests changes nothing else", "request", "reply",
	  SESSION_SHORT_REQUESTS },
};
/* clang-format on */

static void reply_is_the_worked_one(void **state)
{
	const struct golden_case *c = *state;
	uint8_t expected[GOLDEN_MAX];
	struct frame frame;

	golden_read(c->reply, expected);
	load_request(&frame, c->request);
	answer(&frame, worked_input(c->flags), STAMP_BASE_SIZE);
	assert_reply(&frame, expected);
}

/* R8762-4.2.1-8: what the sender left in its MBZ octets is not sent back. */
static void dirty_mbz_is_answered_with_zeros(void **state)
{
	uint8_t expected[GOLDEN_MAX];
	struct frame frame;

	(void)state;
	golden_read("reply", expected);
	load_request(&frame, "request");
	memset(frame.payload + 16, 0xff, 28);
	answer(&frame, worked_input(0), STAMP_BASE_SIZE);
	assert_reply(&frame, expected);
}

/* TW-1, TW-6: in fewer than 44 octets there is padding where the SSID would be. */
static void short_request_has_no_ssid(void **state)
{
	uint8_t expected[GOLDEN_MAX];
	struct frame frame;

	(void)state;
	golden_read("reply", expected);
	memset(expected + 14, 0, 2);
	for (uint32_t length = STAMP_SHORTEST_REQUEST; length < STAMP_BASE_SIZE; length++) {
		load_request(&frame, "request");
		memset(frame.payload + length, 0xa5, sizeof(frame.payload) - length);
		answer(&frame, worked_input(SESSION_SHORT_REQUESTS), length);
		assert_reply(&frame, expected);
	}
}

/* R8762-4.3.1-6: copies of the sender's fields are verbatim, whatever they hold. */
static void sender_fields_are_copied(void **state)
{
	uint64_t random = 0x5eed0007;
	struct frame frame;
	uint8_t request[STAMP_BASE_SIZE];

	(void)state;
	for (int i = 0; i < 10000; i++) {
		for (size_t j = 0; j < sizeof(request); j++)
			request[j] = (uint8_t)(cases_random(&random) >> 56);
		memcpy(frame.payload, request, sizeof(request));
		answer(&frame, worked_input(0), STAMP_BASE_SIZE);
		assert_memory_equal(frame.payload, request, 4);
		assert_memory_equal(frame.payload + 14, request + 14, 2);
		assert_memory_equal(frame.payload + 24, request, 14);
	}
}

/* The number of the reply is 32 bits of the session's count, in network order. */
static void stateful_number_wraps(void **state)
{
	struct stamp_reply_input in = worked_input(SESSION_STATEFUL);
	struct frame frame;

	(void)state;
	load_request(&frame, "request");
	in.sequence = 0xfffffffe;
	answer(&frame, in, STAMP_BASE_SIZE);
	assert_memory_equal(frame.payload, "\xff\xff\xff\xfe", 4);
}

static void an_estimate_that_is_not_synchronized_says_so(void **state)
{
	struct stamp_reply_input in = worked_input(SESSION_PTP);
	struct frame frame;

	(void)state;
	load_request(&frame, "request");
	in.error_estimate = STAMP_ERROR_UNKNOWN;
	answer(&frame, in, STAMP_BASE_SIZE);
	assert_memory_equal(frame.payload + 12, "\x7f\xff", 2); /* Z, and nothing claimed */
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(golden_cases) + 5];
	size_t count = 0;

	ADD_CASES(tests, count, golden_cases, reply_is_the_worked_one);
	ADD_TEST(tests, count, dirty_mbz_is_answered_with_zeros);
	ADD_TEST(tests, count, short_request_has_no_ssid);
	ADD_TEST(tests, count, sender_fields_are_copied);
	ADD_TEST(tests, count, stateful_number_wraps);
	ADD_TEST(tests, count, an_estimate_that_is_not_synchronized_says_so);
	return RUN_TESTS(tests, count, NULL, NULL);
}
