/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * P4: how long the XDP program runs when many sessions send in random order, against one session,
 * and what the kernel needs for them.
 */
#include "bench/figures.h"
#include "bench/reflector.h"
#include "bench/request.h"
#include "bench/timing.h"
#include "reflector/session_table.h"
#include "tests/bench/pass.skel.h"

#define BATCH 10000
#define MIB (1024.0 * 1024.0)

static const struct path path = {
	{ 0x02, 0, 0, 0, 0, 0x01 },
	{ 0x02, 0, 0, 0, 0, 0x02 },
};

struct bench {
	struct stamp_reflector_bpf *reflector;
	struct pass_bpf *pass;
	struct restore_bpf *restore;
	struct packet packet;
};

/* The request of session 0, as choose_session() in restore.bpf.c makes it. */
static void build_request(struct packet *packet)
{
	static const struct stamp_sender_packet payload = {
		.sequence = 0xffffffff,
		.timestamp = { bpf_htonl(0xe8000000), bpf_htonl(0x12345678) },
		.error_estimate = bpf_htons(0x8001),
	};
	char from[18], to[18];
	const struct packet_fields fields = {
		.source_mac = from,
		.destination_mac = to,
		.source = "10.0.0.0",
		.destination = REFLECTOR_IP4,
		.id = 0xffff,
		.source_port = bpf_ntohs(FIRST_SENDER_PORT),
		.destination_port = STAMP_PORT,
		.payload_length = sizeof(payload),
		.payload = &payload,
	};

	mac_print(from, path.sender_mac);
	mac_print(to, path.reflector_mac);
	packet_build(packet, &fields);
}

static struct session_key key_of(__u32 session)
{
	struct session_key key = {
		.sender = stamp_address_ip4(bpf_htonl(0x0a000000)),
		.reflector = reflector_address(0),
		.sender_port = (__be16)(FIRST_SENDER_PORT + (session >> 16)),
		.reflector_port = bpf_htons(STAMP_PORT),
	};
	__u16 low = (__u16)session;

	memcpy(key.sender.octets + 14, &low, sizeof(low));
	return key;
}

/* Sessions that the program has judged already, as if each had sent one packet. */
static int create_sessions(const struct bench *bench, __u32 sessions)
{
	struct session_key *keys = calloc(BATCH, sizeof(*keys));
	struct session_state *states = calloc(BATCH, sizeof(*states));
	int err = keys && states ? 0 : -ENOMEM;

	for (__u32 from = 0; !err && from < sessions; from += BATCH) {
		__u32 count = sessions - from < BATCH ? sessions - from : BATCH;

		for (__u32 i = 0; i < count; i++) {
			keys[i] = key_of(from + i);
			states[i] = (struct session_state){
				.created_ns = clock_monotonic_ns(),
				.latest = session_latest(clock_monotonic_ns(), 0),
				.generation = bench->reflector->data_shared->shared.rules_state
						      .generation,
				.source = from + i,
				.policy = { .flags = SESSION_STATEFUL },
			};
		}
		err = bpf_map_update_batch(bpf_map__fd(bench->reflector->maps.session_table), keys,
					   states, &count, NULL);
	}
	free(keys);
	free(states);
	return err ? bench_fail("cannot create the sessions", err) : 0;
}

static int bench_open(struct bench *bench, __u32 sessions)
{
	bench->reflector = reflector_load(&path, 1, sessions);
	bench->pass = pass_bpf__open_and_load();
	bench->restore = restore_bpf__open_and_load();
	if (!bench->reflector || !bench->pass || !bench->restore)
		return bench_fail("cannot load the programs", -errno);
	build_request(&bench->packet);
	return 0;
}

static void bench_close(struct bench *bench)
{
	stamp_reflector_bpf__destroy(bench->reflector);
	pass_bpf__destroy(bench->pass);
	restore_bpf__destroy(bench->restore);
}

/* What one packet takes the program, the choice of its session taken off. */
static int time_sessions(const struct bench *bench, __u32 sessions, double *ns)
{
	const struct bpf_program *restoring = bench->restore->progs.bench_restore_session;
	double empty, chosen;
	__u64 before = 0, after = 0;
	int err;

	bench->restore->data->session_count = sessions;
	reflector_set_clock(bench->reflector);
	err = time_program(bench->pass->progs.bench_pass, &bench->packet, XDP_PASS, &empty);
	if (!err)
		err = time_restored(restoring, bench->restore, bench->pass->progs.bench_pass,
				    &bench->packet, XDP_PASS, &chosen);
	if (!err)
		err = reflector_count(bench->reflector, OUTCOME_REFLECTED, &before);
	if (!err)
		err = time_restored(restoring, bench->restore,
				    bench->reflector->progs.stamp_reflect, &bench->packet, XDP_TX,
				    ns);
	if (!err)
		err = reflector_count(bench->reflector, OUTCOME_REFLECTED, &after);
	if (!err && after - before != REPEAT)
		err = bench_fail("not every packet was reflected", -EPROTO);
	*ns -= chosen - empty;
	return err;
}

static int compare(const struct bench *bench, __u32 sessions, double limit)
{
	const struct target target = { limit, 0, false, "x" };
	struct series many, one;
	char what[128];

	for (int i = 0; i < ROUNDS; i++) {
		int err = time_sessions(bench, 1, &one.values[i]);

		if (!err)
			err = time_sessions(bench, sessions, &many.values[i]);
		if (err)
			return err;
	}
	snprintf(what, sizeof(what),
		 "%u sessions in random order: %.0f ns, one session %.0f ns (median of %d pairs)",
		 sessions, median(&many), median(&one), ROUNDS);
	print_figure("P4", what, median_ratio(&many, &one), &target);
	return 0;
}

static void print_memory(const struct bench *bench)
{
	static const struct target target = { 256, 0, false, "MiB" };
	struct shared_maps maps = {
		.session_table_fd = bpf_map__fd(bench->reflector->maps.session_table),
		.session_counts_fd = bpf_map__fd(bench->reflector->maps.session_counts),
		.limits = &bench->reflector->data_shared->shared.limits,
	};
	struct session_figures figures;
	char what[128];

	if (session_table_read(&maps, &figures))
		return;
	snprintf(what, sizeof(what), "kernel memory of the session table, %llu sessions in it",
		 (unsigned long long)(figures.present + figures.idle));
	print_figure("P4", what, (double)figures.memory / MIB, &target);
}

/* A table of this size, full. */
static int measure(__u32 sessions, double limit)
{
	struct bench bench = { 0 };
	int err = bench_open(&bench, sessions);

	if (!err)
		err = create_sessions(&bench, sessions);
	if (!err)
		err = compare(&bench, sessions, limit);
	if (!err)
		print_memory(&bench);
	bench_close(&bench);
	return err;
}

int main(void)
{
	int err = measure(65536, 2.5);

	if (!err)
		err = measure(1000000, 6);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
