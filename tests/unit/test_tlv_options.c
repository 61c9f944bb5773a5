/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* --tlv: what is taken, what is refused and in which words, and the packet that it makes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "lib/cases.h"
#include "ping/options.h"
#include "ping/tlv_options.h"

#define WORDS_MAX 48

static struct sender_options options;

static int parse(const char *line)
{
	static char text[1024];
	char *words[WORDS_MAX] = { NULL };
	int count = 0;

	snprintf(text, sizeof(text), "stamp-ping %s 192.0.2.1", line);
	for (char *word = strtok(text, " "); word && count < WORDS_MAX - 1;
	     word = strtok(NULL, " "))
		words[count++] = word;
	return sender_options_parse(&options, count, words);
}

/* The TLVs as "NAME/OCTETS", with commas between them. */
static const char *layout(void)
{
	static char text[512];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < options.tlvs.count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s/%u", i ? "," : "",
					 tlv_options_name(options.tlvs.items[i].type),
					 options.tlvs.items[i].octets);
	return text;
}

/* clang-format off */
static const struct taken_case {
	const char *name;
	const char *line;
	uint64_t size;
	const char *layout;
} taken[] = {
	{ "no TLV leaves the packet as it was", "", 44, "" },
	{ "-s without a TLV is a trailer of zeroes", "-s 100", 100, "" },
	{ "padding alone has 64 octets", "--tlv padding", 112, "padding/64" },
	{ "padding may be empty", "--tlv padding=0", 48, "padding/0" },
	{ "R8972-4.1-4 padding may be there several times", "--tlv padding=1 --tlv padding=2,zeros", 55,
	  "padding/1,padding/2" },
	{ "a location asks for all three", "--tlv location", 104, "location/56" },
	{ "a location asks for what is named", "--tlv location=source-ip", 72, "location/24" },
	{ "R8972-4.2.1-3 a MAC is shorter than an address", "--tlv location=source-mac", 64, "location/16" },
	{ "all others have the size of the RFC", "--tlv timestamp-info --tlv cos=0 --tlv "
	  "direct-measurement --tlv access-report=3gpp,available --tlv follow-up --tlv "
	  "micro-session=1", 44 + 6 * 4 + 44,
	  "timestamp-info/4,cos/4,direct-measurement/12,access-report/4,follow-up/16,micro-session/4" },
	{ "a destination has the size of its address", "--tlv destination=192.0.2.9", 52,
	  "destination/4" },
	{ "so it has with IPv6", "--tlv destination=2001:db8::9", 64, "destination/16" },
	{ "R8972-4.1-3 -s is filled by padding", "--tlv cos=46 -s 56", 56, "cos/4,padding/0" },
	{ "the order is the one given", "--tlv follow-up --tlv cos=1 -s 400", 400,
	  "follow-up/16,cos/4,padding/324" },
	{ "padding without a number takes what is left", "--tlv padding --tlv cos=1 -s 60", 60,
	  "padding/4,cos/4" },
	{ "padding of zeroes, too", "--tlv padding=zeros -s 300", 300, "padding/252" },
	{ "R8972-4.8-4 a key adds an HMAC TLV without --auth", "--tlv cos=46 --tlv-key k", 72, "cos/4,hmac/16" },
	{ "R8972-4.8-2 it stands before trailing padding", "--tlv padding=1 --tlv cos=46 --tlv padding=2 "
	  "--tlv padding=3 --tlv-key k -s 200", 200,
	  "padding/1,cos/4,hmac/16,padding/2,padding/3,padding/106" },
	{ "a key alone makes an HMAC TLV alone", "--tlv-key k", 64, "hmac/16" },
	{ "R8972-4.8-1 with --auth a single padding needs none", "--auth a --tlv padding=4", 120, "padding/4" },
	{ "nor if it fills the packet", "--auth a --tlv padding -s 300", 300, "padding/184" },
	{ "with --auth the base is 112", "--auth a --tlv cos=1 --tlv-key a", 140, "cos/4,hmac/16" },
	{ "UDP's largest", "--tlv padding=65459", 65507, "padding/65459" },
};

