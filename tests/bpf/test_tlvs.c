/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TLVs that the XDP program answers by itself, octet by octet, and those that it leaves to stampd;
 * in native and in generic mode. */
#include <string.h>

#include "lib/cases.h"
#include "lib/hex.h"
#include "lib/scene.h"
#include "lib/tlv_rows.h"

#define NUMBER 42 /* of each request */
#define FIXED_DSCP 20

static struct prog_run *run;
static struct reflector_config settings;
static struct config config;
static struct packet request, reply;

/* Each has the SSID behind its place, and any sender. */
enum tlv_session {
	PLAIN,
	STATEFUL,
	STATEFUL_PTP,
	WITHOUT_PORTS,
	WITHOUT_MAC,
	WITHOUT_ADDRESSES,
	OF_ONE_DSCP,
	EVEN_DENIED,
	ODD_DENIED,
	WITH_KEY,
	IN_STAMPD,
	LIGHT,
};

/* clang-format off */
static const struct {
	uint32_t flags;
	uint64_t dscp_denied;
} sessions[] = {
	[PLAIN] = { 0, TLV_ROW_DENIED },
	[STATEFUL] = { SESSION_STATEFUL, TLV_ROW_DENIED },
	[STATEFUL_PTP] = { SESSION_STATEFUL | SESSION_PTP, TLV_ROW_DENIED },
	[WITHOUT_PORTS] = { SESSION_HIDE_PORTS, TLV_ROW_DENIED },
	[WITHOUT_MAC] = { SESSION_HIDE_MAC, TLV_ROW_DENIED },
	[WITHOUT_ADDRESSES] = { SESSION_HIDE_ADDRESSES, TLV_ROW_DENIED },
	[OF_ONE_DSCP] = { SESSION_SET_DSCP, TLV_ROW_DENIED },
	[EVEN_DENIED] = { 0, 0x5555555555555555 },
	[ODD_DENIED] = { 0, 0xaaaaaaaaaaaaaaaa },
	[WITH_KEY] = { SESSION_TLV_KEY, 0 },
	[IN_STAMPD] = { SESSION_TLVS_IN_STAMPD, 0 },
	[LIGHT] = { SESSION_TWAMP_LIGHT, 0 },
};
/* clang-format on */

static enum tlv_session session_with(uint32_t flags)
{
	enum tlv_session session = 0;

	while (sessions[session].flags != flags)
		assert_in_range(++session, 0, ARRAY_SIZE(sessions) - 1);
	return session;
}

static void provision(void)
{
	const struct prefix any = { .length = 0 };

	config_init(&config);
	config.packets_per_second = 0;
	for (enum tlv_session i = 0; i < ARRAY_SIZE(sessions); i++) {
		struct session_config *session = config_add_session(&config, "tlvs");

		assert_int_equal(session_config_allow(session, &any), 0);
		session->ssids[0] = (unsigned short)(i + 1);
		session->ssid_count = 1;
		session->new_sessions = 1000000;
		session->policy.flags = sessions[i].flags;
		session->policy.dscp = FIXED_DSCP;
		session->policy.dscp_denied = sessions[i].dscp_denied;
	}
	prog_run_set_sessions(run, &config);
	prog_run_set_limits(run, &config);
	prog_run_next_generation(run);
}

static int load(void **state)
{
	struct clock_reading clock = prog_run_clock_now();

	(void)state;
	if (scene_open(&run, &settings))
		return -1;
	provision();
	clock.error_estimate &= 0x7fff; /* nobody vouches for it */
	prog_run_set_clock(run, &clock);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	prog_run_close(run);
	config_free(&config);
	run = NULL;
	return 0;
}

static int begin(void **state)
{
	(void)state;
	prog_run_forget_sessions(run);
	return 0;
}

/* How a request comes. */
struct form {
	enum tlv_session session;
	bool is_ip6;
	unsigned int tags;
	enum packet_checksum checksum;
	uint32_t padding; /* octets behind the IP packet */
};

static struct packet_fields fields;
static uint8_t payload[PACKET_MAX];

