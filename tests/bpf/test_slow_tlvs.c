/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * TLVs in the slow path: with which keys they are verified and signed, what they make of the reply,
 * and what the program is told of it. HMACs were made as for test_request_tlvs.
 */
#include <errno.h>
#include <string.h>

#include "lib/cases.h"
#include "lib/golden.h"
#include "lib/hex.h"
#include "lib/prefix_of.h"
#include "lib/slow_scene.h"
#include "lib/tlv_rows.h"
#include "stamp/wire.h"

#define NTP_1970 2208988800ULL
#define OTHER_LINK (TLV_ROW_LINK + 1) /* of the second interface */

static void begin(void)
{
	slow_scene_reset();
	slow_scene.interfaces[0].micro_session_id = TLV_ROW_LINK;
	slow_scene.interfaces[1].micro_session_id = OTHER_LINK;
	prog_run_add_address(slow_scene.runs[0], "192.0.2.7", 0);
}

static bool is_authenticated(enum slow_peer peer)
{
	return peer < OPEN_STATELESS;
}

static uint32_t base_size(enum slow_peer peer)
{
	return is_authenticated(peer) ? STAMP_AUTH_SIZE : STAMP_BASE_SIZE;
}

/* Adds the worked request, number 42, of the peer's mode, with TLVs behind it. */
static struct fake_packet *add(enum slow_peer peer, const char *tlvs)
{
	uint8_t octets[GOLDEN_MAX + TLV_ROW_MAX];
	uint32_t size = golden_read(is_authenticated(peer) ? "auth_request" : "request", octets);
	struct fake_packet *packet;

	size += hex_read(tlvs, octets + size, TLV_ROW_MAX);
	packet = slow_scene_add(peer, octets, size);
	packet->request.traffic_class = TLV_ROW_TRAFFIC_CLASS;
	return packet;
}

static const struct slow_reply *reply_to(const struct fake_packet *packet)
{
	return &slow_scene.batch.packets[packet - slow_scene.io.packets].reply;
}

static void assert_outcome(const struct fake_packet *packet, enum stamp_outcome expected)
{
	if (reply_to(packet)->outcome != expected)
		fail_msg("%s, not %s", prog_run_outcome_name(reply_to(packet)->outcome),
			 prog_run_outcome_name(expected));
}

static void assert_tlvs(const struct fake_packet *packet, enum slow_peer peer, const char *expected)
{
	uint8_t octets[TLV_ROW_MAX];
	uint32_t length = hex_read(expected, octets, TLV_ROW_MAX);

	assert_true(packet->is_sent);
	assert_int_equal(packet->sent_length, base_size(peer) + length);
	hex_assert_equal("TLVs", packet->sent + base_size(peer), octets, length);
	if (is_authenticated(peer))
		assert_true(slow_scene_is_signed(WORKED_KEY, packet->sent));
}

#define COS "80040004 b8000000"
#define COS_BACK "00040004 b8a80000"
#define COS_I "a0040004 b8000000"
#define BY_WORKED_KEY "84a29dff58f27dd6cf67095d64730bd8"       /* of number 42 and COS */
#define BY_WORKED_KEY_BACK "ac846385ab4a5af9b4365be950cf5875"  /* of number 42 and COS_BACK */
#define BY_WORKED_KEY_FIRST "90cb8af9c24b6bd37d4a4e8c54435653" /* of number 0 and COS_BACK */
#define BY_OTHER_KEY "8eb6f599fb6e2ac8d8eb7095f330708f"
#define BY_OTHER_KEY_BACK "ccd529536beb199ec143301a9d8a6b02"
#define ADDRESS "80090004 c0000207"
#define ADDRESS_BY_WORKED_KEY "3bc93b13e1bf240ff0d933143d4bac41"
#define ADDRESS_BY_WORKED_KEY_BACK "5c55ffea73730c418e3573d3201c84a7"

