/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Loss by direction from the counters of Direct Measurement. */
#include "lib/cases.h"
#include "sender/direct_loss.h"

#define REPLIES_MAX 6

/* clang-format off */
static const struct loss_case {
	const char *name;
	size_t replies;
	uint32_t counters[REPLIES_MAX][3]; /* S_TxC, R_RxC, R_TxC */
	bool known;
	uint64_t forward, backward;
} cases[] = {
	{ "no reply tells nothing", 0, { { 0 } }, false, 0, 0 },
	{ "one reply tells nothing", 1, { { 1, 1, 0 } }, false, 0, 0 },
	{ "without loss both are 0", 3, { { 1, 1, 0 }, { 2, 2, 1 }, { 3, 3, 2 } }, true, 0, 0 },
	{ "A-12 counters that have the reply being built", 3, { { 1, 1, 1 }, { 2, 2, 2 }, { 3, 3, 3 } },
	  true, 0, 0 },
	{ "two lost forward", 2, { { 1, 1, 0 }, { 4, 2, 1 } }, true, 2, 0 },
	{ "two lost backward", 2, { { 1, 1, 0 }, { 4, 4, 3 } }, true, 0, 2 },
	{ "one each way", 3, { { 1, 1, 0 }, { 3, 2, 1 }, { 5, 4, 3 } }, true, 1, 1 },
	{ "a reflector that was counting before", 2, { { 1, 900, 700 }, { 3, 901, 701 } }, true, 1, 0 },
	{ "counters that wrap", 3, { { 0xffffffff, 0xfffffffe, 0xfffffffd }, { 0, 0xffffffff, 0xfffffffe },
	  { 3, 1, 0 } }, true, 1, 1 },
	{ "the first answer is not the first packet", 2, { { 7, 5, 4 }, { 8, 6, 5 } }, true, 0, 0 },
	{ "a packet overtaken forward", 3, { { 1, 1, 0 }, { 3, 2, 1 }, { 2, 3, 2 } }, true, 0, 0 },
	{ "a reply overtaken backward", 3, { { 1, 1, 0 }, { 3, 3, 2 }, { 2, 2, 1 } }, true, 0, 0 },
	{ "the first is overtaken", 2, { { 2, 2, 1 }, { 1, 1, 0 } }, true, 0, 0 },
	{ "a reflector that counts nothing", 3, { { 1, 0, 0 }, { 2, 0, 0 }, { 3, 0, 0 } }, false, 0, 0 },
	{ "a reflector that counts others, too", 2, { { 1, 1, 0 }, { 2, 9, 8 } }, false, 0, 0 },
	{ "a reflector that sends back more than came", 2, { { 1, 1, 0 }, { 5, 2, 4 } }, false, 0, 0 },
};
/* clang-format on */

static void loss_is(void **state)
{
	const struct loss_case *c = *state;
	struct direct_loss loss = { 0 };
	struct direct_loss_result result;

	for (size_t i = 0; i < c->replies; i++)
		direct_loss_reply(&loss, &(struct tlv_direct_measurement){ true, c->counters[i][0],
									   c->counters[i][1],
									   c->counters[i][2] });
	result = direct_loss_result(&loss);
	assert_int_equal(result.known, c->known);
	assert_int_equal(result.forward, c->forward);
	assert_int_equal(result.backward, c->backward);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases)];
	size_t count = 0;

	ADD_CASES(tests, count, cases, loss_is);
	return RUN_TESTS(tests, count, NULL, NULL);
}
