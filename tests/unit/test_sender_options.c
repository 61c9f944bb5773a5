/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The command line of stamp-ping: defaults, what is read, what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "ping/options.h"
#include "sender/time_source.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define WORDS_MAX 24

static struct sender_options options;

/* Splits at blanks and parses. */
static int parse(const char *line)
{
	static char text[256];
	char *words[WORDS_MAX] = { NULL };
	int count = 0;

	strcpy(text, line);
	for (char *word = strtok(text, " "); word && count < WORDS_MAX - 1;
	     word = strtok(NULL, " "))
		words[count++] = word;
	return sender_options_parse(&options, count, words);
}

static const struct refused_case {
	const char *name;
	const char *line;
} refused[] = {
	{ "no target", "stamp-ping" },
	{ "a count that is no number", "stamp-ping -c ten 192.0.2.1" },
	{ "a negative count", "stamp-ping -c -1 192.0.2.1" },
	{ "an interval below 10 us", "stamp-ping --fast -i 9us 192.0.2.1" },
	{ "an interval of zero", "stamp-ping -i 0 192.0.2.1" },
	{ "an interval above an hour", "stamp-ping -i 2h 192.0.2.1" },
	{ "a timeout of zero", "stamp-ping -W 0 192.0.2.1" },
	{ "13 octets", "stamp-ping -s 13 192.0.2.1" },
	{ "more octets than UDP carries", "stamp-ping -s 65508 192.0.2.1" },
	{ "port 0", "stamp-ping -p 0 192.0.2.1" },
	{ "port 65536", "stamp-ping -p 65536 192.0.2.1" },
	{ "port 0 behind the target", "stamp-ping 192.0.2.1:0" },
	{ "two ports that differ", "stamp-ping -p 862 192.0.2.1:863" },
	{ "SSID 0", "stamp-ping --ssid 0 192.0.2.1" },
	{ "SSID 65536", "stamp-ping --ssid 65536 192.0.2.1" },
	{ "an SSID in a packet too short for it", "stamp-ping -s 43 --ssid 1 192.0.2.1" },
	{ "an SSID required of a packet too short for it", "stamp-ping -s 43 --require-ssid a" },
	{ "DSCP 64", "stamp-ping --dscp 64 192.0.2.1" },
	{ "TTL 0", "stamp-ping --ttl 0 192.0.2.1" },
	{ "TTL 256", "stamp-ping --ttl 256 192.0.2.1" },
	{ "--auth with fewer octets than it has", "stamp-ping --auth a.key -s 111 192.0.2.1" },
	{ "--auth with a TWAMP Light request", "stamp-ping -s 14 --auth a.key 192.0.2.1" },
	{ "--each without -j", "stamp-ping --each 192.0.2.1" },
	{ "a condition that is none", "stamp-ping --fail-if loss 192.0.2.1" },
	{ "a condition without its --fail-if", "stamp-ping p99>2ms 192.0.2.1" },
	{ "--nagios with -j", "stamp-ping --nagios -j 192.0.2.1" },
	{ "--csv with -j", "stamp-ping --csv -j 192.0.2.1" },
	{ "--csv with -j and --each", "stamp-ping --csv -j --each 192.0.2.1" },
	{ "--csv with --each", "stamp-ping --csv --each 192.0.2.1" },
	{ "--csv with -q", "stamp-ping --csv -q 192.0.2.1" },
	{ "--nagios with --csv", "stamp-ping --csv --nagios 192.0.2.1" },
	{ "--nagios with --each", "stamp-ping --each --nagios 192.0.2.1" },
	{ "--nagios with -q", "stamp-ping -q --nagios 192.0.2.1" },
	{ "--nagios of two targets", "stamp-ping --nagios 192.0.2.1 192.0.2.2" },
	{ "--nagios of a sweep", "stamp-ping --nagios --sweep flows=2 192.0.2.1" },
	{ "a rate above that of RFC 8085", "stamp-ping -i 9ms 192.0.2.1" },
	{ "such a rate of all flows", "stamp-ping -i 99ms --sweep flows=10 192.0.2.1" },
	{ "--flood with an interval", "stamp-ping --flood -i 1 192.0.2.1" },
	{ "--flood at random", "stamp-ping --flood --poisson 192.0.2.1" },
	{ "--flood of two targets", "stamp-ping --flood 192.0.2.1 192.0.2.2" },
	{ "--flood of a sweep", "stamp-ping --flood --sweep flows=2 192.0.2.1" },
	{ "a sweep of what is given", "stamp-ping --sweep dscp=0,46 --dscp 10 192.0.2.1" },
	{ "a sweep of the size given", "stamp-ping --sweep size=44..100,8 -s 44 192.0.2.1" },
	{ "a sweep of the size that TLVs make",
	  "stamp-ping --sweep size=200..300,8 --tlv location 192.0.2.1" },
	{ "a size below that of authenticated packets",
	  "stamp-ping --sweep size=44..200,8 --auth a.key 192.0.2.1" },
	{ "sizes that carry no SSID", "stamp-ping --sweep size=14..64,8 --ssid 7 192.0.2.1" },
	{ "source ports beyond 65535", "stamp-ping --source-port 65530 --sweep flows=7 192.0.2.1" },
	{ "timestamps of nobody known", "stamp-ping --timestamps nic 192.0.2.1" },
	{ "--mtu of a size", "stamp-ping --mtu -s 100 192.0.2.1" },
	{ "--mtu of two targets", "stamp-ping --mtu 192.0.2.1 192.0.2.2" },
	{ "--mtu with a condition", "stamp-ping --mtu --fail-if loss>1% 192.0.2.1" },
	{ "source port 0", "stamp-ping --source-port 0 192.0.2.1" },
	{ "an unknown sweep", "stamp-ping --sweep ttl=1..9 192.0.2.1" },
};

