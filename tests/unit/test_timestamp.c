/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The NTP and PTP formats: worked figures, and every path against plain 128-bit arithmetic. */
#include "lib/cases.h"
#include "stamp/timestamp.h"

#define RANDOM_VALUES 1000000
#define NOON 1736942400ULL  /* 2025-01-15 12:00:00 UTC */
#define ERA_1 2085978496ULL /* 2036-02-07 06:28:16 UTC: NTP seconds are 0 again */
#define LAST_NS 999999999ULL

/* clang-format off */
static const struct ntp_case {
	const char *name;
	uint64_t seconds;
	uint32_t nanoseconds;
	uint32_t ntp_seconds, fraction;
} ntp_cases[] = {
	{ "NTP: a whole second", NOON, 0, 0xeb3221c0, 0x00000000 },
	{ "NTP: 1 ns", NOON, 1, 0xeb3221c0, 0x00000004 },
	{ "NTP: 123456789 ns", NOON, 123456789, 0xeb3221c0, 0x1f9add37 },
	{ "NTP: half a second", NOON, 500000000, 0xeb3221c0, 0x80000000 },
	{ "NTP: the last nanosecond", NOON, 999999999, 0xeb3221c0, 0xfffffffb },
	{ "NTP: T2 of the worked reply", NOON, 125000000, 0xeb3221c0, 0x20000000 },
	{ "NTP: T3 of the worked reply", NOON, 125012000, 0xeb3221c0, 0x2000c953 },
	{ "NTP: 1970", 0, 0, 0x83aa7e80, 0x00000000 },
	{ "NTP: the last second of era 0", ERA_1 - 1, 0, 0xffffffff, 0x00000000 },
	{ "NTP: the last nanosecond of era 0", ERA_1 - 1, 999999999, 0xffffffff, 0xfffffffb },
	{ "NTP: the first second of era 1", ERA_1, 0, 0x00000000, 0x00000000 },
	{ "NTP: a minute into era 1", ERA_1 + 60, 1, 60, 0x00000004 },
};

static const struct ptp_case {
	const char *name;
	uint64_t seconds;
	uint32_t nanoseconds;
	int32_t tai_offset;
	uint32_t ptp_seconds;
} ptp_cases[] = {
	{ "PTP: TAI is 37 s ahead", NOON, 123456789, 37, 0x6787a365 },
	{ "PTP: without an offset", NOON, 123456789, 0, 0x6787a340 },
	{ "PTP: an offset may be negative", NOON, 0, -1, 0x6787a33f },
	{ "PTP: 1970", 0, 0, 0, 0 },
	{ "PTP: the last nanosecond", NOON, 999999999, 37, 0x6787a365 },
	{ "PTP: 32 bits end in 2106", 0x100000000ULL, 5, 0, 0 },
	{ "PTP: 32 bits end 37 s earlier", 0xffffffffULL - 36, 5, 37, 0 },
};

static const struct near_case {
	const char *name;
	uint32_t seconds; /* on the wire */
	uint64_t near, expected; /* seconds */
} near_cases[] = {
	{ "near: now", 0xeb3221c0, NOON, NOON },
	{ "near: just before the wrap, seen after it", 0xffffffff, ERA_1 + 5, ERA_1 - 1 },
	{ "near: just after the wrap, seen before it", 0, ERA_1 - 5, ERA_1 },
	{ "near: 68 years ahead", 0xeb3221c0 + 0x7fffffff, NOON, NOON + 0x7fffffff },
	{ "near: 54 years back", 0xeb3221c0 - 1700000000, NOON, NOON - 1700000000 },
};
/* clang-format on */

static void ntp_is_written_and_read(void **state)
{
	const struct ntp_case *c = *state;
	uint64_t ns = c->seconds * NSEC_PER_SEC + c->nanoseconds;
	struct stamp_time time = stamp_time_from_ns(ns, c->seconds);
	struct stamp_timestamp ntp = stamp_ntp_from_time(time);

	assert_int_equal(bpf_ntohl(ntp.seconds), c->ntp_seconds);
	assert_int_equal(bpf_ntohl(ntp.fraction), c->fraction);
	assert_int_equal(stamp_ntp_to_ns(ntp, ns), ns);
}

static void ptp_is_written_and_read(void **state)
{
	const struct ptp_case *c = *state;
	uint64_t ns = c->seconds * NSEC_PER_SEC + c->nanoseconds;
	struct stamp_time time = stamp_time_from_ns(ns, c->seconds);
	struct stamp_timestamp ptp = stamp_ptp_from_time(time, c->tai_offset);

	assert_int_equal(bpf_ntohl(ptp.seconds), c->ptp_seconds);
	assert_int_equal(bpf_ntohl(ptp.fraction), c->nanoseconds);
	assert_int_equal(stamp_ptp_to_ns(ptp, c->tai_offset, ns), ns);
}

static void era_is_the_near_one(void **state)
{
	const struct near_case *c = *state;
	struct stamp_timestamp ntp = { .seconds = bpf_htonl(c->seconds) };
	uint64_t offset = 37;
	struct stamp_timestamp ptp = { .seconds = bpf_htonl((uint32_t)(c->expected + offset)) };

	assert_int_equal(stamp_ntp_to_ns(ntp, c->near * NSEC_PER_SEC), c->expected * NSEC_PER_SEC);
	assert_int_equal(stamp_ptp_to_ns(ptp, (int32_t)offset, c->near * NSEC_PER_SEC),
			 c->expected * NSEC_PER_SEC);
}

