/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The slow path with the kernel's rules: which requests it answers, and the octets of its replies.
 */
#include <string.h>

#include "lib/cases.h"
#include "lib/golden.h"
#include "lib/slow_scene.h"
#include "stamp/wire.h"

#define NTP_1970 2208988800ULL
#define TAI_OFFSET 37
#define AUTH_T2 32 /* octets in front of T2 and T3 */
#define AUTH_T3 16
#define OPEN_T2 16
#define OPEN_T3 4
#define TAIL 39 /* octets behind a packet, as TLVs are */

static uint64_t time_at(const uint8_t *octets)
{
	return (uint64_t)packet_get32(octets) << 32 | packet_get32(octets + 4);
}

/* RFC 8762 section 4.2.1, both formats as one number. */
static uint64_t time_of(uint64_t utc_ns, bool is_ptp)
{
	uint64_t seconds = utc_ns / NSEC_PER_SEC, nanoseconds = utc_ns % NSEC_PER_SEC;

	if (is_ptp)
		return (seconds + TAI_OFFSET) << 32 | nanoseconds;
	return (seconds + NTP_1970) << 32 | (nanoseconds << 32) / NSEC_PER_SEC;
}

static uint64_t utc_by(clockid_t clock)
{
	struct timespec now;
	uint64_t ns;

	assert_int_equal(clock_gettime(clock, &now), 0);
	ns = (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
	return clock == CLOCK_MONOTONIC ? ns + slow_scene.path.clock.utc_offset_ns : ns;
}

/* Makes a request one whose T2 was taken by the other clock: the same T2. */
static void set_clock(struct fake_packet *packet, clockid_t clock)
{
	packet->request.clock = clock;
	packet->request.received_ns = clock == CLOCK_REALTIME ? SLOW_T2 : slow_scene.received_ns;
}

static enum stamp_outcome outcome_of(size_t i)
{
	return slow_scene.batch.packets[i].reply.outcome;
}

static void assert_outcome(size_t i, enum stamp_outcome expected)
{
	if (outcome_of(i) != expected)
		fail_msg("%zu: %s, not %s", i, prog_run_outcome_name(outcome_of(i)),
			 prog_run_outcome_name(expected));
}

struct worked_case {
	const char *name;
	enum slow_peer peer;
	const char *request, *reply;
	bool is_ptp;
};

/* clang-format off */
static const struct worked_case worked_cases[] = {
	{ "R8762-4.3.2-2: the worked reply in authenticated mode", AUTH_STATELESS, "auth_request",
	  "auth_reply", false },
	{ "R8762-4.3.1-2: the eighth of a stateful session", AUTH_STATEFUL, "auth_request",
	  "auth_reply_stateful", false },
	{ "TS-3: authenticated, in PTP", AUTH_PTP, "auth_request", "auth_reply_ptp", true },
	{ "the worked reply in unauthenticated mode", OPEN_STATELESS, "request", "reply", false },
	{ "unauthenticated, the eighth of a stateful session", OPEN_STATEFUL, "request",
	  "reply_stateful", false },
	{ "unauthenticated, in PTP", OPEN_PTP, "request", "reply_ptp", true },
	{ "in NTP to a sender that uses PTP", OPEN_STATELESS, "request_ptp", "reply_to_ptp",
	  false },
	{ "TW-6: to TWAMP Light", OPEN_TWAMP_LIGHT, "request", "reply_twamp_light", false },
};
/* clang-format on */

/* All but T3, and in authenticated mode the HMAC, which must fit to what was sent. */
static void assert_worked(const struct fake_packet *packet, const char *golden)
{
	uint8_t expected[GOLDEN_MAX];
	size_t length = golden_read(golden, expected);
	size_t t3 = length == STAMP_AUTH_SIZE ? AUTH_T3 : OPEN_T3;

	assert_true(packet->is_sent);
	assert_int_equal(packet->sent_length, length);
	memcpy(expected + t3, packet->sent + t3, 8);
	if (length == STAMP_AUTH_SIZE)
		slow_scene_sign(WORKED_KEY, expected);
	assert_memory_equal(packet->sent, expected, length);
}

/* The seven before it make it the eighth. */
static void assert_eighth_is_worked(const struct worked_case *c, clockid_t clock)
{
	uint64_t before = 0, t3;

	for (int i = 0; i < 8; i++) {
		slow_scene_next_batch();
		set_clock(slow_scene_add_golden(c->peer, c->request), clock);
		before = utc_by(clock);
		assert_int_equal(slow_scene_answer(), 0);
		assert_outcome(0, OUTCOME_REFLECTED);
	}
	assert_worked(&slow_scene.io.packets[0], c->reply);
	t3 = time_at(slow_scene.io.packets[0].sent +
		     (slow_scene.io.packets[0].sent_length == STAMP_AUTH_SIZE ? AUTH_T3 : OPEN_T3));
	assert_in_range(t3, time_of(before, c->is_ptp), time_of(utc_by(clock), c->is_ptp));
}

/* T2 is the request's, taken by either clock; T3 is now, by the same one. */
static void reply_is_the_worked_one(void **state)
{
	const struct worked_case *c = *state;
	const clockid_t clocks[] = { CLOCK_MONOTONIC, CLOCK_REALTIME };

	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
		slow_scene_reset();
		assert_eighth_is_worked(c, clocks[i]);
		assert_int_equal(slow_scene_sessions(0), 1);
		assert_int_equal(slow_scene_sessions(1), 0);
	}
}

