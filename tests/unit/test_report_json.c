/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The JSON document: its keys, and null for what is not known. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include "lib/output.h"
#include "ping/report.h"

static const struct report_session session = {
	.number = 1,
	.label = "192.0.2.2",
	.name = "192.0.2.2",
	.address = "192.0.2.2",
	.port = 862,
	.ssid = 7,
	.size = 44,
	.interval_ns = 10000000,
};

static const struct verdict not_asked = { .asked = false };

/* What the form writes to standard output at the end of a session's run, read as JSON. */
static json_t *document_with(const struct report_session *of, const struct metrics_summary *summary,
			     const struct verdict *verdict)
{
	const struct report_result result = { .session = of,
					      .summary = summary,
					      .verdict = verdict };
	FILE *file;
	json_t *json;

	output_catch();
	report_json.end(&(struct report_run){ .results = &result, .count = 1, .took_ns = 7 });
	file = output_caught();
	json = json_loadf(file, 0, NULL);
	fclose(file);
	assert_non_null(json);
	return json;
}

static json_t *document_of(const struct report_session *of, const struct metrics_summary *summary)
{
	return document_with(of, summary, &not_asked);
}

static json_t *document(const struct metrics_summary *summary)
{
	return document_of(&session, summary);
}

/* A member by its path, "packets.sent". */
static const json_t *member(const json_t *json, const char *path)
{
	char text[64];

	snprintf(text, sizeof(text), "%s", path);
	for (char *key = strtok(text, "."); key; key = strtok(NULL, "."))
		json = json_object_get(json, key);
	assert_non_null(json);
	return json;
}

static const char *const null_paths[] = {
	"packets.lost_forward",
	"packets.lost_backward",
	"packets.unverified",
	"packets.overflowed",
	"round_trip_ns",
	"forward_ns",
	"backward_ns",
	"reflector_ns",
	"ipdv_ns.forward",
	"ipdv_ns.backward",
	"ipdv_ns.round_trip",
	"jitter_ns",
	"pdv_ns",
	"pacing_ns",
	"clock.one_way_bound_ns",
	"clock.reflector_synchronized",
	"timestamps.transmit",
	"timestamps.receive",
	"hops.forward",
	"hops.backward",
	"hops.changed",
};

static void without_a_reply_figures_are_null(void **state)
{
	const struct metrics_summary summary = { .sent = 10, .lost = 10 };
	json_t *json = document(&summary);

	(void)state;
	for (size_t i = 0; i < sizeof(null_paths) / sizeof(*null_paths); i++)
		assert_true(json_is_null(member(json, null_paths[i])));
	assert_string_equal(json_string_value(member(json, "schema")), "stamp-ping/1");
	assert_string_equal(json_string_value(member(json, "target")), "192.0.2.2");
	assert_string_equal(json_string_value(member(json, "mode")), "unauthenticated");
	assert_int_equal(json_integer_value(member(json, "port")), 862);
	assert_int_equal(json_integer_value(member(json, "ssid")), 7);
	assert_int_equal(json_integer_value(member(json, "packets.sent")), 10);
	assert_int_equal(json_integer_value(member(json, "packets.received")), 0);
	assert_int_equal(json_integer_value(member(json, "packets.lost")), 10);
	json_decref(json);
}

