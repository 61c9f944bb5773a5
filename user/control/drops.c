/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "control/drops.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "common/log.h"
#include "control/client.h"
#include "control/outcomes.h"

/* What is dropped, and what takes another way for a reason that somebody can remove. */
static bool is_drop(const struct outcome_text *outcome)
{
	return !outcome || outcome->action == XDP_DROP || *outcome->hint;
}

static json_int_t count_of(const json_t *row, const char *where)
{
	return json_integer_value(json_object_get(row, where));
}

static json_int_t sum(json_int_t a, json_int_t b)
{
	return a > INT64_MAX - b ? INT64_MAX : a + b;
}

/* The row of a reason, new if need be; NULL when memory is out. */
static json_t *row_of(json_t *rows, const char *reason)
{
	const struct outcome_text *outcome = outcome_find(reason);
	json_t *row = json_object_get(rows, reason);

	if (row)
		return row;
	row = json_pack("{s:s s:s s:s s:i s:i s:i}", "reason", reason, "text",
			outcome ? outcome->text : OUTCOME_UNKNOWN, "hint",
			outcome ? outcome->hint : "", "kernel", 0, "slow_path", 0, "socket", 0);
	return json_object_set_new(rows, reason, row) ? NULL : row;
}

/* Adds the counts of one interface to the rows. 0 or -ENOMEM. */
static int add_counts(json_t *rows, const json_t *counts, const char *where)
{
	const char *reason;
	json_t *count;

	json_object_foreach((json_t *)counts, reason, count)
	{
		json_int_t number = json_integer_value(count);
		json_t *row;

		if (number <= 0 || !is_drop(outcome_find(reason)))
			continue;
		row = row_of(rows, reason);
		number = sum(count_of(row, where), number);
		if (json_object_set_new(row, where, json_integer(number)))
			return -ENOMEM;
	}
	return 0;
}

/* Its counters are those of the socket. */
static bool is_socket_mode(const json_t *interface)
{
	const char *mode = json_string_value(json_object_get(interface, "mode"));

	return mode && !strcmp(mode, "socket");
}

static bool is_unreadable(const json_t *interface)
{
	return !json_is_object(json_object_get(interface, "counters")) &&
	       !is_socket_mode(interface);
}

/* 0 or -ENOMEM. */
static int add_interface(json_t *rows, json_t *unreadable, const json_t *interface)
{
	const json_t *slow_path = json_object_get(interface, "slow_path");
	const json_t *socket = json_object_get(interface, "socket");
	const char *name = json_string_value(json_object_get(interface, "name"));
	int err = 0;

	if (!is_socket_mode(interface))
		err = add_counts(rows, json_object_get(interface, "counters"), "kernel");
	if (!err)
		err = add_counts(rows, json_object_get(slow_path, "refused"), "slow_path");
	if (!err)
		err = add_counts(rows, json_object_get(socket, "refused"), "socket");
	if (!err && is_unreadable(interface) &&
	    json_array_append_new(unreadable, json_string(name ? name : "unknown")))
		err = -ENOMEM;
	return err;
}

static json_int_t whole_count(const json_t *row)
{
	return sum(sum(count_of(row, "kernel"), count_of(row, "slow_path")),
		   count_of(row, "socket"));
}

/* Among as many the first stays first. 0 or -ENOMEM. */
static int insert(json_t *drops, json_t *row)
{
	json_int_t count = whole_count(row);
	size_t at = json_array_size(drops);

	while (at > 0) {
		const json_t *before = json_array_get(drops, at - 1);

		if (whole_count(before) >= count)
			break;
		at--;
	}
	return json_array_insert(drops, at, row) ? -ENOMEM : 0;
}

/* The rows in their order; NULL when memory is out. */
static json_t *sorted(const json_t *rows)
{
	json_t *drops = json_array();
	const char *reason;
	json_t *row;

	json_object_foreach((json_t *)rows, reason, row)
	{
		if (insert(drops, row)) {
			json_decref(drops);
			return NULL;
		}
	}
	return drops;
}

json_t *drops_document(const json_t *show)
{
	const json_t *interfaces = json_object_get(show, "interfaces");
	json_t *rows = json_object();
	json_t *unreadable = json_array();
	json_t *document = NULL;
	int err = rows && unreadable ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < json_array_size(interfaces); i++)
		err = add_interface(rows, unreadable, json_array_get(interfaces, i));
	if (!err)
		document = json_pack("{s:s s:o s:O}", "schema", "stampctl/1", "drops", sorted(rows),
				     "unreadable", unreadable);
	json_decref(rows);
	json_decref(unreadable);
	return document;
}

static void write_drop(FILE *out, const json_t *drop)
{
	const char *hint = json_string_value(json_object_get(drop, "hint"));

	fprintf(out,
		"%-18s %12" JSON_INTEGER_FORMAT " %12" JSON_INTEGER_FORMAT
		" %12" JSON_INTEGER_FORMAT "  %s\n",
		json_string_value(json_object_get(drop, "reason")), count_of(drop, "kernel"),
		count_of(drop, "slow_path"), count_of(drop, "socket"),
		json_string_value(json_object_get(drop, "text")));
	if (hint && *hint)
		fprintf(out, "  hint: %s\n", hint);
}

void drops_write(FILE *out, const json_t *document)
{
	const json_t *drops = json_object_get(document, "drops");
	const json_t *unreadable = json_object_get(document, "unreadable");

	if (json_array_size(drops))
		fprintf(out, "%-18s %12s %12s %12s\n", "reason", "kernel", "slow path", "socket");
	else if (!json_array_size(unreadable))
		fprintf(out, "nothing was dropped or refused\n");
	for (size_t i = 0; i < json_array_size(drops); i++)
		write_drop(out, json_array_get(drops, i));
	for (size_t i = 0; i < json_array_size(unreadable); i++)
		fprintf(out, "%s: stampd could not read what the kernel dropped there\n",
			json_string_value(json_array_get(unreadable, i)));
}

int drops_run(const struct command *command)
{
	json_t *show = NULL;
	json_t *document = NULL;
	int err = client_get(command->socket_path, "/v1/show", &show);

	if (!err) {
		document = drops_document(show);
		err = document ? 0 : -ENOMEM;
		if (err)
			log_error("cannot sum up the drops: %s", strerror(-err));
	}
	if (!err)
		command_print(command, document, drops_write);
	json_decref(document);
	json_decref(show);
	return err;
}