/* Of 112 octets or more, how a request is made unlike the worked one. */
enum damage {
	NONE,
	UNSIGNED,      /* zeros for its HMAC */
	OTHER_SIGNED,  /* by a key of another session */
	ZERO_ESTIMATE, /* a Multiplier of 0, signed again */
	ZERO_UNSIGNED, /* a Multiplier of 0, not signed again */
};

struct refused_case {
	const char *name;
	enum slow_peer peer;
	const char *golden;
	size_t length; /* of the golden octets, and zeros behind them */
	enum damage damage;
	enum stamp_outcome outcome;
};

/* clang-format off */
static const struct refused_case refused_cases[] = {
	{ "A-20: 111 octets", AUTH_STATEFUL, "auth_request", 111, NONE, OUTCOME_TOO_SHORT },
	{ "R8762-4-3: a base packet in authenticated mode", AUTH_STATEFUL, "request", 44, NONE,
	  OUTCOME_TOO_SHORT },
	{ "13 octets", OPEN_STATEFUL, "request", 13, NONE, OUTCOME_TOO_SHORT },
	{ "no octet", OPEN_STATEFUL, "request", 0, NONE, OUTCOME_TOO_SHORT },
	{ "43 octets where they are not allowed", OPEN_STATELESS, "request", 43, NONE,
	  OUTCOME_TOO_SHORT },
	{ "a base packet with padding in authenticated mode", AUTH_STATEFUL, "request", 200, NONE,
	  OUTCOME_BAD_HMAC },
	{ "no HMAC", AUTH_STATEFUL, "auth_request", 112, UNSIGNED, OUTCOME_BAD_HMAC },
	{ "a wrong key", AUTH_STATEFUL, "auth_request", 112, OTHER_SIGNED, OUTCOME_BAD_HMAC },
	{ "the key of another session", AUTH_OTHER_KEY, "auth_request", 112, NONE,
	  OUTCOME_BAD_HMAC },
	{ "an HMAC at the end of a longer packet", AUTH_STATEFUL, "auth_request", 140, UNSIGNED,
	  OUTCOME_BAD_HMAC },
	{ "A-02: a Multiplier of 0", AUTH_STRICT, "auth_request", 112, ZERO_ESTIMATE,
	  OUTCOME_BAD_ESTIMATE },
	{ "A-02: a forged Multiplier of 0", AUTH_STRICT, "auth_request", 112, ZERO_UNSIGNED,
	  OUTCOME_BAD_HMAC },
	{ "a reply come back with its right HMAC", AUTH_STATEFUL, "auth_reply", 112, NONE,
	  OUTCOME_LOOP },
	{ "a reply come back, in unauthenticated mode", OPEN_STATEFUL, "reply", 44, NONE,
	  OUTCOME_LOOP },
	{ "a stranger", SLOW_STRANGER, "request", 44, NONE, OUTCOME_UNKNOWN_SENDER },
	{ "a stranger with a right HMAC", SLOW_STRANGER, "auth_request", 112, NONE,
	  OUTCOME_UNKNOWN_SENDER },
};
/* clang-format on */

