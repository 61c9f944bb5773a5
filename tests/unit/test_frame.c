/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Frames in user space: which are requests, what is found in them, and the octets of the replies.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/cases.h"
#include "lib/golden.h"
#include "lib/scene.h"
#include "proto/frame.h"
#include "stamp/wire.h"

#define UDP_HEADER 8
#define PADDING 18 /* octets that a network card may put behind a short frame */

/* A frame in memory that ends where it does, so that the sanitizer sees a read behind it; with
 * `shift` it begins at an address as those of AF_XDP are: no multiple of four. */
struct exact {
	uint8_t *memory, *frame;
	size_t length;
};

static struct exact exact_copy(const void *octets, size_t length, size_t shift)
{
	struct exact exact = { .length = length };

	exact.memory = malloc(length + shift ? length + shift : 1);
	assert_non_null(exact.memory);
	exact.frame = exact.memory + shift;
	memcpy(exact.frame, octets, length);
	return exact;
}

static void exact_free(struct exact *exact)
{
	free(exact->memory);
}

/* Whatever is in `packet` before, it is of no account. */
static enum stamp_outcome parse(const struct exact *exact, struct parsed_packet *packet)
{
	enum stamp_outcome outcome;

	memset(packet, 0, sizeof(*packet));
	outcome = frame_parse(exact->frame, exact->length, packet);
	memset(packet, 0xa5, sizeof(*packet));
	assert_int_equal(frame_parse(exact->frame, exact->length, packet), outcome);
	return outcome;
}

struct request_case {
	const char *name;
	bool is_ip6;
	unsigned int tags;
	struct packet_fields fields;
	uint32_t payload_length, padding;
};

/* clang-format off */
static const struct request_case request_cases[] = {
	{ "44 octets over IPv4", false, 0, { .ttl = 61 }, 44, 0 },
	{ "44 octets over IPv6", true, 0, { .ttl = 61 }, 44, 0 },
	{ "IPv4 behind a VLAN tag", false, 1, { .ttl = 61 }, 44, 0 },
	{ "IPv6 behind a VLAN tag", true, 1, { .ttl = 61 }, 44, 0 },
	{ "IPv4 behind two", false, 2, { .ttl = 1 }, 44, 0 },
	{ "IPv6 behind two", true, 2, { .ttl = 255 }, 44, 0 },
	{ "the shortest request", false, 0, { .payload_length = 14 }, 14, 0 },
	{ "the shortest request, padded", false, 0, { .payload_length = 14, .padding = 4 }, 14, 4 },
	{ "43 octets", true, 0, { .payload_length = 43 }, 43, 0 },
	{ "45 octets", false, 1, { .payload_length = 45 }, 45, 0 },
	{ "111 octets", true, 2, { .payload_length = 111 }, 111, 0 },
	{ "112 octets", false, 2, { .payload_length = 112 }, 112, 0 },
	{ "112 octets, padded", true, 0, { .payload_length = 112, .padding = PADDING }, 112,
	  PADDING },
	{ "a jumbo frame", true, 1, { .payload_length = 8900 }, 8900, 0 },
	{ "what IP and UDP leave out is padding", false, 0,
	  { .payload_length = 112, .ip_length = 72, .udp_length = 52 }, 44, 68 },
	{ "IPv6: what IP and UDP leave out is padding", true, 0,
	  { .payload_length = 112, .ip_length = 52, .udp_length = 52 }, 44, 68 },
	{ "Don't Fragment is no fragment", false, 0, { .fragment = 0x4000 }, 44, 0 },
	{ "any port will do", false, 0, { .destination_port = 9 }, 44, 0 },
	{ "sums are not looked at", false, 0, { .checksum = PACKET_CORRUPT, .corrupt_ip = true },
	  44, 0 },
};
/* clang-format on */

static void request_is_found(void **state)
{
	const struct request_case *c = *state;
	struct packet_fields fields = scene_fields(&c->fields, PEER_STATELESS, c->is_ip6, c->tags);
	struct parsed_packet found;
	struct packet packet;

	packet_build(&packet, &fields);
	for (size_t shift = 0; shift < 4; shift += 2) {
		struct exact exact = exact_copy(packet.data, packet.length, shift);
		const uint8_t *payload = exact.frame + packet.payload;

		assert_int_equal(parse(&exact, &found), OUTCOME_CONTINUE);
		assert_ptr_equal(found.eth, exact.frame);
		assert_int_equal(found.ip_offset, packet.ip);
		assert_ptr_equal(found.ip, exact.frame + packet.ip);
		assert_ptr_equal(found.udp, exact.frame + packet.udp);
		assert_int_equal(found.is_ip6, c->is_ip6);
		assert_int_equal(found.ttl, fields.ttl ? fields.ttl : 64);
		assert_int_equal(found.payload_length, c->payload_length);
		assert_int_equal(found.padding, c->padding);
		assert_ptr_equal(found.start, payload);
		assert_ptr_equal(found.base, c->payload_length < STAMP_BASE_SIZE ? NULL : payload);
		exact_free(&exact);
	}
}

