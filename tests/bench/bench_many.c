/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Ten thousand sessions at a packet a second each, in one thread on one core: how late they send,
 * and what they take of the core and of memory.
 *
 * The library is used as a program does that never looks at a reply. The kernel's answers are made
 * on the other core, by a NAPI thread, where there is one: else the whole way there and back would
 * be part of each send().
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/timerfd.h>

#include "bench/ping.h"
#include "bench/processors.h"
#include "sender/sender.h"

#define SESSIONS 10000
#define PACKETS 10 /* of each */
#define RUNS 3
#define START_NS (500 * NSEC_PER_MSEC) /* until the first packet, so that all are ready */
#define THREADED "/sys/class/net/" REFLECTOR_INTERFACE "/threaded"
#define NAPI_THREAD "napi/" REFLECTOR_INTERFACE

struct many {
	struct ping_bench bench;
	struct event_loop *loop;
	struct sender *sender;
	struct session *sessions[SESSIONS];
	int second_fd;
	int running;
};

struct measured {
	double p50_ms, p99_ms, max_ms;
	double processor; /* share of a core, per cent */
	double octets;    /* of memory, per session */
	double lost;
};

static void on_finished(void *context, int err)
{
	struct many *many = context;

	(void)err;
	if (!--many->running)
		event_loop_stop(many->loop);
}

static void on_second(void *context, int fd)
{
	struct many *many = context;
	uint64_t expirations;

	if (read(fd, &expirations, sizeof(expirations)) > 0)
		reflector_set_clock(many->bench.veth.reflector);
}

static int open_loop(struct many *many)
{
	const struct itimerspec second = { { 1, 0 }, { 1, 0 } };
	int err = event_loop_open(&many->loop);

	if (err)
		return err;
	many->second_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (many->second_fd < 0 || timerfd_settime(many->second_fd, 0, &second, NULL))
		return -errno;
	err = event_loop_add(many->loop, many->second_fd, on_second, many);
	return err ? err : sender_open(&many->sender, many->loop);
}

static int add_sessions(struct many *many)
{
	const struct session_observer observer = { .context = many, .finished = on_finished };
	struct session_settings settings = {
		.path = { .ttl = 255 },
		.count = PACKETS,
		.interval_ns = NSEC_PER_SEC,
		.timeout_ns = NSEC_PER_SEC,
		.size = STAMP_BASE_SIZE,
	};
	struct sockaddr_in *peer = (struct sockaddr_in *)&settings.path.peer;
	int err = 0;

	peer->sin_family = AF_INET;
	peer->sin_port = htons(STAMP_PORT);
	inet_pton(AF_INET, REFLECTOR_IP4, &peer->sin_addr);
	for (int i = 0; i < SESSIONS && !err; i++)
		err = sender_add(many->sender, &settings, &observer, &many->sessions[i]);
	return err;
}

static void start_sessions(struct many *many)
{
	uint64_t first_ns = clock_monotonic_ns() + START_NS;

	reflector_set_clock(many->bench.veth.reflector);
	for (int i = 0; i < SESSIONS; i++, many->running++)
		session_start(many->sessions[i],
			      first_ns + (uint64_t)i * (NSEC_PER_SEC / SESSIONS));
}

static void close_sessions(struct many *many)
{
	for (int i = 0; i < SESSIONS; i++) {
		sender_remove(many->sessions[i]);
		many->sessions[i] = NULL;
	}
	sender_close(many->sender);
	many->sender = NULL;
	if (many->loop)
		event_loop_remove(many->loop, many->second_fd);
	close(many->second_fd);
	event_loop_close(many->loop);
	many->loop = NULL;
}