static void is_refused(void **state)
{
	const struct refused_case *c = *state;

	assert_int_equal(parse(c->line), -EINVAL);
}

static void defaults_are_those_of_the_manual(void **state)
{
	(void)state;
	assert_int_equal(parse("stamp-ping 192.0.2.1"), 0);
	assert_string_equal(options.targets[0].host, "192.0.2.1");
	assert_int_equal(options.targets[0].port, 862); /* R8762-4.1-1 */
	assert_int_equal(options.count, 10);
	assert_int_equal(options.interval_ns, 1000000000);
	assert_int_equal(options.timeout_ns, 1000000000);
	assert_int_equal(options.duration_ns, 0);
	assert_int_equal(options.size, 44);
	assert_int_equal(options.ttl, 255);
	assert_int_equal(options.dscp, 0);
	assert_int_equal(options.ssid, 0); /* random, for each session */
	assert_int_equal(options.family, AF_UNSPEC);
	assert_int_equal(options.times, TIMES_AUTO);
	assert_false(options.stateful);
	assert_false(options.ptp);
	assert_false(options.poisson);
	assert_null(options.source);
	assert_null(options.key_file);
}

static void authenticated_packets_have_112_octets(void **state) /* R8762-4.2-2 */
{
	(void)state;
	assert_int_equal(parse("stamp-ping --auth a.key h"), 0);
	assert_string_equal(options.key_file, "a.key");
	assert_int_equal(options.size, 112);
	assert_int_equal(options.ssid, 0); /* random, for each session */
	assert_int_equal(parse("stamp-ping -s 112 --auth=a.key --ptp --ssid 33 h"), 0);
	assert_int_equal(options.size, 112);
	assert_int_equal(options.ssid, 33);
	assert_int_equal(parse("stamp-ping -s 1400 --auth a.key --stateful h"), 0);
	assert_int_equal(options.size, 1400);
}

static void all_numbers_are_taken(void **state)
{
	(void)state;
	assert_int_equal(
		parse("stamp-ping -c 5 --fast -i 200us -w 2 -W 0.5 -s 1400 -p 49152 -I lo h"), 0);
	assert_int_equal(options.count, 5);
	assert_int_equal(options.interval_ns, 200000);
	assert_int_equal(options.duration_ns, 2000000000);
	assert_int_equal(options.timeout_ns, 500000000);
	assert_int_equal(options.size, 1400);
	assert_int_equal(options.targets[0].port, 49152); /* R8762-4.1-2 */
	assert_string_equal(options.source, "lo");
	assert_int_equal(parse("stamp-ping --ssid=33 --dscp 46 --ttl 64 h"), 0);
	assert_int_equal(options.ssid, 33);
	assert_int_equal(options.dscp, 46);
	assert_int_equal(options.ttl, 64);
}

static void all_switches_are_taken(void **state)
{
	(void)state;
	assert_int_equal(parse("stamp-ping -6 -q -j -n --each --stateful --ptp --poisson h"), 0);
	assert_int_equal(options.family, AF_INET6);
	assert_true(options.quiet && options.json && options.numeric && options.each);
	assert_true(options.stateful && options.ptp && options.poisson);
	assert_int_equal(parse("stamp-ping --timestamps hardware --mtu h"), 0);
	assert_int_equal(options.times, TIMES_HARDWARE);
	assert_true(options.mtu);
	assert_int_equal(parse("stamp-ping --stateful --stateless -4 --require-ssid h"), 0);
	assert_int_equal(options.family, AF_INET);
	assert_true(options.require_ssid);
	assert_false(options.stateful);
}