static void build(const struct form *form, const uint8_t *tlvs, uint32_t length)
{
	const struct packet_fields row = {
		.traffic_class = TLV_ROW_TRAFFIC_CLASS,
		.checksum = form->checksum,
		.padding = form->padding,
		.payload = payload,
		.payload_length = STAMP_BASE_SIZE + length,
	};

	memset(payload, 0, STAMP_BASE_SIZE);
	packet_put32(payload, NUMBER);
	packet_put32(payload + 4, 0xeb3221c0);
	packet_put16(payload + 12, 0x8f84);
	packet_put16(payload + 14, (uint16_t)(form->session + 1));
	memcpy(payload + STAMP_BASE_SIZE, tlvs, length);
	fields = scene_fields(&row, PEER_STATELESS, form->is_ip6, form->tags);
	packet_build(&request, &fields);
}

/* The request as it was built comes to this. */
static void expect(const char *name, enum stamp_outcome outcome)
{
	struct outcome_counts before = prog_run_counts(run);
	enum xdp_action action = prog_run_frame(run, &request, &reply);
	struct outcome_counts after = prog_run_counts(run);

	for (uint32_t i = 0; i < OUTCOME_MAX; i++)
		if (after.by_outcome[i] != before.by_outcome[i] && i != outcome)
			fail_msg("%s: %s, not %s", name, prog_run_outcome_name(i),
				 prog_run_outcome_name(outcome));
	assert_int_equal(action, stamp_outcome_action(outcome));
}

/* What is not answered is left as it was, and no session knows of it. */
static void expect_no_answer(const char *name, enum stamp_outcome outcome)
{
	const struct session_key key = prog_run_key(&request);
	struct session_state before = { 0 }, after = { 0 };
	bool is_known = prog_run_find_session(run, &key, &before);

	expect(name, outcome);
	assert_int_equal(reply.length, request.length);
	assert_memory_equal(reply.data, request.data, request.length);
	assert_int_equal(prog_run_find_session(run, &key, &after), is_known);
	assert_memory_equal(&after, &before, sizeof(after));
}

static const uint8_t *replied(void)
{
	return reply.data + reply.payload;
}

/* The frame that left, built anew; of the base packet only what test_reply does not show. */
static void assert_reply(const char *name, const uint8_t *tlvs, uint16_t dscp, const char *source)
{
	static struct packet expected;
	static uint8_t octets[PACKET_MAX];
	struct packet_fields answer = packet_answer(&fields, octets, fields.payload_length);
	uint32_t length = fields.payload_length - STAMP_BASE_SIZE;

	if (dscp)
		answer.traffic_class = (uint8_t)(dscp << 2);
	if (source)
		answer.source = source;
	if (settings.generic)
		answer.checksum =
			fields.checksum == PACKET_UNFINISHED ? PACKET_UNFINISHED : PACKET_FULL;
	memcpy(octets, replied(), STAMP_BASE_SIZE);
	memcpy(octets + STAMP_BASE_SIZE, tlvs, length);
	packet_build(&expected, &answer);
	hex_assert_equal(name, replied() + STAMP_BASE_SIZE, tlvs, length);
	assert_int_equal(reply.length, expected.length);
	hex_assert_equal(name, reply.data, expected.data, expected.length);
	assert_int_equal(packet_get32(replied() + 24), NUMBER);
}

static void row_in_form(const struct tlv_row *row, const struct tlv_row_octets *octets,
			const struct form *form)
{
	struct session_key key;

	if (form->is_ip6 && form->checksum == PACKET_ABSENT)
		return;
	build(form, octets->asked, octets->length);
	if (row->use != IN_KERNEL) {
		expect_no_answer(row->name, OUTCOME_EXTENDED);
		return;
	}
	expect(row->name, OUTCOME_REFLECTED);
	assert_reply(row->name, octets->answered, row->dscp, row->source);
	key = prog_run_key(&request);
	prog_run_remove_session(run, &key); /* each is the first of its session */
}

/* In each row by 36 ways: both families, VLAN tags, even and odd places, checksums. */
static void row_is_answered(void **state)
{
	const struct tlv_row *row = *state;

	for (unsigned int i = 0; i < 36; i++) {
		const struct form form = {
			.session = session_with(row->flags),
			.is_ip6 = i & 1,
			.tags = i / 4 % 3,
			.checksum = i / 12, /* full, unfinished, absent */
			.padding = i % 5 * 4,
		};
		struct tlv_row_octets octets = tlv_row_read(row, i & 2);

		if (tlv_row_has(row, form.is_ip6))
			row_in_form(row, &octets, &form);
	}
}

