/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The exact octets of replies. Whole frames are built anew by tests/lib from the turned-around
 * description and Scapy's reply packet; only T2, T3 and the Error Estimate are the program's, and
 * are judged by themselves.
 */
#include <stdio.h>
#include <string.h>

#include "lib/cases.h"
#include "lib/golden.h"
#include "lib/scene.h"

#define TESTS_MAX 512
#define SECOND 1000000000ULL
#define NTP_TO_UNIX 2208988800ULL
#define ERA_1 2085978496ULL /* 2036-02-07 06:28:16 UTC */
#define TAI_OFFSET 37

static struct prog_run *run;

struct exchange {
	struct packet request, reply;
	struct clock_reading clock;
	uint64_t before, after; /* CLOCK_MONOTONIC around it */
	bool is_ptp;
};

/* A time of the reply as UTC nanoseconds, in the era of the clock; nothing of include/stamp/. */
static uint64_t read_time(const struct exchange *exchange, uint32_t offset)
{
	const uint8_t *octets = exchange->reply.data + exchange->reply.payload + offset;
	uint64_t now = (exchange->before + exchange->clock.utc_offset_ns) / SECOND;
	uint64_t seconds = packet_get32(octets), low = packet_get32(octets + 4);

	if (exchange->is_ptp) {
		assert_true(low < SECOND);
		return (seconds - TAI_OFFSET) * SECOND + low;
	}
	seconds -= NTP_TO_UNIX - (now >= ERA_1 ? 0x100000000ULL : 0);
	return seconds * SECOND + (uint64_t)(((unsigned __int128)low * SECOND + (1U << 31)) >> 32);
}

/* R8762-4.3.1-3, R8762-4.3.1-4, TS-7: T2 <= T3, both within the run, in the format of the session.
 */
static void assert_times(const struct exchange *exchange)
{
	uint64_t received = read_time(exchange, 16), sent = read_time(exchange, 4);
	uint64_t offset = exchange->clock.utc_offset_ns;

	assert_in_range(received, exchange->before + offset, exchange->after + offset);
	assert_in_range(sent, received, exchange->after + offset);
}

/* R8762-4.3.1-5: one Error Estimate for both, of the clock entry, with Z of the session. */
static void assert_estimate(const struct exchange *exchange)
{
	uint16_t expected = exchange->clock.error_estimate;

	if (exchange->before > exchange->clock.valid_until_ns)
		expected &= 0x7fff;
	if (exchange->is_ptp)
		expected |= 0x4000;
	assert_int_equal(packet_get16(exchange->reply.data + exchange->reply.payload + 12),
			 expected);
}

static void run_request(struct exchange *exchange, const struct packet_fields *fields)
{
	packet_build(&exchange->request, fields);
	exchange->before = prog_run_monotonic();
	assert_int_equal(prog_run_frame(run, &exchange->request, &exchange->reply), XDP_TX);
	exchange->after = prog_run_monotonic();
}

/* Scapy's reply packet with the fields that the program alone knows, and then the tail. */
static uint32_t expected_payload(const struct exchange *exchange, const char *golden,
				 const struct packet_fields *fields, uint8_t *payload)
{
	const uint8_t *actual = exchange->reply.data + exchange->reply.payload;
	uint32_t length = exchange->request.length - exchange->request.payload - fields->padding;
	uint8_t octets[GOLDEN_MAX];

	if (length > 44)
		memcpy(payload, fields->payload, length);
	memcpy(payload, octets, golden_read(golden, octets));
	memcpy(payload + 4, actual + 4, 10);
	memcpy(payload + 16, actual + 16, 8);
	if (length < 44)
		memset(payload + 14, 0, 2); /* TW-6: padding is no SSID */
	return length < 44 ? 44 : length;
}