static void known_figures_are_integers(void **state)
{
	const struct metrics_summary summary = {
		.sent = 3,
		.received = 3,
		.loss = { true, 0, 1 },
		.overflow_known = true,
		.overflowed = 9,
		.round_trip = { true, 1, 2, 3, 4, 5, 6, 7, 8 },
		.pacing = { true, 11, 12, 13, 14, 15, 16, 17, 18 },
		.ipdv_forward = { true, -8, -7, 6, -5, -4, -3, -2, -1 },
		.one_way_known = true,
		.one_way_bound_ns = 1001000,
		.transmit_kernel = 3,
		.receive_kernel = 2,
		.receive_user = 1,
		.hops = { 1, 0 },
	};
	json_t *json = document(&summary);

	(void)state;
	assert_int_equal(json_integer_value(member(json, "packets.lost_forward")), 0);
	assert_int_equal(json_integer_value(member(json, "packets.lost_backward")), 1);
	assert_int_equal(json_integer_value(member(json, "packets.overflowed")), 9);
	assert_int_equal(json_integer_value(member(json, "round_trip_ns.min")), 1);
	assert_int_equal(json_integer_value(member(json, "round_trip_ns.mean")), 2);
	assert_int_equal(json_integer_value(member(json, "round_trip_ns.stddev")), 3);
	assert_int_equal(json_integer_value(member(json, "round_trip_ns.p50")), 4);
	assert_int_equal(json_integer_value(member(json, "round_trip_ns.p95")), 5);
	assert_int_equal(json_integer_value(member(json, "round_trip_ns.p99")), 6);
	assert_int_equal(json_integer_value(member(json, "round_trip_ns.p99_9")), 7);
	assert_int_equal(json_integer_value(member(json, "round_trip_ns.max")), 8);
	assert_int_equal(json_integer_value(member(json, "pacing_ns.min")), 11);
	assert_int_equal(json_integer_value(member(json, "pacing_ns.p99_9")), 17);
	assert_int_equal(json_integer_value(member(json, "ipdv_ns.forward.min")), -8);
	assert_int_equal(json_integer_value(member(json, "clock.one_way_bound_ns")), 1001000);
	assert_string_equal(json_string_value(member(json, "timestamps.transmit")), "kernel");
	assert_string_equal(json_string_value(member(json, "timestamps.receive")), "mixed");
	assert_int_equal(json_integer_value(member(json, "timestamps.transmit_counts.kernel")), 3);
	assert_int_equal(json_integer_value(member(json, "timestamps.receive_counts.kernel")), 2);
	assert_int_equal(json_integer_value(member(json, "timestamps.receive_counts.user")), 1);
	assert_int_equal(json_integer_value(member(json, "hops.forward")), 1);
	assert_true(json_is_null(member(json, "hops.backward")));
	assert_true(json_is_false(member(json, "hops.changed")));
	json_decref(json);
}

