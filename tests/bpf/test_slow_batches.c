/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Batches of the slow path: numbers, order, interfaces, what fails, and what is counted. */
#include <errno.h>
#include <string.h>

#include "lib/cases.h"
#include "lib/golden.h"
#include "lib/slow_scene.h"

#define RANDOM_BATCHES 300
#define AUTH_T2 32 /* octets in front of T2 and T3 of a reply in authenticated mode */
#define AUTH_T3 16

/* What a batch is made of. */
enum kind {
	GOOD_STATEFUL,
	GOOD_STATELESS,
	OPEN_NUMBERED,
	OPEN_SHORT,
	BAD_HMAC,
	TOO_SHORT,
	STRANGER,
	KIND_COUNT
};

/* clang-format off */
static const struct {
	enum slow_peer peer;
	const char *golden;
	size_t length;
	bool is_numbered;
	enum stamp_outcome outcome;
} kinds[KIND_COUNT] = {
	[GOOD_STATEFUL] = { AUTH_STATEFUL, "auth_request", 112, true, OUTCOME_REFLECTED },
	[GOOD_STATELESS] = { AUTH_STATELESS, "auth_request", 112, false, OUTCOME_REFLECTED },
	[OPEN_NUMBERED] = { OPEN_STATEFUL, "request", 44, true, OUTCOME_REFLECTED },
	/* Octets 14 and 15 are no SSID then: a session of its own. */
	[OPEN_SHORT] = { OPEN_STATEFUL, "request", 30, true, OUTCOME_REFLECTED },
	[BAD_HMAC] = { AUTH_OTHER_KEY, "auth_request", 112, false, OUTCOME_BAD_HMAC },
	[TOO_SHORT] = { AUTH_STATEFUL, "auth_request", 111, false, OUTCOME_TOO_SHORT },
	[STRANGER] = { SLOW_STRANGER, "request", 44, false, OUTCOME_UNKNOWN_SENDER },
};
/* clang-format on */

/* The requests of a batch, and what was sent for each interface and kind so far. */
struct history {
	enum kind kinds[PACKET_BATCH];
	size_t interfaces[PACKET_BATCH];
	uint32_t answered[SLOW_INTERFACES][KIND_COUNT];
	uint64_t counted[SLOW_INTERFACES][OUTCOME_MAX];
};

static struct fake_packet *add(enum kind kind, size_t interface)
{
	uint8_t octets[GOLDEN_MAX];
	struct fake_packet *packet;

	golden_read(kinds[kind].golden, octets);
	packet = slow_scene_add(kinds[kind].peer, octets, kinds[kind].length);
	packet->request.interface = &slow_scene.interfaces[interface];
	return packet;
}

static void add_to(struct history *history, enum kind kind, size_t interface)
{
	history->kinds[slow_scene.io.count] = kind;
	history->interfaces[slow_scene.io.count] = interface;
	add(kind, interface);
}

static void assert_outcome(size_t i, enum stamp_outcome expected)
{
	enum stamp_outcome outcome = slow_scene.batch.packets[i].reply.outcome;

	if (outcome != expected)
		fail_msg("%zu: %s, not %s", i, prog_run_outcome_name(outcome),
			 prog_run_outcome_name(expected));
}

/* Of a stateful session the next number, of another the request's. */
static void assert_answered(struct history *history, size_t i)
{
	enum kind kind = history->kinds[i];
	uint32_t *answered = &history->answered[history->interfaces[i]][kind];

	assert_outcome(i, kinds[kind].outcome);
	history->counted[history->interfaces[i]][kinds[kind].outcome]++;
	if (kinds[kind].outcome != OUTCOME_REFLECTED)
		return;
	assert_int_equal(packet_get32(slow_scene.io.packets[i].sent),
			 kinds[kind].is_numbered ? *answered : 42);
	++*answered;
}

static void run_batch(struct history *history)
{
	assert_int_equal(slow_scene_answer(), 0);
	for (size_t i = 0; i < slow_scene.io.count; i++)
		assert_answered(history, i);
	for (size_t i = 0; i < SLOW_INTERFACES; i++)
		for (uint32_t outcome = 0; outcome < OUTCOME_MAX; outcome++)
			assert_int_equal(slow_scene.counts[i].by_outcome[outcome],
					 history->counted[i][outcome]);
	slow_scene_next_batch();
}

/* Which kind and interface the packet at a place of a batch has. */
struct batch_case {
	const char *name;
	size_t count;
	enum kind kinds[KIND_COUNT]; /* over and over again, as the interfaces are */
	size_t kind_count;
	size_t interfaces[PACKET_BATCH];
	size_t interface_count;
};