static void do_damage(enum damage damage, uint8_t *octets)
{
	if (damage == ZERO_ESTIMATE || damage == ZERO_UNSIGNED)
		octets[25] = 0;
	if (damage == ZERO_ESTIMATE)
		slow_scene_sign(WORKED_KEY, octets);
	if (damage == OTHER_SIGNED)
		slow_scene_sign(OTHER_KEY, octets);
	if (damage == UNSIGNED)
		memset(octets + STAMP_HMAC_COVERS, 0, STAMP_HMAC_SIZE);
}

/* A request of so many octets, whatever a golden file has. */
static struct fake_packet *add_cut(enum slow_peer peer, const char *golden, size_t length,
				   enum damage damage)
{
	uint8_t octets[GOLDEN_MAX] = { 0 };

	golden_read(golden, octets);
	do_damage(damage, octets);
	return slow_scene_add(peer, octets, length);
}

/* Refusals leave no trace in the session table, and nothing is sent. */
static void request_is_refused(void **state)
{
	const struct refused_case *c = *state;

	slow_scene_reset();
	add_cut(c->peer, c->golden, c->length, c->damage);
	assert_int_equal(slow_scene_answer(), 0);
	assert_outcome(0, c->outcome);
	assert_int_equal(slow_scene_count(c->outcome), 1);
	assert_int_equal(slow_scene.io.tried, 0);
	assert_int_equal(slow_scene_sessions(0), 0);
}

/* The number of the reply to one more worked request. */
static uint32_t next_number(enum slow_peer peer)
{
	slow_scene_next_batch();
	slow_scene_add_golden(peer, "auth_request");
	assert_int_equal(slow_scene_answer(), 0);
	assert_outcome(0, OUTCOME_REFLECTED);
	assert_true(slow_scene_is_signed(WORKED_KEY, slow_scene.io.packets[0].sent));
	return packet_get32(slow_scene.io.packets[0].sent);
}

/* All bits of an octet, and the packet as it was, which has the number. */
static void flip_each_bit_of(size_t octet, uint32_t number)
{
	uint8_t octets[GOLDEN_MAX];

	golden_read("auth_request", octets);
	slow_scene_next_batch();
	for (int bit = 0; bit < 8; bit++) {
		octets[octet] ^= (uint8_t)(1 << bit);
		slow_scene_add(AUTH_STATEFUL, octets, STAMP_AUTH_SIZE);
		octets[octet] ^= (uint8_t)(1 << bit);
	}
	slow_scene_add(AUTH_STATEFUL, octets, STAMP_AUTH_SIZE);
	assert_int_equal(slow_scene_answer(), 0);
	for (size_t i = 0; i < 8; i++)
		assert_outcome(i, OUTCOME_BAD_HMAC);
	assert_outcome(8, OUTCOME_REFLECTED);
	assert_int_equal(packet_get32(slow_scene.io.packets[8].sent), number);
}

/* R8762-4.4-4: also of the octets that nobody reads. */
static void every_flipped_bit_is_refused_without_a_number(void **state)
{
	(void)state;
	slow_scene_reset();
	for (uint32_t octet = 0; octet < STAMP_AUTH_SIZE; octet++)
		flip_each_bit_of(octet, octet);
	assert_int_equal(slow_scene_count(OUTCOME_BAD_HMAC), 8 * STAMP_AUTH_SIZE);
	assert_int_equal(slow_scene_count(OUTCOME_REFLECTED), STAMP_AUTH_SIZE);
	assert_int_equal(slow_scene_sessions(0), 1);
}

