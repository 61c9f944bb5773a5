/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What XDP hands to the slow path, by which sockets, and what it says ahead of the frame. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "lib/cases.h"
#include "lib/own_net.h"
#include "lib/scene.h"
#include "reflector/umem.h"
#include "reflector/xsk_io.h"
#include "stamp/reply_auth.h"

#define LARGE 20000 /* octets: more than any frame here has */
#define DSCP 46
#define AUTHENTICATED_SESSION 1 /* its place in the configuration */

static struct packet request, left;
static struct xsk_io *socket_of_queue; /* NULL: there is none to be had */
static int socket_err;

static struct config config;

/* Sessions of any sender: an unauthenticated one on the other port, an authenticated one on 862. */
static void provision(void)
{
	static const unsigned short ports[] = { SCENE_OTHER_PORT, STAMP_PORT };
	const struct prefix any = { .length = 0 };

	config_init(&config);
	config.packets_per_second = 0;
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		struct session_config *session = config_add_session(&config, "handover");

		assert_int_equal(session_config_allow(session, &any), 0);
		session->reflector_port = ports[i];
		session->policy.flags = SESSION_STATEFUL | SESSION_SET_DSCP;
		session->policy.dscp = DSCP;
	}
	config.sessions[AUTHENTICATED_SESSION].policy.flags |= SESSION_AUTHENTICATED;
	prog_run_set_sessions(scene_run, &config);
}

/* Each test begins without sessions, and with a clock that is watched. */
static void begin(void)
{
	struct clock_reading clock = prog_run_clock_now();

	prog_run_forget_sessions(scene_run);
	prog_run_set_limits(scene_run, &config);
	prog_run_next_generation(scene_run);
	prog_run_set_clock(scene_run, &clock);
}

static struct xsk_settings socket_settings(void)
{
	return (struct xsk_settings){
		.ifname = "slow0",
		.af_xdp = { .zero_copy = ZERO_COPY_FALSE,
			    .ring_size = 64,
			    .umem = 64 * UMEM_FRAME_SIZE },
	};
}

/* The program runs without an interface, but a socket is bound to one. */
static int open_all(void **state)
{
	const struct xsk_settings settings = socket_settings();
	const struct slow_interface interface = { .judge_fd = -1 };

	socket_err = own_net_with_veth("slow0", "slow1");
	if (!socket_err)
		socket_err = xsk_io_open(&socket_of_queue, &settings, &interface);
	if (scene_open_program(state))
		return -1;
	provision();
	return 0;
}

static int close_all(void **state)
{
	xsk_io_close(socket_of_queue);
	config_free(&config);
	return scene_close_program(state);
}

static void need_socket(void)
{
	if (socket_of_queue)
		return;
	print_message("SKIP: no AF_XDP socket on a veth: %s\n", strerror(-socket_err));
	skip();
}

static void build(const struct packet_fields *row, bool is_ip6, unsigned int tags)
{
	uint8_t payload[PACKET_MAX] = { [3] = 5, [24] = 0x8f, [25] = 0x84 };
	struct packet_fields fields = scene_fields(row, PEER_STATELESS, is_ip6, tags);

	fields.payload = payload;
	packet_build(&request, &fields);
}

static void expect(enum stamp_outcome outcome, struct handover *handover)
{
	uint64_t before = prog_run_counts(scene_run).by_outcome[outcome];

	assert_int_equal(prog_run_hand_over(scene_run, &request, &left, handover),
			 stamp_outcome_action(outcome));
	if (prog_run_counts(scene_run).by_outcome[outcome] != before + 1)
		fail_msg("not counted as %s", prog_run_outcome_name(outcome));
}

/* What the slow path asks about the request that was built. */
static struct judgement_result ask(enum judgement_stage stage)
{
	const void *payload = request.data + request.payload;
	const struct stamp_reflector_packet fields = stamp_auth_fields(payload);
	struct judgement judgement = {
		.key = prog_run_key(&request),
		.payload_length = STAMP_AUTH_SIZE,
		.auth_ssid = stamp_auth_request_ssid(payload),
		.stage = (uint16_t)stage,
	};

	memcpy(judgement.octets, &fields, sizeof(fields));
	return prog_run_judge(scene_run, &judgement);
}

static void assert_no_trace(void)
{
	struct judgement_result judgement;

	assert_int_equal(left.length, request.length);
	assert_memory_equal(left.data, request.data, request.length);
	assert_int_equal(prog_run_count_sessions(scene_run), 0);
	judgement = ask(JUDGE_NUMBER_AUTHENTICATED);
	assert_int_equal(judgement.outcome, OUTCOME_REFLECTED);
	assert_int_equal(judgement.sequence, 0);
}

enum frame_max { ANY, EXACT, ONE_LESS };

