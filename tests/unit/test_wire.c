/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The wire structs against packets that others wrote, and our frame builder against its frames. */
#include <string.h>

#include "lib/cases.h"
#include "lib/golden.h"
#include "lib/packet.h"
#include "stamp/timestamp.h"

/* Reads a golden packet to where a UDP payload begins in a frame: at an even address only. */
static void *golden_payload(const char *name, uint8_t buffer[GOLDEN_MAX + 42])
{
	uint8_t octets[GOLDEN_MAX];
	uint32_t length = golden_read(name, octets);

	assert_in_range(length, STAMP_BASE_SIZE, STAMP_AUTH_SIZE);
	return memcpy(buffer + 42, octets, length);
}

static void sender_packet_is_read(void **state)
{
	_Alignas(8) uint8_t buffer[GOLDEN_MAX + 42];
	const struct stamp_sender_packet *packet = golden_payload("request", buffer);

	(void)state;
	assert_int_equal(bpf_ntohl(packet->sequence), 42);
	assert_int_equal(bpf_ntohl(packet->timestamp.seconds), 0xeb3221c0);
	assert_int_equal(bpf_ntohl(packet->timestamp.fraction), 0x1f9add37);
	assert_int_equal(bpf_ntohs(packet->error_estimate), 0x8f84);
	assert_int_equal(bpf_ntohs(packet->ssid), 0x5a01);
}

static void reflector_packet_is_read(void **state)
{
	_Alignas(8) uint8_t buffer[GOLDEN_MAX + 42];
	const struct stamp_reflector_packet *packet = golden_payload("reply_stateful", buffer);

	(void)state;
	assert_int_equal(bpf_ntohl(packet->sequence), 7);
	assert_int_equal(bpf_ntohl(packet->timestamp.seconds), 0xeb3221c0);
	assert_int_equal(bpf_ntohl(packet->timestamp.fraction), 0x2000c953);
	assert_int_equal(bpf_ntohs(packet->error_estimate), 0x8587);
	assert_int_equal(bpf_ntohs(packet->ssid), 0x5a01);
	assert_int_equal(bpf_ntohl(packet->receive_timestamp.seconds), 0xeb3221c0);
	assert_int_equal(bpf_ntohl(packet->receive_timestamp.fraction), 0x20000000);
	assert_int_equal(bpf_ntohl(packet->sender_sequence), 42);
	assert_int_equal(bpf_ntohl(packet->sender_timestamp.fraction), 0x1f9add37);
	assert_int_equal(bpf_ntohs(packet->sender_error_estimate), 0x8f84);
	assert_int_equal(packet->sender_ttl, 61);
}

static void sender_auth_packet_is_read(void **state)
{
	_Alignas(8) uint8_t buffer[GOLDEN_MAX + 42];
	const struct stamp_sender_auth_packet *packet = golden_payload("auth_request", buffer);

	(void)state;
	assert_int_equal(bpf_ntohl(packet->sequence), 42);
	assert_int_equal(bpf_ntohl(packet->timestamp.seconds), 0xeb3221c0);
	assert_int_equal(bpf_ntohl(packet->timestamp.fraction), 0x1f9add37);
	assert_int_equal(bpf_ntohs(packet->error_estimate), 0x8f84);
	assert_int_equal(bpf_ntohs(packet->ssid), 0x5a01);
	assert_memory_equal(packet->hmac, "\x9d\x9b\x50\xa6", 4);
}

