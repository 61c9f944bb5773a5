/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Random packets and constructed ones, in native and generic mode: a corrupt request never becomes
 * a reply, and every reply's checksums are right by the plain loop of tests/lib.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cases.h"
#include "lib/scene.h"

#define RANDOM_PACKETS 20000 /* or $STAMP_RANDOM_PACKETS, for emulated machines */
#define REPLIES_MAX 1000000  /* one in 65,536 has a checksum of 0 */

static struct prog_run *run;
static bool is_generic;
static uint64_t random_state;
static struct packet request, reply;

static uint32_t below(uint32_t limit)
{
	return (uint32_t)((cases_random(&random_state) >> 32) % limit);
}

static uint32_t random_packets(void)
{
	const char *text = getenv("STAMP_RANDOM_PACKETS");

	return text ? (uint32_t)strtoul(text, NULL, 10) : RANDOM_PACKETS;
}

static uint16_t udp_checksum(const struct packet *packet)
{
	return packet_get16(packet->data + packet->udp + 6);
}

/* A unicast address of either family, as text; IPv4 from 1.0.0.0 to 126.255.255.255. */
static void random_address(bool is_ip6, char text[INET6_ADDRSTRLEN])
{
	uint8_t octets[16];

	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = below(8) ? (uint8_t)below(256) : (uint8_t)(0 - below(2));
	octets[0] = is_ip6 ? 0x20 | (octets[0] & 0x1f) : (uint8_t)(1 + below(126));
	inet_ntop(is_ip6 ? AF_INET6 : AF_INET, octets, text, INET6_ADDRSTRLEN);
}

struct random_packet {
	struct packet_fields fields;
	char source[INET6_ADDRSTRLEN], destination[INET6_ADDRSTRLEN];
	uint8_t payload[1500];
	bool is_ip6;
};

/* Runs of all ones and of zeros among the random octets, where carries are made and lost. */
static void random_payload(uint8_t *payload, uint32_t length)
{
	uint32_t kind = below(4);

	for (uint32_t i = 0; i < length; i++)
		payload[i] = kind > 1 ? (uint8_t)(cases_random(&random_state) >> 56)
				      : (uint8_t)(0 - kind);
	if (length >= 42)
		memset(payload + 38, 0xa5, 4); /* never a reply's shape */
}

static void make_random(struct random_packet *random)
{
	uint32_t tags = below(3);

	random->is_ip6 = below(2);
	random_address(random->is_ip6, random->source);
	random_address(random->is_ip6, random->destination);
	random->fields = (struct packet_fields){
		.source = random->source,
		.destination = random->destination,
		.traffic_class = (uint8_t)below(256),
		.flow_label = below(1 << 20),
		.id = (uint16_t)below(1 << 16),
		.fragment = below(2) ? 0x4000 : 0,
		.ttl = 1 + below(255),
		.source_port = 1 + below(65535),
		.payload = random->payload,
		.payload_length = below(10) ? 44 + below(1457) : 14 + below(30),
		.padding = below(4) ? 0 : below(40),
	};
	random_payload(random->payload, random->fields.payload_length);
	packet_put_padding_tlv(random->payload, 44, random->fields.payload_length);
	random->fields = scene_fields(&random->fields, PEER_STRANGER, random->is_ip6, tags);
}

static void assert_counted(uint32_t outcome, enum xdp_action action,
			   const struct outcome_counts *before)
{
	struct outcome_counts after = prog_run_counts(run);

	if (after.by_outcome[outcome] != before->by_outcome[outcome] + 1 ||
	    action != stamp_outcome_action(outcome))
		fail_msg("a packet is not counted as %s", prog_run_outcome_name(outcome));
}

static void expect_outcome(uint32_t outcome)
{
	struct outcome_counts before = prog_run_counts(run);
	enum xdp_action action = prog_run_frame(run, &request, &reply);

	assert_counted(outcome, action, &before);
}

/* In generic mode the kernel completes an unfinished sum itself, so it must stay unfinished. */
static void assert_sums_are_right(bool unfinished)
{
	assert_true(packet_ip_sum_is_right(&reply));
	assert_int_not_equal(udp_checksum(&reply), 0);
	if (is_generic && unfinished)
		assert_int_equal(udp_checksum(&reply), packet_pseudo_sum(&reply));
	else
		assert_int_equal(packet_udp_sum(&reply), 0xffff);
}