static double resident_octets(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	long total, resident = 0;

	if (file && fscanf(file, "%ld %ld", &total, &resident) != 2)
		resident = 0;
	if (file)
		fclose(file);
	return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static double processor_seconds(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* How many packets of all were late by at most so much. */
static uint64_t at_most(const struct many *many, int64_t late_ns)
{
	uint64_t count = 0;

	for (int i = 0; i < SESSIONS; i++)
		count += distribution_at_most(
			metrics_distribution(session_metrics(many->sessions[i]), METRICS_PACING),
			late_ns);
	return count;
}

/* The least lateness that so many do not exceed, by bisection. */
static double late_ms(const struct many *many, uint64_t rank, int64_t max_ns)
{
	int64_t low_ns = 0, high_ns = max_ns;

	while (low_ns < high_ns) {
		int64_t middle_ns = (low_ns + high_ns) / 2;

		if (at_most(many, middle_ns) >= rank)
			high_ns = middle_ns;
		else
			low_ns = middle_ns + 1;
	}
	return (double)high_ns / 1e6;
}

/* When the veth is full, as after a standstill, it refuses a packet: that counts as lost. */
static int read_figures(const struct many *many, struct measured *out)
{
	const uint64_t due = (uint64_t)SESSIONS * PACKETS;
	uint64_t sent = 0, refused = 0, received = 0;
	int64_t max_ns = 0;

	for (int i = 0; i < SESSIONS; i++) {
		struct metrics_summary summary;

		session_summarize(many->sessions[i], &summary, NULL);
		sent += summary.sent;
		refused += summary.send_errors;
		received += summary.received;
		if (summary.pacing.max > max_ns)
			max_ns = summary.pacing.max;
	}
	out->lost = (double)(due - received);
	out->p50_ms = late_ms(many, sent / 2, max_ns);
	out->p99_ms = late_ms(many, sent - sent / 100, max_ns);
	out->max_ms = (double)max_ns / 1e6;
	if (sent + refused == due && received >= due - due / 100)
		return 0;
	fprintf(stderr, "bench_many: sent %llu, refused %llu, received %llu\n",
		(unsigned long long)sent, (unsigned long long)refused,
		(unsigned long long)received);
	return -EPROTO;
}

static int measure_once(struct many *many, struct measured *out)
{
	double before = resident_octets(), start = 0, used = 0;
	int err = open_loop(many);

	if (!err)
		err = add_sessions(many);
	if (!err) {
		start_sessions(many);
		start = seconds_of(CLOCK_MONOTONIC);
		used = processor_seconds();
		err = event_loop_run(many->loop);
	}
	out->processor = 100 * (processor_seconds() - used) / (seconds_of(CLOCK_MONOTONIC) - start);
	out->octets = (resident_octets() - before) / SESSIONS;
	if (!err)
		err = read_figures(many, out);
	close_sessions(many);
	return err;
}

/* The file of sysfs shows the network that it was mounted in. */
static int make_threaded(const struct veth *veth)
{
	int fd, err = 0;

	if (setns(veth->reflector_ns, CLONE_NEWNET) || unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("sysfs", "/sys", "sysfs", 0, NULL))
		return -errno;
	fd = open(THREADED, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "1", 1) != 1)
		err = -errno;
	if (fd >= 0)
		close(fd);
	return err;
}

static bool is_napi_thread(const char *pid)
{
	char path[300], name[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(name, sizeof(name), file))
		name[0] = '\0';
	fclose(file);
	return !strncmp(name, NAPI_THREAD, strlen(NAPI_THREAD));
}

/* The latest of them is ours. 0: there is none. */
static pid_t find_napi_thread(void)
{
	DIR *directory = opendir("/proc");
	const struct dirent *entry;
	pid_t latest = 0;

	while (directory && (entry = readdir(directory))) {
		pid_t pid = atoi(entry->d_name);

		if (pid > latest && is_napi_thread(entry->d_name))
			latest = pid;
	}
	if (directory)
		closedir(directory);
	return latest;
}

/* The reflector's packets are taken by a thread on the second core. 0 or -errno. */
static int answer_elsewhere(const struct veth *veth, const cpu_set_t *processors)
{
	int err = make_threaded(veth), cpu = processor_at(processors, 1);
	pid_t pid = err ? 0 : find_napi_thread();
	cpu_set_t one;

	if (setns(veth->sender_ns, CLONE_NEWNET))
		return -errno;
	if (err || cpu < 0 || !pid)
		return err ? err : -ESRCH;
	CPU_ZERO(&one);
	CPU_SET((size_t)cpu, &one);
	return sched_setaffinity(pid, sizeof(one), &one) ? -errno : 0;
}

static int by_p99(const void *a, const void *b)
{
	return compare_values(&((const struct measured *)a)->p99_ms,
			      &((const struct measured *)b)->p99_ms);
}

static void print(struct measured measured[RUNS], bool elsewhere)
{
	static const struct target late = { 2, 0, false, "ms" }, octets = { 48, 0, false, "kB" };
	const struct measured *middle = &measured[RUNS / 2];
	double first_octets = measured[0].octets; /* the later runs find memory that is free */
	char what[160];

	qsort(measured, RUNS, sizeof(*measured), by_p99);
	snprintf(what, sizeof(what),
		 "%d sessions at 1/s on a core%s: p99 lateness (p50 %.3f, max %.1f ms; %.0f lost)",
		 SESSIONS, elsewhere ? "" : ", reflector too", middle->p50_ms, middle->max_ms,
		 middle->lost);
	print_figure("S1", what, middle->p99_ms, &late);
	snprintf(what, sizeof(what), "memory of a session; all of them take %.0f %% of the core",
		 middle->processor);
	print_figure("S1", what, first_octets / 1e3, &octets);
}

int main(int argc, char **argv)
{
	static struct many many;
	struct measured measured[RUNS];
	cpu_set_t processors;
	bool elsewhere;
	int err = ping_open(&many.bench, argc, argv);

	if (!err && sched_getaffinity(0, sizeof(processors), &processors))
		err = -errno;
	if (!err)
		err = processor_pin(&processors, 0);
	elsewhere = !err && !answer_elsewhere(&many.bench.veth, &processors);
	for (int i = 0; i < RUNS && !err; i++)
		err = measure_once(&many, &measured[i]);
	if (!err)
		print(measured, elsewhere);
	veth_unlink(&many.bench.links);
	pass_bpf__destroy(many.bench.pass);
	veth_close(&many.bench.veth);
	if (err)
		fprintf(stderr, "%s: %s\n", argv[0], strerror(-err));
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
