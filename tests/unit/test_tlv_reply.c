/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TLVs of replies as read: what may be used, what may not, and nothing that makes it fall over. */
#include <stdlib.h>
#include <string.h>

#include "lib/cases.h"
#include "lib/tlvs.h"
#include "sender/tlv_reply.h"

#define BASE 44
#define EVERYTHING                                                                                 \
	"padding=2 location timestamp-info cos=46 direct-measurement access-report=3gpp,"          \
	"available follow-up destination=192.0.2.9 micro-session=7 hmac padding=3"

/* A base packet with Sequence Number 42, and the TLVs behind it; gives the size of both. */
static size_t reply_of(const char *hex, uint8_t octets[BASE + TLVS_OCTETS_MAX])
{
	memset(octets, 0, BASE);
	octets[3] = 42;
	return BASE + tlvs_hex(hex, octets + BASE);
}

/* The key is asked for only where an HMAC TLV was sent. */
static struct tlv_reply read_reply(const char *tlvs, const char *hex)
{
	const struct tlv_request request = tlvs_of(tlvs);
	uint8_t octets[BASE + TLVS_OCTETS_MAX];
	size_t size = reply_of(hex, octets);
	uint8_t *exact = malloc(size); /* so that ASan sees the end */
	struct tlv_reply reply;

	memcpy(exact, octets, size);
	tlv_reply_read(&request, tlv_request_find(&request, STAMP_TLV_HMAC) ? tlvs_keys : NULL,
		       BASE, exact, size, &reply);
	free(exact);
	return reply;
}