struct refused_case {
	const char *name;
	bool is_ip6;
	unsigned int tags;
	struct packet_fields fields;
	enum stamp_outcome outcome;
};

/* clang-format off */
static const struct refused_case refused_cases[] = {
	{ "three VLAN tags", false, 3, { .ttl = 64 }, OUTCOME_OTHER_TRAFFIC },
	{ "three VLAN tags before IPv6", true, 3, { .ttl = 64 }, OUTCOME_OTHER_TRAFFIC },
	{ "another EtherType", false, 0, { .ether_type = 0x0806 }, OUTCOME_OTHER_TRAFFIC },
	{ "another EtherType behind a tag", false, 1, { .ether_type = 0x8847 },
	  OUTCOME_OTHER_TRAFFIC },
	{ "IPv4 that says version 6", false, 0, { .version = 6 }, OUTCOME_OTHER_TRAFFIC },
	{ "IPv6 that says version 4", true, 0, { .version = 4 }, OUTCOME_OTHER_TRAFFIC },
	{ "TCP", false, 0, { .protocol = 6 }, OUTCOME_OTHER_TRAFFIC },
	{ "TCP over IPv6", true, 0, { .protocol = 6 }, OUTCOME_OTHER_TRAFFIC },
	{ "an IPv4 header of 4 words", false, 0, { .header_words = 4 }, OUTCOME_OTHER_TRAFFIC },
	{ "one of no word", false, 0, { .header_words = PACKET_ZERO }, OUTCOME_OTHER_TRAFFIC },
	{ "one word of options", false, 0, { .option_words = 1 }, OUTCOME_IP_OPTIONS },
	{ "ten words of options", false, 2, { .option_words = 10 }, OUTCOME_IP_OPTIONS },
	{ "options that are not there", false, 0,
	  { .header_words = 15, .payload_length = 14 }, OUTCOME_IP_OPTIONS },
	{ "a first fragment", false, 0, { .fragment = 0x2000 }, OUTCOME_FRAGMENT },
	{ "a last fragment", false, 1, { .fragment = 0x0001 }, OUTCOME_FRAGMENT },
	{ "a middle fragment", false, 0, { .fragment = 0x3fff }, OUTCOME_FRAGMENT },
	{ "a fragment of IPv6", true, 0, { .extensions = { 44 } }, OUTCOME_FRAGMENT },
	{ "hop-by-hop options", true, 0, { .extensions = { PACKET_ZERO } },
	  OUTCOME_EXTENSION_HEADERS },
	{ "a routing header", true, 1, { .extensions = { 43 } }, OUTCOME_EXTENSION_HEADERS },
	{ "destination options", true, 2, { .extensions = { 60, 60 } },
	  OUTCOME_EXTENSION_HEADERS },
	{ "an authentication header", true, 0, { .extensions = { 51 } }, OUTCOME_OTHER_TRAFFIC },
	{ "a UDP length one too small", false, 0, { .udp_length = 51 }, OUTCOME_UNEVEN_LENGTHS },
	{ "a UDP length one too large", false, 0, { .udp_length = 53 }, OUTCOME_UNEVEN_LENGTHS },
	{ "a UDP length of no octet", true, 0, { .udp_length = PACKET_ZERO },
	  OUTCOME_UNEVEN_LENGTHS },
	{ "a UDP length of less than its header", true, 0, { .udp_length = 7, .ip_length = 7 },
	  OUTCOME_UNEVEN_LENGTHS },
	{ "the largest UDP length", true, 0, { .udp_length = 0xffff }, OUTCOME_UNEVEN_LENGTHS },
	{ "an IP length one too small", false, 0, { .ip_length = 71 }, OUTCOME_UNEVEN_LENGTHS },
	{ "an IP length one too large", true, 0, { .ip_length = 53 }, OUTCOME_UNEVEN_LENGTHS },
	{ "IP and UDP lengths one octet larger than the frame", false, 0,
	  { .ip_length = 73, .udp_length = 53 }, OUTCOME_UNEVEN_LENGTHS },
	{ "IPv6: both one octet larger than the frame", true, 1,
	  { .ip_length = 53, .udp_length = 53 }, OUTCOME_UNEVEN_LENGTHS },
	{ "both the largest", true, 0, { .ip_length = 0xffff, .udp_length = 0xffff },
	  OUTCOME_UNEVEN_LENGTHS },
	{ "an IP length of less than its header, and what is left of it as the UDP length", false,
	  0, { .ip_length = 19, .udp_length = 0xffff }, OUTCOME_UNEVEN_LENGTHS },
	{ "an IP length of no octet, likewise", false, 0,
	  { .ip_length = PACKET_ZERO, .udp_length = 0xffec }, OUTCOME_UNEVEN_LENGTHS },
	{ "13 octets", false, 0, { .payload_length = 13 }, OUTCOME_TOO_SHORT },
	{ "13 octets over IPv6", true, 2, { .payload_length = 13 }, OUTCOME_TOO_SHORT },
	{ "padding is no payload", false, 0, { .payload_length = 13, .padding = PADDING },
	  OUTCOME_TOO_SHORT },
	{ "no octet", true, 0, { .payload_length = PACKET_ZERO }, OUTCOME_TOO_SHORT },
};
/* clang-format on */

