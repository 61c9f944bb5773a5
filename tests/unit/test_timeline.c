/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A run over time: spans, their merging, and events in any order. Rows are written by hand. */
#include "lib/cases.h"

#include "ping/timeline.h"

#define SECOND 1000000000ULL
#define EVENTS_MAX 6
#define SPANS_MAX 4

static struct timeline timeline;

struct expected_span {
	size_t index;
	uint64_t answered, lost, late, duplicates, reordered;
	struct timeline_range round_trip;
};

#define ANSWER(at, delay)                                                                          \
	{                                                                                          \
		.sent_ns = (at), .answered = true, .delays_known = true, .round_trip_ns = (delay)  \
	}

/* clang-format off */
static const struct timeline_case {
	const char *name;
	uint64_t width_ns;
	size_t events;
	struct timeline_event event[EVENTS_MAX];
	uint64_t end_width_ns;
	size_t end_count;
	size_t spans;
	struct expected_span span[SPANS_MAX]; /* the others are empty */
} cases[] = {
	{ "nothing told leaves no span", SECOND, 0, { { 0 } }, SECOND, 0, 0, { { 0 } } },
	{ "packets an interval apart have a span each", SECOND,
	  3, { ANSWER(0, 100), ANSWER(SECOND, 300), ANSWER(2 * SECOND, 200) },
	  SECOND, 3,
	  3, { { 0, 1, 0, 0, 0, 0, { 1, 100, 100, 100 } },
	       { 1, 1, 0, 0, 0, 0, { 1, 300, 300, 300 } },
	       { 2, 1, 0, 0, 0, 0, { 1, 200, 200, 200 } } } },
	{ "packets of one span share it", SECOND,
	  3, { ANSWER(0, 100), ANSWER(999999999, -50), ANSWER(500000000, 10) },
	  SECOND, 1,
	  1, { { 0, 3, 0, 0, 0, 0, { 3, -50, 100, 60 } } } },
	{ "a loss told after later answers is where its packet was sent", SECOND,
	  3, { ANSWER(0, 100), ANSWER(3 * SECOND, 100), { .sent_ns = SECOND, .lost = true } },
	  SECOND, 4,
	  3, { { 0, 1, 0, 0, 0, 0, { 1, 100, 100, 100 } },
	       { 1, 0, 1, 0, 0, 0, { 0 } },
	       { 3, 1, 0, 0, 0, 0, { 1, 100, 100, 100 } } } },
	{ "a loss told after its span was merged is in the merged span", SECOND,
	  4, { ANSWER(0, 100), ANSWER(2 * SECOND, 300), ANSWER(512 * SECOND, 200),
	       { .sent_ns = 3 * SECOND, .lost = true } },
	  2 * SECOND, 257,
	  3, { { 0, 1, 0, 0, 0, 0, { 1, 100, 100, 100 } },
	       { 1, 1, 1, 0, 0, 0, { 1, 300, 300, 300 } },
	       { 256, 1, 0, 0, 0, 0, { 1, 200, 200, 200 } } } },
	{ "the last span of all does not make them wider", SECOND,
	  2, { ANSWER(0, 1), ANSWER(512 * SECOND - 1, 2) },
	  SECOND, 512,
	  2, { { 0, 1, 0, 0, 0, 0, { 1, 1, 1, 1 } }, { 511, 1, 0, 0, 0, 0, { 1, 2, 2, 2 } } } },
	{ "each two spans become one, with the least and the greatest of both", SECOND,
	  4, { ANSWER(4 * SECOND, 400), ANSWER(5 * SECOND, 500), ANSWER(6 * SECOND, 600),
	       ANSWER(512 * SECOND, 1) },
	  2 * SECOND, 257,
	  3, { { 2, 2, 0, 0, 0, 0, { 2, 400, 500, 900 } },
	       { 3, 1, 0, 0, 0, 0, { 1, 600, 600, 600 } },
	       { 256, 1, 0, 0, 0, 0, { 1, 1, 1, 1 } } } },
	{ "late replies and duplicates are counted without their delays", SECOND,
	  4, { { .sent_ns = SECOND, .lost = true },
	       { .sent_ns = SECOND, .late = true, .delays_known = true, .round_trip_ns = 9 },
	       ANSWER(SECOND, 7),
	       { .sent_ns = SECOND, .duplicate = true, .delays_known = true, .round_trip_ns = 8 } },
	  SECOND, 2,
	  1, { { 1, 1, 1, 1, 1, 0, { 1, 7, 7, 7 } } } },
	{ "an answer without valid delays is an answer", SECOND,
	  1, { { .answered = true, .reordered = true, .round_trip_ns = 5, .one_way_known = true } },
	  SECOND, 1,
	  1, { { 0, 1, 0, 0, 0, 1, { 0 } } } },
	{ "a width of 0 is one of 1", 0, 2, { ANSWER(0, 1), ANSWER(3, 1) }, 1, 4,
	  2, { { 0, 1, 0, 0, 0, 0, { 1, 1, 1, 1 } }, { 3, 1, 0, 0, 0, 0, { 1, 1, 1, 1 } } } },
	/* 2^64 - 1 over 2^55 is 511. */
	{ "from a width of 1 to the longest time there is", 1,
	  3, { ANSWER(0, 1), ANSWER(1, 3), ANSWER(UINT64_MAX, 5) }, 1ULL << 55, 512,
	  2, { { 0, 2, 0, 0, 0, 0, { 2, 1, 3, 4 } }, { 511, 1, 0, 0, 0, 0, { 1, 5, 5, 5 } } } },
	{ "the greatest width holds everything", UINT64_MAX,
	  2, { ANSWER(0, 1), ANSWER(UINT64_MAX, 5) }, UINT64_MAX, 2,
	  2, { { 0, 1, 0, 0, 0, 0, { 1, 1, 1, 1 } }, { 1, 1, 0, 0, 0, 0, { 1, 5, 5, 5 } } } },
};
/* clang-format on */