#define COS "80040004 b8000000"
#define COS_BACK "00040004 b8a80000"
#define HMAC "80080010" Z16
#define TWO COS "80010001 aa"
#define TWO_BACK COS_BACK "00010001 aa"
#define SIX TWO TWO TWO
#define SIX_BACK TWO_BACK TWO_BACK TWO_BACK
#define FOUR_SUB_TLVS "00c80000 00c80000 00c80000 00c80000"
#define FOUR_SUB_TLVS_BACK "80c80000 80c80000 80c80000 80c80000"

/* clang-format off */
static const struct limit_case {
	const char *name, *asked, *answered; /* answered: "" by stampd, DSCP 46 in the kernel */
	enum tlv_session session;
} limit_cases[] = {
	{ "eight TLVs are answered", SIX TWO, SIX_BACK TWO_BACK, PLAIN },
	{ "nine are left to stampd", SIX TWO "00c80000", "", PLAIN },
	{ "so are eight and an octet left over", SIX TWO "80", "", PLAIN },
	{ "eight and a malformed one are left to stampd", SIX "00c80000" COS "80060000",
	  "", PLAIN },
	{ "seven and a malformed one are answered", SIX "00c80000 80060000",
	  SIX_BACK "80c80000 40060000", PLAIN },
	{ "four sub-TLVs in each of two are answered",
	  COS "80020014" Z4 FOUR_SUB_TLVS "80030014" Z4 FOUR_SUB_TLVS,
	  COS_BACK "00020014 035e4e20" FOUR_SUB_TLVS_BACK "00030014 05020502" FOUR_SUB_TLVS_BACK,
	  PLAIN },
	{ "five sub-TLVs are left to stampd", "80020018" Z4 FOUR_SUB_TLVS "00c80000", "", PLAIN },
	{ "R8972-4.8-5: an HMAC TLV is left to stampd", HMAC, "", PLAIN },
	{ "R8972-4.8-5: so are TLVs in front of one", COS HMAC, "", PLAIN },
	{ "R8972-4.8-3: and those behind one", HMAC COS, "", PLAIN },
	{ "A-17: a malformed HMAC TLV, too", COS "8008000f" F8 F4 "ffffff", "", PLAIN },
	{ "R9534-3.2-3: another link that is to be verified is not refused yet",
	  "800b0004 00070022" HMAC, "", PLAIN },
	{ "A-07: no TLV is answered where a key is needed", COS, "", WITH_KEY },
	{ "R8972-4.8-1: not even Extra Padding", "80010000", "", WITH_KEY },
	{ "R9534-3.2-3: another link is not refused where a key is needed", "800b0004 00070022", "",
	  WITH_KEY },
	{ "no TLV is answered where stampd is to do it", COS, "", IN_STAMPD },
	{ "A-05: nor an octet left over", "80", "", IN_STAMPD },
};
/* clang-format on */

static void what_the_kernel_answers_has_limits(void **state)
{
	const struct limit_case *c = *state;
	uint8_t asked[TLV_ROW_MAX], answered[TLV_ROW_MAX];
	uint32_t length = hex_read(c->asked, asked, TLV_ROW_MAX);

	for (unsigned int i = 0; i < 6; i++) {
		const struct form form = { c->session, .is_ip6 = i & 1, .tags = i / 2 };

		build(&form, asked, length);
		if (!*c->answered) {
			expect_no_answer(c->name, OUTCOME_EXTENDED);
			continue;
		}
		expect(c->name, OUTCOME_REFLECTED);
		assert_int_equal(hex_read(c->answered, answered, TLV_ROW_MAX), length);
		assert_reply(c->name, answered, 46, NULL);
	}
}

/* The answer to TLVs that have been read into `request` by build(). */
static const uint8_t *ask(const struct form *form, const char *asked)
{
	uint8_t octets[TLV_ROW_MAX];

	build(form, octets, hex_read(asked, octets, TLV_ROW_MAX));
	expect(asked, OUTCOME_REFLECTED);
	return replied() + STAMP_BASE_SIZE;
}

static void assert_octets(const char *name, const uint8_t *octets, const char *expected)
{
	uint8_t read[TLV_ROW_MAX];
	uint32_t length = hex_read(expected, read, TLV_ROW_MAX);

	hex_assert_equal(name, octets, read, length);
}

static uint8_t replied_dscp(void)
{
	const uint8_t *ip = reply.data + reply.ip;

	return packet_is_ip6(&reply) ? (uint8_t)(packet_get16(ip) >> 6 & 63) : ip[1] >> 2;
}

