/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The internet checksum against a plain loop over 16-bit words: every carry is kept. */
#include <arpa/inet.h>
#include <string.h>

#include "lib/cases.h"
#include "lib/packet.h"
#include "stamp/checksum.h"

#define RANDOM_VALUES 1000000

/* clang-format off */
static const struct fold_case {
	const char *name;
	uint64_t sum;
	uint16_t expected;
} fold_cases[] = {
	{ "nothing", 0, 0 },
	{ "16 bits stay", 0xfffe, 0xfffe },
	{ "all ones stay", 0xffff, 0xffff },
	{ "one carry", 0x10000, 1 },
	{ "a carry that makes a carry", 0x1ffff, 1 },
	{ "all ones of 32 bits", 0xffffffff, 0xffff },
	{ "a carry out of 32 bits", 0x100000000, 1 },
	{ "carries at every step", 0x1ffffffff, 1 },
	{ "all ones of 64 bits", 0xffffffffffffffff, 0xffff },
	{ "the highest bit", 0x8000000000000000, 0x8000 },
};

static const struct udp_case {
	const char *name;
	uint64_t sum;
	uint16_t expected;
} udp_cases[] = {
	{ "UDP: a sum is complemented", 0x1234, 0xedcb },
	{ "UDP: a checksum of 0 is sent as 0xffff", 0xffff, 0xffff },
	{ "UDP: the same for a sum with carries", 0xffff0000, 0xffff },
	{ "UDP: 0xffff is the checksum of nothing", 0, 0xffff },
	{ "UDP: a checksum of 1", 0xfffe, 1 },
};
/* clang-format on */

static uint16_t fold_plainly(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static void sum_is_folded(void **state)
{
	const struct fold_case *c = *state;

	assert_int_equal(stamp_sum_fold(c->sum), c->expected);
	assert_int_equal(fold_plainly(c->sum), c->expected);
}

static void udp_checksum_is_never_zero(void **state)
{
	const struct udp_case *c = *state;

	assert_int_equal(stamp_udp_checksum(c->sum), c->expected);
}

static void random_sums_are_folded(void **state)
{
	uint64_t random = 0x5eed0005;

	(void)state;
	for (int i = 0; i < RANDOM_VALUES; i++) {
		uint64_t sum = cases_random(&random) | (i % 3 ? 0 : 0xffffffff0000ffff);

		if (stamp_sum_fold(sum) != fold_plainly(sum))
			fail_msg("0x%llx", (unsigned long long)sum);
	}
}

/* The octets, and how many of them: 0xff makes a carry at each word. */
static void words_are_summed(const uint8_t *octets, uint32_t size)
{
	uint16_t ours = stamp_sum_fold(stamp_sum_words(0, octets, size));

	if (ntohs(ours) != packet_sum(octets, size, 0))
		fail_msg("%u octets at %p", size, (const void *)octets);
}

static void random_octets_are_summed(void **state)
{
	uint64_t random = 0x5eed0006;
	uint8_t octets[258];

	(void)state;
	for (int i = 0; i < 2000; i++) {
		for (size_t j = 0; j < sizeof(octets); j++)
			octets[j] = i % 4 ? (uint8_t)(cases_random(&random) >> 56) : 0xff;
		for (uint32_t size = 0; size <= 256; size += 4)
			words_are_summed(octets + i % 2 * 2, size);
	}
}

/* A worked one: the IPv4 header of RFC 1071's kind, 20 octets with their checksum. */
static void a_whole_header_sums_to_all_ones(void **state)
{
	const uint8_t header[20] = { 0x45, 0xba, 0x00, 0x48, 0x12, 0x34, 0x40, 0x00, 0x3d, 0x11,
				     0x3e, 0x7a, 0xc6, 0x33, 0x64, 0x07, 0xc0, 0x00, 0x02, 0x02 };

	(void)state;
	assert_int_equal(stamp_sum_fold(stamp_sum_words(0, header, sizeof(header))), 0xffff);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(fold_cases) + ARRAY_SIZE(udp_cases) + 3];
	size_t count = 0;

	ADD_CASES(tests, count, fold_cases, sum_is_folded);
	ADD_CASES(tests, count, udp_cases, udp_checksum_is_never_zero);
	ADD_TEST(tests, count, random_sums_are_folded);
	ADD_TEST(tests, count, random_octets_are_summed);
	ADD_TEST(tests, count, a_whole_header_sums_to_all_ones);
	return RUN_TESTS(tests, count, NULL, NULL);
}
