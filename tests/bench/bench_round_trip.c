/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The median round trip that stamp-ping reports, against what irtt and fping report of the same
 * path: one packet each 10 ms, one program after the other.
 *
 * Each is measured as its users get it. stamp-ping has the kernel's time of both ends of the way,
 * and the XDP program answers; fping reads the clock before it sends, and the kernel answers; irtt
 * reads the clock on both sides of its calls, its server answers from user space, and the time that
 * the server says it took is not in the figure. So of stamp-ping the round trip counts together
 * with the time that the reflector took, packet by packet.
 */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "bench/figures.h"
#include "bench/ping.h"

#define PACKETS 100
#define STAMP_PING "%s -j --each -i 10ms -c 100 " REFLECTOR_IP4
#define FPING "fping -q -p 10 -C 100 " REFLECTOR_IP4 " 2>&1"
#define IRTT "irtt client -Q -i 10ms -d 1s -o - " REFLECTOR_IP4
#define IRTT_READY "ListenerStart"

/* The round trips of one round. */
struct trips {
	size_t count;
	double us[PACKETS];
};

struct side {
	const char *name;
	int (*measure)(const struct ping_bench *bench, double *median_us);
	struct series us;
};

static const struct target target = { 1.00, 0, false, "x" };

static void trips_add(struct trips *trips, double us)
{
	if (trips->count < PACKETS)
		trips->us[trips->count++] = us;
}

/* -EPROTO unless there is one for each packet. */
static int trips_median(struct trips *trips, double *us)
{
	if (trips->count != PACKETS) {
		fprintf(stderr, "bench_round_trip: %zu of %d replies\n", trips->count, PACKETS);
		return -EPROTO;
	}
	qsort(trips->us, PACKETS, sizeof(*trips->us), compare_values);
	*us = (trips->us[PACKETS / 2 - 1] + trips->us[PACKETS / 2]) / 2;
	return 0;
}

/* The lines of the packets; the summary at the end has no such numbers at its top. */
static int measure_stamp_ping(const struct ping_bench *bench, double *median_us)
{
	char command[PING_COMMAND_MAX];
	struct trips trips = {};
	FILE *output;
	json_t *line;

	snprintf(command, sizeof(command), STAMP_PING, bench->program);
	output = ping_start(bench, command);
	if (!output)
		return -errno;
	while ((line = json_loadf(output, JSON_DISABLE_EOF_CHECK, NULL))) {
		double round_trip_ns, reflector_ns;

		if (!json_unpack(line, "{s:F, s:F}", "round_trip_ns", &round_trip_ns,
				 "reflector_ns", &reflector_ns))
			trips_add(&trips, (round_trip_ns + reflector_ns) / 1e3);
		json_decref(line);
	}
	return ping_end(output, command) ? -EPROTO : trips_median(&trips, median_us);
}

/* "192.0.2.2 : 0.021 0.023 - 0.022", in ms, a dash for a lost one. */
static int measure_fping(const struct ping_bench *bench, double *median_us)
{
	FILE *output = ping_start(bench, FPING);
	struct trips trips = {};
	double ms;

	if (!output)
		return -errno;
	if (fscanf(output, "%*s :") == 0)
		while (fscanf(output, "%lf", &ms) == 1)
			trips_add(&trips, ms * 1e3);
	return ping_end(output, FPING) ? -EPROTO : trips_median(&trips, median_us);
}

/* It may be a packet short of its second's 100, but has to get back what it sent. */
static int measure_irtt(const struct ping_bench *bench, double *median_us)
{
	json_t *report = ping_read(bench, IRTT);
	double median_ns, sent, received;
	int err = -EPROTO;

	if (report &&
	    !json_unpack(report, "{s:{s:F, s:F, s:{s:F}}}", "stats", "packets_sent", &sent,
			 "packets_received", &received, "rtt", "median", &median_ns))
		err = sent > 0 && received >= sent ? 0 : -EPROTO;
	if (err)
		fprintf(stderr, "bench_round_trip: irtt did not get all its replies\n");
	else
		*median_us = median_ns / 1e3;
	json_decref(report);
	return err;
}

/* Ends with this process at the latest. */
static void run_irtt_server(const struct ping_bench *bench, int output_fd)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (setns(bench->veth.reflector_ns, CLONE_NEWNET) || dup2(output_fd, STDOUT_FILENO) < 0)
		_exit(EXIT_FAILURE);
	execlp("irtt", "irtt", "server", "-b", REFLECTOR_IP4, NULL);
	_exit(EXIT_FAILURE);
}

/* Returns once it listens. What it says later stays in the pipe, which is kept for that. */
static int start_irtt_server(const struct ping_bench *bench, pid_t *pid, FILE **said)
{
	char line[256] = "";
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	*pid = fork();
	if (*pid == 0)
		run_irtt_server(bench, ends[1]);
	close(ends[1]);
	*said = fdopen(ends[0], "r");
	if (*pid < 0 || !*said)
		return -errno;
	while (!strstr(line, IRTT_READY))
		if (!fgets(line, sizeof(line), *said)) {
			fprintf(stderr, "bench_round_trip: the server of irtt does not start\n");
			return -EPROTO;
		}
	return 0;
}

static void stop_irtt_server(pid_t pid, FILE *said)
{
	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	if (said)
		fclose(said);
}

static int measure_rounds(const struct ping_bench *bench, struct side *sides, size_t count)
{
	for (int i = 0; i < ROUNDS; i++)
		for (size_t j = 0; j < count; j++) {
			int err = sides[j].measure(bench, &sides[j].us.values[i]);

			if (err)
				return err;
		}
	return 0;
}

static void print_against(const struct side *ours, const struct side *other)
{
	char what[128];

	snprintf(what, sizeof(what),
		 "median round trip, reflector included: %.1f us, %s %.1f us (veth, median of %d "
		 "pairs)",
		 median(&ours->us), other->name, median(&other->us), ROUNDS);
	print_figure("RTT", what, median_ratio(&ours->us, &other->us), &target);
}

static int measure(const struct ping_bench *bench)
{
	struct side sides[] = {
		{ .name = "stamp-ping", .measure = measure_stamp_ping },
		{ .name = "irtt", .measure = measure_irtt },
		{ .name = "fping", .measure = measure_fping },
	};
	FILE *said = NULL;
	pid_t pid = -1;
	int err = start_irtt_server(bench, &pid, &said);

	if (!err)
		err = measure_rounds(bench, sides, sizeof(sides) / sizeof(*sides));
	stop_irtt_server(pid, said);
	if (err)
		return err;
	print_against(&sides[0], &sides[1]);
	print_against(&sides[0], &sides[2]);
	return 0;
}

int main(int argc, char **argv)
{
	return ping_main(argc, argv, measure);
}
