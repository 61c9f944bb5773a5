/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The list of outcomes: numbers that counters keep, and the XDP action of each. */
#include <string.h>

#include "lib/cases.h"
#include "stamp/outcome.h"

/* clang-format off */
static const struct outcome_case {
	const char *name;
	enum stamp_outcome outcome;
	unsigned int number;
	enum xdp_action action;
} outcome_cases[] = {
	{ "CONTINUE passes, should it ever reach the exit", OUTCOME_CONTINUE, 0, XDP_PASS },
	{ "REFLECTED", OUTCOME_REFLECTED, 1, XDP_TX },
	{ "OTHER_TRAFFIC", OUTCOME_OTHER_TRAFFIC, 2, XDP_PASS },
	{ "FRAGMENT", OUTCOME_FRAGMENT, 3, XDP_PASS },
	{ "IP_OPTIONS", OUTCOME_IP_OPTIONS, 4, XDP_PASS },
	{ "EXTENSION_HEADERS", OUTCOME_EXTENSION_HEADERS, 5, XDP_PASS },
	{ "UNEVEN_LENGTHS", OUTCOME_UNEVEN_LENGTHS, 6, XDP_PASS },
	{ "NOT_OURS", OUTCOME_NOT_OURS, 7, XDP_PASS },
	{ "NOT_READY", OUTCOME_NOT_READY, 8, XDP_PASS },
	{ "UNCLEAR_CHECKSUM", OUTCOME_UNCLEAR_CHECKSUM, 9, XDP_PASS },
	{ "NO_ROOM_TO_GROW", OUTCOME_NO_ROOM_TO_GROW, 10, XDP_PASS },
	{ "CORRUPT_IP", OUTCOME_CORRUPT_IP, 11, XDP_DROP },
	{ "CORRUPT_UDP", OUTCOME_CORRUPT_UDP, 12, XDP_DROP },
	{ "NO_CHECKSUM", OUTCOME_NO_CHECKSUM, 13, XDP_DROP },
	{ "TOO_SHORT", OUTCOME_TOO_SHORT, 14, XDP_DROP },
	{ "BAD_SOURCE", OUTCOME_BAD_SOURCE, 15, XDP_DROP },
	{ "LOOP", OUTCOME_LOOP, 16, XDP_DROP },
	{ "UNKNOWN_SENDER", OUTCOME_UNKNOWN_SENDER, 17, XDP_DROP },
	{ "TABLE_FULL", OUTCOME_TABLE_FULL, 18, XDP_DROP },
	{ "UNKNOWN_SESSION", OUTCOME_UNKNOWN_SESSION, 19, XDP_DROP },
	{ "REFLECTOR_PORT", OUTCOME_REFLECTOR_PORT, 20, XDP_DROP },
	{ "RATE_LIMITED", OUTCOME_RATE_LIMITED, 21, XDP_DROP },
	{ "NEW_SESSIONS", OUTCOME_NEW_SESSIONS, 22, XDP_DROP },
	{ "ZERO_MULTIPLIER", OUTCOME_ZERO_MULTIPLIER, 23, XDP_TX },
	{ "BAD_ESTIMATE", OUTCOME_BAD_ESTIMATE, 24, XDP_DROP },
	{ "SEND_FAILED", OUTCOME_SEND_FAILED, 25, XDP_DROP },
	{ "AUTHENTICATED", OUTCOME_AUTHENTICATED, 26, XDP_PASS },
	{ "BAD_HMAC", OUTCOME_BAD_HMAC, 27, XDP_DROP },
	{ "SLOW_PATH_DOWN", OUTCOME_SLOW_PATH_DOWN, 28, XDP_DROP },
	{ "SLOW_PATH", OUTCOME_SLOW_PATH, 29, XDP_REDIRECT },
	{ "RING_FULL", OUTCOME_RING_FULL, 30, XDP_DROP },
	{ "REPLAYED", OUTCOME_REPLAYED, 31, XDP_DROP },
	{ "EXTENDED", OUTCOME_EXTENDED, 32, XDP_PASS },
	{ "WRONG_MEMBER", OUTCOME_WRONG_MEMBER, 33, XDP_DROP },
	{ "no outcome passes", OUTCOME_MAX, 34, XDP_PASS },
};

static const struct label {
	const char *name, *text, *hint;
	enum xdp_action action;
} labels[] = {
#define X(name, action, text, hint) { #name, text, hint, action },
	STAMP_OUTCOMES(X)
#undef X
};
/* clang-format on */

static void number_and_action_are_fixed(void **state)
{
	const struct outcome_case *c = *state;

	assert_int_equal(c->outcome, c->number);
	assert_int_equal(stamp_outcome_action(c->outcome), c->action);
}

static void every_outcome_has_its_own_text(void **state)
{
	(void)state;
	assert_int_equal(ARRAY_SIZE(labels), OUTCOME_MAX - 1);
	for (size_t i = 0; i < ARRAY_SIZE(labels); i++) {
		assert_true(strlen(labels[i].text) > 10);
		for (size_t j = 0; j < i; j++) {
			assert_string_not_equal(labels[i].name, labels[j].name);
			assert_string_not_equal(labels[i].text, labels[j].text);
		}
	}
}

static void every_refusal_has_a_hint(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(labels); i++)
		if (labels[i].action == XDP_DROP)
			assert_true(strlen(labels[i].hint) > 10);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(outcome_cases) + 2];
	size_t count = 0;

	ADD_CASES(tests, count, outcome_cases, number_and_action_are_fixed);
	ADD_TEST(tests, count, every_outcome_has_its_own_text);
	ADD_TEST(tests, count, every_refusal_has_a_hint);
	return RUN_TESTS(tests, count, NULL, NULL);
}