/* R8972-4-6: sessions whose TLVs are stampd's have their base packets answered here. */
static void without_tlvs_every_session_is_answered(void **state)
{
	static const enum tlv_session all[] = { PLAIN, WITH_KEY, IN_STAMPD, LIGHT };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		ask(&(struct form){ all[i], .padding = 20 }, "");
}

/* R8972-4-7: tlvs: false, whatever there is. */
static void without_tlv_processing_all_is_copied(void **state)
{
	static const char *const tails[] = { COS,        HMAC,   "80", "800b0004 00070022",
					     "80040000", SIX SIX };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tails); i++) {
		assert_octets(tails[i], ask(&(struct form){ LIGHT, .is_ip6 = i & 1 }, tails[i]),
			      tails[i]);
		assert_int_equal(replied_dscp(), TLV_ROW_DSCP);
	}
}

/* R8972-4.4-4, R8972-4.4-5, R8972-6-2: each DSCP, permitted in one session and not in another; of
 * a session that is new, and of one that is known. */
static void a_dscp_is_used_where_it_is_permitted(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 2 * 64 * 2; i++) {
		uint32_t wanted = i / 4;
		const struct form form = { i & 1 ? EVEN_DENIED : ODD_DENIED, .is_ip6 = i & 2 };
		bool is_denied = (wanted & 1) != (i & 1);
		uint8_t octets[8] = { 0x80, 4, 0, 4, (uint8_t)(wanted << 2) };

		build(&form, octets, sizeof(octets));
		expect("a wish", OUTCOME_REFLECTED);
		assert_int_equal(packet_get32(replied() + STAMP_BASE_SIZE + 4),
				 wanted << 26 | TLV_ROW_TRAFFIC_CLASS << 18 | is_denied << 16);
		assert_int_equal(replied_dscp(), is_denied ? TLV_ROW_DSCP : wanted);
	}
}

/* What was denied gets the DSCP that came, and not the configured one. */
static void a_wish_goes_before_the_configured_dscp(void **state)
{
	const struct form form = { .session = OF_ONE_DSCP };

	(void)state;
	ask(&form, "80010000");
	assert_int_equal(replied_dscp(), FIXED_DSCP);
	ask(&form, COS);
	assert_int_equal(replied_dscp(), 46);
	ask(&form, "80040004 fc000000");
	assert_int_equal(replied_dscp(), TLV_ROW_DSCP);
}

/* R9534-3.2-3: wherever it stands, and whatever stands beside it. */
static void another_links_request_is_dropped_without_a_number(void **state)
{
	static const char *const wrong[] = {
		"800b0004 00070022",
		"800b0004 0007ffff",
		"80010001 aa 800b0004 00070022",
		"800b0004 00070021 800b0004 00070022" COS,
		"800b0004 00070022 80040000",
		"800b0004 00070022 80",
	};

	(void)state;
	for (uint32_t i = 0; i < 2 * ARRAY_SIZE(wrong); i++) {
		const struct form form = { STATEFUL, .is_ip6 = i & 1 };
		uint8_t octets[TLV_ROW_MAX];

		build(&form, octets, hex_read(wrong[i / 2], octets, TLV_ROW_MAX));
		expect_no_answer(wrong[i / 2], OUTCOME_WRONG_MEMBER);
		ask(&form, "800b0004 00070021");
		assert_int_equal(packet_get32(replied()), i / 2);
	}
}

/* R8972-4.5-2, A-12: of the session, with TLVs or without, refused or not. */
static void requests_that_were_too_many_are_counted_as_received(void **state)
{
	const struct config limits = { .packets_per_second = 1,
				       .burst = 10,
				       .ref_wait_ns = 900 * NSEC_PER_SEC };
	const struct form form = { .session = PLAIN };
	const char *asked = "8005000c 00000063" F8;
	uint32_t sent = 0, answered = 0;
	const uint8_t *counts;

	(void)state;
	for (; sent < 5; sent++, answered++) {
		counts = ask(&form, sent & 1 ? asked : "");
		if (sent & 1)
			assert_int_equal(packet_get32(counts + 12), answered);
	}
	prog_run_set_limits(run, &limits);
	for (; sent < 100; sent++)
		answered += prog_run_frame(run, &request, &reply) == XDP_TX;
	prog_run_set_limits(run, &config);
	counts = ask(&form, asked);
	assert_int_equal(packet_get32(counts + 4), 0x63);
	assert_int_equal(packet_get32(counts + 8), sent + 1);
	assert_int_equal(packet_get32(counts + 12), answered);
	assert_in_range(answered, 15, sent - 1);
}