static void reflector_auth_packet_is_read(void **state)
{
	_Alignas(8) uint8_t buffer[GOLDEN_MAX + 42];
	const struct stamp_reflector_auth_packet *packet =
		golden_payload("auth_reply_stateful", buffer);

	(void)state;
	assert_int_equal(bpf_ntohl(packet->sequence), 7);
	assert_int_equal(bpf_ntohl(packet->timestamp.seconds), 0xeb3221c0);
	assert_int_equal(bpf_ntohl(packet->timestamp.fraction), 0x2000c953);
	assert_int_equal(bpf_ntohs(packet->error_estimate), 0x8587);
	assert_int_equal(bpf_ntohs(packet->ssid), 0x5a01);
	assert_int_equal(bpf_ntohl(packet->receive_timestamp.seconds), 0xeb3221c0);
	assert_int_equal(bpf_ntohl(packet->receive_timestamp.fraction), 0x20000000);
	assert_int_equal(bpf_ntohl(packet->sender_sequence), 42);
	assert_int_equal(bpf_ntohl(packet->sender_timestamp.fraction), 0x1f9add37);
	assert_int_equal(bpf_ntohs(packet->sender_error_estimate), 0x8f84);
	assert_int_equal(packet->sender_ttl, 61);
	assert_memory_equal(packet->hmac, "\x49\x87\xa5\x55", 4);
}

#define IP4_TO_US .ttl = 61, .traffic_class = 0xba, .id = 0x1234, .fragment = 0x4000
#define IP4_BACK                                                                                   \
	.source_mac = "02:00:00:00:00:02", .destination_mac = "02:00:00:00:00:01",                 \
	.source = "192.0.2.2", .destination = "198.51.100.7", .ttl = 255, .traffic_class = 0xb8,   \
	.id = 0x1234, .fragment = 0x4000, .source_port = 862, .destination_port = 20000
#define IP6_TO_US .source = "2001:db8:1::7", .ttl = 61, .traffic_class = 0xba, .flow_label = 0x54321
#define IP6_BACK                                                                                   \
	.source_mac = "02:00:00:00:00:02", .destination_mac = "02:00:00:00:00:01",                 \
	.source = "2001:db8::2", .destination = "2001:db8:1::7", .ttl = 255,                       \
	.traffic_class = 0xb8, .flow_label = 0x54321, .source_port = 862,                          \
	.destination_port = 20000
#define ONE_TAG .vlans = { { 0x8100, 0xa064 } }
#define TWO_TAGS .vlans = { { 0x88a8, 0x00c8 }, { 0x8100, 0xa064 } }

/* clang-format off */
static const struct frame_case {
	const char *name;
	const char *golden, *payload;
	struct packet_fields fields;
} frame_cases[] = {
	{ "a request over IPv4", "frame_ip4_request", "request", { IP4_TO_US } },
	{ "a reply over IPv4", "frame_ip4_reply", "reply", { IP4_BACK } },
	{ "a request over IPv6", "frame_ip6_request", "request", { IP6_TO_US } },
	{ "a reply over IPv6", "frame_ip6_reply", "reply", { IP6_BACK } },
	{ "a request with a VLAN tag", "frame_vlan1_request", "request", { IP4_TO_US, ONE_TAG } },
	{ "a reply with a VLAN tag", "frame_vlan1_reply", "reply", { IP4_BACK, ONE_TAG } },
	{ "a request with two tags", "frame_vlan2_request", "request", { IP6_TO_US, TWO_TAGS } },
	{ "a reply with two tags", "frame_vlan2_reply", "reply", { IP6_BACK, TWO_TAGS } },
};
/* clang-format on */

static void frame_is_built_as_scapy_does(void **state)
{
	const struct frame_case *c = *state;
	uint8_t expected[GOLDEN_MAX], payload[GOLDEN_MAX];
	uint32_t length = golden_read(c->golden, expected);
	struct packet_fields fields = c->fields;
	struct packet packet;

	golden_read(c->payload, payload);
	fields.payload = payload;
	packet_build(&packet, &fields);
	assert_int_equal(packet.length, length);
	assert_memory_equal(packet.data, expected, length);
	assert_int_equal(packet_udp_sum(&packet), 0xffff);
	assert_true(packet_ip_sum_is_right(&packet));
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(frame_cases) + 4];
	size_t count = 0;

	ADD_TEST(tests, count, sender_packet_is_read);
	ADD_TEST(tests, count, reflector_packet_is_read);
	ADD_TEST(tests, count, sender_auth_packet_is_read);
	ADD_TEST(tests, count, reflector_auth_packet_is_read);
	ADD_CASES(tests, count, frame_cases, frame_is_built_as_scapy_does);
	return RUN_TESTS(tests, count, NULL, NULL);
}