static const struct timeline_case *set_up(void **state)
{
	const struct timeline_case *c = *state;

	timeline_start(&timeline, c->width_ns);
	for (size_t i = 0; i < c->events; i++)
		timeline_add(&timeline, &c->event[i]);
	return c;
}

static void assert_range(const struct timeline_range *range, const struct timeline_range *expected)
{
	assert_int_equal(range->count, expected->count);
	if (!expected->count)
		return;
	assert_int_equal(range->min, expected->min);
	assert_int_equal(range->max, expected->max);
	assert_true(range->sum == expected->sum);
}

static void assert_span(size_t index, const struct expected_span *expected)
{
	const struct timeline_span *span = &timeline.spans[index];

	assert_int_equal(span->answered, expected->answered);
	assert_int_equal(span->lost, expected->lost);
	assert_int_equal(span->late, expected->late);
	assert_int_equal(span->duplicates, expected->duplicates);
	assert_int_equal(span->reordered, expected->reordered);
	assert_range(&span->round_trip, &expected->round_trip);
}

static void spans_are_as_written(void **state)
{
	const struct timeline_case *c = set_up(state);
	size_t next = 0;

	assert_int_equal(timeline.width_ns, c->end_width_ns);
	assert_int_equal(timeline.count, c->end_count);
	for (size_t i = 0; i < TIMELINE_SPANS; i++) {
		bool listed = next < c->spans && c->span[next].index == i;

		assert_span(i, listed ? &c->span[next++] : &(struct expected_span){ 0 });
	}
	assert_int_equal(next, c->spans);
}

/* Ten million packets a second apart: 10^7 / 512 is more than 2^14 and at most 2^15. */
static void a_very_long_run_keeps_every_packet(void **state)
{
	uint64_t answered = 0, lost = 0, known = 0;

	(void)state;
	timeline_start(&timeline, SECOND);
	for (uint64_t i = 0; i < 10000000; i++)
		timeline_add(&timeline, &(struct timeline_event){ .sent_ns = i * SECOND,
								  .answered = i % 10,
								  .lost = i % 10 == 0,
								  .delays_known = true,
								  .round_trip_ns = 5 });
	for (size_t i = 0; i < timeline.count; i++) {
		answered += timeline.spans[i].answered;
		lost += timeline.spans[i].lost;
		known += timeline.spans[i].round_trip.count;
	}
	assert_int_equal(timeline.width_ns, (1ULL << 15) * SECOND);
	assert_int_equal(timeline.count, 306); /* 9999999 / 32768 is 305 */
	assert_int_equal(answered, 9000000);
	assert_int_equal(known, 9000000);
	assert_int_equal(lost, 1000000);
	assert_int_equal(timeline.spans[0].answered + timeline.spans[0].lost, 32768);
}

static void one_way_delays_and_hops_are_kept_where_they_are_known(void **state)
{
	static const struct timeline_event events[] = {
		{ .answered = true,
		  .delays_known = true,
		  .one_way_known = true,
		  .forward_ns = -3,
		  .backward_ns = 9,
		  .hops_forward = 4,
		  .hops_backward = 6 },
		{ .answered = true,
		  .delays_known = true,
		  .one_way_known = true,
		  .forward_ns = 5,
		  .backward_ns = 1,
		  .hops_forward = 7 },
		{ .answered = true, .delays_known = true, .forward_ns = 99, .backward_ns = 99 },
	};
	const struct timeline_span *span = &timeline.spans[0];

	(void)state;
	timeline_start(&timeline, SECOND);
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		timeline_add(&timeline, &events[i]);
	assert_range(&span->forward, &(struct timeline_range){ 2, -3, 5, 2 });
	assert_range(&span->backward, &(struct timeline_range){ 2, 1, 9, 10 });
	assert_range(&span->hops_forward, &(struct timeline_range){ 2, 4, 7, 11 });
	assert_range(&span->hops_backward, &(struct timeline_range){ 1, 6, 6, 6 });
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases) + 2];
	size_t count = 0;

	ADD_CASES(tests, count, cases, spans_are_as_written);
	ADD_TEST(tests, count, a_very_long_run_keeps_every_packet);
	ADD_TEST(tests, count, one_way_delays_and_hops_are_kept_where_they_are_known);
	return RUN_TESTS(tests, count, NULL, NULL);
}
