/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the figures of a session take: 10,000 sessions have to fit into one process. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <malloc.h>
#include "sender/metrics.h"

#define US 1000ULL
#define NOON_NS (1736942400ULL * 1000000 * US)
#define SESSION_OCTETS_MAX (32 * 1024)

static size_t octets_in_use(void)
{
	struct mallinfo2 use = mallinfo2();

	return use.uordblks + use.hblkhd;
}

/* A packet a second over a quiet path: delays vary by less than 0.1 us. */
static void play(struct metrics *metrics, uint64_t number)
{
	uint64_t sent_ns = NOON_NS + number * NSEC_PER_SEC;
	struct probe_reply reply = {
		.size = 44,
		.sequence = (uint32_t)number,
		.sender_sequence = (uint32_t)number,
		.ssid = 7,
		.received_ns = sent_ns + 30 * US + number * 37 % 64,
		.sent_ns = sent_ns + 35 * US + number * 37 % 64,
		.sender_ttl = 255,
	};
	const struct metrics_sample sample = {
		.match = { .verdict = MATCH_ANSWER,
			   .number = number,
			   .sent_ns = sent_ns,
			   .elapsed_ns = NSEC_PER_SEC },
		.reply = &reply,
		.received_ns = reply.sent_ns + 20 * US + number * 11 % 32,
		.ttl = 255,
	};

	metrics_sent(metrics, 50 * US + number);
	metrics_reply(metrics, &sample);
}

static void a_session_with_steady_delays_is_small(void **state)
{
	const struct metrics_settings settings = { .ttl = 255, .ssid = 7 };
	struct metrics *metrics;
	size_t before = octets_in_use();

	(void)state;
	if (!before)
		skip(); /* a sanitizer's malloc tells nothing */
	assert_int_equal(metrics_open(&metrics, &settings), 0);
	for (uint64_t number = 0; number < 100; number++)
		play(metrics, number);
	assert_in_range(octets_in_use() - before, sizeof(struct metrics_summary),
			SESSION_OCTETS_MAX);
	metrics_close(metrics);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session_with_steady_delays_is_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
