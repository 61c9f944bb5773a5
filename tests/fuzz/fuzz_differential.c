/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The same frames through the kernel's stamp_reflect and through the slow path as AF_XDP has it:
 * parsed, judged, answered and turned around in user space. That what the kernel answers comes out
 * the same, octet for octet but for the times; that its checksums are right; that what the kernel
 * drops is not answered by user space either; and that user space parses no frame that it does not.
 */
#include "fuzz/fuzz.h"
#include "lib/prefix_of.h"
#include "lib/prog_run.h"
#include "proto/frame.h"
#include "reflector/slow_path.h"
#include "stamp/tlv_survey.h"
#include "stamp/turn_around.h"

#define REQUESTS_MAX 8 /* of an input */
#define PAYLOAD_MAX 1460
#define MICRO_SESSION_ID 0x21
#define BASE_SIZE 44
#define T3_AT 4
#define T2_AT 16
#define TIME_SIZE 8
#define FOLLOW_UP_SIZE 16
#define UDP_CHECKSUM_AT 6
#define PADDING 9

enum choice {
	IS_IP6 = 0x01,
	TAGS = 0x06, /* how many VLAN tags, in these bits */
	IS_UNFINISHED = 0x08,
	HAS_NO_CHECKSUM = 0x10,
	TO_OTHER_ADDRESS = 0x20,
	FROM_OUR_PORT = 0x40, /* where the loop guard looks twice */
	IS_PADDED = 0x80,
};

/* What is odd about a frame; most of it makes the kernel pass it on. */
enum oddity {
	VERSION,
	HEADER_WORDS,
	PROTOCOL,
	FRAGMENT,
	OPTIONS,
	EXTENSION,
	UDP_LENGTH,
	IP_LENGTH,
	ETHER_TYPE,
	CORRUPT_UDP,
	CORRUPT_IP,
	CUT,
	NOTHING /* and all numbers behind it */
};

/* In front of each request of the input; seeds.py writes it. */
struct record {
	uint8_t peer;
	uint8_t choices;
	uint8_t traffic_class;
	uint8_t ttl;
	uint16_t length; /* of the payload, as far as the input has it */
	uint8_t oddity;
	uint8_t value; /* of what is odd; 0 is the usual one */
};

_Static_assert(sizeof(struct record) == 8, "seeds.py writes it");

/* clang-format off */
static const struct peer {
	const char *ip4, *ip6;
	struct session_policy policy;
} peers[] = {
	{ "198.51.100.1", "2001:db8:1::1", { .flags = 0 } },
	{ "198.51.100.2", "2001:db8:1::2", { .flags = SESSION_STATEFUL } },
	{ "198.51.100.3", "2001:db8:1::3", { .flags = SESSION_STATEFUL | SESSION_PTP } },
	{ "198.51.100.4", "2001:db8:1::4", { .flags = SESSION_STATEFUL | SESSION_SHORT_REQUESTS } },
	{ "198.51.100.5", "2001:db8:1::5", { .flags = SESSION_SET_DSCP, .dscp = 10,
					     .dscp_denied = 1ULL << 46 | 1ULL << 63 } },
	{ "198.51.100.6", "2001:db8:1::6", { .flags = SESSION_HIDE_PORTS | SESSION_HIDE_MAC |
						      SESSION_HIDE_ADDRESSES } },
	{ "198.51.100.7", "2001:db8:1::7", { .flags = SESSION_TWAMP_LIGHT } },
	{ "198.51.100.8", "2001:db8:1::8", { .flags = SESSION_STRICT_ERROR_ESTIMATE |
						      SESSION_REFUSE_REFLECTOR_PORTS } },
	{ "198.51.100.9", "2001:db8:1::9", { .flags = 0 } }, /* a stranger: no session */
};
/* clang-format on */

#define STRANGER (ARRAY_SIZE(peers) - 1)

/* A frame on its way through the slow path. */
struct frame_io {
	struct packet_io io; /* the first member */
	const struct packet *request;
	struct slow_interface interface;
	uint8_t *octets; /* as long as the frame, or as its reply if that is longer */
	struct parsed_packet parsed;
	enum stamp_outcome parsing;
	size_t sent_length; /* 0: nothing was sent */
};

static struct prog_run *kernel_run, *user_run; /* each with maps of its own */
static struct slow_path path;
static struct outcome_counts counts;
static bool had_no_tlvs; /* a request of this input */

