/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the Session-Sender makes of replies: any octets, in any order with packets sent and time
 * gone by. That no octet is read that is not there, none is believed in authenticated mode that no
 * key signed, the fields are those of the RFC's figures and the times in the era of now; and, by a
 * model that keeps every packet, that each is answered once or lost once, and no reply counts that
 * is not to a packet of ours. RFC 8762 section 4.3, RFC 8972 section 3.
 */
#include <errno.h>

#include "fuzz/fuzz.h"
#include "lib/packet.h"
#include "proto/auth_packet.h"
#include "sender/match.h"
#include "sender/probe.h"
#include "stamp/timestamp.h"

#define STEPS_MAX 64
#define BURST_MAX 255
#define PACKETS_MAX (STEPS_MAX * BURST_MAX)
#define WINDOW 1024 /* packets that are remembered with these settings */
#define TIMEOUT_NS NSEC_PER_SEC
#define NOW_NS (1736942400 * NSEC_PER_SEC)
#define SECONDS_1900_TO_1970 2208988800U
#define SIGNED_SIZE 112
#define OCTETS_MAX 1500
#define TAI_OFFSET 37

enum setting { IS_AUTHENTICATED = 0x01, IS_PTP = 0x02, HAS_SSID = 0x04, IS_LATE_ERA = 0x08 };

enum action { SEND, ADVANCE, TRANSMITTED, REPLY, ACTIONS };

enum choice {
	IS_TO_OURS = 0x01, /* it has the number and timestamp of a packet that was sent */
	IS_SIGNED = 0x02,
	HAS_OUR_SSID = 0x04,
};

/* One after the other in the input, a reply followed by its octets; seeds.py writes it. */
struct step {
	uint8_t action;
	uint8_t choices;
	uint16_t amount; /* packets to send, milliseconds to go by, octets of a reply */
	uint16_t back;   /* which packet is meant, from the latest */
};

_Static_assert(sizeof(struct step) == 6, "seeds.py writes it");

/* Where a reply has its fields, by the figures of RFC 8762 section 4.3. */
static const struct layout {
	size_t shortest;
	size_t sent, error_estimate, ssid, received;
	size_t sender_sequence, sender_timestamp, ttl;
} layouts[] = {
	{ 41, 4, 12, 14, 16, 24, 28, 40 },
	{ SIGNED_SIZE, 16, 24, 26, 32, 48, 64, 80 },
};

/* A packet as the model has it. */
struct sent {
	struct stamp_timestamp timestamp;
	uint64_t sent_ns;
	uint64_t monotonic_ns;
	bool is_answered; /* by anything, in time or not */
	bool is_settled;  /* answered in time, or lost */
};

static struct {
	uint8_t settings;
	const struct layout *layout;
	struct probe *probe;
	struct match *match;
	uint64_t start_ns; /* UTC */
	uint64_t gone_ns;  /* since then, on both clocks */
	struct sent packets[PACKETS_MAX];
	uint32_t count;
	uint64_t under_way;
} world;

static struct auth_keys *keys;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_abort_on_failure();
	keys = fuzz_open_keys();
	return 0;
}

static bool is(enum setting setting)
{
	return world.settings & setting;
}

static uint64_t now_ns(void)
{
	return world.start_ns + world.gone_ns;
}

static uint16_t our_ssid(void)
{
	return is(HAS_SSID) ? 0xbeef : 0;
}

static void open_world(uint8_t settings)
{
	const struct probe_settings probe = {
		.size = settings & IS_AUTHENTICATED ? SIGNED_SIZE : 44,
		.ssid = settings & HAS_SSID ? 0xbeef : 0,
		.ptp = settings & IS_PTP,
		.keys = settings & IS_AUTHENTICATED ? keys : NULL,
	};
	const struct match_settings match = { TIMEOUT_NS, WINDOW / 2, probe.ssid };

	world.settings = settings;
	world.layout = &layouts[is(IS_AUTHENTICATED)];
	world.start_ns = is(IS_LATE_ERA) ? 2 * NOW_NS : NOW_NS;
	world.gone_ns = 0;
	world.count = 0;
	world.under_way = 0;
	assert_int_equal(probe_open(&world.probe, &probe), 0);
	assert_int_equal(match_open(&world.match, &match), 0);
}

static void close_world(void)
{
	probe_close(world.probe);
	match_close(world.match);
}

