/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * stamp-ping as a user runs it, at the sender's end of the veth pair, and the figures that it
 * reports. The XDP program answers at the other end; what comes back passes to the sockets.
 */
#ifndef BENCH_PING_H
#define BENCH_PING_H

#include <jansson.h>

#include "bench/veth.h"
#include "tests/bench/pass.skel.h"

#define PING_COMMAND_MAX 512

struct ping_bench {
	struct veth veth;
	struct pass_bpf *pass;
	struct veth_links links;
	const char *program; /* stamp-ping */
};

/* Starts a command of the shell to read what it prints; NULL with errno set. The reflector knows
 * the time from here on, for as long as a measurement may last. */
static inline FILE *ping_start(const struct ping_bench *bench, const char *command)
{
	reflector_set_clock(bench->veth.reflector);
	return popen(command, "re");
}

/* 0, or -EPROTO after a message when it has failed. */
static inline int ping_end(FILE *output, const char *command)
{
	if (pclose(output) == 0)
		return 0;
	fprintf(stderr, "bench: failed: %s\n", command);
	return -EPROTO;
}

/* Runs a command that prints one JSON document, which is the caller's; NULL after a message. */
static inline json_t *ping_read(const struct ping_bench *bench, const char *command)
{
	FILE *output = ping_start(bench, command);
	json_t *report = output ? json_loadf(output, 0, NULL) : NULL;

	if (output && ping_end(output, command)) {
		json_decref(report);
		return NULL;
	}
	if (!report)
		fprintf(stderr, "bench: no JSON: %s\n", command);
	return report;
}

/* Runs stamp-ping to its summary in JSON, which is the caller's; NULL after a message. */
static inline json_t *ping_run(const struct ping_bench *bench, const char *options)
{
	char command[PING_COMMAND_MAX];

	snprintf(command, sizeof(command), "%s -q -j %s %s", bench->program, options,
		 REFLECTOR_IP4);
	return ping_read(bench, command);
}

/* One number of it, as in report.group.name. 0, or -EPROTO when there is none. */
static inline int ping_number(json_t *report, const char *group, const char *name, double *out)
{
	if (!json_unpack(report, "{s:{s:F}}", group, name, out))
		return 0;
	fprintf(stderr, "bench: stamp-ping reports no %s.%s\n", group, name);
	return -EPROTO;
}

/* The arguments are the namespaces of the sender's and of the reflector's end, and stamp-ping. */
static inline int ping_open(struct ping_bench *bench, int argc, char **argv)
{
	int err = argc == 4 ? veth_open(&bench->veth, argv[1], argv[2]) : -EINVAL;

	if (err)
		return err;
	bench->program = argv[3];
	bench->pass = pass_bpf__open_and_load();
	if (!bench->pass)
		return -errno;
	return veth_link_both(&bench->veth, bench->veth.reflector->progs.stamp_reflect,
			      bench->pass->progs.bench_pass, &bench->links);
}

/* A bench with it. */
static inline int ping_main(int argc, char **argv, int (*measure)(const struct ping_bench *bench))
{
	struct ping_bench bench = {};
	int err = ping_open(&bench, argc, argv);

	if (!err)
		err = measure(&bench);
	veth_unlink(&bench.links);
	pass_bpf__destroy(bench.pass);
	veth_close(&bench.veth);
	if (err)
		fprintf(stderr, "%s: %s\n", argv[0], strerror(-err));
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