static void add_sessions(struct config *config)
{
	config_init(config);
	config->packets_per_second = 0;
	for (size_t i = 0; i < STRANGER; i++) {
		struct session_config *session = config_add_session(config, peers[i].ip4);
		struct prefix ip4 = prefix_of(peers[i].ip4), ip6 = prefix_of(peers[i].ip6);
		const uint16_t place = session->policy.session;

		assert_int_equal(session_config_allow(session, &ip4), 0);
		assert_int_equal(session_config_allow(session, &ip6), 0);
		session->new_sessions = 1000000;
		session->policy = peers[i].policy;
		session->policy.session = place;
	}
}

static struct clock_reading eternal_clock(void)
{
	struct clock_reading clock = prog_run_clock_now();

	clock.valid_until_ns = UINT64_MAX;
	clock.synchronization_source = STAMP_SYNC_PTP;
	return clock;
}

static void open_run(struct prog_run **run, const struct config *config)
{
	struct reflector_config settings = prog_run_config();

	settings.micro_session_id = MICRO_SESSION_ID;
	assert_int_equal(prog_run_open(run, &settings, 0), 0);
	prog_run_add_port(*run, STAMP_PORT);
	prog_run_add_address(*run, "192.0.2.2", 0);
	prog_run_add_address(*run, "192.0.2.3", PROG_RUN_IFINDEX);
	prog_run_add_address(*run, "192.0.2.4", PROG_RUN_IFINDEX + 1);
	prog_run_add_address(*run, "2001:db8::2", 0);
	prog_run_add_address(*run, "2001:db8::3", PROG_RUN_IFINDEX);
	prog_run_set_sessions(*run, config);
	prog_run_set_limits(*run, config);
	prog_run_next_generation(*run);
	prog_run_set_clock(*run, &path.clock);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct config config;

	(void)argc;
	(void)argv;
	fuzz_abort_on_failure();
	add_sessions(&config);
	path.clock = eternal_clock();
	open_run(&kernel_run, &config);
	open_run(&user_run, &config);
	path.generation = prog_run_generation(user_run);
	path.local_addresses_fd = prog_run_addresses_fd(user_run);
	config_free(&config);
	return 0;
}

static void make_odd(const struct record *record, struct packet_fields *fields)
{
	const uint8_t value = record->value;

	switch (record->oddity) {
	case VERSION:
		fields->version = value & 0xf;
		break;
	case HEADER_WORDS:
		fields->header_words = value & 0xf;
		break;
	case PROTOCOL:
		fields->protocol = value;
		break;
	case FRAGMENT:
		fields->fragment = (uint16_t)(value << 8 | (value & 1));
		break;
	case OPTIONS:
		fields->option_words = value % 11;
		break;
	case EXTENSION:
		fields->extensions[0] = value;
		break;
	case UDP_LENGTH:
		fields->udp_length = value;
		break;
	case IP_LENGTH:
		fields->ip_length = value;
		break;
	case ETHER_TYPE:
		fields->ether_type = value ? 0x8600U | value : 0;
		break;
	case CORRUPT_UDP:
		fields->checksum = PACKET_CORRUPT;
		break;
	default:
		fields->corrupt_ip = record->oddity == CORRUPT_IP;
	}
}

static void build_request(const struct record *record, const uint8_t *payload, uint32_t length,
			  struct packet *request)
{
	const struct peer *peer = &peers[record->peer];
	const bool is_ip6 = record->choices & IS_IP6;
	const bool is_other = record->choices & TO_OTHER_ADDRESS;
	struct packet_fields fields = {
		.source = is_ip6 ? peer->ip6 : peer->ip4,
		.traffic_class = record->traffic_class,
		.ttl = record->ttl ? record->ttl : PACKET_ZERO,
		.flow_label = 0xabcde,
		.id = 0x1234,
		.source_port = record->choices & FROM_OUR_PORT ? STAMP_PORT : 0,
		.payload_length = length ? length : PACKET_ZERO,
		.payload = payload,
		.padding = record->choices & IS_PADDED ? PADDING : 0,
	};

	if (is_ip6)
		fields.destination = is_other ? "2001:db8::3" : "2001:db8::2";
	else
		fields.destination = is_other ? "192.0.2.3" : "192.0.2.2";
	for (int i = 0; i < (record->choices & TAGS) >> 1; i++)
		fields.vlans[i] = (struct packet_vlan){ i ? 0x8100 : 0x88a8, 0xa064 };
	if (record->choices & HAS_NO_CHECKSUM)
		fields.checksum = PACKET_ABSENT;
	else if (record->choices & IS_UNFINISHED)
		fields.checksum = PACKET_UNFINISHED;
	make_odd(record, &fields);
	packet_build(request, &fields);
	if (record->oddity == CUT && record->value + ETH_HLEN < request->length)
		packet_cut(request, request->length - record->value);
}