/* clang-format off */
static const struct key_case {
	const char *name;
	enum slow_peer peer;
	const char *asked, *answered;
	uint16_t dscp; /* as in struct tlv_row */
	const char *source;
} key_cases[] = {
	{ "R8972-4.8-8: the worked example", AUTH_STATELESS,
	  COS "80080010" BY_WORKED_KEY "80010004 deadbeef",
	  COS_BACK "00080010" BY_WORKED_KEY_BACK "00010004 deadbeef", TLV_DSCP(46), NULL },
	{ "R8972-4.8-8: the session's own number is covered", AUTH_STATEFUL,
	  COS "80080010" BY_WORKED_KEY, COS_BACK "00080010" BY_WORKED_KEY_FIRST, TLV_DSCP(46), NULL },
	{ "R8972-4.8-4: in unauthenticated mode", OPEN_TLV_KEY,
	  COS "80080010" BY_WORKED_KEY, COS_BACK "00080010" BY_WORKED_KEY_FIRST, TLV_DSCP(46), NULL },
	{ "R8972-4.8-1: a key of the TLVs' own", AUTH_TLV_KEY,
	  COS "80080010" BY_OTHER_KEY, COS_BACK "00080010" BY_OTHER_KEY_BACK, TLV_DSCP(46), NULL },
	{ "R8972-4.8-6: the base packet's key is another then", AUTH_TLV_KEY,
	  COS "80080010" BY_WORKED_KEY, COS_I "a0080010" BY_WORKED_KEY, 0, NULL },
	{ "R8972-4.8-8: the key that verifies signs", AUTH_TWO_KEYS,
	  COS "80080010" BY_OTHER_KEY, COS_BACK "00080010" BY_OTHER_KEY_BACK, TLV_DSCP(46), NULL },
	{ "R8972-4.8-8: the other key of the session, too", AUTH_TWO_KEYS,
	  COS "80080010" BY_WORKED_KEY, COS_BACK "00080010" BY_WORKED_KEY_BACK, TLV_DSCP(46), NULL },
	{ "R8972-4.8-5: a wrong HMAC, and the DSCP stays", AUTH_STATEFUL, COS "80080010" Z16,
	  COS_I "a0080010" Z16, 0, NULL },
	{ "R8972-4.8-5: so it does in unauthenticated mode", OPEN_TLV_KEY, COS "80080010" Z16,
	  COS_I "a0080010" Z16, 0, NULL },
	{ "A-07: no HMAC TLV in authenticated mode", AUTH_STATEFUL, COS, COS_I, 0, NULL },
	{ "A-07: no HMAC TLV where there is a key for it", OPEN_TLV_KEY, COS, COS_I, 0, NULL },
	{ "R8972-4.8-1: lone Extra Padding", AUTH_STATEFUL, "80010002 abcd", "00010002 abcd", 0,
	  NULL },
	{ "A-08: an HMAC TLV where there is no key", OPEN_STATELESS, COS "80080010" BY_WORKED_KEY,
	  COS_I "a0080010" BY_WORKED_KEY, 0, NULL },
	{ "A-18: malformed in authenticated mode", AUTH_STATEFUL, COS "80050000",
	  COS "40050000", 0, NULL },
	{ "R9503-3-2: an address that is verified is the source", AUTH_STATELESS,
	  ADDRESS "80080010" ADDRESS_BY_WORKED_KEY,
	  "00090004 c0000207 00080010" ADDRESS_BY_WORKED_KEY_BACK, 0, "192.0.2.7" },
	{ "R9503-3-2: an address that is not verified is none", AUTH_STATELESS,
	  ADDRESS "80080010" Z16, "a0090004 c0000207 a0080010" Z16, 0, NULL },
	{ "R8972-4.2.2-3: no source MAC address is seen of a datagram", OPEN_STATELESS,
	  "80020010" Z4 "80010008" Z8, "00020010 035e4e20 00030008" Z8, 0, NULL },
	{ "R8972-4.4-4: more TLVs than the kernel answers", OPEN_STATELESS,
	  "00c80000 00c80000 00c80000 00c80000 00c80000 00c80000 00c80000 00c80000" COS,
	  "80c80000 80c80000 80c80000 80c80000 80c80000 80c80000 80c80000 80c80000" COS_BACK,
	  TLV_DSCP(46), NULL },
	{ "R8972-4-7: padding where no TLV is read", OPEN_TWAMP_LIGHT, COS "8008", COS "8008", 0,
	  NULL },
};
/* clang-format on */

