/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A run with TLVs, without a network: what goes out next, and what is made of the replies. */
#include <string.h>

#include "lib/cases.h"
#include "lib/tlvs.h"
#include "sender/tlv_session.h"
#include "stamp/error_estimate.h"

#define BASE 44
#define NOON_NS (1736942400ULL * NSEC_PER_SEC)
#define NEVER UINT64_MAX

static struct tlv_request request;
static struct tlv_session *session;
static struct probe_reply base; /* of the reply taken last */

static void open_session(const char *tlvs)
{
	const struct stamp_address sender = stamp_address_ip4(bpf_htonl(0xc0000201));
	const struct stamp_address reflector = stamp_address_ip4(bpf_htonl(0xc0000202));
	struct tlv_session_settings settings = {
		.metrics = {
			.request = &request,
			.sender = { sender, 40000 },
			.reflector = { reflector, 862 },
			.dscp = 10,
		},
		.base = BASE,
		.access_timeout_ns = 3000,
		.access_tries = 4,
	};

	request = tlvs_of(tlvs);
	settings.metrics.size = BASE + tlv_request_size(&request);
	assert_int_equal(tlv_session_open(&session, &settings), 0);
	base = (struct probe_reply){ .size = settings.metrics.size, .sent_ns = NOON_NS };
}

static int close_session(void **state)
{
	(void)state;
	tlv_session_close(session);
	session = NULL;
	return 0;
}

static void packet_is(uint64_t number, uint64_t now_ns, const char *hex)
{
	uint8_t expected[TLVS_OCTETS_MAX], octets[TLVS_OCTETS_MAX];

	tlv_session_write(session, number, octets);
	assert_memory_equal(octets, expected, tlvs_hex(hex, expected));
	tlv_session_sent(session, now_ns);
}

/* The TLVs of a reply; false if it was discarded. */
static bool take(uint64_t number, enum match_verdict verdict, int traffic_class, const char *hex)
{
	uint8_t octets[BASE + TLVS_OCTETS_MAX] = { 0 };
	size_t size = BASE + tlvs_hex(hex, octets + BASE);
	struct metrics_sample sample = {
		.match = { .verdict = verdict, .number = number },
		.reply = &base,
		.traffic_class = traffic_class,
	};
	struct tlv_reply reply;

	if (!tlv_session_read(session, octets, size, &reply))
		return false;
	tlv_session_reply(session, &sample, 37, &reply);
	return true;
}

static bool take_answer(uint64_t number, const char *hex)
{
	return take(number, MATCH_ANSWER, -1, hex);
}

static struct tlv_summary summary(void)
{
	struct tlv_summary out;

	tlv_session_summarize(session, &out);
	return out;
}

static void a_link_is_learned_from_the_first_good_reply(void **state) /* R9534-3.2-2 */
{
	(void)state;
	open_session("micro-session=7");
	packet_is(0, 1, "800b0004 00070000");
	assert_true(take(0, MATCH_FOREIGN, -1, "000b0004 00070063"));
	assert_true(take_answer(0, "800b0004 00070000")); /* knows no links */
	assert_true(take_answer(0, "000b0004 00070000")); /* tells none */
	assert_int_equal(summary().reflector_id, 0);
	packet_is(1, 2, "800b0004 00070000");
	assert_true(take_answer(1, "000b0004 00070021"));
	packet_is(2, 3, "800b0004 00070021");
	assert_int_equal(summary().reflector_id, 33);
	assert_true(summary().reflector_id_learned);
}

static void replies_of_other_links_are_discarded(void **state) /* R9534-3.2-6 */
{
	(void)state;
	open_session("micro-session=7,33");
	packet_is(0, 1, "800b0004 00070021");
	assert_false(take_answer(0, "000b0004 00080021"));
	assert_false(take_answer(0, "000b0004 00070022"));
	assert_false(take_answer(0, "000b0004 00070000"));
	assert_true(take_answer(0, "000b0004 00070021"));
	assert_int_equal(summary().misdirected, 3);
	assert_int_equal(summary().replies[TLV_REPLY_USED], 1);
	assert_false(summary().reflector_id_learned);
}

static void what_is_discarded_validates_nothing(void **state)
{
	(void)state;
	open_session("micro-session=7,33");
	assert_true(take_answer(0, "200b0004 00080022"));
	assert_int_equal(summary().misdirected, 0);
	assert_int_equal(summary().replies[TLV_REPLY_INTEGRITY], 1);
}