/* As user/reflector/xsk_io.c has it, without a handover. */
static int receive(struct packet_io *base, struct packet_batch *batch)
{
	struct frame_io *io = (struct frame_io *)base;
	struct slow_packet *entered = &batch->packets[0];
	struct slow_request *request = &entered->request;

	io->parsing = frame_parse(io->octets, io->request->length, &io->parsed);
	if (io->parsing)
		return 0;
	*request = (struct slow_request){
		.interface = &io->interface,
		.received_ns = prog_run_monotonic(),
		.clock = CLOCK_MONOTONIC,
		.length = io->parsed.payload_length,
		.ttl = io->parsed.ttl,
		.traffic_class = received_traffic_class(&io->parsed),
		.has_source_mac = true,
	};
	memcpy(request->source_mac, io->parsed.eth->source, sizeof(request->source_mac));
	fill_session_addresses(&io->parsed, &request->key);
	entered->payload = io->parsed.udp + 1;
	batch->count = 1;
	return 0;
}

static bool is_short(const struct frame_io *io)
{
	return io->parsed.payload_length < BASE_SIZE;
}

/* Of what grows there is no frame: AF_XDP is handed none, and a socket has the payload only. */
static int send_reply(struct packet_io *base, struct packet_batch *batch, size_t index)
{
	struct frame_io *io = (struct frame_io *)base;
	const struct slow_reply *reply = &batch->packets[index].reply;

	if (is_short(io)) {
		assert_int_equal(reply->length, BASE_SIZE);
		io->sent_length = reply->length;
		return 0;
	}
	assert_int_equal(reply->length, io->parsed.payload_length);
	if (reply->has_source)
		leave_from(&io->parsed, &reply->source);
	io->sent_length = frame_turn_around(io->octets, &io->parsed, reply->policy);
	return 0;
}

static void finish(struct packet_io *base, struct packet_batch *batch)
{
	struct frame_io *io = (struct frame_io *)base;

	if (io->sent_length)
		batch->packets[0].reply.sent_ns = prog_run_monotonic();
}

static void open_io(struct frame_io *io, const struct packet *request)
{
	*io = (struct frame_io){
		.io = { receive, send_reply, finish },
		.request = request,
		.interface = {
			.ifindex = PROG_RUN_IFINDEX,
			.judge_fd = prog_run_judge_fd(user_run),
			.counts = &counts,
			.micro_session_id = MICRO_SESSION_ID,
		},
		.octets = malloc(request->length + BASE_SIZE),
	};
	assert_non_null(io->octets);
	memcpy(io->octets, request->data, request->length);
}

/* Runs the slow path over the frame; the outcome. */
static enum stamp_outcome run_slow_path(struct frame_io *io)
{
	static struct packet_batch batch;
	int err = 0;

	assert_in_range(slow_path_run(&path, &io->io, &batch, &err), 0, 1);
	assert_int_equal(err, 0);
	return io->parsing ? io->parsing : batch.packets[0].reply.outcome;
}

/* The times of a reply: T2, T3, and those of its Follow-Up Telemetry TLVs. Whether one is known
 * there differs when requests without TLVs went before, whose replies user space tells nobody of.
 */
static void forget_times(uint8_t *payload, uint32_t length)
{
	const struct tlv_area area = { payload + BASE_SIZE, payload + length, length - BASE_SIZE };
	const struct tlv_limits limits = { UINT32_MAX, UINT32_MAX };
	const uint32_t sound = survey_tlvs(&area, 0, limits).sound;
	uint8_t *tlv = payload + BASE_SIZE;

	memset(payload + T3_AT, 0, TIME_SIZE);
	memset(payload + T2_AT, 0, TIME_SIZE);
	for (; tlv < payload + BASE_SIZE + sound;
	     tlv += STAMP_TLV_HEADER_SIZE + packet_get16(tlv + 2)) {
		if (tlv[1] != STAMP_TLV_FOLLOW_UP_TELEMETRY)
			continue;
		if (had_no_tlvs)
			memset(tlv + STAMP_TLV_HEADER_SIZE, 0, FOLLOW_UP_SIZE);
		else
			memset(tlv + STAMP_TLV_HEADER_SIZE + 4, 0, TIME_SIZE);
	}
}

static void check_checksums(const struct packet *reply)
{
	assert_int_equal(packet_udp_sum(reply), 0xffff);
	assert_int_not_equal(packet_get16(reply->data + reply->udp + UDP_CHECKSUM_AT), 0);
	assert_true(packet_ip_sum_is_right(reply));
}

