/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Loss by direction from a stateful reflector's numbers, and when they tell nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sender/loss.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define REPLIES_MAX 8

/* Sent number and reflector's number of each reply, in the order of arrival. */
struct reply {
	uint64_t packet;
	uint32_t sequence;
};

/* clang-format off */
static const struct loss_case {
	const char *name;
	size_t count;
	struct reply replies[REPLIES_MAX];
	struct loss_by_direction result;
} cases[] = {
	{ "no reply tells nothing", 0, { { 0 } }, { false, 0, 0 } },
	{ "all came", 3, { { 0, 0 }, { 1, 1 }, { 2, 2 } }, { true, 0, 0 } },
	{ "a packet without a number was lost forward", 2, { { 0, 0 }, { 2, 1 } }, { true, 1, 0 } },
	{ "a number that never came was lost backward", 2, { { 0, 0 }, { 2, 2 } }, { true, 0, 1 } },
	{ "losses in both directions", 2, { { 0, 0 }, { 9, 5 } }, { true, 4, 4 } },
	{ "the first packets lost forward", 2, { { 3, 0 }, { 4, 1 } }, { true, 3, 0 } },
	{ "the first packets lost backward", 2, { { 3, 3 }, { 4, 4 } }, { true, 0, 3 } },
	{ "what is lost behind the last reply has no direction", 1, { { 0, 0 } }, { true, 0, 0 } },
	{ "a reflector that counted before this run",
	  3,
	  { { 0, 700 }, { 1, 701 }, { 3, 702 } },
	  { true, 1, 0 } },
	{ "its first reply lost", 2, { { 1, 701 }, { 3, 703 } }, { true, 0, 2 } },
	{ "replies overtaken on the way back",
	  3,
	  { { 0, 0 }, { 2, 2 }, { 1, 1 } },
	  { true, 0, 0 } },
	{ "packets overtaken on the way there",
	  3,
	  { { 0, 0 }, { 2, 1 }, { 1, 2 } },
	  { true, 0, 0 } },
	{ "a copy made on the way back",
	  3,
	  { { 0, 0 }, { 0, 0 }, { 1, 1 } },
	  { true, 0, 0 } },
	{ "a copy made on the way there",
	  3,
	  { { 0, 0 }, { 0, 1 }, { 1, 2 } },
	  { true, 0, 0 } },
	{ "a reflector that started again",
	  4,
	  { { 0, 0 }, { 1, 1 }, { 2, 2 }, { 3, 0 } },
	  { false, 0, 0 } },
	{ "the same number for two packets", 2, { { 0, 5 }, { 1, 5 } }, { false, 0, 0 } },
	{ "numbers that go back far", 2, { { 100, 100 }, { 101, 20 } }, { false, 0, 0 } },
	{ "more numbers than packets", 2, { { 0, 0 }, { 1, 900 } }, { false, 0, 0 } },
	{ "a number from before the run's first", 2, { { 0, 700 }, { 1, 650 } }, { false, 0, 0 } },
	{ "the reflector's number wraps",
	  3,
	  { { 0, 0xfffffffe }, { 1, 0xffffffff }, { 3, 0 } },
	  { true, 1, 0 } },
};
/* clang-format on */

static bool is_duplicate(const struct reply *replies, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (replies[i].packet == replies[at].packet)
			return true;
	}
	return false;
}

static void is_told(void **state)
{
	const struct loss_case *c = *state;
	struct loss loss = { 0 };
	struct loss_by_direction result;

	for (size_t i = 0; i < c->count; i++)
		loss_reply(&loss, c->replies[i].packet, c->replies[i].sequence,
			   is_duplicate(c->replies, i));
	result = loss_result(&loss);
	assert_int_equal(result.known, c->result.known);
	assert_int_equal(result.forward, c->result.forward);
	assert_int_equal(result.backward, c->result.backward);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases)];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		tests[i] = (struct CMUnitTest){ cases[i].name, is_told, NULL, NULL,
						(void *)&cases[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