static void frame_is_refused(void **state)
{
	const struct refused_case *c = *state;
	struct packet_fields fields = scene_fields(&c->fields, PEER_STATELESS, c->is_ip6, c->tags);
	struct parsed_packet found;
	struct packet packet;
	struct exact exact;

	packet_build(&packet, &fields);
	exact = exact_copy(packet.data, packet.length, 0);
	assert_int_equal(parse(&exact, &found), c->outcome);
	exact_free(&exact);
}

/* Until the UDP header is there, it is nobody's; then its length says that something is missing. */
static void every_cut_frame_is_refused(void **state)
{
	const struct request_case *c = *state;
	struct packet_fields fields = scene_fields(&c->fields, PEER_STATELESS, c->is_ip6, c->tags);
	struct parsed_packet found;
	struct packet packet;
	uint32_t end;

	packet_build(&packet, &fields);
	end = packet.payload + c->payload_length;
	for (uint32_t length = 0; length < end; length++) {
		struct exact exact = exact_copy(packet.data, length, 0);

		assert_int_equal(parse(&exact, &found), length < packet.payload
								? OUTCOME_OTHER_TRAFFIC
								: OUTCOME_UNEVEN_LENGTHS);
		exact_free(&exact);
	}
}

struct golden_case {
	const char *name, *request, *reply;
};

static const struct golden_case golden_cases[] = {
	{ "the worked reply over IPv4", "frame_ip4_request", "frame_ip4_reply" },
	{ "the worked reply over IPv6", "frame_ip6_request", "frame_ip6_reply" },
	{ "the worked reply behind a VLAN tag", "frame_vlan1_request", "frame_vlan1_reply" },
	{ "the worked reply behind two", "frame_vlan2_request", "frame_vlan2_reply" },
};

/* Turns `request` around with the payload of `reply`, and compares all of it. */
static void assert_turned(const uint8_t *request, size_t length, const uint8_t *reply,
			  size_t reply_length, struct session_policy policy, size_t shift)
{
	struct exact exact = exact_copy(request, length, shift);
	struct parsed_packet packet;
	uint8_t *payload;

	assert_int_equal(parse(&exact, &packet), OUTCOME_CONTINUE);
	assert_int_equal(packet.padding, length - reply_length);
	payload = (uint8_t *)packet.udp + UDP_HEADER;
	memcpy(payload, reply + (payload - exact.frame), packet.payload_length);
	assert_int_equal(frame_turn_around(exact.frame, &packet, policy), reply_length);
	assert_memory_equal(exact.frame, reply, reply_length);
	exact_free(&exact);
}

/* RFC 8762 section 4.3, RFC 5357 section 4.2.1: padding goes, and is in no sum. */
static void reply_is_the_worked_one(void **state)
{
	const struct session_policy policy = { .flags = 0 };
	const struct golden_case *c = *state;
	uint8_t request[GOLDEN_MAX], reply[GOLDEN_MAX];
	uint32_t length = golden_read(c->request, request);

	assert_int_equal(golden_read(c->reply, reply), length);
	memset(request + length, 0xee, PADDING);
	for (uint32_t padding = 0; padding <= PADDING; padding++)
		for (size_t shift = 0; shift < 4; shift += 2)
			assert_turned(request, length + padding, reply, length, policy, shift);
}

/* A request of the fields, and its reply with the `size` octets of `payload`. */
static void assert_answer(const struct packet_fields *request, const uint8_t *payload,
			  struct session_policy policy, size_t shift)
{
	struct packet in, out;
	struct packet_fields answer;