static void the_source_of_times_has_a_word(void **state)
{
	static const struct {
		uint64_t hardware, kernel, user;
		const char *word;
	} rows[] = {
		{ 2, 0, 0, "hardware" }, { 0, 2, 0, "kernel" }, { 0, 0, 2, "user" },
		{ 1, 1, 0, "mixed" },    { 1, 0, 1, "mixed" },  { 0, 1, 1, "mixed" },
		{ 1, 1, 1, "mixed" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct metrics_summary summary = {
			.transmit_hardware = rows[i].hardware,
			.transmit_kernel = rows[i].kernel,
			.transmit_user = rows[i].user,
		};
		json_t *json = document(&summary);

		assert_string_equal(json_string_value(member(json, "timestamps.transmit")),
				    rows[i].word);
		assert_true(json_is_null(member(json, "timestamps.receive")));
		assert_int_equal(
			json_integer_value(member(json, "timestamps.transmit_counts.hardware")),
			rows[i].hardware);
		json_decref(json);
	}
}

static void an_authenticated_run_says_so(void **state)
{
	const struct metrics_summary summary = { .sent = 10, .lost = 10, .unverified = 3 };
	struct report_session authenticated = session;
	json_t *json;

	(void)state;
	authenticated.authenticated = true;
	json = document_of(&authenticated, &summary);
	assert_string_equal(json_string_value(member(json, "mode")), "authenticated");
	assert_int_equal(json_integer_value(member(json, "packets.unverified")), 3);
	assert_int_equal(json_integer_value(member(json, "packets.foreign")), 0);
	json_decref(json);
}

static void random_intervals_are_told(void **state)
{
	const struct metrics_summary summary = { .sent = 10, .lost = 10 };
	struct report_session random = session;
	json_t *json = document(&summary);

	(void)state;
	assert_string_equal(json_string_value(member(json, "sampling")), "periodic");
	assert_int_equal(json_integer_value(member(json, "interval_ns")), 10000000);
	json_decref(json);
	random.poisson = true;
	json = document_of(&random, &summary);
	assert_string_equal(json_string_value(member(json, "sampling")), "poisson");
	assert_int_equal(json_integer_value(member(json, "interval_ns")), 10000000);
	json_decref(json);
}

static void a_flood_has_no_interval(void **state)
{
	const struct metrics_summary summary = { .sent = 10, .lost = 10 };
	struct report_session flood = session;
	json_t *json;

	(void)state;
	flood.flood = true;
	json = document_of(&flood, &summary);
	assert_string_equal(json_string_value(member(json, "sampling")), "flood");
	assert_true(json_is_null(member(json, "interval_ns")));
	assert_int_equal(json_integer_value(member(json, "took_ns")), 7);
	json_decref(json);
}

static void several_sessions_are_a_list(void **state)
{
	const struct metrics_summary summaries[] = { { .sent = 10 }, { .sent = 20 } };
	struct report_session second = session;
	const struct report_result results[] = {
		{ .session = &session, .summary = &summaries[0], .verdict = &not_asked },
		{ .session = &second, .summary = &summaries[1], .verdict = &not_asked },
	};
	json_t *json, *listed;
	FILE *file;

	(void)state;
	second.number = 2;
	second.label = "dscp 46";
	output_catch();
	report_json.end(&(struct report_run){ .results = results, .count = 2 });
	file = output_caught();
	json = json_loadf(file, 0, NULL);
	fclose(file);
	assert_string_equal(json_string_value(member(json, "schema")), "stamp-ping/1");
	assert_int_equal(json_array_size(member(json, "sessions")), 2);
	listed = json_array_get(member(json, "sessions"), 1);
	assert_int_equal(json_integer_value(member(listed, "session")), 2);
	assert_string_equal(json_string_value(member(listed, "label")), "dscp 46");
	assert_int_equal(json_integer_value(member(listed, "packets.sent")), 20);
	json_decref(json);
}

static void conditions_that_hold_are_listed(void **state)
{
	const struct metrics_summary summary = { .sent = 10, .lost = 10 };
	struct conditions conditions = { 0 };
	struct verdict verdict;
	json_t *json;

	(void)state;
	assert_int_equal(conditions_add(&conditions, "loss > 1% late>0 p99>2ms"), 0);
	verdict = conditions_judge(&conditions, &summary);
	json = document_with(&session, &summary, &verdict);
	assert_int_equal(json_array_size(member(json, "failed")), 2);
	assert_string_equal(json_string_value(json_array_get(member(json, "failed"), 0)),
			    "loss>1%");
	assert_string_equal(json_string_value(json_array_get(member(json, "failed"), 1)),
			    "p99>2ms");
	json_decref(json);
}

static void the_list_is_empty_or_absent(void **state)
{
	const struct metrics_summary summary = { .sent = 1, .received = 1 };
	const struct verdict passed = { .asked = true };
	json_t *json = document_with(&session, &summary, &passed);

	(void)state;
	assert_true(json_is_array(member(json, "failed")));
	assert_int_equal(json_array_size(member(json, "failed")), 0);
	json_decref(json);
	json = document(&summary);
	assert_null(json_object_get(json, "failed"));
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_reply_figures_are_null),
		cmocka_unit_test(known_figures_are_integers),
		cmocka_unit_test(the_source_of_times_has_a_word),
		cmocka_unit_test(an_authenticated_run_says_so),
		cmocka_unit_test(random_intervals_are_told),
		cmocka_unit_test(a_flood_has_no_interval),
		cmocka_unit_test(several_sessions_are_a_list),
		cmocka_unit_test(conditions_that_hold_are_listed),
		cmocka_unit_test(the_list_is_empty_or_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