/* clang-format off */
static const struct batch_case batch_cases[] = {
	{ "a batch of none", 0, { GOOD_STATEFUL }, 1, { 0 }, 1 },
	{ "a batch of one", 1, { GOOD_STATEFUL }, 1, { 0 }, 1 },
	{ "one of the other interface", 1, { GOOD_STATEFUL }, 1, { 1 }, 1 },
	{ "one that is refused", 1, { BAD_HMAC }, 1, { 0 }, 1 },
	{ "a full batch of one session", PACKET_BATCH, { GOOD_STATEFUL }, 1, { 0 }, 1 },
	{ "a full batch that is refused", PACKET_BATCH, { BAD_HMAC }, 1, { 0 }, 1 },
	{ "good and bad in turns", PACKET_BATCH, { GOOD_STATEFUL, BAD_HMAC }, 2, { 0 }, 1 },
	{ "bad and good in turns", PACKET_BATCH, { TOO_SHORT, GOOD_STATEFUL }, 2, { 0 }, 1 },
	{ "both modes in turns", PACKET_BATCH, { OPEN_NUMBERED, GOOD_STATEFUL }, 2, { 0 }, 1 },
	{ "all kinds", PACKET_BATCH,
	  { GOOD_STATEFUL, GOOD_STATELESS, OPEN_NUMBERED, OPEN_SHORT, BAD_HMAC, TOO_SHORT, STRANGER },
	  7, { 0 }, 1 },
	{ "two interfaces in turns", PACKET_BATCH, { GOOD_STATEFUL }, 1, { 0, 1 }, 2 },
	{ "two interfaces, one after the other", PACKET_BATCH, { GOOD_STATEFUL, OPEN_NUMBERED }, 2,
	  { 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1 }, 16 },
	{ "two interfaces, in pairs, good and bad", PACKET_BATCH,
	  { GOOD_STATEFUL, STRANGER, BAD_HMAC }, 3, { 1, 1, 0, 0 }, 4 },
	{ "all kinds on two interfaces", PACKET_BATCH,
	  { GOOD_STATEFUL, GOOD_STATELESS, OPEN_NUMBERED, OPEN_SHORT, BAD_HMAC, TOO_SHORT, STRANGER },
	  7, { 0, 1, 1 }, 3 },
};
/* clang-format on */

/* Twice, so that the sessions are new and known. */
static void batch_is_answered(void **state)
{
	const struct batch_case *c = *state;
	struct history history = { .answered = { { 0 } } };

	slow_scene_reset();
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < c->count; i++)
			add_to(&history, c->kinds[i % c->kind_count],
			       c->interfaces[i % c->interface_count]);
		run_batch(&history);
	}
}

/* Each of any size and made of anything. */
static void random_batches_are_answered(void **state)
{
	struct history history = { .answered = { { 0 } } };
	uint64_t random = 0x5eed000a;

	(void)state;
	slow_scene_reset();
	for (int round = 0; round < RANDOM_BATCHES; round++) {
		size_t count = 1 + cases_random(&random) % PACKET_BATCH;

		for (size_t i = 0; i < count; i++)
			add_to(&history, (enum kind)(cases_random(&random) % KIND_COUNT),
			       cases_random(&random) % SLOW_INTERFACES);
		run_batch(&history);
	}
}

static uint64_t time_at(const uint8_t *octets)
{
	return (uint64_t)packet_get32(octets) << 32 | packet_get32(octets + 4);
}

/* T3 is read just before each is signed and sent, and not once for all of them. */
static void each_reply_has_a_time_of_its_own(void **state)
{
	uint64_t times[PACKET_BATCH];

	(void)state;
	slow_scene_reset();
	for (size_t i = 0; i < PACKET_BATCH; i++)
		add(GOOD_STATEFUL, 0);
	assert_int_equal(slow_scene_answer(), 0);
	for (size_t i = 0; i < PACKET_BATCH; i++) {
		const uint8_t *sent = slow_scene.io.packets[i].sent;

		times[i] = time_at(sent + AUTH_T3);
		assert_true(times[i] >= time_at(sent + AUTH_T2));
		assert_true(!i || times[i] >= times[i - 1]);
	}
	assert_true(times[PACKET_BATCH - 1] > times[0]);
}

/* T3 - T2 of each: those of a second and more are told from those of now. */
static void the_residence_time_is_counted(void **state)
{
	static const uint64_t waits[] = { 1, 2, 4, 1000 }; /* seconds */
	const struct histogram *residence = &slow_scene.counts[0].residence;

	(void)state;
	slow_scene_reset();
	for (size_t i = 0; i < ARRAY_SIZE(waits); i++)
		add(GOOD_STATELESS, 0)->request.received_ns -= waits[i] * NSEC_PER_SEC;
	add(BAD_HMAC, 0)->request.received_ns -= 8 * NSEC_PER_SEC;
	assert_int_equal(slow_scene_answer(), 0);
	for (size_t i = 0; i < ARRAY_SIZE(waits); i++) {
		uint64_t counted = histogram_at_rank(residence, i + 1);
		uint64_t lasted = slow_scene.batch.packets[i].reply.residence_ns;

		assert_in_range(lasted, waits[i] * NSEC_PER_SEC,
				waits[i] * NSEC_PER_SEC + NSEC_PER_SEC);
		assert_in_range(counted, lasted - lasted / 128, lasted + lasted / 128);
	}
}

