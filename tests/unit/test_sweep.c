/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* --sweep: which values there are, and what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "ping/sweep.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

struct sweep_case {
	const char *name;
	const char *text;
	enum sweep_kind kind; /* SWEEP_NONE: refused */
	size_t count;
	uint16_t values[8]; /* the first of them, up to a 0 behind others */
};

/* clang-format off */
static const struct sweep_case cases[] = {
	{ "sizes up to the last one", "size=44..100,28", SWEEP_SIZE, 3, { 44, 72, 100 } },
	{ "sizes that do not meet the last one", "size=44..99,28", SWEEP_SIZE, 2, { 44, 72 } },
	{ "a single size", "size=65507,1", SWEEP_SIZE, 1, { 65507 } },
	{ "256 sizes", "size=44..299,1", SWEEP_SIZE, 256, { 44, 45 } },
	{ "DSCPs and ranges of them", "dscp=0,46,8..10", SWEEP_DSCP, 5, { 0, 46, 8, 9, 10 } },
	{ "a single DSCP", "dscp=63", SWEEP_DSCP, 1, { 63 } },
	{ "flows", "flows=64", SWEEP_FLOWS, 64, { 0 } },
	{ "a single flow", "flows=1", SWEEP_FLOWS, 1, { 0 } },
	{ "sizes without a step", "size=44..100", SWEEP_NONE, 0, { 0 } },
	{ "a step of 0", "size=44..100,0", SWEEP_NONE, 0, { 0 } },
	{ "sizes that go down", "size=100..44,1", SWEEP_NONE, 0, { 0 } },
	{ "a size below the shortest packet", "size=13..44,1", SWEEP_NONE, 0, { 0 } },
	{ "a size above the largest packet", "size=44..65508,9000", SWEEP_NONE, 0, { 0 } },
	{ "too many sizes", "size=44..300,1", SWEEP_NONE, 0, { 0 } },
	{ "a DSCP above 63", "dscp=64", SWEEP_NONE, 0, { 0 } },
	{ "no DSCP", "dscp=", SWEEP_NONE, 0, { 0 } },
	{ "an empty item", "dscp=1,,2", SWEEP_NONE, 0, { 0 } },
	{ "too many DSCPs", "dscp=0..63,0..63,0..63,0..63,0", SWEEP_NONE, 0, { 0 } },
	{ "no flow", "flows=0", SWEEP_NONE, 0, { 0 } },
	{ "too many flows", "flows=257", SWEEP_NONE, 0, { 0 } },
	{ "a number with more behind it", "flows=6x", SWEEP_NONE, 0, { 0 } },
	{ "an open range", "dscp=1..", SWEEP_NONE, 0, { 0 } },
	{ "an unknown name", "ttl=1..8", SWEEP_NONE, 0, { 0 } },
	{ "no name", "64", SWEEP_NONE, 0, { 0 } },
};
/* clang-format on */

static void is_read_or_refused(void **state)
{
	const struct sweep_case *c = *state;
	struct sweep sweep;

	assert_int_equal(sweep_parse(c->text, &sweep), c->kind == SWEEP_NONE ? -EINVAL : 0);
	if (c->kind == SWEEP_NONE)
		return;
	assert_int_equal(sweep.kind, c->kind);
	assert_int_equal(sweep.count, c->count);
	for (size_t i = 0; i < ARRAY_SIZE(c->values) && c->values[i]; i++)
		assert_int_equal(sweep.values[i], c->values[i]);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases)];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		tests[i] = (struct CMUnitTest){ cases[i].name, is_read_or_refused, NULL, NULL,
						(void *)&cases[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
