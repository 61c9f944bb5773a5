/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "control/show.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "control/client.h"
#include "control/outcomes.h"

#define NUMBER_TEXT_MAX 32

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "unknown";
}

/* A figure that cannot be known is never shown as 0. */
static const char *number_of(const json_t *object, const char *key, char text[NUMBER_TEXT_MAX])
{
	const json_t *number = json_object_get(object, key);

	if (json_is_integer(number))
		snprintf(text, NUMBER_TEXT_MAX, "%" JSON_INTEGER_FORMAT,
			 json_integer_value(number));
	else
		snprintf(text, NUMBER_TEXT_MAX, "unknown");
	return text;
}

/* A bound in the unit that leaves two digits or more, rounded up: never better than the truth. */
static const char *bound_of(const json_t *object, const char *key, char text[NUMBER_TEXT_MAX])
{
	static const struct {
		json_int_t ns;
		const char *name;
	} units[] = { { 1000000000, "s" }, { 1000000, "ms" }, { 1000, "us" }, { 1, "ns" } };
	json_int_t ns = json_integer_value(json_object_get(object, key));
	size_t i = 0;

	if (!json_is_integer(json_object_get(object, key)))
		return number_of(object, key, text);
	while (units[i].ns > 1 && ns / units[i].ns < 10)
		i++;
	snprintf(text, NUMBER_TEXT_MAX, "%" JSON_INTEGER_FORMAT " %s",
		 ns / units[i].ns + (ns % units[i].ns > 0), units[i].name);
	return text;
}

/* One line for each that is not zero. */
static void write_counters(FILE *out, const json_t *counters)
{
	const char *name;
	json_t *count;

	json_object_foreach((json_t *)counters, name, count)
	{
		const struct outcome_text *outcome = outcome_find(name);

		if (json_is_integer(count) && json_integer_value(count) != 0)
			fprintf(out, "  %12" JSON_INTEGER_FORMAT "  %-18s %s\n",
				json_integer_value(count), name,
				outcome ? outcome->text : OUTCOME_UNKNOWN);
	}
}

static void write_totals(FILE *out, const json_t *totals)
{
	static const struct {
		const char *key;
		const char *label;
	} rows[] = {
		{ "received", "received" },   { "reflected", "reflected" },
		{ "slow_path", "slow path" }, { "passed", "passed on" },
		{ "dropped", "dropped" },     { "transmit_errors", "transmit errors" },
	};
	char number[NUMBER_TEXT_MAX];

	fprintf(out, "  packets:");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		fprintf(out, "%s %s %s", i ? "," : "", number_of(totals, rows[i].key, number),
			rows[i].label);
	fprintf(out, "\n");
}

/* How long the replies of one path took, T3 - T2, if there were any. */
static void write_residence(FILE *out, const json_t *path)
{
	static const char *const figures[] = { "p50", "p99", "p99_9", "max" };
	const json_t *residence = json_object_get(path, "residence_ns");
	char text[NUMBER_TEXT_MAX];

	if (!json_is_object(residence))
		return;
	fprintf(out, "  T3 - T2:");
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		fprintf(out, "%s %s %s", i ? "," : "", figures[i],
			bound_of(residence, figures[i], text));
	fprintf(out, "\n");
}

/* One of the paths besides the kernel's, if anything came by it. */
static void write_path(FILE *out, const json_t *path, const char *name)
{
	char received[NUMBER_TEXT_MAX];
	char reflected[NUMBER_TEXT_MAX];

	if (json_integer_value(json_object_get(path, "received")) == 0)
		return;
	fprintf(out, "  by %s: %s received, %s reflected\n", name,
		number_of(path, "received", received), number_of(path, "reflected", reflected));
	write_counters(out, json_object_get(path, "refused"));
	write_residence(out, path);
}

/* Who answers what the kernel cannot, and how. */
static void write_slow_path(FILE *out, const json_t *path)
{
	const json_t *queues = json_object_get(path, "queues");
	const char *reason = json_string_value(json_object_get(path, "reason"));
	json_int_t unaccounted = json_integer_value(json_object_get(path, "unaccounted"));
	size_t zero_copy = 0, own_times = 0;

	if (!json_is_object(path))
		return;
	for (size_t i = 0; i < json_array_size(queues); i++) {
		const json_t *queue = json_array_get(queues, i);

		zero_copy += json_is_true(json_object_get(queue, "zero_copy"));
		own_times += !strcmp(text_of(queue, "receive_times"), "stampd");
	}
	if (json_array_size(queues))
		fprintf(out,
			"  slow path: AF_XDP, queues: %zu, of them with zero-copy: %zu%s%s%s\n",
			json_array_size(queues), zero_copy,
			own_times ? "; T2 is taken by stampd" : "", reason ? "; " : "",
			reason ? reason : "");
	else
		fprintf(out, "  slow path: the UDP socket (%s)\n", reason ? reason : "unknown");
	write_path(out, path, "AF_XDP");
	if (unaccounted > 0)
		fprintf(out,
			"  %" JSON_INTEGER_FORMAT
			" handed over and not accounted for: under way, or in "
			"the hands of a stampd that was killed\n",
			unaccounted);
}

