/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/status.h"

#include <bpf/bpf.h>
#include <stdio.h>
#include <unistd.h>

#include "common/clock.h"
#include "reflector/counters.h"
#include "reflector/driver.h"
#include "reflector/session_table.h"
#include "stamp/version.h"

#define SCHEMA "stampctl/1"

/* Of the verdict ledger: the program's, or in socket mode the socket's. */
static json_t *totals_document(const struct reflected_interface *interface,
			       const struct outcome_counts *counts)
{
	const struct verdict_totals totals = counters_total(counts);
	uint64_t errors;
	json_t *transmit_errors = driver_transmit_errors(interface->info.name, &errors)
					  ? json_integer((json_int_t)errors)
					  : json_null();

	return json_pack("{s:I s:I s:I s:I s:I s:o}", "received", (json_int_t)totals.received,
			 "reflected", (json_int_t)totals.reflected, "slow_path",
			 (json_int_t)totals.slow_path, "passed", (json_int_t)totals.passed,
			 "dropped", (json_int_t)totals.dropped, "transmit_errors", transmit_errors);
}

/* Outcomes that are counted here; all of them, or those of refusals that are not 0. */
static json_t *counters_document(const __u64 by_outcome[OUTCOME_ROOM], bool all)
{
	json_t *document = json_object();

	for (int i = OUTCOME_CONTINUE + 1; i < OUTCOME_MAX; i++)
		if (all || (by_outcome[i] && stamp_outcome_action(i) != XDP_TX))
			json_object_set_new(document, outcome_name((enum stamp_outcome)i),
					    json_integer((json_int_t)by_outcome[i]));
	return document;
}

/* The T3 - T2 of what was answered; NULL when nothing was. */
static json_t *residence_document(const struct histogram *residence)
{
	static const struct {
		const char *name;
		__u32 per_mille;
	} figures[] = {
		{ "p50", 500 }, { "p95", 950 }, { "p99", 990 }, { "p99_9", 999 }, { "max", 1000 },
	};
	__u64 count = histogram_count(residence);
	json_t *document;

	if (!count)
		return json_null();
	document = json_pack("{s:I}", "count", (json_int_t)count);
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		json_object_set_new(document, figures[i].name,
				    json_integer((json_int_t)histogram_percentile(
					    residence, figures[i].per_mille)));
	return document;
}

/*
 * What became of the packets that stampd itself answers, by one of its two ways. It refuses what
 * the program would have passed on, too: nobody is left to take it.
 */
static json_t *path_document(const struct outcome_counts *counts)
{
	return json_pack("{s:I s:I s:o s:I s:o}", "received", (json_int_t)counts->received,
			 "reflected", (json_int_t)counters_total(counts).reflected, "refused",
			 counters_document(counts->by_outcome, false), "failed",
			 (json_int_t)counts->by_outcome[OUTCOME_SEND_FAILED], "residence_ns",
			 residence_document(&counts->residence));
}

static json_t *queues_document(const struct slow_queues *queues)
{
	json_t *document = json_array();

	for (size_t i = 0; queues && i < slow_queues_count(queues); i++) {
		const struct xsk_io *socket = slow_worker_socket(slow_queues_worker(queues, i));

		json_array_append_new(
			document, json_pack("{s:I s:b s:s}", "queue", (json_int_t)i, "zero_copy",
					    xsk_io_is_zero_copy(socket), "receive_times",
					    xsk_io_takes_times(socket) ? "stampd" : "kernel"));
	}
	return document;
}

/* What stampd knows of the packets that it was handed, the lost ones included. To be read before
 * the kernel's counts, which are the first to grow. */
static void read_slow_counts(const struct reflected_interface *interface,
			     struct outcome_counts *out)
{
	__u64 lost = interface->queues ? slow_queues_lost(interface->queues) : 0;

	counters_snapshot(loader_slow_counts(interface->loader), out);
	out->received += lost;
	out->by_outcome[OUTCOME_RING_FULL] += lost;
}

/* `handed` is what the kernel has handed over since the interface was first reflected on. */
static json_t *slow_path_document(const struct reflected_interface *interface,
				  const struct outcome_counts *counts, __u64 handed)
{
	const char *reason = reflected_interface_af_xdp_reason(interface);
	bool has_sockets = interface->queues && slow_queues_count(interface->queues);
	json_t *document =
		json_pack("{s:s s:o s:o s:I s:I}", "by", has_sockets ? "af_xdp" : "socket",
			  "reason", reason ? json_string(reason) : json_null(), "queues",
			  queues_document(interface->queues), "lost",
			  (json_int_t)counts->by_outcome[OUTCOME_RING_FULL], "unaccounted",
			  (json_int_t)(handed - counts->received));

	json_object_update_new(document, path_document(counts));
	return document;
}