static void a_fraction_rounded_up_carries(void **state)
{
	struct stamp_timestamp ntp = { bpf_htonl(0xeb3221c0), bpf_htonl(0xfffffffe) };

	(void)state;
	assert_int_equal(stamp_ntp_to_ns(ntp, NOON * NSEC_PER_SEC), (NOON + 1) * NSEC_PER_SEC);
}

static void split_is_right(uint64_t ns, uint64_t known_second)
{
	struct stamp_time time = stamp_time_from_ns(ns, known_second);

	if (time.seconds != ns / NSEC_PER_SEC || time.nanoseconds != ns % NSEC_PER_SEC)
		fail_msg("%llu ns, known second %llu", (unsigned long long)ns,
			 (unsigned long long)known_second);
}

/* Around every whole second, and around the 2^32 ns where the division begins. */
static void splitting_is_right_at_the_edges(void **state)
{
	const uint64_t edges[] = { 0,
				   NSEC_PER_SEC,
				   2 * NSEC_PER_SEC,
				   3 * NSEC_PER_SEC,
				   4 * NSEC_PER_SEC,
				   1ULL << 32,
				   5 * NSEC_PER_SEC,
				   3600 * NSEC_PER_SEC };
	const uint64_t known[] = { 0, 1, NOON, ERA_1 - 1, ERA_1, 0xffffffff, 0x100000000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		for (size_t j = 0; j < ARRAY_SIZE(edges); j++)
			for (uint64_t ns = edges[j] ? edges[j] - 600 : 0; ns < edges[j] + 600; ns++)
				split_is_right(known[i] * NSEC_PER_SEC + ns, known[i]);
}

static void splitting_is_right_for_random_times(void **state)
{
	uint64_t random = 0x5eed0001;

	(void)state;
	for (int i = 0; i < RANDOM_VALUES; i++) {
		uint64_t second = cases_random(&random) >> 31; /* beyond 2106 too */
		uint64_t after = cases_random(&random) >> (30 + i % 8);

		split_is_right(second * NSEC_PER_SEC + after, second);
	}
}

static void fraction_is_right(uint32_t ns)
{
	unsigned __int128 fraction = ((unsigned __int128)ns << 32) / NSEC_PER_SEC;

	if (stamp_ntp_fraction(ns) != (uint32_t)fraction)
		fail_msg("%u ns", ns);
	if ((((fraction * NSEC_PER_SEC) + (1U << 31)) >> 32) != ns)
		fail_msg("%u ns does not come back", ns);
}

static void fractions_are_right_at_the_edges(void **state)
{
	(void)state;
	for (uint32_t ns = 0; ns < 2000000; ns++) {
		fraction_is_right(ns);
		fraction_is_right((uint32_t)LAST_NS - ns);
	}
	for (uint64_t step = 1; step < 1000; step++) /* where the fraction is a whole number */
		fraction_is_right((uint32_t)(step * 1953125 % NSEC_PER_SEC));
}

static void fractions_are_right_for_random_times(void **state)
{
	uint64_t random = 0x5eed0002;

	(void)state;
	for (int i = 0; i < 2 * RANDOM_VALUES; i++)
		fraction_is_right((uint32_t)(cases_random(&random) % NSEC_PER_SEC));
}

static void random_times_come_back(void **state)
{
	uint64_t random = 0x5eed0003;

	(void)state;
	for (int i = 0; i < RANDOM_VALUES; i++) {
		uint64_t ns = cases_random(&random) >> 1;
		uint64_t near =
			ns + (cases_random(&random) >> 3) % (68ULL * 365 * 86400 * NSEC_PER_SEC);
		struct stamp_time time = stamp_time_from_ns(ns, 0);

		if (stamp_ntp_to_ns(stamp_ntp_from_time(time), near) != ns ||
		    stamp_ptp_to_ns(stamp_ptp_from_time(time, 37), 37, near) != ns)
			fail_msg("%llu ns", (unsigned long long)ns);
	}
}

int main(void)
{
	struct CMUnitTest
		tests[ARRAY_SIZE(ntp_cases) + ARRAY_SIZE(ptp_cases) + ARRAY_SIZE(near_cases) + 6];
	size_t count = 0;

	ADD_CASES(tests, count, ntp_cases, ntp_is_written_and_read);
	ADD_CASES(tests, count, ptp_cases, ptp_is_written_and_read);
	ADD_CASES(tests, count, near_cases, era_is_the_near_one);
	ADD_TEST(tests, count, a_fraction_rounded_up_carries);
	ADD_TEST(tests, count, splitting_is_right_at_the_edges);
	ADD_TEST(tests, count, splitting_is_right_for_random_times);
	ADD_TEST(tests, count, fractions_are_right_at_the_edges);
	ADD_TEST(tests, count, fractions_are_right_for_random_times);
	ADD_TEST(tests, count, random_times_come_back);
	return RUN_TESTS(tests, count, NULL, NULL);
}
