/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TLVs as sent, against octets written from the RFC's figures. */
#include <string.h>

#include "lib/cases.h"
#include "lib/tlvs.h"

#define ZERO4 "00000000"
#define ZERO8 ZERO4 ZERO4
#define ZERO16 ZERO8 ZERO8

/* clang-format off */
static const struct write_case {
	const char *name;
	const char *tlvs;
	struct tlv_values values; /* without random state and keys */
	const char *hex;
} cases[] = {
	{ "R8972-4-1 U and nothing else is set", "padding=0", { 0, 1, false, 0, NULL, NULL }, "80010000" },
	{ "R8972-4.1-1 padding of zeroes", "padding=3,zeros", { 0, 1, false, 0, NULL, NULL },
	  "80010003 000000" },
	{ "R8972-4.2-1 a location is empty but for its sub-TLVs", "location", { 0, 1, false, 0, NULL, NULL },
	  "80020038 " ZERO4 " 80010008" ZERO8 " 80040010" ZERO16 " 80070010" ZERO16 },
	{ "a location in the order given", "location=source-ip,source-mac", { 0, 1, false, 0, NULL, NULL },
	  "80020024 " ZERO4 " 80070010" ZERO16 " 80010008" ZERO8 },
	{ "R8972-4.3-1 Timestamp Information is empty", "timestamp-info", { 0, 1, false, 0, NULL, NULL },
	  "80030004 " ZERO4 },
	{ "R8972-4.4-1 DSCP1 46 and nothing else", "cos=46", { 0, 1, false, 0, NULL, NULL },
	  "80040004 b8000000" },
	{ "DSCP1 63", "cos=63", { 0, 1, false, 0, NULL, NULL }, "80040004 fc000000" },
	{ "R8972-4.5-1 S_TxC and nothing else", "direct-measurement", { 0, 0x01020304, false, 0, NULL, NULL },
	  "8005000c 01020304" ZERO8 },
	{ "R8972-4.6-1 3GPP available", "access-report=3gpp,available", { 0, 1, true, 0, NULL, NULL },
	  "80060004 10010000" },
	{ "non-3GPP unavailable", "access-report=non-3gpp,unavailable", { 0, 1, true, 0, NULL, NULL },
	  "80060004 20020000" },
	{ "R8972-4.7-1 Follow-Up Telemetry is empty", "follow-up", { 0, 1, false, 0, NULL, NULL },
	  "80070010 " ZERO16 },
	{ "an IPv4 destination", "destination=192.0.2.9", { 0, 1, false, 0, NULL, NULL },
	  "80090004 c0000209" },
	{ "an IPv6 destination", "destination=2001:db8::9", { 0, 1, false, 0, NULL, NULL },
	  "80090010 20010db8000000000000000000000009" },
	{ "R9534-3.2-2 a Reflector ID that is not known is 0", "micro-session=7", { 0, 1, false, 0, NULL, NULL },
	  "800b0004 00070000" },
	{ "R9534-3.2-2 and is sent when it is", "micro-session=7", { 0, 1, false, 33, NULL, NULL },
	  "800b0004 00070021" },
	{ "R8972-4.8-2 the worked request", "cos=46 hmac padding=4,zeros", { 42, 1, false, 0, NULL, NULL },
	  "80040004b8000000 80080010 84a29dff58f27dd6cf67095d64730bd8 80010004" ZERO4 },
	{ "an HMAC TLV alone covers the Sequence Number", "hmac", { 42, 1, false, 0, NULL, NULL },
	  "80080010 5c0bb1baac4c6f62d7b6c553b67cd1b3" },
	{ "TLVs follow each other without alignment", "padding=1,zeros cos=1 padding=2,zeros follow-up",
	  { 0, 1, false, 0, NULL, NULL },
	  "80010001 00 80040004 04000000 80010002 0000 80070010 " ZERO16 },
};
/* clang-format on */

static void is_written(void **state)
{
	const struct write_case *c = *state;
	const struct tlv_request request = tlvs_of(c->tlvs);
	uint8_t expected[TLVS_OCTETS_MAX], octets[TLVS_OCTETS_MAX];
	struct tlv_values values = c->values;
	uint64_t random = 1;

	values.random = &random;
	values.keys = tlvs_keys;
	memset(octets, 0xa5, sizeof(octets)); /* of the packet before */
	assert_int_equal(tlvs_hex(c->hex, expected), tlv_request_size(&request));
	tlv_request_write(&request, &values, octets);
	assert_memory_equal(octets, expected, tlv_request_size(&request));
	assert_int_equal(octets[tlv_request_size(&request)], 0xa5);
}

static void padding_differs_from_packet_to_packet(void **state) /* R8972-4.1-1 */
{
	const struct tlv_request request = tlvs_of("padding=64");
	uint64_t random = 0; /* any value will do */
	const struct tlv_values values = { .random = &random };
	uint8_t octets[3][68];
	size_t zeros = 0;

	(void)state;
	for (int i = 0; i < 3; i++)
		tlv_request_write(&request, &values, octets[i]);
	assert_memory_not_equal(octets[0], octets[1], 68);
	assert_memory_not_equal(octets[1], octets[2], 68);
	assert_memory_equal(octets[2], "\x80\x01\x00\x40", 4);
	for (size_t i = 4; i < 68; i++)
		zeros += octets[2][i] == 0;
	assert_in_range(zeros, 0, 8);
}

static void a_packet_without_the_report_is_as_large(void **state)
{
	const struct tlv_request request = tlvs_of("access-report=3gpp,available cos=46");
	uint64_t random = 9;
	const struct tlv_values values = { .random = &random };
	uint8_t octets[16];

	(void)state;
	tlv_request_write(&request, &values, octets);
	assert_memory_equal(octets, "\x80\x01\x00\x04", 4);
	assert_memory_equal(octets + 8, "\x80\x04\x00\x04\xb8\x00\x00\x00", 8);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases) + 2];
	size_t count = 0;

	ADD_CASES(tests, count, cases, is_written);
	ADD_TEST(tests, count, padding_differs_from_packet_to_packet);
	ADD_TEST(tests, count, a_packet_without_the_report_is_as_large);
	return RUN_TESTS(tests, count, tlvs_open_keys, tlvs_close_keys);
}