static json_t *warnings_document(const struct reflected_interface *interface)
{
	const char *warning = reflected_interface_warning(interface);

	return warning ? json_pack("[s]", warning) : json_array();
}

static json_t *program_tag(int program_fd)
{
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);
	char text[2 * BPF_TAG_SIZE + 1];

	if (bpf_obj_get_info_by_fd(program_fd, &info, &size))
		return json_null();
	for (int i = 0; i < BPF_TAG_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", info.tag[i]);
	return json_string(text);
}

static json_t *interface_document(const struct reflected_interface *interface)
{
	const bool by_socket = interface->mode == MODE_SOCKET;
	struct outcome_counts kernel = { 0 };
	struct outcome_counts slow;
	const struct outcome_counts *counts = by_socket ? &interface->socket_counts : &kernel;
	char driver[DRIVER_NAME_MAX];
	bool is_known, is_kernel_known;

	read_slow_counts(interface, &slow);
	is_kernel_known = !counters_read(loader_counts_fd(interface->loader), &kernel);
	is_known = by_socket || is_kernel_known;
	driver_name(interface->info.name, driver);
	return json_pack("{s:s s:I s:s s:s s:b s:s s:o s:o s:o s:o s:o s:o s:o}", "name",
			 interface->info.name, "ifindex", (json_int_t)interface->info.ifindex,
			 "mode", reflector_mode_name(interface->mode), "reason", "as configured",
			 "attached", reflected_interface_is_alive(interface), "driver", driver,
			 "program_tag", program_tag(loader_program_fd(interface->loader)),
			 "warnings", warnings_document(interface), "totals",
			 is_known ? totals_document(interface, counts) : json_null(), "counters",
			 is_known ? counters_document(counts->by_outcome, true) : json_null(),
			 "residence_ns", residence_document(&counts->residence), "slow_path",
			 is_kernel_known ? slow_path_document(interface, &slow,
							      kernel.by_outcome[OUTCOME_SLOW_PATH])
					 : json_null(),
			 "socket", path_document(&interface->socket_counts));
}

static json_t *clock_document(const struct clock_sync *clock)
{
	const struct clock_reading reading = clock_sync_reading(clock);
	bool synchronized = reading.error_estimate & STAMP_ERROR_SYNCHRONIZED;
	__u64 bound = stamp_error_decode(reading.error_estimate);
	__u8 source = clock_synchronization_source(&reading, clock_monotonic_ns());
	char estimate[8];

	snprintf(estimate, sizeof(estimate), "0x%04x", reading.error_estimate);
	return json_pack("{s:b s:s s:s s:o s:i}", "synchronized", synchronized,
			 "synchronization_source", sync_source_name(source), "error_estimate",
			 estimate, "error_bound_ns",
			 synchronized ? json_integer((json_int_t)bound) : json_null(), "tai_offset",
			 reading.tai_offset);
}

static json_t *sessions_document(const struct status_source *source)
{
	struct session_figures figures;

	if (session_table_read(source->maps, &figures))
		return json_null();
	return json_pack("{s:I s:I s:I s:I s:I s:I s:o}", "provisioned",
			 (json_int_t)source->config->session_count, "present",
			 (json_int_t)figures.present, "idle", (json_int_t)figures.idle, "maximum",
			 (json_int_t)source->maps->max_sessions, "created",
			 (json_int_t)figures.created, "evicted", (json_int_t)figures.evicted,
			 "memory_octets",
			 figures.memory ? json_integer((json_int_t)figures.memory) : json_null());
}

static json_t *ports_document(const struct port_set *ports)
{
	json_t *document = json_array();

	for (unsigned int port = 0; port <= 0xffff; port++)
		if (port_set_has(ports, bpf_htons((__u16)port)))
			json_array_append_new(document, json_integer(port));
	return document;
}

json_t *status_document(const struct status_source *source)
{
	json_t *interfaces = json_array();

	for (size_t i = 0; i < source->interface_count; i++)
		json_array_append_new(interfaces, interface_document(source->interfaces[i]));
	return json_pack("{s:s s:s s:i s:s s:o s:{s:I} s:o s:o s:o}", "schema", SCHEMA, "version",
			 XDP_STAMP_VERSION, "pid", (int)getpid(), "pin_path",
			 source->config->pin_path, "ports", ports_document(source->maps->ports),
			 "sockets", "lost", (json_int_t)listeners_lost(source->listeners), "clock",
			 clock_document(source->clock), "sessions", sessions_document(source),
			 "interfaces", interfaces);
}