	packet_build(&in, request);
	answer = packet_answer(request, payload, request->payload_length);
	if (policy.flags & SESSION_SET_DSCP)
		answer.traffic_class = (uint8_t)(policy.dscp << 2);
	packet_build(&out, &answer);
	assert_turned(in.data, in.length, out.data, out.length, policy, shift);
}

/* Fields of a frame, and octets of a payload, from a random number each. */
static struct packet_fields random_fields(uint64_t *random, bool is_ip6)
{
	struct packet_fields fields = {
		.source_mac = "9a:bc:de:f0:12:34",
		.ttl = 1 + (uint32_t)(cases_random(random) % 255),
		.traffic_class = (uint8_t)(cases_random(random) >> 56),
		.flow_label = (uint32_t)(cases_random(random) >> 44),
		.id = (uint16_t)(cases_random(random) >> 48),
		.fragment = cases_random(random) >> 63 ? 0x4000 : 0,
		.source_port = 1 + (uint32_t)(cases_random(random) % 65535),
		.payload_length = 14 + (uint32_t)(cases_random(random) % 300),
		.checksum = (enum packet_checksum)(cases_random(random) % 4),
		.padding = (uint32_t)(cases_random(random) % 7),
	};

	return scene_fields(&fields, PEER_STATELESS, is_ip6,
			    (unsigned int)(cases_random(random) % 3));
}

static void fill_at_random(uint64_t *random, uint8_t *octets, size_t size)
{
	for (size_t i = 0; i < size; i++)
		octets[i] = (uint8_t)(cases_random(random) >> 56);
}

/* Both IP versions, odd lengths and even ones, whatever the request's own sums were. */
static void random_frames_are_turned_around(void **state)
{
	uint64_t random = 0x5eed0009;
	uint8_t payload[512], received[512];

	(void)state;
	for (uint32_t i = 0; i < 20000; i++) {
		struct packet_fields fields = random_fields(&random, i & 1);
		struct session_policy policy = {
			.flags = i & 2 ? SESSION_SET_DSCP : 0,
			.dscp = (uint8_t)(cases_random(&random) % 64),
		};

		fill_at_random(&random, payload, sizeof(payload));
		fill_at_random(&random, received, sizeof(received));
		fields.payload = received;
		assert_answer(&fields, payload, policy, i & 4 ? 2 : 0);
	}
}

/* Carries upon carries. */
static void payloads_of_ones_are_summed(void **state)
{
	const struct session_policy policy = { .flags = 0 };
	static uint8_t payload[9001];

	(void)state;
	memset(payload, 0xff, sizeof(payload));
	for (uint32_t i = 0; i < 8; i++) {
		const struct packet_fields row = { .payload_length = 8997 + i / 2 };
		struct packet_fields fields = scene_fields(&row, PEER_STATELESS, i & 1, 0);

		assert_answer(&fields, payload, policy, 0);
	}
}

/* RFC 768: a sum that comes out as 0 is sent as 0xffff, for 0 says that there is none. */
static void a_checksum_of_zero_is_written_as_ones(void **state)
{
	const struct session_policy policy = { .flags = 0 };

	(void)state;
	for (int is_ip6 = 0; is_ip6 < 2; is_ip6++) {
		const struct packet_fields row = { .payload_length = 45 };
		struct packet_fields fields = scene_fields(&row, PEER_STATELESS, is_ip6, 0);
		uint8_t payload[45] = { [3] = 42, [44] = 9 };
		struct packet_fields answer = packet_answer(&fields, payload, sizeof(payload));
		struct packet packet;

		packet_build(&packet, &answer);
		memcpy(payload + 20, packet.data + packet.udp + 6, 2);
		packet_build(&packet, &answer);
		assert_int_equal(packet_get16(packet.data + packet.udp + 6), 0xffff);
		assert_answer(&fields, payload, policy, 0);
	}
}

int main(void)
{
	struct CMUnitTest tests[2 * ARRAY_SIZE(request_cases) + ARRAY_SIZE(refused_cases) +
				ARRAY_SIZE(golden_cases) + 3];
	size_t count = 0;

	ADD_CASES(tests, count, request_cases, request_is_found);
	ADD_CASES(tests, count, refused_cases, frame_is_refused);
	ADD_CASES(tests, count, request_cases, every_cut_frame_is_refused);
	ADD_CASES(tests, count, golden_cases, reply_is_the_worked_one);
	ADD_TEST(tests, count, random_frames_are_turned_around);
	ADD_TEST(tests, count, payloads_of_ones_are_summed);
	ADD_TEST(tests, count, a_checksum_of_zero_is_written_as_ones);
	return RUN_TESTS(tests, count, NULL, NULL);
}