static void tlvs_are_verified_and_signed(void **state)
{
	const struct key_case *c = *state;
	const struct slow_reply *reply;
	struct fake_packet *packet;
	struct stamp_address source;

	begin();
	packet = add(c->peer, c->asked);
	assert_int_equal(slow_scene_answer(), 0);
	assert_outcome(packet, OUTCOME_REFLECTED);
	assert_tlvs(packet, c->peer, c->answered);
	reply = reply_to(packet);
	assert_int_equal(reply->policy.flags & SESSION_SET_DSCP, c->dscp ? SESSION_SET_DSCP : 0);
	if (c->dscp)
		assert_int_equal(TLV_DSCP(reply->policy.dscp), c->dscp);
	assert_int_equal(reply->has_source, c->source != NULL);
	if (!c->source)
		return;
	source = prefix_of(c->source).address;
	assert_memory_equal(&reply->source, &source, sizeof(source));
}

/* R8762-4.4-4: right TLVs do not help. */
static void a_wrong_base_packet_gets_no_reply_whatever_its_tlvs(void **state)
{
	struct fake_packet *packet;

	(void)state;
	begin();
	packet = add(AUTH_STATEFUL, COS "80080010" BY_WORKED_KEY);
	packet->payload[STAMP_HMAC_COVERS] ^= 1;
	assert_int_equal(slow_scene_answer(), 0);
	assert_outcome(packet, OUTCOME_BAD_HMAC);
	assert_int_equal(slow_scene_sessions(0), 0);
}

/* R8972-4.2.2-3: of a frame. */
static void a_frames_source_mac_is_told(void **state)
{
	struct fake_packet *packet;

	(void)state;
	begin();
	packet = add(OPEN_STATELESS, "80020010" Z4 "80010008" Z8);
	packet->request.has_source_mac = true;
	memcpy(packet->request.source_mac, (uint8_t[]){ 2, 0, 0, 0, 0xab, 0xcd }, 6);
	assert_int_equal(slow_scene_answer(), 0);
	assert_tlvs(packet, OPEN_STATELESS, "00020010 035e4e20 00020008 02000000abcd 0000");
}

static const struct member_case {
	const char *name;
	enum slow_peer peer;
	const char *asked;
	enum stamp_outcome outcome;
} member_cases[] = {
	{ "R9534-3.2-3: another link in unauthenticated mode", OPEN_STATEFUL, "800b0004 00070022",
	  OUTCOME_WRONG_MEMBER },
	{ "R9534-3.2-3: another link that is verified", AUTH_STATEFUL,
	  "800b0004 00070022 80080010 f3f848e470433748cd6c2510abcddd0e", OUTCOME_WRONG_MEMBER },
	{ "R9534-3.2-3: another link that is verified in unauthenticated mode", OPEN_TLV_KEY,
	  "800b0004 00070022 80080010 f3f848e470433748cd6c2510abcddd0e", OUTCOME_WRONG_MEMBER },
	{ "R9534-3.2-3: another link that is not verified", AUTH_STATEFUL,
	  "800b0004 00070022 80080010" Z16, OUTCOME_REFLECTED },
	{ "A-08: another link that nobody can verify", OPEN_STATEFUL,
	  "800b0004 00070022 80080010" Z16, OUTCOME_REFLECTED },
};

/* What is refused leaves no session and takes no number. */
static void member_is_checked(void **state)
{
	const struct member_case *c = *state;
	bool is_reflected = c->outcome == OUTCOME_REFLECTED;
	struct fake_packet *packet;

	begin();
	packet = add(c->peer, c->asked);
	assert_int_equal(slow_scene_answer(), 0);
	assert_outcome(packet, c->outcome);
	assert_int_equal(slow_scene_count(c->outcome), 1);
	assert_int_equal(slow_scene_sessions(0), is_reflected);
	slow_scene_next_batch();
	packet = add(c->peer, "");
	assert_int_equal(slow_scene_answer(), 0);
	assert_int_equal(packet_get32(packet->sent), is_reflected);
}

/* R9534-3.2-5: in one batch. */
static void each_link_has_its_own_number(void **state)
{
	struct fake_packet *packets[4];

	(void)state;
	begin();
	for (size_t i = 0; i < ARRAY_SIZE(packets); i++) {
		packets[i] = add(OPEN_STATELESS, i & 2 ? "800b0004 00070021" : "800b0004 00070000");
		packets[i]->request.interface = &slow_scene.interfaces[i & 1];
	}
	assert_int_equal(slow_scene_answer(), 0);
	assert_tlvs(packets[0], OPEN_STATELESS, "000b0004 00070021");
	assert_tlvs(packets[1], OPEN_STATELESS, "000b0004 00070022");
	assert_tlvs(packets[2], OPEN_STATELESS, "000b0004 00070021");
	assert_outcome(packets[3], OUTCOME_WRONG_MEMBER);
}