/* The whole reply: addresses swapped, TTL 255, the rest as described by packet_answer(). */
static void assert_reply(const struct exchange *exchange, const char *golden,
			 const struct packet_fields *fields)
{
	static uint8_t payload[PACKET_MAX];
	static struct packet expected;
	uint32_t length = expected_payload(exchange, golden, fields, payload);
	struct packet_fields answer = packet_answer(fields, payload, length);

	packet_build(&expected, &answer);
	assert_int_equal(exchange->reply.length, expected.length);
	assert_memory_equal(exchange->reply.data, expected.data, expected.length);
	assert_times(exchange);
	assert_estimate(exchange);
}

/* What follows the golden request in larger ones: every octet differs from its neighbours. */
static void fill_payload(uint8_t *payload, uint32_t length, const char *golden)
{
	uint8_t octets[GOLDEN_MAX];

	for (uint32_t i = 0; i < PACKET_MAX; i++)
		payload[i] = (uint8_t)(i * 7 + (i >> 8) + 1);
	memcpy(payload, octets, golden_read(golden, octets));
	packet_put_padding_tlv(payload, 44, length);
}

/* Runs a described request with the golden payload; TTL 61 is what the golden reply has seen. */
static void exchange_is(const struct packet_fields *row, enum scene_peer peer, bool is_ip6,
			unsigned int tags, const char *request, const char *reply)
{
	static uint8_t payload[PACKET_MAX];
	static struct exchange exchange;
	struct packet_fields fields = scene_fields(row, peer, is_ip6, tags);

	fill_payload(payload, fields.payload_length, request);
	fields.payload = payload;
	if (!fields.ttl)
		fields.ttl = 61;
	exchange.clock = prog_run_clock_now();
	exchange.is_ptp = scene_flags(peer) & SESSION_PTP;
	prog_run_set_clock(run, &exchange.clock);
	run_request(&exchange, &fields);
	assert_reply(&exchange, reply, &fields);
}

struct reply_case {
	const char *name;
	struct packet_fields fields;
	enum scene_peer peer;
	const char *request, *reply; /* default: the golden ones */
};

/* clang-format off */
static const struct reply_case reply_cases[] = {
	{ "R8762-4.3.1-1: stateless, the number is echoed", .peer = PEER_STATELESS },
	{ "R8762-4.1-6: any ports are swapped",
	  .fields = { .source_port = 65535, .destination_port = SCENE_OTHER_PORT } },
	{ "R8762-4.1-6: source port 862 is swapped", .fields = { .source_port = 862 } },
	{ "TS-3: Z is set in a session with PTP", .peer = PEER_PTP, .reply = "reply_ptp" },
	{ "TS-4: the sender's PTP is not ours", .request = "request_ptp", .reply = "reply_to_ptp" },
	{ "DSCP stays and ECN goes: CE", .fields = { .traffic_class = 0xbb } },
	{ "DSCP stays and ECN goes: ECT(1)", .fields = { .traffic_class = 0x01 } },
	{ "DSCP stays and ECN goes: 63", .fields = { .traffic_class = 0xff } },
	{ "DSCP 0 without ECN", .fields = { .traffic_class = 0 } },
	{ "the IP id stays", .fields = { .id = 0xffff } },
	{ "Don't Fragment stays", .fields = { .fragment = 0x4000, .id = 0x1234 } },
	{ "the flow label stays", .fields = { .flow_label = 0xfffff, .traffic_class = 0xff } },
	{ "a flow label of one bit stays", .fields = { .flow_label = 0x80000 } },
	{ "padding behind the packet goes", .fields = { .padding = 1 } },
	{ "padding to 60 octets and more goes", .fields = { .padding = 100 } },
	{ "a page of padding goes", .fields = { .padding = 3300 } },
	{ "a jumbo frame of padding goes", .fields = { .padding = 6000 } },
	{ "a jumbo frame of padding behind a large packet goes",
	  .fields = { .payload_length = 3000, .padding = 6000 } },
	{ "an unfinished checksum becomes a full one",
	  .fields = { .checksum = PACKET_UNFINISHED } },
	{ "an unfinished checksum of 1001 octets becomes a full one",
	  .fields = { .checksum = PACKET_UNFINISHED, .payload_length = 1001 } },
	{ "TW-1: 14 octets grow to 44", .fields = { .payload_length = 14 }, .peer = PEER_SHORT },
	{ "TW-1: 41 octets grow to 44", .fields = { .payload_length = 41 }, .peer = PEER_SHORT },
	{ "TW-1: 43 octets grow to 44", .fields = { .payload_length = 43 }, .peer = PEER_SHORT },
	{ "TW-1: 14 octets and padding that is just enough",
	  .fields = { .payload_length = 14, .padding = 30 }, .peer = PEER_SHORT },
	{ "TW-1: 14 octets and padding that is too much",
	  .fields = { .payload_length = 14, .padding = 32 }, .peer = PEER_SHORT },
	{ "TW-1: 15 octets and some padding", .fields = { .payload_length = 15, .padding = 7 },
	  .peer = PEER_SHORT },
	{ "TW-1: 14 octets and a jumbo frame of padding",
	  .fields = { .payload_length = 14, .padding = 6000 }, .peer = PEER_SHORT },
	{ "TW-1: an unfinished checksum of 17 octets becomes a full one",
	  .fields = { .payload_length = 17, .checksum = PACKET_UNFINISHED }, .peer = PEER_SHORT },
	{ "TW-2: 44 octets where short ones are allowed", .peer = PEER_SHORT },
	{ "TW-2: 45 octets keep their size", .fields = { .payload_length = 45 } },
	{ "TW-2: 1472 octets keep their size", .fields = { .payload_length = 1472 } },
	{ "R8762-4.3-2: the tail of 101 octets is copied", .fields = { .payload_length = 101 } },
};

