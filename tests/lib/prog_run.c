/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* BPF_PROG_TEST_RUN, and what stampd would have written into the maps. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "lib/prefix_of.h"
#include "lib/prog_run.h"
#include "reflector/rules.h"
#include "stamp/ports.h"
#include "stamp/outcome.h"
#include "stamp/shared_state.h"
#include "stamp_reflector.skel.h"

struct prog_run {
	struct stamp_reflector_bpf *skel;
	int cpus;
	uint64_t frames; /* run so far */
	bool loopback;
	struct port_set ports;
	struct rules_state rules_state;
	struct clock_offset clock;
	struct outcome_counts *per_cpu;
	struct shared_maps maps; /* for rules_swap() */
	struct config config;    /* the rules there are, a session for each prefix */
};

static const uint32_t zero;

struct reflector_config prog_run_config(void)
{
	return (struct reflector_config){
		.ifindex = PROG_RUN_IFINDEX,
		.mac = { 2, 0, 0, 0, 0, 2 },
	};
}

int prog_run_open(struct prog_run **out, const struct reflector_config *config,
		  uint32_t sessions_max)
{
	struct prog_run *run = calloc(1, sizeof(*run));
	int err;

	if (!run)
		return -ENOMEM;
	run->cpus = libbpf_num_possible_cpus();
	run->per_cpu = calloc(run->cpus > 0 ? (size_t)run->cpus : 1, sizeof(*run->per_cpu));
	run->skel = stamp_reflector_bpf__open();
	err = run->cpus > 0 && run->per_cpu && run->skel ? 0 : -ENOMEM;
	if (err)
		goto fail;
	run->skel->rodata->config = *config;
	run->loopback = config->loopback;
	if (sessions_max)
		bpf_map__set_max_entries(run->skel->maps.session_table, sessions_max);
	err = stamp_reflector_bpf__load(run->skel);
	if (err)
		goto fail;
	config_init(&run->config);
	run->maps.rule_set_fd = bpf_map__fd(run->skel->maps.rule_set);
	run->maps.rules_fd = bpf_map__fd(run->skel->maps.rules);
	run->config.packets_per_second = 0;

	prog_run_set_limits(run, &run->config);
	*out = run;
	return 0;
fail:
	prog_run_close(run);
	return err;
}

void prog_run_close(struct prog_run *run)
{
	if (!run)
		return;
	stamp_reflector_bpf__destroy(run->skel);
	config_free(&run->config);
	free(run->per_cpu);
	free(run);
}

static void update(const struct bpf_map *map, const void *key, const void *value)
{
	int err = bpf_map_update_elem(bpf_map__fd(map), key, value, BPF_ANY);

	if (err)
		fail_msg("map %s: %s", bpf_map__name(map), strerror(-err));
}

static void remove_key(const struct bpf_map *map, const void *key)
{
	int err = bpf_map_delete_elem(bpf_map__fd(map), key);

	if (err && err != -ENOENT)
		fail_msg("map %s: %s", bpf_map__name(map), strerror(-err));
}

/* Keys of up to 64 octets. */
static void clear(const struct bpf_map *map)
{
	uint8_t key[64];

	while (!bpf_map_get_next_key(bpf_map__fd(map), NULL, key))
		remove_key(map, key);
}

void prog_run_forget_sessions(struct prog_run *run)
{
	clear(run->skel->maps.session_table);
}

void prog_run_reset(struct prog_run *run)
{
	config_free(&run->config);
	prog_run_set_sessions(run, &run->config);
	clear(run->skel->maps.local_addresses);
	prog_run_forget_sessions(run);
	prog_run_next_generation(run);
}

void prog_run_add_port(struct prog_run *run, uint16_t port)
{
	port_set_add(&run->ports, port);
	run->skel->data_shared->shared.ports = run->ports;
}

void prog_run_set_sessions(struct prog_run *run, const struct config *config)
{
	char fault[RULE_SET_FAULT_MAX];
	struct rule_set set;
	int err = rule_set_build(&set, config, fault);

	if (err)
		fail_msg("rules: %s", fault);
	err = rules_swap(&run->maps, &set);
	rule_set_free(&set);
	if (err)
		fail_msg("the rules cannot be swapped: %s", strerror(-err));
}

void prog_run_set_limits(struct prog_run *run, const struct config *config)
{
	run->skel->data_shared->shared.limits = rules_limits(config, 0x5eed);
	memset(&run->skel->data_limits->rate_limits, 0, sizeof(struct rate_limits));
}

/* The session of a prefix, NULL if there is none. */
static struct session_config *find_rule(struct prog_run *run, const char *prefix)
{
	for (size_t i = 0; i < run->config.session_count; i++)
		if (!strcmp(run->config.sessions[i].name, prefix))
			return &run->config.sessions[i];
	return NULL;
}

/* One rule for each port, so that the port never decides. */
static void add_session(struct prog_run *run, const char *prefix, uint16_t port, uint32_t flags)
{
	struct session_config *session = config_add_session(&run->config, prefix);
	struct prefix sender = prefix_of(prefix);

	assert_non_null(session);
	assert_int_equal(session_config_allow(session, &sender), 0);
	session->reflector_port = port;
	session->new_sessions = 1000000; /* so that only tests of this limit meet it */
	session->policy.flags = flags;
}

