/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Conditions on the figures of a run: what is read, what is refused, when they hold. */
#include "lib/cases.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "ping/condition.h"

#define US 1000

/* Every figure differs, so that none is taken for another. */
static const struct metrics_summary full = {
	.sent = 205,
	.received = 198,
	.lost = 2,
	.under_way = 5,
	.late = 1,
	.duplicates = 3,
	.reordered = 4,
	.loss = { true, 11, 12 },
	.round_trip = { true, 21 * US, 22 * US, 23 * US, 24 * US, 25 * US, 26 * US, 27 * US,
			28 * US },
	.forward = { true, -31 * US, 32 * US, 33 * US, 34 * US, 35 * US, 36 * US, 37 * US,
		     38 * US },
	.backward = { true, 41 * US, 42 * US, 43 * US, 44 * US, 45 * US, 46 * US, 47 * US,
		      48 * US },
	.reflector = { true, 51 * US, 52 * US, 53 * US, 54 * US, 55 * US, 56 * US, 57 * US,
		       58 * US },
	.ipdv_round_trip = { true, 61, 62, 63, 64, 65, 66, 67, 68 },
	.jitter_ns = 71 * US,
	.hops = { 5, 6 },
};
static const struct metrics_summary empty = { .sent = 3, .under_way = 3 };

/* clang-format off */
static const struct judged_case {
	const char *name;
	const struct metrics_summary *summary;
	const char *holds; /* and no other */
	const char *other;
} judged_cases[] = {
	{ "loss is of what is settled", &full, "loss>=1%", "loss>1%" },
	{ "loss below", &full, "loss<1.01%", "loss<1%" },
	{ "loss at most", &full, "loss<=1%", "loss<=0.99%" },
	{ "lost", &full, "lost>1", "lost>2" },
	{ "lost.forward", &full, "lost.forward>=11", "lost.forward>=12" },
	{ "lost.backward", &full, "lost.backward>=12", "lost.backward>=13" },
	{ "duplicates", &full, "duplicates>2", "duplicates>3" },
	{ "reordered", &full, "reordered>3", "reordered>4" },
	{ "late", &full, "late>0", "late>1" },
	{ "received", &full, "received<199", "received<198" },
	{ "sent", &full, "sent<=205", "sent<=204" },
	{ "hops.forward", &full, "hops.forward>4", "hops.forward>5" },
	{ "hops.backward", &full, "hops.backward<7", "hops.backward<6" },
	{ "jitter", &full, "jitter>=71us", "jitter>=72us" },
	{ "min", &full, "min>20us", "min>21us" },
	{ "mean", &full, "mean>21us", "mean>22us" },
	{ "stddev", &full, "stddev>22us", "stddev>23us" },
	{ "p50", &full, "p50>23us", "p50>24us" },
	{ "p95", &full, "p95>24us", "p95>25us" },
	{ "p99", &full, "p99>25us", "p99>26us" },
	{ "p99.9", &full, "p99.9>26us", "p99.9>27us" },
	{ "max", &full, "max>0.027ms", "max>0.028ms" },
	{ "forward.min is negative", &full, "forward.min<-30us", "forward.min<-31us" },
	{ "forward.p99", &full, "forward.p99>35us", "forward.p99>36us" },
	{ "backward.p99.9", &full, "backward.p99.9>46us", "backward.p99.9>47us" },
	{ "reflector.mean", &full, "reflector.mean>51us", "reflector.mean>52us" },
	{ "ipdv.max", &full, "ipdv.max>67ns", "ipdv.max>68ns" },
	{ "an unknown percentage", &empty, "loss<0%", "sent>3" },
	{ "an unknown delay", &empty, "p99>1h", "sent>3" },
	{ "an unknown delay one way", &empty, "forward.p50<0", "sent>3" },
	{ "an unknown variation", &empty, "jitter>1h", "sent>3" },
	{ "an unknown direction", &empty, "lost.forward>1000", "sent>3" },
	{ "an unknown path length", &empty, "hops.forward>64", "sent>3" },
	{ "a number that is zero is known", &empty, "received<1", "received>0" },
	{ "blanks around the comparison", &full, " loss  >=  1% ", "loss > 1%" },
};