static void expect_reply(enum packet_checksum kind)
{
	uint16_t length = packet_get16(request.data + request.udp + 4);

	/* The Multiplier, of random octets like all others. */
	expect_outcome(request.data[request.payload + 13] ? OUTCOME_REFLECTED
							  : OUTCOME_ZERO_MULTIPLIER);
	assert_sums_are_right(kind == PACKET_UNFINISHED);
	assert_int_equal(packet_get16(reply.data + reply.udp + 4), length < 52 ? 52 : length);
}

static bool is_unclear(void)
{
	return is_generic && udp_checksum(&request) == packet_pseudo_sum(&request) &&
	       packet_udp_sum(&request) == 0xffff;
}

static void good_packet_is_answered(struct random_packet *random)
{
	static const enum packet_checksum kinds[] = { PACKET_FULL, PACKET_UNFINISHED,
						      PACKET_ABSENT };

	random->fields.checksum = kinds[below(3)];
	packet_build(&request, &random->fields);
	if (random->is_ip6 && random->fields.checksum == PACKET_ABSENT)
		expect_outcome(OUTCOME_NO_CHECKSUM);
	else if (is_unclear())
		expect_outcome(OUTCOME_UNCLEAR_CHECKSUM);
	else
		expect_reply(random->fields.checksum);
}

/* Octets that no checksum covers: traffic class, flow label and Hop Limit of IPv6. */
static bool is_uncovered(const struct random_packet *random, uint32_t bit)
{
	return random->is_ip6 && ((bit >= 4 && bit < 32) || bit / 8 == 7);
}

/* Turns a bit from the IP header to the end of the payload, one whose damage can be seen. */
static uint32_t turn_a_bit(const struct random_packet *random)
{
	uint32_t end = request.payload + random->fields.payload_length;

	for (;;) {
		uint32_t bit = below((end - request.ip) * 8);
		uint8_t *octet = request.data + request.ip + bit / 8;

		if (is_uncovered(random, bit))
			continue;
		*octet ^= 0x80 >> bit % 8;
		if (udp_checksum(&request) && udp_checksum(&request) != packet_pseudo_sum(&request))
			return request.ip + bit / 8;
		*octet ^= 0x80 >> bit % 8;
	}
}

static bool corrupt_packet_is_refused(struct random_packet *random)
{
	struct session_key key;
	struct session_state session;
	struct outcome_counts before;
	uint32_t turned, known = below(2);

	random->fields.checksum = PACKET_FULL;
	packet_build(&request, &random->fields);
	if (is_unclear())
		return false;
	if (known)
		expect_reply(PACKET_FULL);
	key = prog_run_key(&request);
	turned = turn_a_bit(random);
	before = prog_run_counts(run);
	if (prog_run_frame(run, &request, &reply) == XDP_TX)
		fail_msg("octet %u of a frame of %u is corrupt", turned, request.length);
	if (turned >= request.udp + 6)
		assert_counted(OUTCOME_CORRUPT_UDP, XDP_DROP, &before);
	assert_int_equal(prog_run_find_session(run, &key, &session), known);
	assert_int_equal(known ? session.replies : 0, known);
	return true;
}

static void random_packets_are_judged(void **state)
{
	static struct random_packet random;
	uint32_t packets = random_packets(), refused = 0;

	(void)state;
	random_state = 0x5eed0009;
	for (uint32_t i = 0; i < packets; i++) {
		make_random(&random);
		if (!strcmp(random.source, random.destination))
			continue;
		prog_run_add_address(run, random.destination, 0);
		if (i % 4)
			good_packet_is_answered(&random);
		else
			refused += corrupt_packet_is_refused(&random);
		prog_run_remove_address(run, random.destination, 0);
	}
	assert_in_range(refused, packets / 5, packets / 4 + 1);
}

/* A request with `word` at octet 16, from 20.x to a local address; the full sum of it. */
static void build_with_word(bool is_ip6, uint16_t word, enum packet_checksum kind)
{
	uint8_t payload[44] = { [1] = 1, [38] = 0xa5 };
	struct packet_fields row = { .payload = payload, .checksum = kind };
	struct packet_fields fields = scene_fields(&row, PEER_STATELESS, is_ip6, 0);

	packet_put16(payload + 16, word);
	packet_build(&request, &fields);
}

/* Chooses the payload so that the finished checksum is `wanted`; not 0. */
static void build_with_checksum(bool is_ip6, uint16_t wanted)
{
	build_with_word(is_ip6, 0, PACKET_ABSENT);
	packet_put16(request.data + request.udp + 6, wanted);
	build_with_word(is_ip6, (uint16_t)~packet_udp_sum(&request), PACKET_FULL);
	packet_put16(request.data + request.udp + 6, wanted);
	assert_int_equal(packet_udp_sum(&request), 0xffff);
}

