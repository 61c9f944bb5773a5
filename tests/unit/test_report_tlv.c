/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What TLVs told, in words and as JSON: what is not known is called so. */
#include <jansson.h>

#include "lib/output.h"
#include "lib/tlvs.h"
#include "ping/report_tlv.h"

#define EVERYTHING                                                                                 \
	"location timestamp-info cos=46 direct-measurement access-report=3gpp,available "          \
	"follow-up destination=2001:db8::9 micro-session=7"
#define TEXT_MAX 4096

static const char *caught(void)
{
	static char text[TEXT_MAX];
	FILE *file = output_caught();

	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return text;
}

static const char *text_of(const struct tlv_summary *summary)
{
	output_catch();
	report_tlv_summary(summary);
	return caught();
}

static const char *line_of(const struct tlv_reply *tlvs)
{
	output_catch();
	report_tlv_reply(tlvs);
	return caught();
}

static struct stamp_address ip4(uint32_t address)
{
	return stamp_address_ip4(bpf_htonl(address));
}

static struct tlv_location location(void)
{
	return (struct tlv_location){
		.known = true,
		.destination_port = 862,
		.source_port = 40000,
		.destination_known = true,
		.source_known = true,
		.destination = ip4(0xc0000202),
		.source = ip4(0xc0000201),
		.mac_size = 6,
		.mac = { 2, 0, 0, 0, 0, 0xab },
	};
}

static struct tlv_summary full_summary(const struct tlv_request *request)
{
	return (struct tlv_summary){
		.request = request,
		.replies = { [TLV_REPLY_USED] = 9 },
		.location = location(),
		.translation_known = true,
		.timestamp_info = { true, STAMP_SYNC_PTP, STAMP_METHOD_HARDWARE, 200, 0 },
		.dscp = 10,
		.class_of_service = { 9, 0, 3, 2, 3, 1, 4, 9, 46, 1 },
		.direct_measurement = { true, 10, 9, 8 },
		.direct_loss = { true, 1, 0 },
		.follow_up = { true, 1000, 1500, 0, 2000, 3000, 3000, 3000, 3000 },
		.follow_up_method = STAMP_METHOD_SOFTWARE,
		.access = ACCESS_ANSWERED,
		.access_transmissions = 2,
		.node_taken = 8,
		.node_refused = 1,
		.reflector_id = 33,
		.reflector_id_learned = true,
	};
}

static void all_is_told(void **state)
{
	const struct tlv_request request = tlvs_of(EVERYTHING);
	const struct tlv_summary summary = full_summary(&request);

	(void)state;
	assert_string_equal(
		text_of(&summary),
		"tlvs             location, timestamp-info, cos, direct-measurement, "
		"access-report, "
		"follow-up, destination, micro-session\n"
		"tlvs in replies  9 used\n"
		"location         from 192.0.2.1 port 40000 to 192.0.2.2 port 862, source MAC "
		"02:00:00:00:00:ab; as here\n"
		"reflector's time T2: clock ptp, taken by hardware; T3: clock code-200, taken by "
		"unknown\n"
		"class of service DSCP 10 sent, 0 arrived (changed on the way: 2), ECN 3 (marked "
		"on "
		"the way: 3, as congested: 1)\n"
		"reply's DSCP     46 wanted, refused in 4 of 9 replies, came with 46, not as the "
		"reflector says: changed on the way back\n"
		"counters         sent 10, received there 9, sent back 8; lost 1 forward, 0 "
		"backward\n"
		"follow-up        replies left after T3 by min 1.00 us, p50 2.00 us, max 3.00 us; "
		"taken by software\n"
		"access report    answered (transmissions: 2)\n"
		"destination      2001:db8::9: 8 replies from it, 1 with U: not from it, or it "
		"does "
		"not know this TLV\n"
		"micro-session    sender 7, reflector 33 (learned)\n");
}