static const struct refused_case {
	const char *name;
	const char *text;
	const char *message; /* a part of it */
} refused_cases[] = {
	{ "nothing", "", "expected a condition like 'loss>1%'" },
	{ "blanks", "  ", "expected a condition" },
	{ "an unknown metric", "los>1%", "no metric is called 'los'; there are: loss, reordering (a perc" },
	{ "no metric", ">1%", "no metric is called ''" },
	{ "a prefix alone", "forward.>1ms", "no metric is called 'forward.'" },
	{ "a prefix that has no such figure", "forward.loss>1%", "no metric is called 'forward.loss'" },
	{ "a figure with two prefixes", "ipdv.forward.p50>1", "called 'ipdv.forward.p50'" },
	{ "no comparison", "loss", "'' behind loss is no comparison; expected >, >=, < or <=" },
	{ "an equals sign", "loss=1%", "'=' behind loss is no comparison" },
	{ "a doubled sign", "loss>>1%", "'>>' behind loss is no comparison" },
	{ "a sign the wrong way round", "loss=>1%", "no comparison" },
	{ "no value", "loss>", "'' is no value for loss; expected a percentage" },
	{ "a percentage without its sign", "loss>1", "'1' is no value for loss" },
	{ "a percentage above 100", "loss>101%", "at most 100%" },
	{ "two points", "loss>1.2.3%", "'1.2.3%' is no value" },
	{ "something behind the percentage", "loss>1%p99>2ms", "'1%p99>2ms' is no value" },
	{ "a number with a unit", "lost>5ms", "expected a number like 5" },
	{ "a negative number", "lost>-5", "expected a number like 5" },
	{ "a delay in percent", "p99>1%", "expected a duration like 2ms" },
	{ "a second condition that is bad", "loss>1% p98>1ms", "no metric is called 'p98'" },
	{ "a value too long", "p99>0.00000000000000000000000000000000000000000000001ms", "is no value" },
	{ "a name too long", "p9999999999999999999999999999999999999999999999999>1", "no metric" },
};
/* clang-format on */

static void holds_alone(void **state)
{
	const struct judged_case *c = *state;
	struct conditions conditions = { 0 };
	struct verdict verdict;

	assert_int_equal(conditions_add(&conditions, c->holds), 0);
	assert_int_equal(conditions_add(&conditions, c->other), 0);
	assert_int_equal(conditions.count, 2);
	verdict = conditions_judge(&conditions, c->summary);
	assert_true(verdict.asked);
	assert_int_equal(verdict.count, 1);
	assert_ptr_equal(verdict.failed[0].condition, &conditions.list[0]);
}

static void is_refused(void **state)
{
	const struct refused_case *c = *state;
	struct conditions conditions = { 0 };

	assert_int_equal(conditions_add(&conditions, c->text), -EINVAL);
	assert_non_null(strstr(log_last_error(), c->message));
}

static void several_conditions_stand_in_one_text(void **state)
{
	struct conditions conditions = { 0 };

	(void)state;
	assert_int_equal(conditions_add(&conditions, "loss>1% p99 > 2ms\thops.forward>=5"), 0);
	assert_int_equal(conditions.count, 3);
	assert_string_equal(conditions.list[0].text, "loss>1%");
	assert_string_equal(conditions.list[1].text, "p99>2ms");
	assert_string_equal(conditions.list[2].text, "hops.forward>=5");
}

static void the_same_condition_counts_once(void **state)
{
	struct conditions conditions = { 0 };

	(void)state;
	assert_int_equal(conditions_add(&conditions, "loss>1% loss>1% loss > 1%"), 0);
	assert_int_equal(conditions.count, 1);
}

static void there_is_a_limit_to_their_number(void **state)
{
	struct conditions conditions = { 0 };
	char text[32];

	(void)state;
	for (int i = 0; i < CONDITIONS_MAX; i++) {
		snprintf(text, sizeof(text), "lost>%d", i);
		assert_int_equal(conditions_add(&conditions, text), 0);
	}
	assert_int_equal(conditions_add(&conditions, "late>0"), -EINVAL);
	assert_int_equal(conditions.count, CONDITIONS_MAX);
}

static void without_conditions_nothing_fails(void **state)
{
	const struct conditions conditions = { 0 };
	struct verdict verdict = conditions_judge(&conditions, &empty);

	(void)state;
	assert_false(verdict.asked);
	assert_int_equal(verdict.count, 0);
}

/* clang-format off */
static const struct text_case {
	const char *name;
	const char *metric;
	const struct metrics_summary *summary;
	const char *text;
} text_cases[] = {
	{ "a percentage as text", "loss", &full, "1 %" },
	{ "a number as text", "received", &full, "198" },
	{ "a delay as text", "p99.9", &full, "27.0 us" },
	{ "a negative delay as text", "forward.min", &full, "-31.0 us" },
	{ "an unknown percentage as text", "loss", &empty, "unknown" },
	{ "an unknown delay as text", "backward.max", &empty, "unknown" },
};
/* clang-format on */

static void is_written(void **state)
{
	const struct text_case *c = *state;
	char text[METRIC_TEXT_MAX];
	struct metric_value value;
	struct metric metric;

	assert_true(metric_find(c->metric, &metric));
	value = metric_value(&metric, c->summary);
	assert_string_equal(metric_text(&metric, &value, text), c->text);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(judged_cases) + ARRAY_SIZE(refused_cases) +
				ARRAY_SIZE(text_cases) + 4];
	size_t count = 0;

	ADD_CASES(tests, count, judged_cases, holds_alone);
	ADD_CASES(tests, count, refused_cases, is_refused);
	ADD_CASES(tests, count, text_cases, is_written);
	ADD_TEST(tests, count, several_conditions_stand_in_one_text);
	ADD_TEST(tests, count, the_same_condition_counts_once);
	ADD_TEST(tests, count, there_is_a_limit_to_their_number);
	ADD_TEST(tests, count, without_conditions_nothing_fails);
	return RUN_TESTS(tests, count, NULL, NULL);
}