static void a_sum_that_may_be_either_is_judged(void **state)
{
	(void)state;
	for (int is_ip6 = 0; is_ip6 < 2; is_ip6++) {
		struct session_state session;
		struct session_key key;

		build_with_word(is_ip6, 0, PACKET_UNFINISHED);
		build_with_checksum(is_ip6, packet_pseudo_sum(&request));
		key = prog_run_key(&request);
		prog_run_remove_session(run, &key);
		if (is_generic)
			expect_outcome(OUTCOME_UNCLEAR_CHECKSUM);
		else
			expect_reply(PACKET_FULL);
		assert_int_equal(prog_run_find_session(run, &key, &session), !is_generic);
	}
}

/* What computes to 0 came as 0xffff (RFC 768). */
static void a_request_with_all_ones_is_answered(void **state)
{
	(void)state;
	for (int is_ip6 = 0; is_ip6 < 2; is_ip6++) {
		build_with_checksum(is_ip6, 0xffff);
		expect_reply(PACKET_FULL);
	}
}

/* Sources whose pseudo-header sums to all ones, which is no checksum of 0. */
static void an_unfinished_sum_of_all_ones_is_answered(void **state)
{
	struct packet_fields fields = { .checksum = PACKET_UNFINISHED };
	char source[INET_ADDRSTRLEN];
	uint8_t octets[4] = { 20, 0, 0, 0 };

	(void)state;
	packet_build(&request, &fields);
	memcpy(request.data + request.ip + 12, octets, 4);
	packet_put16(octets + 2, (uint16_t)~packet_pseudo_sum(&request));
	inet_ntop(AF_INET, octets, source, sizeof(source));
	fields.source = source;
	packet_build(&request, &fields);
	assert_int_equal(udp_checksum(&request), 0xffff);
	expect_reply(PACKET_UNFINISHED);
}

/* Header checksums at the ends of their range, by the IP id. */
static void an_ip_checksum_of_zero_is_answered(void **state)
{
	struct packet_fields fields = { .id = 0 };

	(void)state;
	packet_build(&request, &fields);
	fields.id = packet_get16(request.data + request.ip + 10);
	packet_build(&request, &fields);
	assert_int_equal(packet_get16(request.data + request.ip + 10), 0);
	expect_reply(PACKET_FULL);
}

/* T2 and T3 differ in every reply, so one of many has a sum that computes to 0. */
static void a_reply_that_computes_to_zero_is_sent_as_all_ones(void **state)
{
	struct packet_fields row = { .payload = NULL };
	struct packet_fields fields = scene_fields(&row, PEER_STATELESS, true, 0);

	(void)state;
	packet_build(&request, &fields);
	for (uint32_t i = 0; i < REPLIES_MAX; i++) {
		if (prog_run_frame(run, &request, &reply) != XDP_TX || !udp_checksum(&reply))
			fail_msg("reply %u has no checksum", i);
		if (udp_checksum(&reply) == 0xffff) {
			assert_sums_are_right(false);
			return;
		}
	}
	fail_msg("no reply of %d has a checksum that computes to 0", REPLIES_MAX);
}

static int load(void **state)
{
	struct reflector_config config = prog_run_config();
	int err;

	(void)state;
	config.generic = is_generic;
	err = scene_open(&run, &config);
	if (err)
		return err;
	prog_run_set_rule(run, "any", SESSION_STATEFUL | SESSION_SHORT_REQUESTS);
	prog_run_next_generation(run);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	prog_run_close(run);
	run = NULL;
	return 0;
}

static int run_in_mode(bool generic)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_packets_are_judged),
		cmocka_unit_test(a_sum_that_may_be_either_is_judged),
		cmocka_unit_test(a_request_with_all_ones_is_answered),
		cmocka_unit_test(an_unfinished_sum_of_all_ones_is_answered),
		cmocka_unit_test(an_ip_checksum_of_zero_is_answered),
		cmocka_unit_test(a_reply_that_computes_to_zero_is_sent_as_all_ones),
	};

	is_generic = generic;
	return cmocka_run_group_tests_name(generic ? "generic mode" : "native mode", tests, load,
					   unload);
}

int main(void)
{
	int failed = run_in_mode(false);

	return failed + run_in_mode(true);
}
