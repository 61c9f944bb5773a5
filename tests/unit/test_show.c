/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stampctl show as people read it, for whole documents, partial ones and wrong ones. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/show.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static const char whole_document[] =
	"{'schema':'stampctl/1','version':'0.1.0','pid':123,'pin_path':'/sys/fs/bpf/xdp-stamp',"
	"'ports':[862,8620],'clock':{'synchronized':false,'synchronization_source':'local',"
	"'error_estimate':'0x3fff',"
	"'error_bound_ns':16000000000,'tai_offset':37},'sessions':{'present':3,'maximum':65536,'"
	"memory_octets':9438080,"
	"'provisioned':2,'idle':1,'created':9,'evicted':5},"
	"'interfaces':["
	"{'name':'veth0','ifindex':3,'mode':'native','reason':'as configured','attached':true,"
	"'driver':'veth','program_tag':'0123456789abcdef','warnings':['the peer runs no program'],"
	"'totals':{'received':14,'reflected':10,'slow_path':0,'passed':3,'dropped':1,"
	"'transmit_errors':null},"
	"'counters':{'reflected':10,'other_traffic':3,'loop':0,'bad_source':1,'from_2030':5},"
	"'residence_ns':{'count':10,'p50':812,'p99':1500,'p99_9':1500,'max':20500},"
	"'slow_path':{'by':'af_xdp','reason':null,'queues':["
	"{'queue':0,'zero_copy':true,'receive_times':'kernel'},"
	"{'queue':1,'zero_copy':false,'receive_times':'stampd'}],"
	"'received':7,'reflected':4,'refused':{'bad_hmac':2,'ring_full':1},'lost':1,"
	"'unaccounted':3,"
	"'residence_ns':{'count':4,'p50':21000,'p99':22000,'p99_9':22000,'max':22000}},"
	"'socket':{'received':2,'reflected':1,'refused':{'bad_source':1,'loop':0}}},"
	"{'name':'eth1','ifindex':4,'mode':'generic','reason':'as configured','attached':false,"
	"'driver':'e1000','program_tag':'0123456789abcdef','warnings':[],"
	"'totals':{'received':0,'reflected':0,'slow_path':0,'passed':0,'dropped':0,"
	"'transmit_errors':0},'counters':{'reflected':0},'residence_ns':null,"
	"'slow_path':{'by':'socket','reason':'no session needs it','queues':[],'received':0},"
	"'socket':{'received':0,'reflected':0,'refused':{}}}]}";

static const char whole_text[] =
	"veth0 (number 3): native mode (as configured), attached\n"
	"  driver veth, program tag 0123456789abcdef\n"
	"  warning: the peer runs no program\n"
	"  packets: 14 received, 10 reflected, 0 slow path, 3 passed on, 1 dropped, "
	"unknown transmit errors\n"
	"            10  reflected          a request, answered\n"
	"             3  other_traffic      not for a port of this reflector\n"
	"             1  bad_source         a source that no reply may be sent to\n"
	"             5  from_2030          unknown to this stampctl\n"
	"  T3 - T2: p50 812 ns, p99 1500 ns, p99_9 1500 ns, max 21 us\n"
	"  slow path: AF_XDP, queues: 2, of them with zero-copy: 1; T2 is taken by stampd\n"
	"  by AF_XDP: 7 received, 4 reflected\n"
	"             2  bad_hmac           no key of the session verifies the HMAC\n"
	"             1  ring_full          handed to stampd, which took others too slowly\n"
	"  T3 - T2: p50 21 us, p99 22 us, p99_9 22 us, max 22 us\n"
	"  3 handed over and not accounted for: under way, or in the hands of a stampd that was "
	"killed\n"
	"  by the socket: 2 received, 1 reflected\n"
	"             1  bad_source         a source that no reply may be sent to\n"
	"\n"
	"eth1 (number 4): generic mode (as configured), NOT attached\n"
	"  driver e1000, program tag 0123456789abcdef\n"
	"  packets: 0 received, 0 reflected, 0 slow path, 0 passed on, 0 dropped, "
	"0 transmit errors\n"
	"  slow path: the UDP socket (no session needs it)\n"
	"\n"
	"clock: not synchronized, error at most 16 s (Error Estimate 0x3fff), TAI - UTC 37 s, "
	"source local\n"
	"sessions: 3 of at most 65536, in 9438080 octets of memory; 2 provisioned\n"
	"  1 idle for longer than ref-wait; 9 created, 5 evicted\n"
	"ports: 862, 8620\n"
	"stampd 0.1.0, process 123, pinned in /sys/fs/bpf/xdp-stamp\n";