static const struct refused_case {
	const char *name;
	const char *line;
	const char *message; /* a part of it */
} refused[] = {
	{ "a TLV that is not there", "--tlv loss", "there are: padding[=OCTETS" },
	{ "a beginning of a name", "--tlv co=1", "no TLV is called so" },
	{ "the HMAC TLV by name", "--tlv hmac", "--tlv-key adds the HMAC TLV" },
	{ "an empty name", "--tlv =1", "no TLV is called so" },
	{ "a class without a DSCP", "--tlv cos", "--tlv cos: expected cos=DSCP" },
	{ "a DSCP of 64", "--tlv cos=64", "(0 to 63)" },
	{ "an empty argument", "--tlv cos=", "expected cos=DSCP" },
	{ "two DSCPs", "--tlv cos=1,2", "expected cos=DSCP" },
	{ "a DSCP that is no number", "--tlv cos=0x10", "expected cos=DSCP" },
	{ "arguments where there are none", "--tlv follow-up=1", "takes no arguments" },
	{ "even empty ones", "--tlv timestamp-info=", "takes no arguments" },
	{ "a part of a location that is not there", "--tlv location=mac", "source-mac" },
	{ "a part of a location twice", "--tlv location=source-ip,source-ip", "each once" },
	{ "a part of a location that is empty", "--tlv location=source-ip,", "each once" },
	{ "more parts than there are", "--tlv location=source-ip,source-mac,destination-ip,source-ip",
	  "each once" },
	{ "padding that is no number", "--tlv padding=many", "padding=OCTETS" },
	{ "padding of other than zeros", "--tlv padding=5,ones", "padding=OCTETS,zeros" },
	{ "padding of zeros twice", "--tlv padding=zeros,zeros", "padding=OCTETS,zeros" },
	{ "padding of zeros before its number", "--tlv padding=zeros,5", "padding=OCTETS,zeros" },
	{ "padding beyond a Length", "--tlv padding=65536", "(0 to 65535)" },
	{ "padding beyond UDP", "--tlv padding=65460", "UDP carries 65507" },
	{ "an access report without its state", "--tlv access-report=3gpp", "available or unavailable" },
	{ "an access of another kind", "--tlv access-report=wifi,available", "3gpp or non-3gpp" },
	{ "an access report of another state", "--tlv access-report=3gpp,up", "available or unavailable" },
	{ "a destination that is a name", "--tlv destination=host", "IPv4 or IPv6 address" },
	{ "a destination that is a network", "--tlv destination=192.0.2.0/24", "IPv4 or IPv6 address" },
	{ "any destination", "--tlv destination=any", "IPv4 or IPv6 address" },
	{ "a micro-session of link 0", "--tlv micro-session=0", "each 1 to 65535" },
	{ "a micro-session to link 0", "--tlv micro-session=1,0", "each 1 to 65535" },
	{ "a micro-session of link 65536", "--tlv micro-session=65536", "each 1 to 65535" },
	{ "a TLV other than padding twice", "--tlv cos=1 --tlv cos=2", "given twice" },
	{ "-s smaller than the TLVs", "--tlv cos=1 -s 51", "has 52 octets with its TLVs" },
	{ "a TLV in a short packet", "--tlv padding=0 -s 14", "has 48 octets with its TLVs" },
	{ "-s that leaves 1 octet", "--tlv cos=1 -s 53", "give -s 52, or 56 or more" },
	{ "-s that leaves 3 octets", "--tlv cos=1 -s 55", "give -s 52, or 56 or more" },
	{ "R8972-4.8-1 --auth without an HMAC TLV", "--auth a --tlv cos=1", "by --tlv-key" },
	{ "R8972-4.8-1 --auth with two paddings", "--auth a --tlv padding=1 --tlv padding=1", "by --tlv-key" },
	{ "R8972-4.8-1 also when the second only fills", "--auth a --tlv padding=1 -s 200", "by --tlv-key" },
	{ "a time for a report that is not sent", "--access-timeout 1s", "give --tlv access-report" },
	{ "tries of a report that is not sent", "--access-tries 0 --tlv cos=1", "give --tlv access-report" },
	{ "a report that is timed too short", "--tlv access-report=3gpp,available --access-timeout 0",
	  "1ms to 1h" },
};
/* clang-format on */

static void is_taken(void **state)
{
	const struct taken_case *c = *state;

	assert_int_equal(parse(c->line), 0);
	assert_int_equal(options.size, c->size);
	assert_string_equal(layout(), c->layout);
	assert_int_equal(options.ssid, 0); /* random, for each session: R9503-3-1 */
}

static void is_refused(void **state)
{
	const struct refused_case *c = *state;

	assert_int_equal(parse(c->line), -EINVAL);
	if (!strstr(log_last_error(), c->message))
		fail_msg("%s", log_last_error());
}

static void a_report_is_timed_as_the_rfc_says(void **state) /* R8972-4.6-5, R8972-4.6-6 */
{
	(void)state;
	assert_int_equal(parse("--tlv access-report=non-3gpp,unavailable"), 0);
	assert_int_equal(options.access_timeout_ns, 3000000000);
	assert_int_equal(options.access_tries, 4);
	assert_int_equal(options.tlvs.items[0].access.id, 2);
	assert_int_equal(options.tlvs.items[0].access.return_code, 2);
	assert_int_equal(parse("--tlv access-report=3gpp,available --access-timeout 20ms "
			       "--access-tries 0"),
			 0);
	assert_int_equal(options.access_timeout_ns, 20000000);
	assert_int_equal(options.access_tries, 0);
}

static void the_33rd_is_one_too_many(void **state)
{
	struct tlv_request request = { .count = 0 };

	(void)state;
	for (int i = 0; i < TLV_ASKED_MAX; i++)
		assert_int_equal(tlv_options_add(&request, "padding=1"), 0);
	assert_int_equal(tlv_options_add(&request, "padding=1"), -EINVAL);
	assert_non_null(strstr(log_last_error(), "at most 32"));
}

static void a_full_packet_still_takes_hmac_and_padding(void **state)
{
	char line[1024] = "--tlv-key k -s 600";

	(void)state;
	for (int i = 0; i < 20; i++)
		strcat(line, " --tlv=padding=1");
	assert_int_equal(parse(line), 0);
	assert_int_equal(options.tlvs.count, 22);
	assert_int_equal(44 + tlv_request_size(&options.tlvs), 600);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(taken) + ARRAY_SIZE(refused) + 3];
	size_t count = 0;

	ADD_CASES(tests, count, taken, is_taken);
	ADD_CASES(tests, count, refused, is_refused);
	ADD_TEST(tests, count, a_report_is_timed_as_the_rfc_says);
	ADD_TEST(tests, count, the_33rd_is_one_too_many);
	ADD_TEST(tests, count, a_full_packet_still_takes_hmac_and_padding);
	return RUN_TESTS(tests, count, NULL, NULL);
}
