/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cases.h"
#include "lib/golden.h"
#include "lib/prefix_of.h"
#include "lib/slow_scene.h"
#include "proto/auth_packet.h"
#include "stamp/wire.h"

#define TTL 61 /* of the worked packets */
#define ERROR_ESTIMATE 0x8587
#define TAI_OFFSET 37
#define VALID_NS (3600 * NSEC_PER_SEC)

struct slow_scene slow_scene;

/* The first is that of the worked packets. */
static const char *const key_texts[] = {
	[WORKED_KEY] = "doc-example-key-not-for-real-use",
	[OTHER_KEY] = "another key, of another session",
};

#define NO_KEY (-1)
#define AUTHENTICATED (SESSION_AUTHENTICATED | SESSION_TLV_KEY) /* as stampd has it */

/* clang-format off */
static const struct {
	const char *network, *address;
	int keys[2]; /* of its file, the first to sign with */
	uint32_t flags;
	const int *tlv_keys; /* the same of its file for HMAC TLVs; NULL: it has none */
} peers[] = {
	[AUTH_STATELESS] = { "198.51.100.0/24", "198.51.100.7", { WORKED_KEY, NO_KEY },
			     .flags = AUTHENTICATED },
	[AUTH_STATEFUL] = { "198.18.0.0/16", "198.18.0.7", { WORKED_KEY, NO_KEY },
			    .flags = AUTHENTICATED | SESSION_STATEFUL },
	[AUTH_PTP] = { "198.19.0.0/16", "198.19.0.7", { WORKED_KEY, NO_KEY },
		       .flags = AUTHENTICATED | SESSION_PTP },
	[AUTH_TWO_KEYS] = { "203.0.113.0/24", "203.0.113.7", { OTHER_KEY, WORKED_KEY },
			    .flags = AUTHENTICATED },
	[AUTH_OTHER_KEY] = { "2001:db8:1::/48", "2001:db8:1::7", { OTHER_KEY, NO_KEY },
			     .flags = AUTHENTICATED | SESSION_STATEFUL },
	[AUTH_STRICT] = { "2001:db8:2::/48", "2001:db8:2::7", { WORKED_KEY, NO_KEY },
			  .flags = AUTHENTICATED | SESSION_STATEFUL | SESSION_STRICT_ERROR_ESTIMATE },
	[AUTH_TLV_KEY] = { "2001:db8:5::/48", "2001:db8:5::7", { WORKED_KEY, NO_KEY },
			   .flags = AUTHENTICATED, .tlv_keys = (const int[]){ OTHER_KEY, NO_KEY } },
	[OPEN_STATELESS] = { "192.88.99.0/25", "192.88.99.7", { NO_KEY, NO_KEY }, .flags = 0 },
	[OPEN_STATEFUL] = { "2001:db8:3::/48", "2001:db8:3::7", { NO_KEY, NO_KEY },
			    .flags = SESSION_STATEFUL | SESSION_SHORT_REQUESTS },
	[OPEN_PTP] = { "2001:db8:4::/48", "2001:db8:4::7", { NO_KEY, NO_KEY }, .flags = SESSION_PTP },
	[OPEN_TWAMP_LIGHT] = { "100.64.0.0/10", "100.64.0.7", { NO_KEY, NO_KEY },
			       .flags = SESSION_TWAMP_LIGHT },
	[OPEN_TLV_KEY] = { "192.88.99.192/26", "192.88.99.193", { NO_KEY, NO_KEY },
			   .flags = SESSION_STATEFUL | SESSION_TLV_KEY,
			   .tlv_keys = (const int[]){ WORKED_KEY, NO_KEY } },
	[SLOW_STRANGER] = { NULL, "192.88.99.128", { NO_KEY, NO_KEY }, .flags = 0 },
};
/* clang-format on */

static struct config config;
static struct session_keys *session_keys;
static struct auth_keys *keys[ARRAY_SIZE(key_texts)]; /* each by itself */

static void write_key(FILE *file, int key)
{
	for (const char *c = key == NO_KEY ? "" : key_texts[key]; *c; c++)
		fprintf(file, "%02x", (unsigned char)*c);
	fputc('\n', file);
}