void prog_run_set_rule(struct prog_run *run, const char *prefix, uint32_t flags)
{
	prog_run_remove_rule(run, prefix);
	add_session(run, prefix, STAMP_PORT, flags);
	add_session(run, prefix, PROG_RUN_OTHER_PORT, flags);
	prog_run_set_sessions(run, &run->config);
}

void prog_run_remove_rule(struct prog_run *run, const char *prefix)
{
	struct session_config *found;

	while ((found = find_rule(run, prefix))) {
		free(found->senders);
		*found = run->config.sessions[--run->config.session_count];
	}
	prog_run_set_sessions(run, &run->config);
}

void prog_run_add_address(struct prog_run *run, const char *address, uint32_t ifindex)
{
	struct local_address key = { prefix_of(address).address, ifindex };
	uint8_t present = 1;

	update(run->skel->maps.local_addresses, &key, &present);
}

void prog_run_remove_address(struct prog_run *run, const char *address, uint32_t ifindex)
{
	struct local_address key = { prefix_of(address).address, ifindex };

	remove_key(run->skel->maps.local_addresses, &key);
}

void prog_run_next_generation(struct prog_run *run)
{
	run->rules_state.generation++;
	run->skel->data_shared->shared.rules_state = run->rules_state;
}

uint32_t prog_run_generation(const struct prog_run *run)
{
	return run->rules_state.generation;
}

static uint64_t read_clock_ns(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now))
		fail_msg("clock %d: %s", clock, strerror(errno));
	return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

uint64_t prog_run_monotonic(void)
{
	return read_clock_ns(CLOCK_MONOTONIC);
}

struct clock_reading prog_run_clock_now(void)
{
	uint64_t monotonic = prog_run_monotonic();
	uint64_t utc = read_clock_ns(CLOCK_REALTIME);

	return (struct clock_reading){
		.utc_offset_ns = utc - monotonic,
		.known_second = utc / NSEC_PER_SEC,
		.valid_until_ns = monotonic + 60 * NSEC_PER_SEC,
		.tai_offset = 37,
		.error_estimate = 0x8587,
	};
}

void prog_run_set_clock(struct prog_run *run, const struct clock_reading *clock)
{
	uint32_t next = run->clock.sequence + 1;

	run->clock.copies[next & 1] = *clock;
	run->clock.sequence = next;
	run->skel->data_shared->shared.clock = run->clock;
}

void prog_run_forget_clock(struct prog_run *run)
{
	memset(&run->clock, 0, sizeof(run->clock));
	run->skel->data_shared->shared.clock = run->clock;
}

/* Runs the frame that `opts` holds, and fills the rest of `out` in. */
static enum xdp_action run_frame(struct prog_run *run, const struct packet *in,
				 struct bpf_test_run_opts *opts, struct packet *out)
{
	int err = bpf_prog_test_run_opts(bpf_program__fd(run->skel->progs.stamp_reflect), opts);

	if (err)
		fail_msg("a frame of %u octets cannot be run: %s", in->length, strerror(-err));
	run->frames++;
	out->length = opts->data_size_out;
	out->ip = in->ip;
	out->udp = in->udp;
	out->payload = in->payload;
	return opts->retval;
}

enum xdp_action prog_run_frame(struct prog_run *run, const struct packet *in, struct packet *out)
{
	struct bpf_test_run_opts opts = {
		.sz = sizeof(opts),
		.data_in = in->data,
		.data_size_in = in->length,
		.data_out = out->data,
		.data_size_out = sizeof(out->data),
	};

	return run_frame(run, in, &opts, out);
}

/* Given a context, the kernel tells where in what it gives back the frame begins. */
enum xdp_action prog_run_hand_over(struct prog_run *run, const struct packet *in,
				   struct packet *out, struct handover *handover)
{
	struct xdp_md before = { .data_end = in->length }, after = { .data = 0 };
	uint8_t octets[sizeof(*handover) + PACKET_MAX];
	struct bpf_test_run_opts opts = {
		.sz = sizeof(opts),
		.data_in = in->data,
		.data_size_in = in->length,
		.data_out = octets,
		.data_size_out = sizeof(octets),
		.ctx_in = &before,
		.ctx_size_in = sizeof(before),
		.ctx_out = &after,
		.ctx_size_out = sizeof(after),
	};
	enum xdp_action action = run_frame(run, in, &opts, out);
	uint32_t front = after.data - after.data_meta;

	memset(handover, 0, sizeof(*handover));
	if (front && front != sizeof(*handover))
		fail_msg("%u octets in front of the frame", front);
	memcpy(handover, octets, front);
	out->length -= front;
	memcpy(out->data, octets + front, out->length);
	return action;
}

void prog_run_set_queues(struct prog_run *run, uint32_t queues, uint32_t frame_max)
{
	run->skel->data_slow->slow_state = (struct slow_sockets_state){ queues, frame_max };
}