static const struct reply_case ip4_cases[] = {
	{ "no checksum becomes a full one", .fields = { .checksum = PACKET_ABSENT } },
	{ "no checksum with a tail becomes a full one",
	  .fields = { .checksum = PACKET_ABSENT, .payload_length = 999 } },
	{ "TW-1: no checksum in 14 octets becomes a full one",
	  .fields = { .checksum = PACKET_ABSENT, .payload_length = 14 }, .peer = PEER_SHORT },
};
/* clang-format on */

struct expanded {
	char name[140];
	const struct reply_case *c;
	bool is_ip6;
	unsigned int tags;
};

static void reply_is_exact(void **state)
{
	const struct expanded *form = *state;
	const struct reply_case *c = form->c;

	exchange_is(&c->fields, c->peer, form->is_ip6, form->tags,
		    c->request ? c->request : "request", c->reply ? c->reply : "reply");
}

/* R8762-4.3.1-7: the TTL or Hop Limit as it came. */
static void ttl_is_reported(void **state)
{
	static const uint8_t ttls[] = { 1, 7, 64, 128, 254, 255 };
	static struct exchange exchange;

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(ttls); i++) {
		struct packet_fields row = { .ttl = ttls[i / 2] };
		struct packet_fields fields = scene_fields(&row, PEER_STATELESS, i & 1, 0);

		run_request(&exchange, &fields);
		assert_int_equal(exchange.reply.data[exchange.reply.payload + 40], ttls[i / 2]);
	}
}

/* R8762-4-4, R8762-4.6-5, R8762-4.6-6: every size from 14 on, and its tail. */
static void every_size_is_answered(void **state)
{
	(void)state;
	for (uint32_t length = 14; length <= 1500; length++) {
		struct packet_fields row = { .payload_length = length };

		exchange_is(&row, PEER_SHORT, length / 2 & 1, length / 4 % 3, "request", "reply");
	}
}