/* In a mode that stampd accepts. */
static void write_key_file(char path[CONFIG_KEY_FILE_MAX], const char *folder, enum slow_peer peer,
			   const char *kind, const int of_peer[2])
{
	FILE *file;

	snprintf(path, CONFIG_KEY_FILE_MAX, "%s/%u%s", folder, peer, kind);
	file = fopen(path, "w");
	assert_non_null(file);
	write_key(file, of_peer[0]);
	write_key(file, of_peer[1]);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

static void add_session(enum slow_peer peer, const char *folder)
{
	struct session_config *session = config_add_session(&config, peers[peer].address);
	struct prefix network = prefix_of(peers[peer].network);

	assert_non_null(session);
	assert_int_equal(session_config_allow(session, &network), 0);
	session->new_sessions = 1000000;
	session->policy.flags = peers[peer].flags;
	assert_int_equal(session->policy.session, peer);
	if (peers[peer].keys[0] != NO_KEY)
		write_key_file(session->key_file, folder, peer, "", peers[peer].keys);
	if (peers[peer].tlv_keys)
		write_key_file(session->tlv_key_file, folder, peer, ".tlv", peers[peer].tlv_keys);
}

static void remove_key_file(const char *path)
{
	if (*path)
		assert_int_equal(unlink(path), 0);
}

/* Configures the sessions; their key files are read as stampd reads them, and removed. */
static void provision(void)
{
	char folder[] = "/tmp/slow_scene.XXXXXX";

	assert_non_null(mkdtemp(folder));
	config_init(&config);
	config.packets_per_second = 0;
	for (enum slow_peer peer = 0; peer < SLOW_STRANGER; peer++)
		add_session(peer, folder);
	assert_int_equal(session_keys_open(&session_keys, &config), 0);
	for (size_t i = 0; i < config.session_count; i++) {
		remove_key_file(config.sessions[i].key_file);
		remove_key_file(config.sessions[i].tlv_key_file);
	}
	assert_int_equal(rmdir(folder), 0);
}

static void open_keys(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		struct key_list list = { .count = 1 };

		list.keys[0].size = strlen(key_texts[i]);
		memcpy(list.keys[0].octets, key_texts[i], list.keys[0].size);
		assert_int_equal(auth_keys_open(&keys[i], &list), 0);
	}
}

static int open_interface(size_t i)
{
	struct reflector_config settings = prog_run_config();
	int err;

	settings.ifindex += (uint32_t)i;
	err = prog_run_open(&slow_scene.runs[i], &settings, 0);
	if (err)
		return err;
	prog_run_add_port(slow_scene.runs[i], STAMP_PORT);
	prog_run_add_address(slow_scene.runs[i], "192.0.2.2", 0);
	prog_run_set_sessions(slow_scene.runs[i], &config);
	return 0;
}

int slow_scene_open(void **state)
{
	int err = 0;

	(void)state;
	provision();
	open_keys();
	for (size_t i = 0; i < SLOW_INTERFACES && !err; i++)
		err = open_interface(i);
	return err;
}

int slow_scene_close(void **state)
{
	(void)state;
	for (size_t i = 0; i < SLOW_INTERFACES; i++)
		prog_run_close(slow_scene.runs[i]);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		auth_keys_close(keys[i]);
	session_keys_close(session_keys);
	config_free(&config);
	return 0;
}

static void reset_interface(size_t i)
{
	struct prog_run *run = slow_scene.runs[i];
	struct clock_reading clock = prog_run_clock_now();

	prog_run_forget_sessions(run);
	prog_run_set_clock(run, &clock);
	prog_run_set_limits(run, &config);
	prog_run_next_generation(run);
	slow_scene.interfaces[i] = (struct slow_interface){
		.ifindex = PROG_RUN_IFINDEX + (unsigned int)i,
		.judge_fd = prog_run_judge_fd(run),
		.counts = &slow_scene.counts[i],
	};
	memset(&slow_scene.counts[i], 0, sizeof(slow_scene.counts[i]));
}