static uint64_t get64(const uint8_t *octets)
{
	return (uint64_t)packet_get32(octets) << 32 | packet_get32(octets + 4);
}

/* R8972-4.7-5, A-11: of the reply before, with TLVs or without. */
static void each_reply_of_a_stateful_session_is_followed_up(void **state)
{
	static const enum tlv_session stateful[] = { STATEFUL, STATEFUL_PTP };
	const char *asked = "80070010" F16;

	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		const struct form form = { stateful[i / 2], .is_ip6 = i & 1 };
		uint64_t left = 0;

		for (uint32_t number = 0; number < 600; number++) {
			const uint8_t *tlv = ask(&form, number % 3 == 1 ? "" : asked);

			assert_int_equal(packet_get32(replied()), number);
			if (!number)
				assert_octets("the first", tlv, "00070010" Z16);
			if (number && number % 3 != 1) {
				assert_int_equal(packet_get32(tlv + 4), number - 1);
				assert_in_range(get64(tlv + 8), left, get64(replied() + 16));
				assert_int_equal(packet_get32(tlv + 16), 0x02000000);
			}
			left = get64(replied() + 4);
		}
	}
}

/* R8972-4.7-4: however many there were. */
static void no_reply_of_a_stateless_session_is_followed_up(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		assert_octets("stateless", ask(&(struct form){ .session = PLAIN }, "80070010" F16),
			      "00070010" Z16);
}

#define FRONT 86    /* octets in front of the TLVs, over IPv4 without a tag */
#define LINEAR 3520 /* octets of the first fragment of a frame in a test run */
#define ROUND_IT 30 /* octets on either side of its end */

/* clang-format off */
static const struct fragment_case {
	const char *name, *asked, *answered;
	enum stamp_outcome outcome; /* where all of it can be touched */
	uint16_t dscp;
} fragment_cases[] = {
	{ "Class of Service", COS, COS_BACK, OUTCOME_REFLECTED, TLV_DSCP(46) },
	{ "Location", "80020010" Z4 "80010008" Z8, "00020010 035e4e20 00020008 020000000001 0000",
	  OUTCOME_REFLECTED, 0 },
	{ "Follow-Up Telemetry", "80070010" F16, "00070010" Z16, OUTCOME_REFLECTED, 0 },
	{ "a Destination Node Address", "80090004 c0000202", "00090004 c0000202",
	  OUTCOME_REFLECTED, 0 },
	{ "another link", "800b0004 00070022", "800b0004 00070022", OUTCOME_WRONG_MEMBER, 0 },
	{ "an unknown TLV", "00c80008" F8, "80c80008" F8, OUTCOME_REFLECTED, 0 },
	{ "a malformed TLV", "80040005" F4 "ff", "40040005" F4 "ff", OUTCOME_REFLECTED, 0 },
	{ "octets left over", "800100", "c00100", OUTCOME_REFLECTED, 0 },
};
/* clang-format on */

/* Writes a TLV of Extra Padding that has `size` octets; where the next one is. */
static uint8_t *put_padding(uint8_t *octets, uint32_t size, uint8_t flags)
{
	memset(octets, 0x5c, size);
	packet_put16(octets, (uint16_t)(flags << 8 | STAMP_TLV_EXTRA_PADDING));
	packet_put16(octets + 2, (uint16_t)(size - 4));
	return octets + size;
}

/* Whether the request as it was built is left to stampd, found out without a trace. */
static bool is_left_to_stampd(void)
{
	const uint64_t before = prog_run_counts(run).by_outcome[OUTCOME_EXTENDED];

	prog_run_frame(run, &request, &reply);
	prog_run_forget_sessions(run);
	return prog_run_counts(run).by_outcome[OUTCOME_EXTENDED] != before;
}