/* Each packet once, the oldest first. */
static void expire(void)
{
	uint64_t number, sent_ns, next = 0;

	while (match_expire(world.match, world.gone_ns, &number, &sent_ns)) {
		struct sent *lost;

		assert_in_range(number, next, world.count - 1);
		lost = &world.packets[number];
		assert_false(lost->is_settled);
		assert_true(sent_ns == lost->sent_ns);
		assert_true(world.gone_ns - lost->monotonic_ns >= TIMEOUT_NS ||
			    world.count - number >= WINDOW);
		lost->is_settled = true;
		world.under_way--;
		next = number + 1;
	}
}

static void send_one(void)
{
	const struct clock_quality quality = { .synchronized = true, .max_error_ns = 1000 };
	struct sent *packet = &world.packets[world.count];

	expire();
	probe_build(world.probe, world.count, now_ns(), &quality);
	*packet = (struct sent){
		.timestamp = probe_timestamp(world.probe),
		.sent_ns = now_ns(),
		.monotonic_ns = world.gone_ns,
	};
	match_sent(world.match, packet->timestamp, packet->sent_ns, packet->monotonic_ns);
	world.count++;
	world.under_way++;
	world.gone_ns++; /* no two have the same timestamp */
}

/* The packet that a step means; NULL when none was sent. */
static struct sent *packet_meant(const struct step *step)
{
	return world.count ? &world.packets[world.count - 1 - step->back % world.count] : NULL;
}

static bool is_remembered(const struct sent *packet)
{
	return world.count - (uint32_t)(packet - world.packets) <= WINDOW;
}

/* A time of the kernel or the card is the better one if it can be. */
static void transmitted(const struct step *step)
{
	enum time_source source = step->amount % 2 ? TIME_HARDWARE : TIME_KERNEL;
	struct sent *packet = packet_meant(step);
	uint64_t left_ns = now_ns();

	if (!packet)
		assert_int_equal(match_transmitted(world.match, step->back, left_ns, source),
				 MATCH_TIME_REFUSED);
	else if (match_transmitted(world.match, (uint32_t)(packet - world.packets), left_ns,
				   source) != MATCH_TIME_REFUSED) {
		assert_true(is_remembered(packet));
		assert_in_range(left_ns, packet->sent_ns, packet->sent_ns + NSEC_PER_SEC - 1);
		packet->sent_ns = left_ns;
	}
}

/* What a fuzzer would never guess. */
static void make_right(const struct step *step, uint8_t *octets, size_t size)
{
	const struct layout *layout = world.layout;
	const struct sent *packet = packet_meant(step);

	if (size < layout->shortest)
		return;
	if (step->choices & IS_TO_OURS && packet) {
		packet_put32(octets + layout->sender_sequence, (uint32_t)(packet - world.packets));
		memcpy(octets + layout->sender_timestamp, &packet->timestamp, 8);
	}
	if (step->choices & HAS_OUR_SSID)
		packet_put16(octets + layout->ssid, our_ssid());
	if (is(IS_AUTHENTICATED) && step->choices & IS_SIGNED)
		auth_packet_sign(keys, 0, octets);
}

static int expected_err(const uint8_t *octets, size_t size)
{
	const struct layout *layout = world.layout;
	size_t key;

	if (size < layout->shortest)
		return -EBADMSG;
	if (is(IS_AUTHENTICATED) && !auth_packet_verify(keys, octets, size, &key))
		return -EKEYREJECTED;
	if (!(octets[layout->error_estimate] & 0x40)) /* Z: NTP has no impossible time */
		return 0;
	if (packet_get32(octets + layout->sent + 4) >= NSEC_PER_SEC ||
	    packet_get32(octets + layout->received + 4) >= NSEC_PER_SEC)
		return -EBADMSG;
	return 0;
}

/* Of either format the seconds, in the era of now; a fraction may be rounded up to the next. */
static void check_time(const uint8_t *octets, bool is_ptp, uint64_t read_ns)
{
	const int64_t ns = (int64_t)read_ns, second_ns = NSEC_PER_SEC;
	const int64_t second = ns / second_ns - (ns % second_ns < 0);
	const uint32_t offset = is_ptp ? TAI_OFFSET : SECONDS_1900_TO_1970;
	const uint32_t beyond = (uint32_t)second + offset - packet_get32(octets);
	const int64_t apart = second - (int64_t)(now_ns() / NSEC_PER_SEC);

	assert_true(beyond == 0 || (beyond == 1 && ns % second_ns == 0 && !is_ptp));
	assert_true(apart >= -(1LL << 31) - 1 && apart <= (1LL << 31) + 1);
}