/* it is one of the unauthenticated mode then: octets 12 and 13 are its Error Estimate, and
 * behind 44 octets there are TLVs: of the reserved Type 0 and no Value, and at last one that begins
 * in the HMAC. */
static void the_right_key_in_the_wrong_mode_is_not_looked_at(void **state)
{
	uint8_t octets[GOLDEN_MAX];

	(void)state;
	slow_scene_reset();
	golden_read("auth_request", octets);
	slow_scene_add(OPEN_STATEFUL, octets, STAMP_AUTH_SIZE);
	assert_int_equal(slow_scene_answer(), 0);
	assert_outcome(0, OUTCOME_ZERO_MULTIPLIER);
	assert_memory_equal(slow_scene.io.packets[0].sent + 24, octets, 14);
	for (size_t at = STAMP_BASE_SIZE; at < STAMP_HMAC_COVERS; at += 4)
		octets[at] = 0x80;
	octets[STAMP_HMAC_COVERS] = 0xc0;
	assert_memory_equal(slow_scene.io.packets[0].sent + STAMP_BASE_SIZE,
			    octets + STAMP_BASE_SIZE, STAMP_AUTH_SIZE - STAMP_BASE_SIZE);
}

/* Section 4.4 says nothing of several keys: who signs by the old one is answered by the old one. */
static void the_key_that_verifies_signs(void **state)
{
	uint8_t octets[GOLDEN_MAX];

	(void)state;
	slow_scene_reset();
	golden_read("auth_request", octets);
	for (enum slow_key key = WORKED_KEY; key <= OTHER_KEY; key++) {
		slow_scene_sign(key, octets);
		slow_scene_add(AUTH_TWO_KEYS, octets, STAMP_AUTH_SIZE);
	}
	assert_int_equal(slow_scene_answer(), 0);
	for (enum slow_key key = WORKED_KEY; key <= OTHER_KEY; key++) {
		assert_outcome(key, OUTCOME_REFLECTED);
		assert_true(slow_scene_is_signed(key, slow_scene.io.packets[key].sent));
		assert_false(slow_scene_is_signed(!key, slow_scene.io.packets[key].sent));
	}
}

/* What is behind the packet comes back as it is, and is in no HMAC. */
static void what_follows_the_packet_comes_back(void **state)
{
	static const struct {
		enum slow_peer peer;
		const char *golden;
	} rows[] = { { AUTH_STATEFUL, "auth_request" }, { OPEN_STATEFUL, "request" } };

	(void)state;
	slow_scene_reset();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint8_t octets[GOLDEN_MAX];
		size_t size = golden_read(rows[i].golden, octets);

		memset(octets + size, 0x5c, TAIL);
		packet_put_padding_tlv(octets, (uint32_t)size, (uint32_t)size + TAIL);
		slow_scene_add(rows[i].peer, octets, size + TAIL);
	}
	assert_int_equal(slow_scene_answer(), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct fake_packet *packet = &slow_scene.io.packets[i];

		assert_outcome(i, OUTCOME_REFLECTED);
		assert_memory_equal(packet->sent + packet->sent_length - TAIL,
				    packet->payload + packet->request.length - TAIL, TAIL);
	}
	assert_true(slow_scene_is_signed(WORKED_KEY, slow_scene.io.packets[0].sent));
}

/* TW-1: their octets 14 and 15 are no SSID. */
static void short_requests_grow(void **state)
{
	static const size_t lengths[] = { 14, 15, 16, 43 };
	uint8_t expected[GOLDEN_MAX];

	(void)state;
	slow_scene_reset();
	golden_read("reply", expected);
	memset(expected + 14, 0, 2);
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++)
		add_cut(OPEN_STATEFUL, "request", lengths[i], NONE);
	assert_int_equal(slow_scene_answer(), 0);
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		const struct fake_packet *packet = &slow_scene.io.packets[i];

		assert_outcome(i, OUTCOME_REFLECTED);
		packet_put32(expected, (uint32_t)i);
		memcpy(expected + OPEN_T3, packet->sent + OPEN_T3, 8);
		assert_memory_equal(packet->sent, expected, STAMP_BASE_SIZE);
	}
	assert_int_equal(slow_scene_sessions(0), 1);
}