/* A TLV that begins there and is the last one of its frame. */
static bool is_left_to_stampd_from(const struct fragment_case *c, uint32_t at)
{
	static uint8_t asked[PACKET_MAX], answered[PACKET_MAX];
	uint8_t *last = put_padding(asked, at - FRONT, 0x80);
	uint32_t length = at - FRONT + hex_read(c->asked, last, TLV_ROW_MAX);

	last = put_padding(answered, at - FRONT, 0);
	hex_read(c->answered, last, TLV_ROW_MAX);
	build(&(struct form){ .session = PLAIN }, asked, length);
	if (is_left_to_stampd()) {
		expect_no_answer(c->name, OUTCOME_EXTENDED);
		return true;
	}
	if (c->outcome == OUTCOME_REFLECTED) {
		expect(c->name, c->outcome);
		assert_reply(c->name, answered, c->dscp, NULL);
	} else {
		expect_no_answer(c->name, c->outcome);
	}
	return false;
}

/* R8972-6-1, SEC-5: a frame in fragments is answered as a whole or left to stampd as a whole,
 * wherever the first one ends. */
static void what_lies_in_fragments_is_answered_whole_or_not_at_all(void **state)
{
	uint32_t left_to_stampd = 0;

	for (uint32_t at = LINEAR - ROUND_IT; at <= LINEAR + ROUND_IT; at++)
		left_to_stampd += is_left_to_stampd_from(*state, at);
	assert_in_range(left_to_stampd, ROUND_IT / 2, 2 * ROUND_IT);
}

/* Extra Padding is answered wherever it ends. */
static void padding_may_lie_in_fragments(void **state)
{
	static const uint32_t sizes[] = { 3400, 3434, 3435, 3436, 3437, 3438, 5000, 8000 };
	static uint8_t asked[PACKET_MAX], answered[PACKET_MAX];

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(sizes); i++) {
		const struct form form = { PLAIN, .is_ip6 = i & 1, .padding = i & 1 };
		uint32_t size = sizes[i / 2], cos = hex_read(COS, asked, PACKET_MAX);

		hex_read(COS_BACK, answered, PACKET_MAX);
		put_padding(asked + cos, size, 0x80);
		put_padding(answered + cos, size, 0);
		build(&form, asked, cos + size);
		expect("Extra Padding", OUTCOME_REFLECTED);
		assert_reply("Extra Padding", answered, 46, NULL);
	}
}

#define GROUP_MAX (ARRAY_SIZE(tlv_rows) + ARRAY_SIZE(limit_cases) + ARRAY_SIZE(fragment_cases) + 9)

static int run_in_mode(bool is_generic)
{
	static struct CMUnitTest tests[GROUP_MAX];
	size_t count = 0;

	settings = prog_run_config();
	settings.generic = is_generic;
	settings.micro_session_id = TLV_ROW_LINK;
	ADD_CASES(tests, count, tlv_rows, row_is_answered);
	ADD_CASES(tests, count, limit_cases, what_the_kernel_answers_has_limits);
	ADD_CASES(tests, count, fragment_cases,
		  what_lies_in_fragments_is_answered_whole_or_not_at_all);
	ADD_TEST(tests, count, without_tlvs_every_session_is_answered);
	ADD_TEST(tests, count, without_tlv_processing_all_is_copied);
	ADD_TEST(tests, count, a_dscp_is_used_where_it_is_permitted);
	ADD_TEST(tests, count, a_wish_goes_before_the_configured_dscp);
	ADD_TEST(tests, count, another_links_request_is_dropped_without_a_number);
	ADD_TEST(tests, count, requests_that_were_too_many_are_counted_as_received);
	ADD_TEST(tests, count, each_reply_of_a_stateful_session_is_followed_up);
	ADD_TEST(tests, count, no_reply_of_a_stateless_session_is_followed_up);
	ADD_TEST(tests, count, padding_may_lie_in_fragments);
	for (size_t i = 0; i < count; i++)
		tests[i].setup_func = begin;
	return _cmocka_run_group_tests(is_generic ? "generic mode" : "native mode", tests, count,
				       load, unload);
}

/* */
static void a_link_without_a_number_understands_none(void **state)
{
	(void)state;
	for (int is_ip6 = 0; is_ip6 < 2; is_ip6++)
		assert_octets("no number",
			      ask(&(struct form){ PLAIN, .is_ip6 = is_ip6 },
				  "000b0004 00070022 800b0004 00070000"),
			      "800b0004 00070022 800b0004 00070000");
}

static int run_without_a_number(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_link_without_a_number_understands_none),
	};

	settings = prog_run_config();
	return cmocka_run_group_tests_name("a link without a number", tests, load, unload);
}

int main(void)
{
	int failed = run_in_mode(false);

	failed += run_in_mode(true);
	return failed + run_without_a_number();
}