/* Of a document with single quotes; the caller frees it. */
static char *shown(const char *text)
{
	char *json = strdup(text);
	char *out = NULL;
	size_t size;
	FILE *file = open_memstream(&out, &size);
	json_t *document;

	for (char *at = json; *at; at++)
		if (*at == '\'')
			*at = '"';
	document = json_loads(json, JSON_DECODE_ANY, NULL);
	assert_non_null(document);
	show_write(file, document);
	fclose(file);
	json_decref(document);
	free(json);
	return out;
}

static void whole_document_is_shown(void **state)
{
	char *out = shown(whole_document);

	(void)state;
	assert_string_equal(out, whole_text);
	free(out);
}

static const struct part_case {
	const char *name;
	const char *document;
	const char *part; /* of the text */
} part_cases[] = {
	{ "a small bound keeps its digits", "{'clock':{'error_bound_ns':1234567}}",
	  "error at most 1235 us (" },
	{ "a bound is rounded up", "{'clock':{'error_bound_ns':10000000001}}", " 11 s (" },
	{ "a bound of no nanoseconds", "{'clock':{'error_bound_ns':0}}", " 0 ns (" },
	{ "the largest bound", "{'clock':{'error_bound_ns':9223372036854775807}}",
	  " 9223372037 s (" },
	{ "a bound that cannot be known", "{'clock':{'error_bound_ns':null}}", "error unknown (" },
	{ "a synchronized clock", "{'clock':{'synchronized':true}}", "clock: synchronized," },
	{ "what synchronizes a clock", "{'clock':{'synchronization_source':'gnss'}}",
	  ", source gnss\n" },
	{ "an unknown clock", "{}", "clock: not known if synchronized" },
	{ "the clock of an older stampd", "{'clock':{'tai_offset':37}}",
	  "TAI - UTC 37 s, source unknown\n" },
	{ "no interface", "{'interfaces':[]}", "no interfaces\n" },
	{ "no port", "{'ports':[]}", "ports: none\n" },
	{ "nothing at all", "{}",
	  "sessions: unknown of at most unknown, in unknown octets of memory; unknown "
	  "provisioned\n" },
	{ "a document that is a list", "[1]", "stampd unknown, process unknown" },
	{ "a document that is null", "null", "no interfaces\n" },
	{ "an interface of which nothing is known", "{'interfaces':[{}]}",
	  "unknown (number unknown): unknown mode (unknown), not known if attached\n" },
	{ "figures that are not there", "{'interfaces':[{}]}", "packets: unknown received, " },
	{ "interfaces that are none", "{'interfaces':[1,null,'x']}", "unknown mode" },
	{ "parts of the wrong type",
	  "{'version':1,'pid':'x','ports':[null],'clock':7,'sessions':[],'interfaces':"
	  "[{'name':[],'warnings':{'a':1},'totals':3,'counters':['a'],'socket':'x'}]}",
	  "packets: unknown received" },
	{ "elements of the wrong type",
	  "{'interfaces':[{'warnings':[1,'it is slow'],'counters':{'loop':'many'},"
	  "'socket':{'received':1,'refused':[]}}]}",
	  "warning: it is slow\n" },
	{ "a socket that refuses all", "{'interfaces':[{'socket':{'received':1}}]}",
	  "by the socket: 1 received, unknown reflected\n" },
};

static void part_is_shown(void **state)
{
	const struct part_case *c = *state;
	char *out = shown(c->document);

	if (!strstr(out, c->part))
		print_error("shown: %s\n", out);
	assert_non_null(strstr(out, c->part));
	free(out);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(part_cases) + 1];
	size_t count = 0;

	tests[count++] = (struct CMUnitTest)cmocka_unit_test(whole_document_is_shown);
	for (size_t i = 0; i < ARRAY_SIZE(part_cases); i++)
		tests[count++] = (struct CMUnitTest){ part_cases[i].name, part_is_shown, NULL, NULL,
						      (void *)&part_cases[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