/* Beyond a page the frame comes in fragments; the program reads and sums through them. */
static void jumbo_frames_are_answered(void **state)
{
	static const uint32_t lengths[] = { 1501, 3391, 3392, 3400, 3450, 3477, 3478, 3479,
					    3480, 3500, 3519, 3520, 4000, 4051, 4096, 4097,
					    6001, 7613, 7614, 7615, 8192, 8931, 8972, 9000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++)
		for (unsigned int form = 0; form < 6; form++) {
			struct packet_fields row = { .payload_length = lengths[i] };

			exchange_is(&row, PEER_STATELESS, form & 1, form / 2, "request", "reply");
			row.checksum = PACKET_UNFINISHED;
			exchange_is(&row, PEER_PTP, form & 1, form / 2, "request", "reply_ptp");
		}
}

/* The first fragment ends at 3520 octets in a test run: padding begins before, at and behind it. */
static void padding_in_fragments_goes(void **state)
{
	(void)state;
	for (uint32_t length = 3420; length < 3540; length++) {
		struct packet_fields row = { .payload_length = length, .padding = 2000 };

		exchange_is(&row, PEER_STATELESS, length & 1, 0, "request", "reply");
		exchange_is(&row, PEER_STATELESS, ~length & 1, 1, "request", "reply");
	}
}

/* R8762-4.3.1-4, TS-8: T3 is no copy of T2. */
static void sent_is_later_than_received(void **state)
{
	static struct exchange exchange;
	uint8_t payload[1400];
	struct packet_fields row = { .payload_length = sizeof(payload), .payload = payload };
	struct packet_fields fields = scene_fields(&row, PEER_STATELESS, true, 0);
	uint32_t later = 0;

	(void)state;
	memset(payload, 0, sizeof(payload));
	packet_put_padding_tlv(payload, 44, sizeof(payload));
	exchange.clock = prog_run_clock_now();
	prog_run_set_clock(run, &exchange.clock);
	for (int i = 0; i < 100; i++) {
		run_request(&exchange, &fields);
		assert_times(&exchange);
		later += read_time(&exchange, 4) > read_time(&exchange, 16);
	}
	assert_in_range(later, 90, 100);
}

/* Answers a request whose payload is the golden one with `octets` octets set to `value`. */
static void dirty_request_is(uint32_t offset, uint32_t octets, uint8_t value, uint32_t copy_to)
{
	static uint8_t payload[PACKET_MAX];
	static struct exchange exchange;
	struct packet_fields row = { .ttl = 61 };

	for (unsigned int i = 0; i < 2; i++) {
		struct packet_fields fields = scene_fields(&row, PEER_STATELESS, i, 0);
		uint8_t expected[GOLDEN_MAX];
		const uint8_t *reply = exchange.reply.data;

		fill_payload(payload, 44, "request");
		memset(payload + offset, value, octets);
		fields.payload = payload;
		run_request(&exchange, &fields);
		golden_read("reply", expected);
		if (copy_to)
			memset(expected + copy_to, value, octets);
		reply += exchange.reply.payload;
		assert_memory_equal(reply + 14, expected + 14, 2);
		assert_memory_equal(reply + 24, expected + 24, 20);
		assert_int_equal(packet_udp_sum(&exchange.reply), 0xffff);
	}
}

/* R8762-4.2.1-8, R8762-4.3.1-8. */
static void dirty_mbz_is_answered_with_zeros(void **state)
{
	(void)state;
	dirty_request_is(16, 28, 0xff, 0);
	dirty_request_is(43, 1, 0x01, 0);
}

/* its Multiplier is 0, so it claims nothing; the copy is verbatim. */
static void an_estimate_of_nothing_is_copied(void **state)
{
	(void)state;
	dirty_request_is(12, 2, 0x00, 36);
}

/* R8972-3-7. */
static void ssid_is_copied(void **state)
{
	(void)state;
	dirty_request_is(14, 2, 0xbe, 14);
	dirty_request_is(14, 2, 0x00, 14);
}