static void check_fields(const uint8_t *octets, size_t size, const struct probe_reply *reply)
{
	const struct layout *layout = world.layout;
	const bool is_ptp = octets[layout->error_estimate] & 0x40;

	assert_int_equal(reply->size, size);
	assert_int_equal(reply->sequence, packet_get32(octets));
	assert_int_equal(reply->sender_sequence, packet_get32(octets + layout->sender_sequence));
	assert_memory_equal(&reply->sender_timestamp, octets + layout->sender_timestamp, 8);
	assert_int_equal(reply->ssid, packet_get16(octets + layout->ssid));
	assert_int_equal(reply->error_estimate, packet_get16(octets + layout->error_estimate));
	assert_int_equal(reply->sender_ttl, octets[layout->ttl]);
	check_time(octets + layout->received, is_ptp, reply->received_ns);
	check_time(octets + layout->sent, is_ptp, reply->sent_ns);
}

/* By the model, from what is documented in match.h; it settles the packet. */
static enum match_verdict expected_verdict(const struct probe_reply *reply)
{
	struct sent *packet;
	bool is_late;

	if ((reply->ssid && reply->ssid != our_ssid()) || reply->sender_sequence >= world.count)
		return MATCH_FOREIGN;
	packet = &world.packets[reply->sender_sequence];
	if (!is_remembered(packet))
		return MATCH_LATE;
	if (memcmp(&packet->timestamp, &reply->sender_timestamp, 8) != 0)
		return MATCH_FOREIGN;
	if (packet->is_answered)
		return MATCH_DUPLICATE;
	packet->is_answered = true;
	is_late = now_ns() - packet->sent_ns > TIMEOUT_NS &&
		  world.gone_ns - packet->monotonic_ns > TIMEOUT_NS;
	if (is_late || packet->is_settled)
		return MATCH_LATE;
	packet->is_settled = true;
	world.under_way--;
	return MATCH_ANSWER;
}

static void check_match(const struct probe_reply *reply)
{
	const struct match_result result = match_reply(world.match, reply, now_ns(), world.gone_ns);

	assert_int_equal(result.verdict, expected_verdict(reply));
	if (result.verdict == MATCH_FOREIGN)
		return;
	assert_int_equal(result.number, reply->sender_sequence);
	if (is_remembered(&world.packets[result.number]))
		assert_int_equal(result.sent_ns, world.packets[result.number].sent_ns);
}

static void read_reply(const struct step *step, struct fuzz_input *input)
{
	size_t size = step->amount % (OCTETS_MAX + 1);
	struct probe_reply reply;
	uint8_t *octets;
	int err;

	if (size > input->size)
		size = input->size;
	octets = malloc(size ? size : 1);
	assert_non_null(octets);
	fuzz_take(input, octets, size);
	make_right(step, octets, size);
	err = probe_read(world.probe, octets, size, TAI_OFFSET, now_ns(), &reply);
	assert_int_equal(err, expected_err(octets, size));
	if (!err) {
		check_fields(octets, size, &reply);
		check_match(&reply);
	}
	free(octets);
}

static void take_step(struct fuzz_input *input)
{
	struct step step;

	fuzz_take(input, &step, sizeof(step));
	switch (step.action % ACTIONS) {
	case SEND:
		for (int i = step.amount % (BURST_MAX + 1); i > 0; i--)
			send_one();
		break;
	case ADVANCE:
		world.gone_ns += step.amount * NSEC_PER_MSEC;
		break;
	case TRANSMITTED:
		transmitted(&step);
		break;
	default:
		read_reply(&step, input);
	}
	assert_int_equal(match_under_way(world.match), world.under_way);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
	struct fuzz_input input = { octets, size };
	uint8_t settings;

	fuzz_take(&input, &settings, sizeof(settings));
	open_world(settings);
	for (int i = 0; input.size && i < STEPS_MAX; i++)
		take_step(&input);
	world.gone_ns += 2 * TIMEOUT_NS;
	expire();
	assert_int_equal(world.under_way, 0);
	assert_int_equal(match_under_way(world.match), 0);
	close_world();
	return 0;
}