/* clang-format off */
static const struct state_case {
	const char *name;
	const char *tlvs;
	const char *hex;
	enum tlv_reply_state state;
	unsigned int read, unrecognized;
	bool malformed, mismatched;
} state_cases[] = {
	{ "R8972-4.8-8 the worked reply is verified", "cos=46 hmac padding=4",
	  "00040004b8a80000 00080010 ac846385ab4a5af9b4365be950cf5875 00010004deadbeef",
	  TLV_REPLY_USED, 3, 0, false, false },
	{ "R8972-4.8-7 a wrong HMAC", "cos=46 hmac padding=4",
	  "00040004b8a80000 00080010 ac846385ab4a5af9b4365be950cf5876 00010004deadbeef",
	  TLV_REPLY_UNVERIFIED, 3, 0, false, false },
	{ "R8972-4.8-8 the HMAC of the request", "cos=46 hmac padding=4",
	  "00040004b8a80000 00080010 84a29dff58f27dd6cf67095d64730bd8 00010004deadbeef",
	  TLV_REPLY_UNVERIFIED, 3, 0, false, false },
	{ "a changed value in front of the HMAC", "cos=46 hmac padding=4",
	  "00040004b8a80100 00080010 ac846385ab4a5af9b4365be950cf5875 00010004deadbeef",
	  TLV_REPLY_UNVERIFIED, 3, 0, false, false },
	{ "padding behind the HMAC is not covered", "cos=46 hmac padding=4",
	  "00040004b8a80000 00080010 ac846385ab4a5af9b4365be950cf5875 00010004cafebabe",
	  TLV_REPLY_USED, 3, 0, false, false },
	{ "padding in front of it is", "padding=2 cos=46 hmac",
	  "000100020102 00040004b8a80000 00080010 7cb04d284e39a2061470e8ba19f689f9",
	  TLV_REPLY_USED, 3, 0, false, false },
	{ "R8972-4.8-3 an HMAC TLV that is not at its place", "cos=46 hmac",
	  "00080010 5c0bb1baac4c6f62d7b6c553b67cd1b3 00040004b8a80000",
	  TLV_REPLY_UNVERIFIED, 0, 0, false, true },
	{ "the HMAC TLV is missing", "cos=46 hmac", "00040004b8a80000",
	  TLV_REPLY_UNVERIFIED, 1, 0, false, true },
	{ "the HMAC TLV is not understood", "cos=46 hmac",
	  "00040004b8a80000 80080010 ac846385ab4a5af9b4365be950cf5875",
	  TLV_REPLY_UNVERIFIED, 2, 1, false, false },
	{ "A-17 an HMAC TLV of another Length", "cos=46 hmac", "00040004b8a80000 0008000c ac846385ab4a5af9b4365be9",
	  TLV_REPLY_UNVERIFIED, 1, 0, false, true },
	{ "A-18 M in front of the HMAC TLV", "cos=46 hmac",
	  "40040004b8000000 80080010 84a29dff58f27dd6cf67095d64730bd8",
	  TLV_REPLY_UNVERIFIED, 0, 0, true, false },
	{ "M behind the HMAC TLV", "cos=46 hmac padding=4",
	  "00040004b8a80000 00080010 ac846385ab4a5af9b4365be950cf5875 40010004deadbeef",
	  TLV_REPLY_USED, 2, 0, true, false },
	{ "R8972-4-12 I on each", "cos=46 hmac padding=4",
	  "a0040004b8000000 a0080010 84a29dff58f27dd6cf67095d64730bd8 a0010004deadbeef",
	  TLV_REPLY_INTEGRITY, 0, 0, false, false },
	{ "A-10 I without U", "cos=46 follow-up", "20040004b8000000 20070010 00000000000000000000000000000000",
	  TLV_REPLY_INTEGRITY, 0, 0, false, false },
	{ "R8972-4-12 I on a later one discards the earlier", "cos=46 padding=1", "00040004b8a80000 2001000100",
	  TLV_REPLY_INTEGRITY, 1, 0, false, false },
	{ "all as sent", "cos=46 hmac padding=4",
	  "80040004b8000000 80080010 84a29dff58f27dd6cf67095d64730bd8 80010004deadbeef",
	  TLV_REPLY_UNTOUCHED, 3, 3, false, false },
	{ "R8972-4-10 one that is not understood", "cos=46 follow-up",
	  "80040004b8000000 00070010 00000000000000000000000000000000",
	  TLV_REPLY_USED, 2, 1, false, false },
	{ "R8972-4-5 reserved bits, and C, are ignored", "cos=46", "1f040004b8a80000",
	  TLV_REPLY_USED, 1, 0, false, false },
	{ "reserved bits beside U are no untouched copy", "cos=46", "8f040004b8000000",
	  TLV_REPLY_USED, 1, 1, false, false },
	{ "R8972-4-11 M stops", "cos=46 timestamp-info", "40040004b8000000 0003000401020102",
	  TLV_REPLY_USED, 0, 0, true, false },
	{ "nothing behind the base packet", "cos=46", "", TLV_REPLY_NONE, 0, 0, false, false },
	{ "a header cut off", "cos=46", "000400", TLV_REPLY_USED, 0, 0, true, false },
	{ "R8972-6-1 a Length beyond the end", "cos=46", "00040004b8a800", TLV_REPLY_USED, 0, 0, true, false },
	{ "R8972-6-1 the largest Length", "padding=65459", "0001ffff00", TLV_REPLY_USED, 0, 0, true, false },
	{ "another Length", "cos=46", "00040003b8a800", TLV_REPLY_USED, 0, 0, false, true },
	{ "a Length of 0", "cos=46", "00040000", TLV_REPLY_USED, 0, 0, false, true },
	{ "another type", "cos=46", "00030004b8a80000", TLV_REPLY_USED, 0, 0, false, true },
	{ "type 0", "cos=46", "0000000400000000", TLV_REPLY_USED, 0, 0, false, true },
	{ "type 255", "padding=4", "00ff000400000000", TLV_REPLY_USED, 0, 0, false, true },
	{ "another order", "cos=46 timestamp-info", "0003000401020102 00040004b8a80000",
	  TLV_REPLY_USED, 0, 0, false, true },
	{ "fewer than sent", "cos=46 timestamp-info", "00040004b8a80000", TLV_REPLY_USED, 1, 0, false, true },
	{ "more than sent", "cos=46", "00040004b8a80000 00010000", TLV_REPLY_USED, 1, 0, false, true },
	{ "a left-over octet", "cos=46", "00040004b8a80000 00", TLV_REPLY_USED, 1, 0, false, true },
	{ "an untouched copy that is cut", "cos=46 padding=4", "80040004b8000000 80010004dead",
	  TLV_REPLY_USED, 1, 1, true, false },
	{ "another DSCP1", "cos=46", "00040004 a0a80000", TLV_REPLY_USED, 1, 0, false, true },
	{ "another access", "access-report=3gpp,available", "00060004 20010000", TLV_REPLY_USED, 1, 0, false, true },
	{ "padding in place of the access report", "access-report=3gpp,available", "00010004 12345678",
	  TLV_REPLY_USED, 1, 0, false, false },
	{ "another destination", "destination=192.0.2.9", "00090004 c0000208", TLV_REPLY_USED, 1, 0, false, true },
	{ "R9503-3-3 U on a destination alone is an answer", "destination=192.0.2.9", "80090004 c0000209",
	  TLV_REPLY_USED, 1, 1, false, false },
	{ "R9534-3.1-1 a micro-session ID of another Length", "micro-session=7", "000b0003 000700",
	  TLV_REPLY_USED, 0, 0, false, true },
	{ "a sub-TLV beyond its TLV", "location=source-mac", "00020010 035e1234 00020009 020000000001 0000",
	  TLV_REPLY_USED, 1, 0, true, false },
	{ "R8972-4.2.1-3 a sub-TLV of another Length", "location=source-ip",
	  "00020018 035e1234 00080004 c0000201 00080008 c000020100000000",
	  TLV_REPLY_USED, 1, 0, true, false },
	{ "R8972-4.2.1-1 M in a sub-TLV", "location=source-mac", "00020010 035e1234 40020008 0200000000010000",
	  TLV_REPLY_USED, 1, 0, true, false },
	{ "a rest in a location that is no sub-TLV", "location=source-mac",
	  "00020010 035e1234 00c80005 0102030405 000000", TLV_REPLY_USED, 1, 0, true, false },
};
/* clang-format on */