/* R8762-4.3.1-6: whatever is in the sender's time. */
static void sender_time_is_copied(void **state)
{
	(void)state;
	dirty_request_is(4, 8, 0xff, 28);
	dirty_request_is(4, 8, 0x00, 28);
}

static void scapys_frames_are_turned_around(void **state)
{
	static const char *const names[] = { "ip4", "ip6", "vlan1", "vlan2" };
	static const uint32_t payloads[] = { 42, 62, 46, 70 }; /* their offsets */
	static struct packet in, out;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		uint8_t expected[GOLDEN_MAX];
		uint32_t at = payloads[i], length;
		char name[64];

		snprintf(name, sizeof(name), "frame_%s_request", names[i]);
		in.length = golden_read(name, in.data);
		snprintf(name, sizeof(name), "frame_%s_reply", names[i]);
		length = golden_read(name, expected);
		assert_int_equal(prog_run_frame(run, &in, &out), XDP_TX);
		assert_int_equal(out.length, length);
		memcpy(expected + at - 2, out.data + at - 2, 2); /* checksum of other times */
		memcpy(expected + at + 4, out.data + at + 4, 8);
		memcpy(expected + at + 16, out.data + at + 16, 8);
		assert_memory_equal(out.data, expected, length);
	}
}

struct clock_case {
	const char *name;
	int64_t ahead;        /* seconds that the clock is ahead of this machine's */
	int64_t known_before; /* seconds since `known_second` */
	int64_t valid_for;    /* seconds; negative: nobody watches any more */
	uint16_t error_estimate;
};

#define YEARS(n) ((n)*31556952LL)

/* clang-format off */
static const struct clock_case clock_cases[] = {
	{ "the clock of this machine", 0, 0, 60, 0x8587 },
	{ "a second that was known for 4 s", 0, 4, 60, 0x8587 },
	{ "a second that was known for 5 s", 0, 5, 60, 0x8587 },
	{ "a second that was known for a day", 0, 86400, 60, 0x8587 },
	{ "no second known", 0, INT64_MAX, 60, 0x8587 },
	{ "S is cleared when nobody watches the clock", 0, 100, -1, 0x8587 },
	{ "a clock that is not synchronized", 0, 0, 60, 0x3fff },
	{ "a clock that is not synchronized or watched", 0, 0, -1, 0x3fff },
	{ "a clock behind", -YEARS(20), 0, 60, 0x8587 },
	{ "a clock ahead", YEARS(5), 0, 60, 0x8587 },
	{ "era 1: after 2036-02-07", YEARS(30), 0, 60, 0x8587 },
	{ "era 1, and a second that was known for a day", YEARS(30), 86400, 60, 0x8587 },
};
/* clang-format on */

static void times_are_of_the_clock_entry(void **state)
{
	const struct clock_case *c = *state;
	static const enum scene_peer peers[] = { PEER_STATELESS, PEER_PTP };
	static struct exchange exchange;
	struct packet_fields none = { .ttl = 61 };
	struct clock_reading clock = prog_run_clock_now();

	clock.utc_offset_ns += (uint64_t)c->ahead * SECOND;
	clock.known_second += (uint64_t)c->ahead;
	clock.known_second -=
		c->known_before == INT64_MAX ? clock.known_second : (uint64_t)c->known_before;
	clock.error_estimate = c->error_estimate;
	if (c->valid_for < 0)
		clock.valid_until_ns = prog_run_monotonic() - 1;
	prog_run_set_clock(run, &clock);
	exchange.clock = clock;
	for (unsigned int i = 0; i < 4; i++) {
		struct packet_fields fields = scene_fields(&none, peers[i / 2], i & 1, 0);

		exchange.is_ptp = i / 2;
		run_request(&exchange, &fields);
		assert_times(&exchange);
		assert_estimate(&exchange);
	}
}