static void each_packet_has_its_own_count(void **state) /* R8972-4.5-1 */
{
	(void)state;
	open_session("direct-measurement");
	packet_is(0, 1, "8005000c 00000001 00000000 00000000");
	packet_is(1, 1, "8005000c 00000002 00000000 00000000");
	packet_is(0xffffffff, 1, "8005000c 00000000 00000000 00000000");
}

static void counters_that_are_not_ours_are_not_used(void **state) /* R8972-4.5-2 */
{
	(void)state;
	open_session("direct-measurement");
	assert_true(take_answer(0, "0005000c 00000001 00000001 00000000"));
	assert_true(take_answer(1, "0005000c 00000001 00000002 00000001"));
	assert_int_equal(summary().mismatched, 1);
	assert_false(summary().direct_loss.known);
	assert_int_equal(summary().direct_measurement.reflector_received, 1);
	assert_true(take_answer(3, "0005000c 00000004 00000003 00000002"));
	assert_true(summary().direct_loss.known);
	assert_int_equal(summary().direct_loss.forward, 1);
}

static void duplicates_do_not_count(void **state)
{
	(void)state;
	open_session("direct-measurement");
	assert_true(take_answer(0, "0005000c 00000001 00000001 00000000"));
	assert_true(take(0, MATCH_DUPLICATE, -1, "0005000c 00000001 00000001 00000000"));
	assert_true(take(1, MATCH_LATE, -1, "0005000c 00000002 00000002 00000001"));
	assert_int_equal(summary().replies[TLV_REPLY_USED], 2);
	assert_int_equal(summary().direct_loss.backward, 0);
}

static void the_report_goes_out_again_until_it_is_answered(void **state) /* R8972-4.6-4 */
{
	(void)state;
	open_session("access-report=3gpp,available");
	assert_int_equal(tlv_session_due_ns(session), NEVER);
	packet_is(0, 1000, "80060004 10010000");
	packet_is(1, 2000, "80010004"); /* padding in its place */
	assert_int_equal(tlv_session_due_ns(session), 4000);
	assert_false(tlv_session_expire(session, 3999, NEVER));
	assert_true(tlv_session_expire(session, 4000, NEVER));
	packet_is(2, 4000, "80060004 10010000");
	assert_int_equal(tlv_session_due_ns(session), 7000);
	assert_true(take_answer(1, "00010004 11223344"));
	assert_int_equal(summary().access, ACCESS_PENDING);
	assert_true(take(2, MATCH_FOREIGN, -1, "00060004 10010000"));
	assert_int_equal(summary().access, ACCESS_PENDING);
	assert_true(take_answer(2, "00060004 10010000"));
	assert_int_equal(summary().access, ACCESS_ANSWERED);
	assert_int_equal(summary().access_transmissions, 2);
	assert_int_equal(tlv_session_due_ns(session), NEVER);
}

/* T3 of the reply before is noon, and it left 1.5 ms later, in NTP and in PTP (37 s ahead). */
static void a_follow_up_refines_the_reply_before(void **state) /* R8972-4.7-5 */
{
	(void)state;
	open_session("follow-up");
	base.sequence = 8;
	assert_true(take_answer(0, "00070010 00000000 00000000 00000000 00000000"));
	assert_false(summary().follow_up.known);
	base.sequence = 9;
	assert_true(take_answer(1, "00070010 00000008 eb3221c0 00624dd3 01000000"));
	assert_int_equal(summary().follow_up.min, 1500000);
	assert_int_equal(summary().follow_up_method, STAMP_METHOD_HARDWARE);
	base.error_estimate = STAMP_ERROR_PTP_FORMAT;
	assert_true(take_answer(2, "00070010 00000009 6787a365 000f4240 02000000"));
	assert_int_equal(summary().follow_up.min, 1000000);
	assert_int_equal(summary().follow_up.max, 1500000);
	assert_true(take_answer(3, "00070010 00000007 6787a365 000f4240 02000000"));
	assert_true(take_answer(3, "00070010 00000009 6787a365 3b9aca00 02000000"));
	assert_int_equal(summary().follow_up.max, 1500000); /* not remembered, and no time */
}