/* Their numbers are gone: the judge had given them. */
static void what_cannot_be_sent_is_counted_as_that(void **state)
{
	static const int errs[] = { 0, -ENOBUFS, 0, -EMSGSIZE, 0 };

	(void)state;
	slow_scene_reset();
	for (size_t i = 0; i < ARRAY_SIZE(errs); i++)
		add(GOOD_STATEFUL, 0)->send_err = errs[i];
	assert_int_equal(slow_scene_answer(), -ENOBUFS);
	for (size_t i = 0; i < ARRAY_SIZE(errs); i++) {
		assert_outcome(i, errs[i] ? OUTCOME_SEND_FAILED : OUTCOME_REFLECTED);
		assert_int_equal(slow_scene.io.packets[i].is_sent, !errs[i]);
		if (!errs[i])
			assert_int_equal(packet_get32(slow_scene.io.packets[i].sent), i);
	}
	assert_int_equal(slow_scene_count(OUTCOME_SEND_FAILED), 2);
	assert_int_equal(slow_scene_count(OUTCOME_REFLECTED), 3);
}

static void an_error_is_not_remembered(void **state)
{
	(void)state;
	slow_scene_reset();
	add(GOOD_STATEFUL, 0)->send_err = -ENOBUFS;
	assert_int_equal(slow_scene_answer(), -ENOBUFS);
	slow_scene_next_batch();
	add(GOOD_STATEFUL, 0);
	assert_int_equal(slow_scene_answer(), 0);
	assert_outcome(0, OUTCOME_REFLECTED);
}

/* Those of the other interface are answered. */
static void what_cannot_be_judged_is_not_answered(void **state)
{
	(void)state;
	slow_scene_reset();
	slow_scene.interfaces[1].judge_fd = -1;
	for (size_t i = 0; i < 6; i++)
		add(i % 3 ? GOOD_STATEFUL : OPEN_NUMBERED, i & 1);
	assert_int_equal(slow_scene_answer(), -EBADF);
	for (size_t i = 0; i < 6; i++)
		assert_outcome(i, i & 1 ? OUTCOME_SEND_FAILED : OUTCOME_REFLECTED);
	assert_int_equal(slow_scene.counts[1].by_outcome[OUTCOME_SEND_FAILED], 3);
	assert_int_equal(slow_scene.io.tried, 5);
}

/* Believed by a handover, it is judged once only: when that fails it has not been answered. */
static void what_was_verified_and_cannot_be_judged_is_not_answered(void **state)
{
	struct fake_packet *packet;

	(void)state;
	slow_scene_reset();
	slow_scene.interfaces[0].judge_fd = -1;
	packet = add(GOOD_STATEFUL, 0);
	packet->request.handover.generation = slow_scene.path.generation;
	packet->request.handover.policy.session = AUTH_STATEFUL;
	packet->request.handover.policy.flags = SESSION_AUTHENTICATED;
	assert_int_equal(slow_scene_answer(), -EBADF);
	assert_outcome(0, OUTCOME_SEND_FAILED);
	assert_int_equal(slow_scene.io.tried, 0);
}

/* There is nothing to finish then. */
static void what_cannot_be_received_is_told(void **state)
{
	int err = 7;

	(void)state;
	slow_scene_reset();
	add(GOOD_STATEFUL, 0);
	slow_scene.io.receive_err = -EAGAIN;
	assert_int_equal(
		slow_path_run(&slow_scene.path, &slow_scene.io.io, &slow_scene.batch, &err),
		-EAGAIN);
	assert_int_equal(slow_scene.io.unfinished, 0);
	assert_int_equal(slow_scene.io.tried, 0);
	assert_int_equal(slow_scene.counts[0].received, 0);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(batch_cases) + 8];
	size_t count = 0;

	ADD_CASES(tests, count, batch_cases, batch_is_answered);
	ADD_TEST(tests, count, random_batches_are_answered);
	ADD_TEST(tests, count, each_reply_has_a_time_of_its_own);
	ADD_TEST(tests, count, the_residence_time_is_counted);
	ADD_TEST(tests, count, what_cannot_be_sent_is_counted_as_that);
	ADD_TEST(tests, count, an_error_is_not_remembered);
	ADD_TEST(tests, count, what_cannot_be_judged_is_not_answered);
	ADD_TEST(tests, count, what_was_verified_and_cannot_be_judged_is_not_answered);
	ADD_TEST(tests, count, what_cannot_be_received_is_told);
	return RUN_TESTS(tests, count, slow_scene_open, slow_scene_close);
}