/* The exchange just around 2036-02-07 06:28:16: T2 in era 0 or 1, T3 not before it. */
static void era_wraps_between_requests(void **state)
{
	static struct exchange exchange;
	struct packet_fields none = { .ttl = 61 };
	struct packet_fields fields = scene_fields(&none, PEER_STATELESS, false, 0);
	bool wrapped = false;

	(void)state;
	exchange.clock = prog_run_clock_now();
	exchange.clock.utc_offset_ns = ERA_1 * SECOND - prog_run_monotonic() - 2000000;
	exchange.clock.known_second = ERA_1 - 1;
	prog_run_set_clock(run, &exchange.clock);
	for (int i = 0; i < 100000 && !wrapped; i++) {
		run_request(&exchange, &fields);
		wrapped = exchange.before + exchange.clock.utc_offset_ns >= ERA_1 * SECOND;
		if (!wrapped && exchange.after + exchange.clock.utc_offset_ns >= ERA_1 * SECOND)
			continue; /* read_time() cannot tell which era it was */
		assert_times(&exchange);
	}
	assert_true(wrapped);
}

/* The entry is switched between its two copies, and only the one switched to is read. */
static void both_copies_of_the_clock_are_used(void **state)
{
	static struct exchange exchange;
	struct packet_fields none = { .ttl = 61 };
	struct packet_fields fields = scene_fields(&none, PEER_STATELESS, true, 0);

	(void)state;
	for (int i = 0; i < 4; i++) {
		exchange.clock = prog_run_clock_now();
		exchange.clock.utc_offset_ns += (uint64_t)i * 3600 * SECOND;
		exchange.clock.error_estimate = (uint16_t)(0x8501 + i);
		prog_run_set_clock(run, &exchange.clock);
		run_request(&exchange, &fields);
		assert_times(&exchange);
		assert_estimate(&exchange);
	}
}

static struct expanded forms[TESTS_MAX];
static struct CMUnitTest tests[TESTS_MAX];

static void expand(const struct reply_case *c, unsigned int families, size_t *count)
{
	for (unsigned int i = 0; i < 3 * families; i++) {
		struct expanded *form = &forms[*count];

		*form = (struct expanded){ .c = c, .is_ip6 = i % families, .tags = i / families };
		snprintf(form->name, sizeof(form->name), "%s, %u tags: %s",
			 form->is_ip6 ? "IPv6" : "IPv4", form->tags, c->name);
		tests[(*count)++] =
			(struct CMUnitTest){ form->name, reply_is_exact, NULL, NULL, form };
	}
}

static int load(void **state)
{
	struct reflector_config config = prog_run_config();

	(void)state;
	return scene_open(&run, &config);
}

static int unload(void **state)
{
	(void)state;
	prog_run_close(run);
	return 0;
}

int main(void)
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(reply_cases); i++)
		expand(&reply_cases[i], 2, &count);
	for (size_t i = 0; i < ARRAY_SIZE(ip4_cases); i++)
		expand(&ip4_cases[i], 1, &count);
	ADD_TEST(tests, count, scapys_frames_are_turned_around);
	ADD_TEST(tests, count, ttl_is_reported);
	ADD_TEST(tests, count, every_size_is_answered);
	ADD_TEST(tests, count, jumbo_frames_are_answered);
	ADD_TEST(tests, count, padding_in_fragments_goes);
	ADD_TEST(tests, count, sent_is_later_than_received);
	ADD_TEST(tests, count, dirty_mbz_is_answered_with_zeros);
	ADD_TEST(tests, count, an_estimate_of_nothing_is_copied);
	ADD_TEST(tests, count, ssid_is_copied);
	ADD_TEST(tests, count, sender_time_is_copied);
	ADD_CASES(tests, count, clock_cases, times_are_of_the_clock_entry);
	ADD_TEST(tests, count, era_wraps_between_requests);
	ADD_TEST(tests, count, both_copies_of_the_clock_are_used);
	return RUN_TESTS(tests, count, load, unload);
}