static void nothing_told_is_unknown(void **state)
{
	const struct tlv_request request = tlvs_of(EVERYTHING);
	const struct tlv_summary summary = {
		.request = &request,
		.access = ACCESS_GIVEN_UP,
		.access_transmissions = 5,
	};

	(void)state;
	assert_string_equal(
		text_of(&summary),
		"tlvs             location, timestamp-info, cos, direct-measurement, "
		"access-report, "
		"follow-up, destination, micro-session\n"
		"tlvs in replies  0 used\n"
		"location         unknown (no reply tells)\n"
		"reflector's time unknown (no reply tells)\n"
		"class of service unknown (no reply tells)\n"
		"counters         unknown (no reply tells)\n"
		"follow-up        unknown (needs a stateful reflector and two replies in a row)\n"
		"access report    given-up (transmissions: 5)\n"
		"destination      2001:db8::9: unknown (no reply tells)\n"
		"micro-session    sender 7, reflector unknown\n");
}

static void what_was_not_asked_for_is_not_mentioned(void **state)
{
	const struct tlv_request request = tlvs_of("padding=1 hmac");
	const struct tlv_summary summary = {
		.request = &request,
		.replies = { 1, 2, 3, 4, 5 },
		.unrecognized = 6,
		.malformed = 7,
		.mismatched = 8,
		.shorter = 9,
		.misdirected = 10,
	};

	(void)state;
	assert_string_equal(
		text_of(&summary),
		"tlvs             padding, hmac\n"
		"tlvs in replies  2 used, 3 untouched, 1 without any, 4 with I, not verified "
		"there, "
		"5 with a missing or wrong HMAC, 7 malformed, 8 that do not match, 9 shorter than "
		"sent, 10 of other links discarded, 6 TLVs with U, not understood\n"
		"note             TLVs came back untouched: the reflector processes none of these; "
		"TWAMP Light processes none at all\n");
}

static void parts_that_are_not_known_are_told(void **state)
{
	const struct tlv_request request = tlvs_of("location direct-measurement cos=1");
	const struct tlv_summary summary = {
		.request = &request,
		.location = { .known = true, .source_port = 5 },
		.location_changed = true,
		.translation_known = true,
		.translated = true,
		.direct_measurement = { true, 1, 1, 0 },
		.class_of_service = { .replies = 1 },
	};

	(void)state;
	assert_string_equal(
		text_of(&summary),
		"tlvs             location, direct-measurement, cos\n"
		"tlvs in replies  0 used\n"
		"location         from unknown port 5 to unknown port unknown, source MAC unknown; "
		"not as here: addresses are translated on the way (NAT); it changed\n"
		"class of service DSCP 0 sent, 0 arrived, ECN 0\n"
		"reply's DSCP     1 wanted, unknown with which it came\n"
		"counters         sent 1, received there 1, sent back 0; lost unknown (fewer than "
		"two replies, or it does not count this run alone)\n");
}

/* clang-format off */
static const struct line_case {
	const char *name;
	struct tlv_reply reply;
	const char *line;
} lines[] = {
	{ "a reply without TLVs", { .state = TLV_REPLY_NONE }, " tlvs=none" },
	{ "a reply that is untouched", { .state = TLV_REPLY_UNTOUCHED, .read = 3, .unrecognized = 3 },
	  " tlvs=untouched" },
	{ "a reply with I", { .state = TLV_REPLY_INTEGRITY }, " tlvs=integrity-failed" },
	{ "a reply with a wrong HMAC", { .state = TLV_REPLY_UNVERIFIED, .malformed = true },
	  " tlvs=unverified malformed" },
	{ "a reply of which one is not understood", { .state = TLV_REPLY_USED, .read = 3, .unrecognized = 1,
	    .mismatched = true }, " tlvs=2/3 mismatched" },
	{ "a reply with all that fits into a line", { .state = TLV_REPLY_USED, .read = 3,
	    .class_of_service = { true, 10, 2, true }, .direct_measurement = { true, 5, 4, 3 },
	    .follow_up = { .known = true, .delay_known = true, .delay_ns = -950 } },
	  " tlvs=3/3 dscp=10 ecn=2 refused counters=5/4/3 follow-up=-950 ns" },
};
/* clang-format on */

static void line_is(void **state)
{
	const struct line_case *c = *state;

	assert_string_equal(line_of(&c->reply), c->line);
}

/* The member at a path like "location.source_mac". */
static const json_t *member(const json_t *json, const char *path)
{
	char text[64];

	snprintf(text, sizeof(text), "%s", path);
	for (char *key = strtok(text, "."); key; key = strtok(NULL, "."))
		json = json_object_get(json, key);
	assert_non_null(json);
	return json;
}