static void each_target_has_its_port(void **state)
{
	(void)state;
	assert_int_equal(parse("stamp-ping a b:863 [2001:db8::1]:864"), 0);
	assert_int_equal(options.target_count, 3);
	assert_string_equal(options.targets[1].host, "b");
	assert_int_equal(options.targets[0].port, 862);
	assert_int_equal(options.targets[1].port, 863);
	assert_int_equal(options.targets[2].port, 864);
	assert_int_equal(sender_options_sessions(&options), 3);
	assert_int_equal(parse("stamp-ping --sweep flows=64 -i 640ms a b"), 0);
	assert_int_equal(sender_options_sessions(&options), 128);
}

static void a_high_rate_is_asked_for(void **state) /* RFC 8085 section 3.1.3 */
{
	(void)state;
	assert_int_equal(parse("stamp-ping -i 10ms h"), 0);
	assert_int_equal(parse("stamp-ping -i 10us --fast h"), 0);
	assert_int_equal(options.interval_ns, 10000);
}

static void a_flood_ends_after_10_seconds(void **state)
{
	(void)state;
	assert_int_equal(parse("stamp-ping --flood h"), 0);
	assert_true(options.flood);
	assert_int_equal(options.duration_ns, 10000000000);
	assert_int_equal(options.count, 0);
	assert_int_equal(parse("stamp-ping --flood -c 5 h"), 0);
	assert_int_equal(options.duration_ns, 0);
	assert_int_equal(options.count, 5);
}

static void csv_stands_alone(void **state)
{
	(void)state;
	assert_int_equal(parse("stamp-ping --csv -n --fail-if loss>1% h"), 0);
	assert_true(options.csv);
	assert_int_equal(parse("stamp-ping h"), 0);
	assert_false(options.csv);
}

static void a_duration_alone_sets_no_count(void **state)
{
	(void)state;
	assert_int_equal(parse("stamp-ping -w 10 h"), 0);
	assert_int_equal(options.count, 0);
	assert_int_equal(parse("stamp-ping -w 10 -c 3 h"), 0);
	assert_int_equal(options.count, 3);
}

static void a_short_packet_has_no_ssid(void **state)
{
	(void)state;
	assert_int_equal(parse("stamp-ping -s 14 h"), 0);
	assert_int_equal(options.ssid, 0);
}

static void the_same_port_twice_is_fine(void **state)
{
	(void)state;
	assert_int_equal(parse("stamp-ping -p 863 [2001:db8::1]:863"), 0);
	assert_string_equal(options.targets[0].host, "2001:db8::1");
	assert_int_equal(options.targets[0].port, 863);
}

static void conditions_add_up(void **state)
{
	(void)state;
	assert_int_equal(parse("stamp-ping h"), 0);
	assert_int_equal(options.conditions.count, 0);
	assert_int_equal(parse("stamp-ping --fail-if loss>1% --fail-if=p99>2ms h"), 0);
	assert_string_equal(options.conditions.list[0].text, "loss>1%");
	assert_string_equal(options.conditions.list[1].text, "p99>2ms");
	assert_string_equal(options.conditions.list[2].text, "received<1");
	assert_int_equal(options.conditions.count, 3);
	assert_false(options.nagios);
	assert_int_equal(parse("stamp-ping --fail-if loss>1% p99>2ms h"), 0);
	assert_string_equal(options.conditions.list[1].text, "p99>2ms");
	assert_string_equal(options.targets[0].host, "h");
}

static void a_plugin_fails_without_a_reply(void **state)
{
	(void)state;
	assert_int_equal(parse("stamp-ping --nagios h"), 0);
	assert_true(options.nagios);
	assert_int_equal(options.conditions.count, 1);
	assert_string_equal(options.conditions.list[0].text, "received<1");
}

static void a_plugin_is_known_before_its_options(void **state)
{
	(void)state;
	assert_int_equal(parse("stamp-ping -s 13 --nag h"), -EINVAL);
	assert_true(options.nagios);
	assert_int_equal(parse("stamp-ping -n -- --nagios"), 0);
	assert_false(options.nagios);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(refused) + 14];
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		tests[count++] = (struct CMUnitTest){ refused[i].name, is_refused, NULL, NULL,
						      (void *)&refused[i] };
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(defaults_are_those_of_the_manual);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(authenticated_packets_have_112_octets);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(all_numbers_are_taken);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(all_switches_are_taken);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(each_target_has_its_port);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(a_high_rate_is_asked_for);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(a_flood_ends_after_10_seconds);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(csv_stands_alone);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(a_duration_alone_sets_no_count);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(a_short_packet_has_no_ssid);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(the_same_port_twice_is_fine);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(conditions_add_up);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(a_plugin_fails_without_a_reply);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(a_plugin_is_known_before_its_options);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