/* What was sent is sent back to us with its right HMAC, from our own port and from another. */
static void our_own_reply_is_no_request(void **state)
{
	static const uint16_t ports[] = { STAMP_PORT, 20001 };
	uint8_t reply[STAMP_AUTH_SIZE];

	(void)state;
	slow_scene_reset();
	assert_int_equal(next_number(AUTH_STATEFUL), 0);
	memcpy(reply, slow_scene.io.packets[0].sent, sizeof(reply));
	slow_scene_next_batch();
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		struct fake_packet *packet = slow_scene_add(AUTH_STATEFUL, reply, sizeof(reply));

		packet->request.key.sender_port = bpf_htons(ports[i]);
	}
	assert_int_equal(slow_scene_answer(), 0);
	assert_outcome(0, OUTCOME_LOOP);
	assert_outcome(1, OUTCOME_LOOP);
	assert_int_equal(slow_scene_sessions(0), 1);
	assert_int_equal(next_number(AUTH_STATEFUL), 1);
}

enum age { PRESENT, STALE, ABSENT, ABSENT_BOTH };

struct handover_case {
	const char *name;
	enum slow_peer peer, named; /* whose session the handover names */
	enum age age;
	enum slow_key key;
	enum stamp_outcome outcome;
};

/* clang-format off */
static const struct handover_case handover_cases[] = {
	{ "what XDP found is believed", AUTH_STATEFUL, AUTH_STATEFUL, PRESENT, WORKED_KEY,
	  OUTCOME_REFLECTED },
	{ "the HMAC is verified all the same", AUTH_STATEFUL, AUTH_STATEFUL, PRESENT, OTHER_KEY,
	  OUTCOME_BAD_HMAC },
	{ "the keys are those of the session that XDP found", AUTH_STATEFUL, AUTH_OTHER_KEY,
	  PRESENT, OTHER_KEY, OUTCOME_REFLECTED },
	{ "and not those that the rules would give", AUTH_STATEFUL, AUTH_OTHER_KEY, PRESENT,
	  WORKED_KEY, OUTCOME_BAD_HMAC },
	{ "what XDP found by earlier rules is asked again", AUTH_STATEFUL, AUTH_OTHER_KEY, STALE,
	  WORKED_KEY, OUTCOME_REFLECTED },
	{ "its keys are those of the present rules", AUTH_STATEFUL, AUTH_OTHER_KEY, STALE,
	  OTHER_KEY, OUTCOME_BAD_HMAC },
	{ "without a handover the rules are asked", AUTH_STATEFUL, AUTH_OTHER_KEY, ABSENT,
	  WORKED_KEY, OUTCOME_REFLECTED },
	{ "no handover is none of rules that there never were", AUTH_STATEFUL, AUTH_OTHER_KEY,
	  ABSENT_BOTH, WORKED_KEY, OUTCOME_REFLECTED },
	{ "a session that has no keys verifies nothing", AUTH_STATEFUL, OPEN_STATELESS, PRESENT,
	  WORKED_KEY, OUTCOME_BAD_HMAC },
	{ "nor does one that there is not", AUTH_STATEFUL, (enum slow_peer)999, PRESENT,
	  WORKED_KEY, OUTCOME_BAD_HMAC },
	{ "who is a stranger by now is refused", SLOW_STRANGER, AUTH_STATEFUL, STALE, WORKED_KEY,
	  OUTCOME_UNKNOWN_SENDER },
};
/* clang-format on */