static void the_class_of_service_is_judged(void **state) /* R8972-4.4-4, R8972-4.4-5 */
{
	struct tlv_class_of_service_summary cos;

	(void)state;
	open_session("cos=46");
	assert_int_equal(summary().class_of_service.replies, 0);
	assert_true(take(0, MATCH_ANSWER, 46 << 2, "00040004 b8a00000")); /* 10 came, as sent */
	assert_true(take(1, MATCH_ANSWER, 10 << 2, "00040004 b8a10000")); /* refused */
	assert_true(take(2, MATCH_ANSWER, 46 << 2, "00040004 b80c0000")); /* 0 came, congested */
	assert_true(take(3, MATCH_ANSWER, 0, "00040004 b8a40000"));       /* ECN 1; reply changed */
	assert_true(take(4, MATCH_ANSWER, -1, "00040004 b8a00000"));
	cos = summary().class_of_service;
	assert_int_equal(cos.replies, 5);
	assert_int_equal(cos.dscp_changed, 1);
	assert_int_equal(cos.ecn_marked, 2);
	assert_int_equal(cos.congested, 1);
	assert_int_equal(cos.refused, 1);
	assert_int_equal(cos.reply_told, 4);
	assert_int_equal(cos.reply_wrong, 1);
	assert_int_equal(cos.reply_dscp, 0);
	assert_int_equal(cos.dscp, 10);
}

/* clang-format off */
static const struct place_case {
	const char *name;
	const char *hex;
	bool known, translated;
} places[] = {
	{ "a location that is ours", "00020018 035e9c40 00080010 c0000201000000000000000000000000",
	  true, false },
	{ "another source address is translated", "00020018 035e9c40 00080010 c6336401000000000000000000000000",
	  true, true },
	{ "another source port is translated", "00020018 035e9c41 00080010 c0000201000000000000000000000000",
	  true, true },
	{ "another destination port is translated", "00020018 035f9c40 00080010 c0000201000000000000000000000000",
	  true, true },
	{ "what is kept back differs from nothing", "00020018 00009c40 00080010 00000000000000000000000000000000",
	  true, false },
	{ "nothing told is nothing known", "00020018 00000000 00080010 00000000000000000000000000000000",
	  false, false },
};
/* clang-format on */

static void translation_is(void **state)
{
	const struct place_case *c = *state;

	open_session("location=source-ip");
	assert_true(take_answer(0, c->hex));
	assert_int_equal(summary().translation_known, c->known);
	assert_int_equal(summary().translated, c->translated);
	assert_false(summary().location_changed);
	close_session(NULL);
}

static void short_and_refused_replies_are_counted(void **state)
{
	(void)state;
	open_session("cos=46 destination=192.0.2.9");
	base.size = 44;
	assert_true(take_answer(0, ""));
	assert_true(take_answer(1, "00040004b8a00000 80090004 c0000209"));
	base.size = 60;
	assert_true(take_answer(2, "00040004b8a00000 00090004 c0000209"));
	assert_true(take_answer(3, "80040004b8000000 80090004 c0000209"));
	assert_int_equal(summary().shorter, 2);
	assert_int_equal(summary().replies[TLV_REPLY_NONE], 1);
	assert_int_equal(summary().replies[TLV_REPLY_USED], 2);
	assert_int_equal(summary().replies[TLV_REPLY_UNTOUCHED], 1);
	assert_int_equal(summary().unrecognized, 3);
	assert_int_equal(summary().node_taken, 1);
	assert_int_equal(summary().node_refused, 1);
}

int main(void)
{
#define TEST(function)                                                                             \
	tests[count++] = (struct CMUnitTest)cmocka_unit_test_teardown(function, close_session)
	struct CMUnitTest tests[ARRAY_SIZE(places) + 10];
	size_t count = 0;

	ADD_CASES(tests, count, places, translation_is);
	TEST(a_link_is_learned_from_the_first_good_reply);
	TEST(replies_of_other_links_are_discarded);
	TEST(what_is_discarded_validates_nothing);
	TEST(each_packet_has_its_own_count);
	TEST(counters_that_are_not_ours_are_not_used);
	TEST(duplicates_do_not_count);
	TEST(the_report_goes_out_again_until_it_is_answered);
	TEST(a_follow_up_refines_the_reply_before);
	TEST(the_class_of_service_is_judged);
	TEST(short_and_refused_replies_are_counted);
	return RUN_TESTS(tests, count, NULL, NULL);
}