static void state_is(void **state)
{
	const struct state_case *c = *state;
	struct tlv_reply reply = read_reply(c->tlvs, c->hex);

	assert_int_equal(reply.state, c->state);
	assert_int_equal(reply.read, c->read);
	assert_int_equal(reply.unrecognized, c->unrecognized);
	assert_int_equal(reply.malformed, c->malformed);
	assert_int_equal(reply.mismatched, c->mismatched);
	if (c->state != TLV_REPLY_USED)
		assert_false(reply.class_of_service.known || reply.timestamp_info.known);
}

static void assert_location(const char *hex)
{
	struct tlv_reply reply = read_reply("location", hex);
	const struct stamp_address destination = stamp_address_ip4(bpf_htonl(0xc0000202));
	const struct stamp_address source = stamp_address_ip4(bpf_htonl(0xc0000201));

	assert_true(reply.location.known && reply.location.source_known &&
		    reply.location.destination_known);
	assert_int_equal(reply.location.destination_port, 862);
	assert_int_equal(reply.location.source_port, 40000);
	assert_memory_equal(&reply.location.destination, &destination, 16);
	assert_memory_equal(&reply.location.source, &source, 16);
	assert_int_equal(reply.location.mac_size, 6);
	assert_memory_equal(reply.location.mac, "\x02\x00\x00\x00\x00\x01", 6);
	assert_false(reply.malformed || reply.mismatched);
}

static void a_location_is_read(void **state)
{
	(void)state;
	assert_location("00020038 035e9c40 00020008 0200000000010000"
			"00050010 c0000202000000000000000000000000"
			"00080010 c0000201000000000000000000000000");
}

static void mbz_of_a_location_does_not_matter(void **state) /* R8972-4.2.1-4 */
{
	(void)state;
	assert_location("00020038 035e9c40 00020008 020000000001ffff"
			"00050010 c0000202ffffffffffffffffffffffff"
			"00080010 c000020100000000000000000000000f");
}

static void a_sub_tlv_that_is_not_understood_is_skipped(void **state) /* R8972-4.2.1-1 */
{
	struct tlv_reply reply =
		read_reply("location", "00020038 035e9c40 80020008 0200000000010000"
				       "80050010 c0000202000000000000000000000000"
				       "00080010 c0000201000000000000000000000000");

	(void)state;
	assert_true(reply.location.source_known);
	assert_false(reply.location.destination_known);
	assert_int_equal(reply.location.mac_size, 0);
	assert_false(reply.malformed || reply.mismatched);
}