void slow_scene_reset(void)
{
	for (size_t i = 0; i < SLOW_INTERFACES; i++)
		reset_interface(i);
	assert_int_equal(prog_run_generation(slow_scene.runs[0]),
			 prog_run_generation(slow_scene.runs[1]));
	slow_scene.received_ns = prog_run_monotonic();
	slow_scene.path = (struct slow_path){
		.clock = {
			.utc_offset_ns = SLOW_T2 - slow_scene.received_ns,
			.known_second = SLOW_NOON,
			.valid_until_ns = slow_scene.received_ns + VALID_NS,
			.tai_offset = TAI_OFFSET,
			.error_estimate = ERROR_ESTIMATE,
		},
		.keys = session_keys,
		.generation = prog_run_generation(slow_scene.runs[0]),
		.local_addresses_fd = prog_run_addresses_fd(slow_scene.runs[0]),
	};
	slow_scene.answered = 0;
	slow_scene_next_batch();
}

void slow_scene_next_batch(void)
{
	fake_io_reset(&slow_scene.io);
}

struct fake_packet *slow_scene_add(enum slow_peer peer, const void *payload, size_t length)
{
	const struct slow_request request = {
		.interface = &slow_scene.interfaces[0],
		.key = {
			.sender = prefix_of(peers[peer].address).address,
			.reflector = prefix_of("192.0.2.2").address,
			.sender_port = htons(20000),
			.reflector_port = htons(STAMP_PORT),
		},
		.received_ns = slow_scene.received_ns,
		.clock = CLOCK_MONOTONIC,
		.length = length,
		.ttl = TTL,
	};

	return fake_io_add(&slow_scene.io, &request, payload);
}

struct fake_packet *slow_scene_add_golden(enum slow_peer peer, const char *name)
{
	uint8_t octets[GOLDEN_MAX];
	uint32_t length = golden_read(name, octets);

	return slow_scene_add(peer, octets, length);
}

/* At rest, received is the sum of the outcomes, and each answered request has its T3 - T2. */
static uint64_t check_ledger(const struct outcome_counts *counts)
{
	uint64_t sum = 0, answered = 0;

	for (uint32_t i = 0; i < OUTCOME_ROOM; i++) {
		sum += counts->by_outcome[i];
		if (i < OUTCOME_MAX && stamp_outcome_action(i) == XDP_TX)
			answered += counts->by_outcome[i];
	}
	assert_int_equal(counts->received, sum);
	assert_int_equal(counts->by_outcome[OUTCOME_CONTINUE], 0);
	assert_int_equal(histogram_count(&counts->residence), answered);
	return sum;
}

/* What was sent is what is said to be, and nothing else was. */
static void check_reply(size_t i)
{
	const struct fake_packet *packet = &slow_scene.io.packets[i];
	const struct slow_reply *reply = &slow_scene.batch.packets[i].reply;

	assert_int_equal(packet->is_sent, stamp_outcome_action(reply->outcome) == XDP_TX);
	if (packet->is_sent)
		assert_int_equal(packet->sent_length, packet->request.length < STAMP_BASE_SIZE
							      ? STAMP_BASE_SIZE
							      : packet->request.length);
	else if (!packet->send_err)
		assert_int_equal(reply->length, 0);
}

int slow_scene_answer(void)
{
	int err = 0;
	uint64_t counted = 0;

	assert_int_equal(
		slow_path_run(&slow_scene.path, &slow_scene.io.io, &slow_scene.batch, &err),
		slow_scene.io.count);
	assert_int_equal(slow_scene.io.unfinished, 0);
	slow_scene.answered += slow_scene.io.count;
	for (size_t i = 0; i < slow_scene.io.count; i++)
		check_reply(i);
	for (size_t i = 0; i < SLOW_INTERFACES; i++)
		counted += check_ledger(&slow_scene.counts[i]);
	assert_int_equal(counted, slow_scene.answered);
	return err;
}

void slow_scene_sign(enum slow_key key, void *octets)
{
	auth_packet_sign(keys[key], 0, octets);
}

bool slow_scene_is_signed(enum slow_key key, const void *octets)
{
	size_t which;

	return auth_packet_verify(keys[key], octets, STAMP_AUTH_SIZE, &which);
}

uint64_t slow_scene_count(enum stamp_outcome outcome)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < SLOW_INTERFACES; i++)
		sum += slow_scene.counts[i].by_outcome[outcome];
	return sum;
}

uint32_t slow_scene_sessions(size_t interface)
{
	return prog_run_count_sessions(slow_scene.runs[interface]);
}