static void handover_is_taken(void **state)
{
	const struct handover_case *c = *state;
	struct fake_packet *packet;

	slow_scene_reset();
	if (c->age == ABSENT_BOTH)
		slow_scene.path.generation = 0;
	packet = slow_scene_add_golden(c->peer, "auth_request");
	slow_scene_sign(c->key, packet->payload);
	packet->request.handover = (struct handover){
		.received_ns = slow_scene.received_ns,
		.magic = HANDOVER_MAGIC,
		.generation = slow_scene.path.generation - (c->age == STALE),
		.policy = { .flags = SESSION_AUTHENTICATED, .session = (__u16)c->named },
	};
	if (c->age == ABSENT)
		packet->request.handover.generation = 0;
	assert_int_equal(slow_scene_answer(), 0);
	assert_outcome(0, c->outcome);
	if (c->outcome == OUTCOME_REFLECTED)
		assert_true(slow_scene_is_signed(c->key, packet->sent));
	assert_int_equal(slow_scene_sessions(0), c->outcome == OUTCOME_REFLECTED);
}

/* User space counts the octets again: those behind a packet are never read. */
static void what_was_handed_over_is_measured_again(void **state)
{
	static const size_t lengths[] = { 0, 13, 44, 96, 111 };

	(void)state;
	slow_scene_reset();
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct fake_packet *packet =
			add_cut(AUTH_STATEFUL, "auth_request", lengths[i], NONE);

		packet->request.handover.generation = slow_scene.path.generation;
		packet->request.handover.policy.session = AUTH_STATEFUL;
		packet->request.handover.policy.flags = SESSION_AUTHENTICATED;
	}
	assert_int_equal(slow_scene_answer(), 0);
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++)
		assert_outcome(i, OUTCOME_BAD_HMAC);
	assert_int_equal(slow_scene_sessions(0), 0);
}

/* Its source has been counted by XDP, and would be twice. */
static void what_was_handed_over_is_not_limited_again(void **state)
{
	const struct config limits = { .packets_per_second = 1,
				       .burst = 1,
				       .ref_wait_ns = 1ULL << 60 };

	(void)state;
	for (int is_handed_over = 0; is_handed_over < 2; is_handed_over++) {
		slow_scene_reset();
		prog_run_set_limits(slow_scene.runs[0], &limits);
		for (int i = 0; i < PACKET_BATCH; i++) {
			struct fake_packet *packet =
				slow_scene_add_golden(AUTH_STATELESS, "auth_request");

			packet->request.handover.generation =
				is_handed_over ? slow_scene.path.generation : 0;
			packet->request.handover.policy.session = AUTH_STATELESS;
			packet->request.handover.policy.flags = SESSION_AUTHENTICATED;
		}
		assert_int_equal(slow_scene_answer(), 0);
		if (is_handed_over)
			assert_int_equal(slow_scene_count(OUTCOME_REFLECTED), PACKET_BATCH);
		else
			assert_in_range(slow_scene_count(OUTCOME_RATE_LIMITED), 1,
					PACKET_BATCH - 1);
	}
}

/* RFC 8762 section 4.2.1: S is cleared, but times are sent, as long as there were any. */
static void a_clock_that_nobody_watches_is_not_synchronised(void **state)
{
	(void)state;
	slow_scene_reset();
	slow_scene.path.clock.valid_until_ns = slow_scene.received_ns;
	slow_scene_add_golden(AUTH_STATELESS, "auth_request");
	assert_int_equal(slow_scene_answer(), 0);
	assert_outcome(0, OUTCOME_REFLECTED);
	assert_int_equal(packet_get16(slow_scene.io.packets[0].sent + 24), 0x0587);
}

static void without_a_clock_nothing_is_answered(void **state)
{
	(void)state;
	slow_scene_reset();
	prog_run_forget_clock(slow_scene.runs[0]);
	slow_scene_add_golden(AUTH_STATEFUL, "auth_request");
	slow_scene_add_golden(OPEN_STATEFUL, "request");
	assert_int_equal(slow_scene_answer(), 0);
	assert_outcome(0, OUTCOME_NOT_READY);
	assert_outcome(1, OUTCOME_NOT_READY);
	assert_int_equal(slow_scene_sessions(0), 0);
}