struct verdict_case {
	const char *name;
	uint32_t queues;
	enum frame_max frame_max;
	bool has_socket, is_unwatched;
	uint32_t payload_length;
	enum stamp_outcome outcome;
};

/* clang-format off */
static const struct verdict_case verdict_cases[] = {
	{ "without queues the UDP socket is asked", 0, ANY, false, false, 112,
	  OUTCOME_AUTHENTICATED },
	{ "a queue whose socket has gone drops", 1, ANY, false, false, 112,
	  OUTCOME_SLOW_PATH_DOWN },
	{ "a frame too large by an octet is left to the UDP socket", 1, ONE_LESS, false, false, 112,
	  OUTCOME_AUTHENTICATED },
	{ "the largest frame is not", 1, EXACT, false, false, 112, OUTCOME_SLOW_PATH_DOWN },
	{ "a large frame counts with all its pieces", 1, ONE_LESS, false, false, 8900,
	  OUTCOME_AUTHENTICATED },
	{ "without queues and stampd the request is dropped", 0, ANY, false, true, 112,
	  OUTCOME_SLOW_PATH_DOWN },
	{ "so is one too large, without stampd", 1, ONE_LESS, false, true, 112,
	  OUTCOME_SLOW_PATH_DOWN },
	{ "a queue with a socket takes it", 1, ANY, true, false, 112, OUTCOME_SLOW_PATH },
	{ "the largest frame, too", 1, EXACT, true, false, 112, OUTCOME_SLOW_PATH },
	{ "a frame too large for the socket is left to the other", 1, ONE_LESS, true, false, 112,
	  OUTCOME_AUTHENTICATED },
	{ "a socket that stampd has not told of is not used", 0, ANY, true, false, 112,
	  OUTCOME_AUTHENTICATED },
	{ "a socket takes it whoever watches the clock", 1, ANY, true, true, 112,
	  OUTCOME_SLOW_PATH },
	{ "a large frame is taken in all its pieces", 1, EXACT, true, false, 8900,
	  OUTCOME_SLOW_PATH },
};
/* clang-format on */

static void set_queues(const struct verdict_case *c)
{
	static const uint32_t less[] = { [EXACT] = 0, [ONE_LESS] = 1 };

	prog_run_set_queues(scene_run, c->queues,
			    c->frame_max == ANY ? LARGE : request.length - less[c->frame_max]);
	prog_run_set_socket(scene_run, 0, c->has_socket ? xsk_io_fd(socket_of_queue) : -1);
}

/* R8762-4.4-4: whatever becomes of it, it leaves no session and takes no number. */
static void request_goes_where_it_must(void **state)
{
	const struct verdict_case *c = *state;
	const struct packet_fields row = { .payload_length = c->payload_length };
	struct clock_reading clock = prog_run_clock_now();
	struct handover handover;

	if (c->has_socket)
		need_socket();
	begin();
	if (c->is_unwatched)
		clock.valid_until_ns = 1;
	prog_run_set_clock(scene_run, &clock);
	build(&row, false, 0);
	set_queues(c);
	expect(c->outcome, &handover);
	if (c->queues == 0 || c->frame_max == ONE_LESS)
		assert_int_equal(handover.magic, 0);
	assert_no_trace();
}

static void use_socket(void)
{
	begin();
	prog_run_set_queues(scene_run, 1, LARGE);
	prog_run_set_socket(scene_run, 0, xsk_io_fd(socket_of_queue));
}

/* T2 is taken by XDP; the policy is that of the session. */
static void the_handover_tells_what_was_found(void **state)
{
	const struct session_policy policy = {
		.flags = SESSION_STATEFUL | SESSION_SET_DSCP | SESSION_AUTHENTICATED,
		.session = AUTHENTICATED_SESSION,
		.dscp = DSCP,
	};

	(void)state;
	need_socket();
	use_socket();
	for (uint32_t i = 0; i < 2 * 3 * 4; i++) {
		static const uint32_t lengths[] = { 112, 113, 1400, 8900 };
		const struct packet_fields row = { .payload_length = lengths[i / 6] };
		struct handover handover;
		uint64_t before;

		build(&row, i & 1, i / 2 % 3);
		before = prog_run_monotonic();
		expect(OUTCOME_SLOW_PATH, &handover);
		assert_in_range(handover.received_ns, before, prog_run_monotonic());
		assert_int_equal(handover.magic, HANDOVER_MAGIC);
		assert_int_equal(handover.generation, prog_run_generation(scene_run));
		assert_memory_equal(&handover.policy, &policy, sizeof(policy));
		assert_int_equal(left.length, request.length);
		assert_memory_equal(left.data, request.data, request.length);
	}
	assert_int_equal(prog_run_count_sessions(scene_run), 0);
}