static void a_location_in_ipv6_is_read(void **state)
{
	struct tlv_reply reply =
		read_reply("location", "00020038 035e9c40 00030008 0200000000000001"
				       "20060010 20010db8000000000000000000000002"
				       "00090010 20010db8000000000000000000000001");

	(void)state;
	assert_int_equal(reply.location.mac_size, 8);
	assert_memory_equal(reply.location.mac, "\x02\0\0\0\0\0\0\x01", 8);
	assert_true(reply.location.destination_known); /* R8972-4.2.1-2: I is ignored */
	assert_memory_equal(reply.location.destination.octets,
			    "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02", 16);
	assert_memory_equal(reply.location.source.octets,
			    "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
	assert_false(reply.malformed || reply.mismatched);
}

/* R8972-4.2.2-2, R8972-4.2.2-3 */
static void what_a_location_keeps_back_is_unknown(void **state)
{
	struct tlv_reply reply =
		read_reply("location", "00020038 00000000 00030008 0000000000000000"
				       "80040010 00000000000000000000000000000000"
				       "00080010 00000000000000000000000000000000");

	(void)state;
	assert_true(reply.location.known);
	assert_false(reply.location.source_known || reply.location.destination_known);
	assert_int_equal(reply.location.mac_size, 0);
	assert_false(reply.malformed);
}

static void the_class_of_service_is_read(void **state)
{
	struct tlv_class_of_service cos =
		read_reply("cos=46", "00040004b8a80000").class_of_service; /* the worked example */

	(void)state;
	assert_true(cos.known);
	assert_int_equal(cos.dscp, 10);
	assert_int_equal(cos.ecn, 2);
	assert_false(cos.refused);
	cos = read_reply("cos=63", "00040004fffd0000").class_of_service;
	assert_int_equal(cos.dscp, 63);
	assert_int_equal(cos.ecn, 3);
	assert_true(cos.refused);
}

static void numbers_are_read(void **state)
{
	struct tlv_reply reply =
		read_reply("timestamp-info direct-measurement follow-up micro-session=7",
			   "00030004 01020501 0005000c 00000005 00000004 80000003"
			   "00070010 00000029 eb3221c020000000 02ffffff 000b0004 00070021");

	(void)state; /* R8972-4.7-6: Reserved is ignored */
	assert_int_equal(reply.timestamp_info.receive_source, STAMP_SYNC_NTP);
	assert_int_equal(reply.timestamp_info.receive_method, STAMP_METHOD_SOFTWARE);
	assert_int_equal(reply.timestamp_info.send_source, STAMP_SYNC_LOCAL);
	assert_int_equal(reply.timestamp_info.send_method, STAMP_METHOD_HARDWARE);
	assert_int_equal(reply.direct_measurement.sender_sent, 5);
	assert_int_equal(reply.direct_measurement.reflector_received, 4);
	assert_int_equal(reply.direct_measurement.reflector_sent, 0x80000003);
	assert_true(reply.follow_up.known);
	assert_int_equal(reply.follow_up.sequence, 41);
	assert_memory_equal(&reply.follow_up.timestamp, "\xeb\x32\x21\xc0\x20\0\0\0", 8);
	assert_int_equal(reply.follow_up.method, STAMP_METHOD_SOFTWARE);
	assert_false(reply.follow_up.delay_known);
	assert_int_equal(reply.micro_session.sender, 7);
	assert_int_equal(reply.micro_session.reflector, 33);
}

static void a_stateless_reflector_follows_nothing_up(void **state) /* R8972-4.7-4 */
{
	(void)state;
	assert_false(read_reply("follow-up", "00070010 00000000000000000000000000000000")
			     .follow_up.known);
}

static void answers_are_read(void **state)
{
	static const char both[] = "access-report=3gpp,available destination=192.0.2.9 cos=1";
	struct tlv_reply reply =
		read_reply(both, "00060004 10010000 00090004 c0000209 0004000404000000");

	(void)state;
	assert_int_equal(reply.access_report, TLV_ANSWER_TAKEN);
	assert_int_equal(reply.node, TLV_ANSWER_TAKEN);
	reply = read_reply(both, "80060004 10010000 80090004 c0000209 0004000404000000");
	assert_int_equal(reply.access_report, TLV_ANSWER_REFUSED);
	assert_int_equal(reply.node, TLV_ANSWER_REFUSED); /* R9503-3-3 */
	reply = read_reply(both, "80060004 10010000 80090004 c0000209 8004000404000000");
	assert_int_equal(reply.state, TLV_REPLY_UNTOUCHED);
	assert_int_equal(reply.access_report, TLV_ANSWER_REFUSED);
	assert_int_equal(reply.node, TLV_ANSWER_NONE); /* it does not know the TLV */
	reply = read_reply(both, "20060004 10010000 20090004 c0000209 2004000404000000");
	assert_int_equal(reply.access_report, TLV_ANSWER_NONE);
	assert_int_equal(reply.node, TLV_ANSWER_NONE);
	reply = read_reply(both, "00010004 10010000 00090004 c0000209 0004000404000000");
	assert_int_equal(reply.access_report, TLV_ANSWER_NONE); /* padding in its place */
}

static void the_answer_to_a_report_has_its_id_and_return_code(void **state)
{
	static const char report[] = "access-report=3gpp,available";
	struct tlv_reply reply = read_reply(report, "00060004 1f01ffff");

	(void)state;
	assert_int_equal(reply.access_report, TLV_ANSWER_TAKEN); /* R8972-4.6-1 */
	assert_false(reply.mismatched);
	for (unsigned int id = 0; id < 16; id++) { /* R8972-4.6-2 */
		char hex[] = "00060004 x0010000";

		hex[9] = "0123456789abcdef"[id];
		reply = read_reply(report, hex);
		assert_int_equal(reply.access_report, id == 1 ? TLV_ANSWER_TAKEN : TLV_ANSWER_NONE);
		assert_int_equal(reply.mismatched, id != 1);
	}
}

static void what_stands_before_a_malformed_one_is_used(void **state) /* */
{
	struct tlv_reply reply =
		read_reply("cos=46 timestamp-info", "00040004b8a80000 4003000401020102");

	(void)state;
	assert_true(reply.class_of_service.known);
	assert_false(reply.timestamp_info.known);
}

static void any_of_the_keys_will_do(void **state)
{
	struct key_list list = { .count = 2, .keys = { { .size = 1, .octets = "x" } } };
	const struct tlv_request request = tlvs_of("cos=46 hmac");
	uint8_t octets[BASE + TLVS_OCTETS_MAX];
	struct auth_keys *both = NULL;
	struct tlv_reply reply;
	size_t size =
		reply_of("00040004b8a80000 00080010 ac846385ab4a5af9b4365be950cf5875", octets);

	(void)state;
	list.keys[1].size = strlen("doc-example-key-not-for-real-use");
	memcpy(list.keys[1].octets, "doc-example-key-not-for-real-use", list.keys[1].size);
	assert_int_equal(auth_keys_open(&both, &list), 0);
	tlv_reply_read(&request, both, BASE, octets, size, &reply);
	assert_int_equal(reply.state, TLV_REPLY_USED);
	octets[3]++; /* R8972-4.8-8: the Sequence Number is covered */
	tlv_reply_read(&request, both, BASE, octets, size, &reply);
	assert_int_equal(reply.state, TLV_REPLY_UNVERIFIED);
	auth_keys_close(both);
}

/* An untouched copy of all TLVs, cut anywhere, with any octet changed: it ends, and in bounds. */
static void nothing_makes_it_fall_over(void **state)
{
	const struct tlv_request request = tlvs_of(EVERYTHING);
	size_t size = BASE + tlv_request_size(&request);
	uint64_t random = 7, bits = 1;
	const struct tlv_values values = { .access_report = true,
					   .random = &random,
					   .keys = tlvs_keys };
	uint8_t octets[BASE + TLVS_OCTETS_MAX] = { 0 };
	struct tlv_reply reply;

	(void)state;
	tlv_request_write(&request, &values, octets + BASE);
	for (int i = 0; i < 40000; i++) {
		size_t place = BASE + cases_random(&bits) % (size - BASE);
		size_t cut = i % 2 ? size : cases_random(&bits) % (size + 1);
		uint8_t before = octets[place];
		uint8_t *exact = malloc(cut + 1);

		octets[place] = (uint8_t)cases_random(&bits);
		if (i % 3) /* of one that was processed */
			octets[BASE] &= 0x7f;
		memcpy(exact, octets, cut);
		tlv_reply_read(&request, i % 5 ? NULL : tlvs_keys, BASE, exact, cut, &reply);
		assert_in_range(reply.read, 0, request.count);
		assert_in_range(reply.unrecognized, 0, reply.read);
		free(exact);
		octets[place] = before;
	}
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(state_cases) + 13];
	size_t count = 0;

	ADD_CASES(tests, count, state_cases, state_is);
	ADD_TEST(tests, count, a_location_is_read);
	ADD_TEST(tests, count, mbz_of_a_location_does_not_matter);
	ADD_TEST(tests, count, a_sub_tlv_that_is_not_understood_is_skipped);
	ADD_TEST(tests, count, a_location_in_ipv6_is_read);
	ADD_TEST(tests, count, what_a_location_keeps_back_is_unknown);
	ADD_TEST(tests, count, the_class_of_service_is_read);
	ADD_TEST(tests, count, numbers_are_read);
	ADD_TEST(tests, count, a_stateless_reflector_follows_nothing_up);
	ADD_TEST(tests, count, answers_are_read);
	ADD_TEST(tests, count, the_answer_to_a_report_has_its_id_and_return_code);
	ADD_TEST(tests, count, what_stands_before_a_malformed_one_is_used);
	ADD_TEST(tests, count, any_of_the_keys_will_do);
	ADD_TEST(tests, count, nothing_makes_it_fall_over);
	return RUN_TESTS(tests, count, tlvs_open_keys, tlvs_close_keys);
}