static void without_keys_nothing_is_verified(void **state)
{
	(void)state;
	slow_scene_reset();
	slow_scene.path.keys = NULL;
	slow_scene_add_golden(AUTH_STATEFUL, "auth_request");
	slow_scene_add_golden(OPEN_STATEFUL, "request");
	assert_int_equal(slow_scene_answer(), 0);
	assert_outcome(0, OUTCOME_BAD_HMAC);
	assert_outcome(1, OUTCOME_REFLECTED);
}

static void another_hosts_address_is_not_ours(void **state)
{
	struct fake_packet *packet;

	(void)state;
	slow_scene_reset();
	packet = slow_scene_add_golden(AUTH_STATEFUL, "auth_request");
	packet->request.key.reflector.octets[15] = 3;
	assert_int_equal(slow_scene_answer(), 0);
	assert_outcome(0, OUTCOME_NOT_OURS);
	assert_int_equal(slow_scene_sessions(0), 0);
}

/* CLOCK_REALTIME was set back since the request came: no reply leaves before it came. */
static void a_clock_set_back_makes_no_time_negative(void **state)
{
	const uint64_t future = utc_by(CLOCK_REALTIME) + 3600 * NSEC_PER_SEC;
	struct fake_packet *packet;

	(void)state;
	slow_scene_reset();
	packet = slow_scene_add_golden(AUTH_STATELESS, "auth_request");
	packet->request.clock = CLOCK_REALTIME;
	packet->request.received_ns = future;
	assert_int_equal(slow_scene_answer(), 0);
	assert_outcome(0, OUTCOME_REFLECTED);
	assert_true(time_at(packet->sent + AUTH_T2) == time_of(future, false));
	assert_true(time_at(packet->sent + AUTH_T3) == time_of(future, false));
	assert_int_equal(slow_scene.counts[0].residence.counts[0], 1);
}

/* Of CLOCK_REALTIME nothing is known: it may have been set since the clock was read. */
static void a_known_second_is_of_the_other_clock(void **state)
{
	struct fake_packet *packet;

	(void)state;
	slow_scene_reset();
	slow_scene.path.clock.known_second = SLOW_NOON + 10;
	packet = slow_scene_add_golden(AUTH_STATELESS, "auth_request");
	set_clock(packet, CLOCK_REALTIME);
	assert_int_equal(slow_scene_answer(), 0);
	assert_worked(packet, "auth_reply");
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(worked_cases) + ARRAY_SIZE(refused_cases) +
				ARRAY_SIZE(handover_cases) + 14];
	size_t count = 0;

	ADD_CASES(tests, count, worked_cases, reply_is_the_worked_one);
	ADD_CASES(tests, count, refused_cases, request_is_refused);
	ADD_CASES(tests, count, handover_cases, handover_is_taken);
	ADD_TEST(tests, count, every_flipped_bit_is_refused_without_a_number);
	ADD_TEST(tests, count, the_right_key_in_the_wrong_mode_is_not_looked_at);
	ADD_TEST(tests, count, the_key_that_verifies_signs);
	ADD_TEST(tests, count, what_follows_the_packet_comes_back);
	ADD_TEST(tests, count, short_requests_grow);
	ADD_TEST(tests, count, our_own_reply_is_no_request);
	ADD_TEST(tests, count, what_was_handed_over_is_measured_again);
	ADD_TEST(tests, count, what_was_handed_over_is_not_limited_again);
	ADD_TEST(tests, count, a_clock_that_nobody_watches_is_not_synchronised);
	ADD_TEST(tests, count, without_a_clock_nothing_is_answered);
	ADD_TEST(tests, count, without_keys_nothing_is_verified);
	ADD_TEST(tests, count, another_hosts_address_is_not_ours);
	ADD_TEST(tests, count, a_clock_set_back_makes_no_time_negative);
	ADD_TEST(tests, count, a_known_second_is_of_the_other_clock);
	return RUN_TESTS(tests, count, slow_scene_open, slow_scene_close);
}