static void a_known_session_is_handed_over_as_well(void **state)
{
	const struct packet_fields row = { .payload_length = STAMP_AUTH_SIZE };
	struct handover handover;

	(void)state;
	need_socket();
	use_socket();
	build(&row, false, 0);
	assert_int_equal(ask(JUDGE_NUMBER_AUTHENTICATED).sequence, 0);
	expect(OUTCOME_SLOW_PATH, &handover);
	assert_int_equal(handover.policy.session, AUTHENTICATED_SESSION);
	assert_int_equal(ask(JUDGE_NUMBER_AUTHENTICATED).sequence, 1);
}

static void a_new_generation_is_told(void **state)
{
	const struct packet_fields row = { .payload_length = STAMP_AUTH_SIZE };
	struct handover earlier, later;

	(void)state;
	need_socket();
	use_socket();
	build(&row, true, 0);
	expect(OUTCOME_SLOW_PATH, &earlier);
	prog_run_next_generation(scene_run);
	expect(OUTCOME_SLOW_PATH, &later);
	assert_int_equal(later.generation, earlier.generation + 1);
}

/* What XDP can tell by itself. */
static void only_what_needs_user_space_is_handed_over(void **state)
{
	static const struct {
		struct packet_fields fields;
		enum stamp_outcome outcome;
	} rows[] = {
		{ { .destination_port = SCENE_OTHER_PORT }, OUTCOME_ZERO_MULTIPLIER },
		{ { .payload_length = 111 }, OUTCOME_TOO_SHORT },
		{ { .payload_length = 112, .checksum = PACKET_CORRUPT }, OUTCOME_CORRUPT_UDP },
		{ { .payload_length = 112, .destination = "192.0.2.3" }, OUTCOME_NOT_OURS },
		{ { .payload_length = 112, .source = "224.0.0.1" }, OUTCOME_BAD_SOURCE },
		{ { .payload_length = 112, .destination_port = 9 }, OUTCOME_OTHER_TRAFFIC },
	};

	(void)state;
	need_socket();
	use_socket();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct handover handover;

		build(&rows[i].fields, false, 0);
		expect(rows[i].outcome, &handover);
		assert_int_equal(handover.magic, 0);
	}
}

/* Most requests meet both, and one limit for both would halve it. */
static void each_tier_has_a_limit_of_its_own(void **state)
{
	const struct config limits = { .packets_per_second = 1,
				       .burst = 1,
				       .ref_wait_ns = 1ULL << 60 };

	(void)state;
	begin();
	prog_run_set_limits(scene_run, &limits);
	prog_run_set_queues(scene_run, 0, 0);
	for (uint32_t i = 1; i < 32; i++) {
		char source[32];
		const struct packet_fields row = {
			.source = source,
			.payload_length = STAMP_AUTH_SIZE,
		};
		struct handover handover;

		snprintf(source, sizeof(source), "198.51.100.%u", i);
		build(&row, false, 0);
		expect(OUTCOME_AUTHENTICATED, &handover);
		assert_int_equal(ask(JUDGE_ADMISSION).outcome, OUTCOME_AUTHENTICATED);
	}
}

/* Whether this kernel has XDP_USE_SG. */
static bool takes_pieces(void)
{
	struct utsname name;
	int major = 0, minor = 0;

	assert_int_equal(uname(&name), 0);
	assert_int_equal(sscanf(name.release, "%d.%d", &major, &minor), 2);
	return major > 6 || (major == 6 && minor >= 6);
}

/* The other end of the veth has a queue as well. */
static void a_socket_for_large_frames_is_had_on_each_kernel(void **state)
{
	const struct slow_interface interface = { .judge_fd = -1 };
	struct xsk_settings settings = socket_settings();
	struct xsk_io *io = NULL;

	(void)state;
	need_socket();
	settings.ifname = "slow1";
	settings.large_frames = true;
	assert_int_equal(xsk_io_open(&io, &settings, &interface), 0);
	assert_int_equal(xsk_io_frame_max(io),
			 takes_pieces() ? XSK_PIECES_MAX * UMEM_FRAME_MAX : UMEM_FRAME_MAX);
	xsk_io_close(io);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(verdict_cases) + 6];
	size_t count = 0;

	ADD_CASES(tests, count, verdict_cases, request_goes_where_it_must);
	ADD_TEST(tests, count, the_handover_tells_what_was_found);
	ADD_TEST(tests, count, a_known_session_is_handed_over_as_well);
	ADD_TEST(tests, count, a_new_generation_is_told);
	ADD_TEST(tests, count, only_what_needs_user_space_is_handed_over);
	ADD_TEST(tests, count, each_tier_has_a_limit_of_its_own);
	ADD_TEST(tests, count, a_socket_for_large_frames_is_had_on_each_kernel);
	return RUN_TESTS(tests, count, open_all, close_all);
}
