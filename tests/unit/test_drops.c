/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stampctl drops: which counts it takes from a document of /v1/show, and how people read them. */
#include "lib/cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/drops.h"

/* Of a text with single quotes. */
static json_t *document_of(const char *text)
{
	char *json = strdup(text);
	json_t *document;

	for (char *at = json; *at; at++)
		if (*at == '\'')
			*at = '"';
	document = json_loads(json, JSON_DECODE_ANY, NULL);
	assert_non_null(document);
	free(json);
	return document;
}

/* One interface with these counters, and these refused by the socket. */
static json_t *drops_of(const char *counters, const char *refused)
{
	char text[512];
	json_t *show;
	json_t *drops;

	snprintf(text, sizeof(text),
		 "{'interfaces':[{'name':'veth0','counters':%s,'socket':{'refused':%s}}]}",
		 counters, refused);
	show = document_of(text);
	drops = drops_document(show);
	assert_non_null(drops);
	json_decref(show);
	return drops;
}

static const struct count_case {
	const char *name;
	const char *counters;
	const char *refused;
	const char *reasons; /* with their counts, by kernel and socket */
} count_cases[] = {
	{ "a drop counts", "{'too_short':3}", "{}", "too_short 3 0;" },
	{ "a zero is no drop", "{'too_short':0,'loop':0}", "{'loop':0}", "" },
	{ "a socket refuses", "{'too_short':0}", "{'too_short':2}", "too_short 0 2;" },
	{ "both have their column", "{'loop':4}", "{'loop':5}", "loop 4 5;" },
	{ "success and other traffic are no drops",
	  "{'reflected':9,'other_traffic':8,'fragment':7,'ip_options':6,'extension_headers':5}",
	  "{}", "" },
	{ "what passes and has a hint counts", "{'uneven_lengths':1,'not_ours':2}", "{}",
	  "not_ours 2 0;uneven_lengths 1 0;" },
	{ "what is reflected and has a hint counts", "{'zero_multiplier':1}", "{}",
	  "zero_multiplier 1 0;" },
	{ "the most frequent is first", "{'corrupt_ip':1,'corrupt_udp':2,'loop':9}",
	  "{'corrupt_udp':5,'bad_source':8}",
	  "loop 9 0;bad_source 0 8;corrupt_udp 2 5;corrupt_ip 1 0;" },
	{ "what is as frequent keeps its order", "{'loop':1,'corrupt_ip':1,'table_full':1}", "{}",
	  "loop 1 0;corrupt_ip 1 0;table_full 1 0;" },
	{ "an outcome of another version counts", "{'from_2030':1}", "{}", "from_2030 1 0;" },
	{ "counts that are none", "{'loop':'many','too_short':null,'corrupt_ip':-1}", "[]", "" },
	{ "more than a number holds", "{'loop':9223372036854775807}",
	  "{'loop':9223372036854775807}", "loop 9223372036854775807 9223372036854775807;" },
};

static void counts_are_taken(void **state)
{
	const struct count_case *c = *state;
	json_t *document = drops_of(c->counters, c->refused);
	const json_t *drops = json_object_get(document, "drops");
	char reasons[512] = "";

	assert_true(json_is_array(drops));
	for (size_t i = 0; i < json_array_size(drops); i++) {
		const json_t *drop = json_array_get(drops, i);
		size_t used = strlen(reasons);

		snprintf(reasons + used, sizeof(reasons) - used,
			 "%s %" JSON_INTEGER_FORMAT " %" JSON_INTEGER_FORMAT ";",
			 json_string_value(json_object_get(drop, "reason")),
			 json_integer_value(json_object_get(drop, "kernel")),
			 json_integer_value(json_object_get(drop, "socket")));
	}
	assert_string_equal(reasons, c->reasons);
	json_decref(document);
}

static const struct shown_case {
	const char *name;
	const char *show; /* the document of /v1/show */
	const char *json;
	const char *text;
} shown_cases[] = {
	{ "nothing was dropped",
	  "{'interfaces':[{'name':'veth0','counters':{'reflected':1},'socket':{'refused':{}}}]}",
	  "{'schema':'stampctl/1','drops':[],'unreadable':[]}",
	  "nothing was dropped or refused\n" },
	{ "all interfaces are summed up",
	  "{'interfaces':[{'counters':{'loop':1},'slow_path':{'refused':{'loop':20,'bad_hmac':35}},"
	  "'socket':{'refused':{'loop':3}}},"
	  "{'counters':{'loop':10,'from_2030':2},'socket':{'refused':{}}}]}",
	  "{'schema':'stampctl/1','drops':["
	  "{'reason':'bad_hmac','text':'no key of the session verifies the HMAC','hint':'compare "
	  "the key files of both ends; forged packets look the same','kernel':0,'slow_path':35,"
	  "'socket':0},"
	  "{'reason':'loop','text':'a reflector\\u0027s reply, not a request','hint':'the source "
	  "is "
	  "a reflector, or forged to be one: the loop was broken here','kernel':11,"
	  "'slow_path':20,'socket':3},"
	  "{'reason':'from_2030','text':'unknown to this stampctl','hint':'','kernel':2,"
	  "'slow_path':0,'socket':0}],'unreadable':[]}",
	  "reason                   kernel    slow path       socket\n"
	  "bad_hmac                      0           35            0  no key of the session "
	  "verifies the HMAC\n"
	  "  hint: compare the key files of both ends; forged packets look the same\n"
	  "loop                         11           20            3  a reflector's reply, not a "
	  "request\n"
	  "  hint: the source is a reflector, or forged to be one: the loop was broken here\n"
	  "from_2030                     2            0            0  unknown to this stampctl\n" },
	{ "counters that could not be read are not zero",
	  "{'interfaces':[{'name':'veth0','counters':null,'socket':{'refused':{}}}]}",
	  "{'schema':'stampctl/1','drops':[],'unreadable':['veth0']}",
	  "veth0: stampd could not read what the kernel dropped there\n" },
	{ "an interface of a socket alone has no counters of the kernel's",
	  "{'interfaces':[{'name':'lo','mode':'socket','counters':{'from_2030':2},"
	  "'socket':{'refused':{'from_2030':2}}}]}",
	  "{'schema':'stampctl/1','drops':[{'reason':'from_2030','text':'unknown to this stampctl',"
	  "'hint':'','kernel':0,'slow_path':0,'socket':2}],'unreadable':[]}",
	  "reason                   kernel    slow path       socket\n"
	  "from_2030                     0            0            2  unknown to this stampctl\n" },
	{ "interfaces that are none", "{'interfaces':[7]}",
	  "{'schema':'stampctl/1','drops':[],'unreadable':['unknown']}",
	  "unknown: stampd could not read what the kernel dropped there\n" },
	{ "a document without interfaces", "[]",
	  "{'schema':'stampctl/1','drops':[],'unreadable':[]}",
	  "nothing was dropped or refused\n" },
};

static void drops_are_shown(void **state)
{
	const struct shown_case *c = *state;
	json_t *show = document_of(c->show);
	json_t *expected = document_of(c->json);
	json_t *document = drops_document(show);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_true(json_equal(document, expected));
	drops_write(out, document);
	fclose(out);
	assert_string_equal(text, c->text);
	free(text);
	json_decref(document);
	json_decref(expected);
	json_decref(show);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(count_cases) + ARRAY_SIZE(shown_cases)];
	size_t count = 0;

	ADD_CASES(tests, count, count_cases, counts_are_taken);
	ADD_CASES(tests, count, shown_cases, drops_are_shown);
	return RUN_TESTS(tests, count, NULL, NULL);
}