/* In socket mode nothing is attached: what counts is that the interface is there. */
static const char *attachment_text(const json_t *interface)
{
	const json_t *attached = json_object_get(interface, "attached");
	bool by_socket = !strcmp(text_of(interface, "mode"), "socket");

	if (json_is_true(attached))
		return by_socket ? "answering" : "attached";
	if (json_is_false(attached))
		return by_socket ? "NOT answering" : "NOT attached";
	return "not known if attached";
}

static void write_attachment(FILE *out, const json_t *interface)
{
	char ifindex[NUMBER_TEXT_MAX];

	fprintf(out, "%s (number %s): %s mode (%s), %s\n", text_of(interface, "name"),
		number_of(interface, "ifindex", ifindex), text_of(interface, "mode"),
		text_of(interface, "reason"), attachment_text(interface));
	fprintf(out, "  driver %s, program tag %s\n", text_of(interface, "driver"),
		text_of(interface, "program_tag"));
}

static void write_interface(FILE *out, const json_t *interface)
{
	const json_t *warnings = json_object_get(interface, "warnings");

	write_attachment(out, interface);
	for (size_t i = 0; i < json_array_size(warnings); i++) {
		const char *warning = json_string_value(json_array_get(warnings, i));

		if (warning)
			fprintf(out, "  warning: %s\n", warning);
	}
	write_totals(out, json_object_get(interface, "totals"));
	write_counters(out, json_object_get(interface, "counters"));
	write_residence(out, interface);
	write_slow_path(out, json_object_get(interface, "slow_path"));
	write_path(out, json_object_get(interface, "socket"), "the socket");
	fprintf(out, "\n");
}

static void write_clock(FILE *out, const json_t *clock)
{
	const json_t *synchronized = json_object_get(clock, "synchronized");
	bool bounded = json_is_integer(json_object_get(clock, "error_bound_ns"));
	char bound[NUMBER_TEXT_MAX];
	char tai_offset[NUMBER_TEXT_MAX];

	fprintf(out, "clock: %s, error %s%s (Error Estimate %s), TAI - UTC %s s, source %s\n",
		json_is_true(synchronized)    ? "synchronized"
		: json_is_false(synchronized) ? "not synchronized"
					      : "not known if synchronized",
		bounded ? "at most " : "", bound_of(clock, "error_bound_ns", bound),
		text_of(clock, "error_estimate"), number_of(clock, "tai_offset", tai_offset),
		text_of(clock, "synchronization_source"));
}

static void write_ports(FILE *out, const json_t *ports)
{
	fprintf(out, "ports:");
	for (size_t i = 0; i < json_array_size(ports); i++)
		fprintf(out, "%s %" JSON_INTEGER_FORMAT, i ? "," : "",
			json_integer_value(json_array_get(ports, i)));
	fprintf(out, "%s\n", json_array_size(ports) ? "" : " none");
}

static void write_sessions(FILE *out, const json_t *sessions)
{
	static const char *const keys[] = { "present", "maximum", "memory_octets", "provisioned",
					    "idle",    "created", "evicted" };
	char numbers[sizeof(keys) / sizeof(keys[0])][NUMBER_TEXT_MAX];

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		number_of(sessions, keys[i], numbers[i]);
	fprintf(out, "sessions: %s of at most %s, in %s octets of memory; %s provisioned\n",
		numbers[0], numbers[1], numbers[2], numbers[3]);
	fprintf(out, "  %s idle for longer than ref-wait; %s created, %s evicted\n", numbers[4],
		numbers[5], numbers[6]);
}

/* Said when there is something to say: it is on no interface's account. */
static void write_lost(FILE *out, const json_t *sockets)
{
	json_int_t lost = json_integer_value(json_object_get(sockets, "lost"));

	if (lost)
		fprintf(out,
			"sockets: %" JSON_INTEGER_FORMAT
			" datagrams lost unread: more came than stampd could judge\n",
			lost);
}

void show_write(FILE *out, const json_t *document)
{
	const json_t *interfaces = json_object_get(document, "interfaces");
	char pid[NUMBER_TEXT_MAX];

	if (json_array_size(interfaces) == 0)
		fprintf(out, "no interfaces\n\n");
	for (size_t i = 0; i < json_array_size(interfaces); i++)
		write_interface(out, json_array_get(interfaces, i));
	write_clock(out, json_object_get(document, "clock"));
	write_sessions(out, json_object_get(document, "sessions"));
	write_ports(out, json_object_get(document, "ports"));
	write_lost(out, json_object_get(document, "sockets"));
	fprintf(out, "stampd %s, process %s, pinned in %s\n", text_of(document, "version"),
		number_of(document, "pid", pid), text_of(document, "pin_path"));
}

int show_run(const struct command *command)
{
	json_t *document = NULL;
	int err = client_get(command->socket_path, "/v1/show", &document);

	if (!err)
		command_print(command, document, show_write);
	json_decref(document);
	return err;
}