static void text_at(const json_t *json, const char *path, const char *text)
{
	assert_string_equal(json_string_value(member(json, path)), text);
}

static void number_at(const json_t *json, const char *path, int64_t number)
{
	assert_int_equal(json_integer_value(member(json, path)), number);
}

static void json_has_all_of_the_run(void **state)
{
	const struct tlv_request request = tlvs_of(EVERYTHING);
	const struct tlv_summary summary = full_summary(&request);
	json_t *json = report_tlv_summary_json(&summary);

	(void)state;
	assert_int_equal(json_array_size(member(json, "sent")), 8);
	number_at(json, "replies.used", 9);
	text_at(json, "location.source_mac", "02:00:00:00:00:ab");
	number_at(json, "location.source_port", 40000);
	assert_true(json_is_false(member(json, "location.translated")));
	text_at(json, "timestamp_information.receive.source", "ptp");
	text_at(json, "timestamp_information.send.source", "code-200");
	assert_true(json_is_null(member(json, "timestamp_information.send.method")));
	number_at(json, "class_of_service.dscp_changed", 2);
	number_at(json, "class_of_service.refused", 4);
	number_at(json, "class_of_service.reply_dscp", 46);
	number_at(json, "direct_measurement.lost_forward", 1);
	number_at(json, "direct_measurement.lost_backward", 0);
	number_at(json, "follow_up.delay_ns.p50", 2000);
	text_at(json, "access_report.state", "answered");
	number_at(json, "destination.not_intended", 1);
	number_at(json, "micro_session.reflector", 33);
	json_decref(json);
}

static const char *const null_members[] = {
	"location",           "timestamp_information", "class_of_service",
	"direct_measurement", "access_report",         "follow_up",
	"destination",        "micro_session",
};

static void json_is_null_for_what_was_not_asked_for(void **state)
{
	const struct tlv_request request = tlvs_of("padding");
	const struct tlv_summary summary = { .request = &request };
	const struct tlv_reply reply = { .state = TLV_REPLY_USED };
	json_t *run = report_tlv_summary_json(&summary);
	json_t *line = report_tlv_reply_json(&reply);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(null_members); i++) {
		assert_true(json_is_null(member(run, null_members[i])));
		assert_true(json_is_null(member(line, null_members[i])));
	}
	json_decref(run);
	json_decref(line);
}

static void json_has_all_of_a_reply(void **state)
{
	const struct tlv_reply reply = {
		.state = TLV_REPLY_USED,
		.read = 8,
		.location = location(),
		.class_of_service = { true, 10, 2, true },
		.direct_measurement = { true, 0xffffffff, 4, 3 },
		.follow_up = { .known = true, .sequence = 7, .method = STAMP_METHOD_HARDWARE },
		.micro_session = { true, 7, 0 },
		.access_report = TLV_ANSWER_TAKEN,
		.node = TLV_ANSWER_REFUSED,
	};
	json_t *json = report_tlv_reply_json(&reply);

	(void)state;
	text_at(json, "state", "used");
	text_at(json, "location.destination_address", "192.0.2.2");
	assert_true(json_is_true(member(json, "class_of_service.refused")));
	number_at(json, "direct_measurement.sender_sent", 4294967295);
	number_at(json, "follow_up.reflector_sequence", 7);
	assert_true(json_is_null(member(json, "follow_up.delay_ns")));
	text_at(json, "follow_up.method", "hardware");
	assert_true(json_is_null(member(json, "micro_session.reflector")));
	assert_true(json_is_true(member(json, "access_report")));
	assert_true(json_is_false(member(json, "destination")));
	json_decref(json);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(lines) + 7];
	size_t count = 0;

	ADD_CASES(tests, count, lines, line_is);
	ADD_TEST(tests, count, all_is_told);
	ADD_TEST(tests, count, nothing_told_is_unknown);
	ADD_TEST(tests, count, what_was_not_asked_for_is_not_mentioned);
	ADD_TEST(tests, count, parts_that_are_not_known_are_told);
	ADD_TEST(tests, count, json_has_all_of_the_run);
	ADD_TEST(tests, count, json_is_null_for_what_was_not_asked_for);
	ADD_TEST(tests, count, json_has_all_of_a_reply);
	return RUN_TESTS(tests, count, NULL, NULL);
}