/* R8972-4.5-2, A-12: over batches and within one. */
static void direct_measurement_counts_on(void **state)
{
	(void)state;
	begin();
	for (uint32_t number = 0; number < 9; number += 3) {
		slow_scene_next_batch();
		for (int i = 0; i < 3; i++)
			add(OPEN_STATELESS, "8005000c 00000063" F8);
		assert_int_equal(slow_scene_answer(), 0);
		for (uint32_t i = 0; i < 3; i++) {
			const uint8_t *tlv = slow_scene.io.packets[i].sent + STAMP_BASE_SIZE;

			assert_int_equal(packet_get32(tlv), 0x0005000c);
			assert_int_equal(packet_get32(tlv + 4), 0x63);
			assert_int_equal(packet_get32(tlv + 8), number + i + 1);
			assert_int_equal(packet_get32(tlv + 12), number + i);
		}
	}
}

#define FOLLOW_UP "80070010" Z16
#define FOLLOW_UP_SIGNED FOLLOW_UP "80080010 b67d36ae0da670f37340b774613300b5"
#define FOLLOW_UP_UNKNOWN "00070010" Z16

static uint64_t ntp_of(uint64_t monotonic_ns)
{
	uint64_t utc_ns = monotonic_ns + slow_scene.path.clock.utc_offset_ns;

	return (utc_ns / NSEC_PER_SEC + NTP_1970) << 32 |
	       (utc_ns % NSEC_PER_SEC << 32) / NSEC_PER_SEC;
}

/* The Follow-Up Telemetry of a reply tells of this one, or with `sent_ns` 0 of none. */
static void assert_follow_up(const struct fake_packet *packet, enum slow_peer peer, uint32_t number,
			     uint64_t sent_ns)
{
	const uint8_t *tlv = packet->sent + base_size(peer);
	uint8_t expected[TLV_ROW_MAX];

	hex_read(FOLLOW_UP_UNKNOWN, expected, TLV_ROW_MAX);
	if (sent_ns) {
		packet_put32(expected + 4, number);
		packet_put32(expected + 8, (uint32_t)(ntp_of(sent_ns) >> 32));
		packet_put32(expected + 12, (uint32_t)ntp_of(sent_ns));
		packet_put32(expected + 16, 0x02000000);
	}
	assert_true(packet->is_sent);
	hex_assert_equal("Follow-Up Telemetry", tlv, expected, 20);
}

static const struct sent_case {
	const char *name;
	enum slow_peer peer;
	const char *tlvs;
} sent_cases[] = {
	{ "R8972-4.7-5: in unauthenticated mode", OPEN_STATEFUL, FOLLOW_UP },
	{ "R8972-4.7-5: in authenticated mode", AUTH_STATEFUL, FOLLOW_UP_SIGNED },
};

/* the first has none before it; each batch is told of by another time. */
static void each_reply_is_followed_up(void **state)
{
	const struct sent_case *c = *state;
	uint64_t left = 0;

	begin();
	for (uint32_t number = 0; number < 600; number++) {
		struct fake_packet *packet;

		slow_scene_next_batch();
		packet = add(c->peer, c->tlvs);
		slow_scene.io.sent_ns = slow_scene.received_ns - 1000000 + number;
		assert_int_equal(slow_scene_answer(), 0);
		assert_int_equal(packet_get32(packet->sent), number);
		assert_follow_up(packet, c->peer, number - 1, left);
		left = slow_scene.io.sent_ns;
	}
}

/* Within a batch none has left yet; of the last of it the next batch is told. */
static void what_has_not_left_is_not_followed_up(void **state)
{
	const struct sent_case *c = *state;

	begin();
	slow_scene.io.sent_ns = slow_scene.received_ns;
	add(c->peer, c->tlvs);
	assert_int_equal(slow_scene_answer(), 0);
	slow_scene_next_batch();
	slow_scene.io.sent_ns = slow_scene.received_ns + 1;
	for (int i = 0; i < 3; i++)
		add(c->peer, c->tlvs);
	assert_int_equal(slow_scene_answer(), 0);
	assert_follow_up(&slow_scene.io.packets[0], c->peer, 0, slow_scene.received_ns);
	assert_follow_up(&slow_scene.io.packets[1], c->peer, 0, 0);
	assert_follow_up(&slow_scene.io.packets[2], c->peer, 0, 0);
	slow_scene_next_batch();
	add(c->peer, c->tlvs);
	assert_int_equal(slow_scene_answer(), 0);
	assert_follow_up(&slow_scene.io.packets[0], c->peer, 3, slow_scene.received_ns + 1);
}