static void check_same_frame(const struct frame_io *io, struct packet *kernel)
{
	const uint32_t length = kernel->length - kernel->payload;
	struct packet user = *io->request;

	user.length = (uint32_t)io->sent_length;
	assert_int_equal(user.length, kernel->length);
	memcpy(user.data, io->octets, user.length);
	check_checksums(&user);
	forget_times(user.data + user.payload, length);
	forget_times(kernel->data + kernel->payload, length);
	memset(user.data + user.udp + UDP_CHECKSUM_AT, 0, 2);
	memset(kernel->data + kernel->udp + UDP_CHECKSUM_AT, 0, 2);
	assert_memory_equal(user.data, kernel->data, kernel->length);
}

static void check_same_payload(const struct frame_io *io, struct packet *kernel)
{
	uint8_t *payload = (uint8_t *)(io->parsed.udp + 1);

	assert_int_equal(kernel->length - kernel->payload, BASE_SIZE);
	forget_times(payload, BASE_SIZE);
	forget_times(kernel->data + kernel->payload, BASE_SIZE);
	assert_memory_equal(payload, kernel->data + kernel->payload, BASE_SIZE);
}

/* What the kernel has answered. */
static void check_same(struct frame_io *io, enum stamp_outcome outcome, struct packet *kernel)
{
	assert_int_equal(run_slow_path(io), outcome);
	check_checksums(kernel);
	if (is_short(io))
		check_same_payload(io, kernel);
	else
		check_same_frame(io, kernel);
}

/* Whether the kernel has refused the frame for what user space leaves to it. */
static bool is_for_the_kernel(enum stamp_outcome outcome)
{
	return outcome == OUTCOME_CORRUPT_IP || outcome == OUTCOME_CORRUPT_UDP ||
	       outcome == OUTCOME_NO_CHECKSUM;
}

static bool is_unparsed(enum stamp_outcome outcome)
{
	return outcome == OUTCOME_FRAGMENT || outcome == OUTCOME_IP_OPTIONS ||
	       outcome == OUTCOME_EXTENSION_HEADERS || outcome == OUTCOME_UNEVEN_LENGTHS;
}

/* What the kernel has not answered. */
static void check_unanswered(struct frame_io *io, enum stamp_outcome kernel)
{
	if (is_unparsed(kernel))
		assert_int_equal(frame_parse(io->octets, io->request->length, &io->parsed), kernel);
	else if (stamp_outcome_action(kernel) == XDP_DROP && !is_for_the_kernel(kernel))
		assert_int_not_equal(stamp_outcome_action(run_slow_path(io)), XDP_TX);
}

/* The outcome that was counted last. */
static enum stamp_outcome kernel_outcome(void)
{
	static struct outcome_counts before;
	const struct outcome_counts now = prog_run_counts(kernel_run);
	uint32_t outcome = 0;

	while (outcome < OUTCOME_MAX && now.by_outcome[outcome] == before.by_outcome[outcome])
		outcome++;
	assert_int_equal(now.received, before.received + 1);
	assert_in_range(outcome, OUTCOME_CONTINUE + 1, OUTCOME_MAX - 1);
	before = now;
	return (enum stamp_outcome)outcome;
}

static void run_request(const struct packet *request)
{
	static struct packet reply;
	enum xdp_action action = prog_run_frame(kernel_run, request, &reply);
	enum stamp_outcome outcome = kernel_outcome();
	struct frame_io io;

	assert_int_equal(action, stamp_outcome_action(outcome));
	open_io(&io, request);
	if (action == XDP_TX)
		check_same(&io, outcome, &reply);
	else
		check_unanswered(&io, outcome);
	had_no_tlvs |= packet_get16(request->data + request->udp + 4) <= 8 + BASE_SIZE;
	free(io.octets);
}

/* Takes one request from the input. */
static void take_request(struct fuzz_input *input)
{
	static struct packet request;
	uint8_t payload[PAYLOAD_MAX];
	struct record record;
	size_t length;

	fuzz_take(input, &record, sizeof(record));
	record.peer %= ARRAY_SIZE(peers);
	length = record.length % (PAYLOAD_MAX + 1);
	if (length > input->size)
		length = input->size;
	fuzz_take(input, payload, length);
	build_request(&record, payload, (uint32_t)length, &request);
	run_request(&request);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
	struct fuzz_input input = { octets, size };

	prog_run_forget_sessions(kernel_run);
	prog_run_forget_sessions(user_run);
	had_no_tlvs = false;
	for (size_t i = 0; input.size && i < REQUESTS_MAX; i++)
		take_request(&input);
	return 0;
}
