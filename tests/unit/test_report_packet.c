/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The line of a packet, as CSV and as JSON: the same facts in the same order. */
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

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define LINE_MAX_OCTETS 1024

#define HEADER                                                                                     \
	"event,sequence,verdict,octets,reflector_sequence,reordered,round_trip_ns,"                \
	"reflector_ns,sender_ttl,ttl,hops_forward,hops_backward,session\n"

static const struct report_session session = { .number = 3, .address = "192.0.2.2" };

static const struct probe_reply probe_reply = { .size = 44, .sequence = 9, .sender_ttl = 250 };

struct packet_case {
	const char *name;
	bool lost;
	uint64_t number;
	struct match_result match;
	int ttl;
	struct delays delays;
	struct hops hops;
	const char *csv;
	const char *json;
};

/* clang-format off */
static const struct packet_case cases[] = {
	{ "an answer has every value", false, 0, { MATCH_ANSWER, 9, 1, 1, true, false }, 252,
	  { true, 20700, 3230, 0, 0 }, { 6, 4 },
	  "reply,9,answer,44,9,false,20700,3230,250,252,6,4,3\n",
	  "{\"event\":\"reply\",\"sequence\":9,\"verdict\":\"answer\",\"octets\":44,"
	  "\"reflector_sequence\":9,\"reordered\":false,\"round_trip_ns\":20700,"
	  "\"reflector_ns\":3230,\"sender_ttl\":250,\"ttl\":252,"
	  "\"hops\":{\"forward\":6,\"backward\":4},\"session\":3}\n" },
	{ "what is not known is empty, or null", false, 0,
	  { MATCH_ANSWER, 5000000000, 1, 1, true, true }, -1, { false, 0, 0, 0, 0 }, { 0, 0 },
	  "reply,5000000000,invalid,44,9,true,,,250,,,,3\n",
	  "{\"event\":\"reply\",\"sequence\":5000000000,\"verdict\":\"invalid\",\"octets\":44,"
	  "\"reflector_sequence\":9,\"reordered\":true,\"round_trip_ns\":null,"
	  "\"reflector_ns\":null,\"sender_ttl\":250,\"ttl\":null,"
	  "\"hops\":{\"forward\":null,\"backward\":null},\"session\":3}\n" },
	{ "a delay of 0 ns is known", false, 0, { MATCH_LATE, 1, 1, 1, true, false }, 0,
	  { true, 0, 0, 0, 0 }, { 1, 0 },
	  "reply,1,late,44,9,false,0,0,250,0,1,,3\n",
	  "{\"event\":\"reply\",\"sequence\":1,\"verdict\":\"late\",\"octets\":44,"
	  "\"reflector_sequence\":9,\"reordered\":false,\"round_trip_ns\":0,"
	  "\"reflector_ns\":0,\"sender_ttl\":250,\"ttl\":0,"
	  "\"hops\":{\"forward\":1,\"backward\":null},\"session\":3}\n" },
	{ "a lost packet has a number and no more", true, 7, { 0 }, 0, { 0 }, { 0 },
	  "lost,7,,,,,,,,,,,3\n",
	  "{\"event\":\"lost\",\"sequence\":7,\"session\":3}\n" },
};
/* clang-format on */

static const char *caught(void)
{
	static char text[LINE_MAX_OCTETS];
	FILE *file = output_caught();

	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return text;
}

static const char *line_of(const struct report_form *form, const struct packet_case *c)
{
	const struct metrics_sample sample = {
		.match = c->match,
		.reply = &probe_reply,
		.ttl = c->ttl,
	};

	output_catch();
	if (c->lost)
		form->lost(&session, c->number);
	else
		form->reply(&session, &(struct session_reply){ &sample, c->delays, c->hops });
	return caught();
}

static void is_written_alike(void **state)
{
	const struct packet_case *c = *state;

	assert_string_equal(line_of(&report_csv, c), c->csv);
	assert_string_equal(line_of(&report_json_each, c), c->json);
}

static void the_header_comes_first(void **state)
{
	(void)state;
	output_catch();
	report_csv.start(&session, 1);
	assert_string_equal(caught(), HEADER);
}

static void there_is_no_summary_behind_the_lines(void **state)
{
	const struct metrics_summary summary = { .sent = 1, .received = 1 };
	const struct verdict verdict = { .asked = false };
	const struct report_result result = { .summary = &summary, .verdict = &verdict };

	(void)state;
	output_catch();
	report_csv.end(&(struct report_run){ .results = &result, .count = 1 });
	assert_string_equal(caught(), "");
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases) + 2];
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		tests[count++] = (struct CMUnitTest){ cases[i].name, is_written_alike, NULL, NULL,
						      (void *)&cases[i] };
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(the_header_comes_first);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(there_is_no_summary_behind_the_lines);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