void prog_run_set_socket(struct prog_run *run, uint32_t queue, int fd)
{
	if (fd < 0)
		remove_key(run->skel->maps.slow_sockets, &queue);
	else
		update(run->skel->maps.slow_sockets, &queue, &fd);
}

struct judgement_result prog_run_judge(struct prog_run *run, const struct judgement *judgement)
{
	struct judgement judged = *judgement;
	struct bpf_test_run_opts opts = {
		.sz = sizeof(opts),
		.data_in = judgement,
		.data_size_in = sizeof(*judgement),
		.data_out = &judged,
		.data_size_out = sizeof(judged),
	};
	int err = bpf_prog_test_run_opts(bpf_program__fd(run->skel->progs.stamp_judge), &opts);

	if (err)
		fail_msg("stamp_judge cannot be run: %s", strerror(-err));
	assert_int_equal(opts.retval, XDP_PASS);
	return judged.result;
}

int prog_run_addresses_fd(const struct prog_run *run)
{
	return bpf_map__fd(run->skel->maps.local_addresses);
}

int prog_run_judge_fd(const struct prog_run *run)
{
	return bpf_program__fd(run->skel->progs.stamp_judge);
}

struct outcome_counts prog_run_counts(struct prog_run *run)
{
	int fd = bpf_map__fd(run->skel->maps.outcome_counts);
	struct outcome_counts sum = { 0 };
	int err = bpf_map_lookup_elem(fd, &zero, run->per_cpu);

	if (err)
		fail_msg("map outcome_counts: %s", strerror(-err));
	for (int cpu = 0; cpu < run->cpus; cpu++) {
		sum.received += run->per_cpu[cpu].received;
		for (int i = 0; i < OUTCOME_MAX; i++)
			sum.by_outcome[i] += run->per_cpu[cpu].by_outcome[i];
	}
	return sum;
}

uint64_t prog_run_frames(const struct prog_run *run)
{
	return run->frames;
}

const char *prog_run_outcome_name(uint32_t outcome)
{
	static const char *const names[] = { "CONTINUE",
#define X(name, action, text, hint) #name,
					     STAMP_OUTCOMES(X)
#undef X
	};

	return outcome < OUTCOME_MAX ? names[outcome] : "none";
}

uint32_t prog_run_count_sessions(struct prog_run *run)
{
	int fd = bpf_map__fd(run->skel->maps.session_table);
	struct session_key key, *previous = NULL;
	uint32_t count = 0;

	while (!bpf_map_get_next_key(fd, previous, &key)) {
		previous = &key;
		count++;
	}
	return count;
}

uint64_t prog_run_sessions_created(struct prog_run *run)
{
	struct session_counts counts;
	int err = bpf_map_lookup_elem(bpf_map__fd(run->skel->maps.session_counts), &zero, &counts);

	if (err)
		fail_msg("map session_counts: %s", strerror(-err));
	return counts.created;
}

/* The key with what the program knows of itself. */
static struct session_key scoped(const struct prog_run *run, const struct session_key *key)
{
	struct session_key complete = *key;

	if (run->loopback)
		complete.scope |= SESSION_KEY_LOOPBACK;
	else if (key->sender.octets[0] == 0xfe && (key->sender.octets[1] & 0xc0) == 0x80)
		complete.scope |= PROG_RUN_IFINDEX;
	return complete;
}

bool prog_run_find_session(struct prog_run *run, const struct session_key *key,
			   struct session_state *state)
{
	struct session_key complete = scoped(run, key);

	return !bpf_map_lookup_elem(bpf_map__fd(run->skel->maps.session_table), &complete, state);
}

void prog_run_set_session(struct prog_run *run, const struct session_key *key,
			  const struct session_state *state)
{
	struct session_key complete = scoped(run, key);

	update(run->skel->maps.session_table, &complete, state);
}

void prog_run_remove_session(struct prog_run *run, const struct session_key *key)
{
	struct session_key complete = scoped(run, key);

	remove_key(run->skel->maps.session_table, &complete);
}

/* An address in a frame, IPv4 mapped into IPv6. */
static struct stamp_address address_at(const uint8_t *octets, bool is_ip6)
{
	struct stamp_address address = { .octets = { [10] = 0xff, [11] = 0xff } };

	if (is_ip6)
		memcpy(address.octets, octets, 16);
	else
		memcpy(address.octets + 12, octets, 4);
	return address;
}

struct session_key prog_run_key(const struct packet *request)
{
	bool is_ip6 = packet_is_ip6(request);
	const uint8_t *addresses = request->data + request->ip + (is_ip6 ? 8 : 12);
	struct session_key key = {
		.sender = address_at(addresses, is_ip6),
		.reflector = address_at(addresses + (is_ip6 ? 16 : 4), is_ip6),
	};

	memcpy(&key.sender_port, request->data + request->udp, 2);
	memcpy(&key.reflector_port, request->data + request->udp + 2, 2);
	if (packet_get16(request->data + request->udp + 4) >= 52)
		memcpy(&key.ssid, request->data + request->payload + 14, 2);
	return key;
}