/* When it left may not be known, and a reply that was not sent has not left. */
static void what_is_not_known_to_have_left_is_not_followed_up(void **state)
{
	const struct sent_case *c = *state;
	struct fake_packet *packet;

	for (int is_sent = 0; is_sent < 2; is_sent++) {
		begin();
		packet = add(c->peer, c->tlvs);
		packet->send_err = is_sent ? 0 : -ENOBUFS;
		slow_scene.io.sent_ns = is_sent ? 0 : slow_scene.received_ns;
		assert_int_equal(slow_scene_answer(), packet->send_err);
		slow_scene_next_batch();
		packet = add(c->peer, c->tlvs);
		assert_int_equal(slow_scene_answer(), 0);
		assert_int_equal(packet_get32(packet->sent), 1);
		assert_follow_up(packet, c->peer, 0, 0);
	}
}

/* The program's own replies are followed up by stampd's, and these by the program's. */
static void both_tiers_follow_each_other_up(void **state)
{
	static struct packet frame, reply;
	uint8_t payload[GOLDEN_MAX];
	uint32_t size = golden_read("request", payload);
	const struct packet_fields fields = {
		.source = "2001:db8:3::7",
		.payload = payload,
		.payload_length = size + hex_read(FOLLOW_UP, payload + size, TLV_ROW_MAX),
	};
	struct fake_packet *packets[2];
	uint8_t tlv[20];

	(void)state;
	begin();
	prog_run_add_address(slow_scene.runs[0], "2001:db8::2", 0);
	prog_run_set_clock(slow_scene.runs[0], &slow_scene.path.clock);
	packet_build(&frame, &fields);
	slow_scene.io.sent_ns = slow_scene.received_ns;
	packets[0] = add(OPEN_STATEFUL, FOLLOW_UP);
	packets[0]->request.key = prog_run_key(&frame);
	assert_int_equal(slow_scene_answer(), 0);
	assert_int_equal(prog_run_frame(slow_scene.runs[0], &frame, &reply), XDP_TX);
	hex_read("00070010 00000000", tlv, sizeof(tlv));
	packet_put32(tlv + 8, (uint32_t)(ntp_of(slow_scene.received_ns) >> 32));
	packet_put32(tlv + 12, (uint32_t)ntp_of(slow_scene.received_ns));
	packet_put32(tlv + 16, 0x02000000);
	hex_assert_equal("by the program", reply.data + reply.payload + size, tlv, sizeof(tlv));
	slow_scene_next_batch();
	packets[1] = add(OPEN_STATEFUL, FOLLOW_UP);
	packets[1]->request.key = prog_run_key(&frame);
	assert_int_equal(slow_scene_answer(), 0);
	packet_put32(tlv + 4, 1);
	memcpy(tlv + 8, reply.data + reply.payload + 4, 8); /* T3 */
	hex_assert_equal("by stampd", packets[1]->sent + size, tlv, sizeof(tlv));
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(key_cases) + ARRAY_SIZE(member_cases) +
				3 * ARRAY_SIZE(sent_cases) + 5];
	size_t count = 0;

	ADD_CASES(tests, count, key_cases, tlvs_are_verified_and_signed);
	ADD_CASES(tests, count, member_cases, member_is_checked);
	ADD_CASES(tests, count, sent_cases, each_reply_is_followed_up);
	ADD_CASES(tests, count, sent_cases, what_has_not_left_is_not_followed_up);
	ADD_CASES(tests, count, sent_cases, what_is_not_known_to_have_left_is_not_followed_up);
	ADD_TEST(tests, count, a_wrong_base_packet_gets_no_reply_whatever_its_tlvs);
	ADD_TEST(tests, count, a_frames_source_mac_is_told);
	ADD_TEST(tests, count, each_link_has_its_own_number);
	ADD_TEST(tests, count, direct_measurement_counts_on);
	ADD_TEST(tests, count, both_tiers_follow_each_other_up);
	return RUN_TESTS(tests, count, slow_scene_open, slow_scene_close);
}
