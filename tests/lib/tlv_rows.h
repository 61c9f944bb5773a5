/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * TLVs of requests and what their replies have, drawn by hand from RFC 8972, RFC 9503 and RFC 9534,
 * for the tests of all who answer TLVs. No row needs a key.
 */
#ifndef TESTS_TLV_ROWS_H
#define TESTS_TLV_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "stamp/tlv_answer.h"

/*
 * Each request is the first of its stateless session, and came by a frame from 02:00:00:00:00:01,
 * 198.51.100.7 or 2001:db8:1::7, port 20000, to 192.0.2.2 or 2001:db8::2, port 862. 192.0.2.7 and
 * 2001:db8::7 are the reflector's, too. Nobody vouches for its clock.
 */
#define TLV_ROW_DSCP 10
#define TLV_ROW_TRAFFIC_CLASS (TLV_ROW_DSCP << 2 | 2)
#define TLV_ROW_DENIED (1ULL << 63) /* DSCP 63 */
#define TLV_ROW_LINK 0x21           /* Micro-session ID */
#define TLV_ROW_MAX 256             /* octets */

#define TLV_DSCP(dscp) (0x100 | (dscp)) /* decided by a TLV */

enum tlv_row_family { EITHER_FAMILY, ONLY_IP4, ONLY_IP6 };

enum tlv_row_use {
	IN_KERNEL,
	BY_STAMPD,     /* the kernel leaves it to stampd */
	VERBATIM_ALSO, /* so it does; and those in front of the malformed one are not used */
};

struct tlv_row {
	const char *name;
	const char *asked, *answered; /* hexadecimal */
	uint16_t dscp;                /* of the reply: TLV_DSCP(), or 0: as if there was no TLV */
	const char *source;           /* of the reply; NULL: as if there was no TLV */
	enum tlv_row_family family;
	enum tlv_row_use use;
	uint32_t flags; /* SESSION_* */
};

/* A row as it stands, or behind a TLV of five octets and so at an odd place. */
struct tlv_row_octets {
	uint32_t length;
	uint8_t asked[TLV_ROW_MAX], answered[TLV_ROW_MAX];
};

struct tlv_row_octets tlv_row_read(const struct tlv_row *row, bool is_odd);

/* Whether the row is one of this family. */
bool tlv_row_has(const struct tlv_row *row, bool is_ip6);

/* What is known when it is answered, and who knows the reflector's addresses. */
struct tlv_exchange tlv_row_exchange(const struct tlv_row *row, bool is_ip6);
int tlv_row_is_own(void *context, const struct stamp_address *address);

/* That the exchange came out as the row has it. */
void tlv_row_check(const struct tlv_row *row, const struct tlv_exchange *exchange);

#define ROW(title, from, to, ...)                                                                  \
	{                                                                                          \
		title, from, .answered = (to), __VA_ARGS__                                         \
	}

#define Z4 "00000000"
#define Z8 Z4 Z4
#define Z16 Z8 Z8
#define F4 "ffffffff"
#define F8 F4 F4
#define F16 F8 F8

/* clang-format off */
static const struct tlv_row tlv_rows[] = {
	/* Known, unknown and private Types, and flags. */
	ROW("R8972-4.1-5: Extra Padding is echoed", "80010003 010203", "00010003 010203"),
	ROW("R8972-4.1-5: empty Extra Padding, too", "80010000", "00010000"),
	ROW("R8972-4.1-4: Extra Padding several times", "80010001 aa 80010000 80010002 bbcc",
	  "00010001 aa 00010000 00010002 bbcc"),
	ROW("R8972-4-2: an unknown Type has U", "80c80002 aabb", "80c80002 aabb"),
	ROW("R8972-4-2: so it has if it came without", "00c80002 aabb", "80c80002 aabb"),
	ROW("R8972-4-2: reserved and later Types have U", "00000000 000a0000 000c0001 ff 000d0000 00ff0000",
	  "80000000 800a0000 800c0001 ff 800d0000 80ff0000"),
	ROW("R8972-4-14: private Types have U", "80fc0004 00000001 80fe0005 0000000200",
	  "80fc0004 00000001 80fe0005 0000000200"),
	ROW("A-06: zeros are empty TLVs of Type 0", Z8 Z4, "80000000 80000000 80000000"),
	ROW("R8972-4-5 A-22: every flag set is no error", "ff010001 aa ffc80000 ff060004 1001 0000",
	  "00010001 aa 80c80000 00060004 10010000"),
	ROW("R8972-4-8: behind an unknown Type processing goes on", "80c80001 ff 80040004 b8000000",
	  "80c80001 ff 00040004 b8a80000", .dscp = TLV_DSCP(46)),

	/* Location. */
	ROW("R8972-4.2-3: Location has the ports", "80020004" Z4, "00020004 035e4e20"),
	ROW("A-21: ports that a sender filled in are overwritten", "80020004" F4, "00020004 035e4e20"),
	ROW("R8972-4.2.2-3: the source MAC address as an EUI-48", "80020010" Z4 "80010008" Z8,
	  "00020010 035e4e20 00020008 020000000001 0000"),
	ROW("R8972-4.2.2-4: the IPv4 destination", "80020018" Z4 "80040010" Z16,
	  "00020018 035e4e20 00050010 c0000202" Z8 Z4, .family = ONLY_IP4),
	ROW("R8972-4.2.2-4: the IPv6 destination", "80020018" Z4 "80040010" Z16,
	  "00020018 035e4e20 00060010 20010db8" Z8 "00000002", .family = ONLY_IP6),
	ROW("R8972-4.2.2-5: the IPv4 source", "80020018" Z4 "80070010" Z16,
	  "00020018 035e4e20 00080010 c6336407" Z8 Z4, .family = ONLY_IP4),
	ROW("R8972-4.2.2-5: the IPv6 source", "80020018" Z4 "80070010" Z16,
	  "00020018 035e4e20 00090010 20010db8 00010000" Z4 "00000007", .family = ONLY_IP6),
	ROW("R8972-4.2.1-4: sub-TLVs that a sender filled in are overwritten",
	  "ff020024" F4 "ff010008" F8 "ff040010" F16,
	  "00020024 035e4e20 00020008 020000000001 0000 00050010 c0000202" Z8 Z4,
	  .family = ONLY_IP4),
	ROW("R8972-4.2.1-1: an unknown sub-TLV has U, those around it are answered",
	  "80020031" Z4 "80070010" Z16 "00c80001 aa 80040010" Z16,
	  "00020031 035e4e20 00080010 c6336407" Z8 Z4 "80c80001 aa 00050010 c0000202" Z8 Z4,
	  .family = ONLY_IP4),
	ROW("A-24: what only replies have is copied with U",
	  "80020020" Z4 "00020008" F8 "00030000 00050004 11223344 00060000",
	  "00020020 035e4e20 80020008" F8 "80030000 80050004 11223344 80060000"),
	ROW("A-24: sources, too", "8002000f" Z4 "00080003 333333 00090000",
	  "0002000f 035e4e20 80080003 333333 80090000"),
	ROW("R8972-4.2.2-2: ports may be hidden", "80020010" F4 "80010008" F8,
	  "00020010" Z4 "00020008 020000000001 0000", .flags = SESSION_HIDE_PORTS),
	ROW("R8972-4.2.2-2: MAC addresses may be hidden", "80020010" F4 "80010008" F8,
	  "00020010 035e4e20 00020008" Z8, .flags = SESSION_HIDE_MAC),
	ROW("R8972-4.2.2-2: IPv4 addresses may be hidden", "8002002c" F4 "80040010" F16 "80070010" F16,
	  "0002002c 035e4e20 00050010" Z16 "00080010" Z16, .flags = SESSION_HIDE_ADDRESSES,
	  .family = ONLY_IP4),
	ROW("R8972-4.2.2-2: IPv6 addresses may be hidden", "8002002c" F4 "80040010" F16 "80070010" F16,
	  "0002002c 035e4e20 00060010" Z16 "00090010" Z16, .flags = SESSION_HIDE_ADDRESSES,
	  .family = ONLY_IP6),

	/* Timestamp Information. */
	ROW("R8972-4.3-3: a free-running clock, read by software", "80030004" F4, "00030004 05020502"),
	ROW("R8972-4.3-3: its sub-TLVs are unknown", "80030017" Z4 "80f00003 abcdef 00010008" Z8,
	  "00030017 05020502 80f00003 abcdef 80010008" Z8),

	/* Class of Service. */
	ROW("R8972-4.4-3 R8972-4.4-4: the worked Class of Service", "80040004 b8000000",
	  "00040004 b8a80000", .dscp = TLV_DSCP(46)),
	ROW("R8972-4.4-5: a DSCP that is denied", "80040004 fc000000", "00040004 fca90000",
	  .dscp = TLV_DSCP(TLV_ROW_DSCP)),
	ROW("R8972-4.4-6 A-34: RP, Reserved and what the reflector fills in are ignored",
	  "80040004 bbffffff", "00040004 b8a80000", .dscp = TLV_DSCP(46)),
	ROW("R8972-4.4-4: the first of several decides", "80040004 04000000 80040004 b8000000",
	  "00040004 04a80000 00040004 b8a80000", .dscp = TLV_DSCP(1)),
	ROW("R8972-4.4-5: also if it is denied", "80040004 fc000000 80040004 b8000000",
	  "00040004 fca90000 00040004 b8a80000", .dscp = TLV_DSCP(TLV_ROW_DSCP)),
	ROW("R8972-4.4-4: DSCP 0 is a wish, too", "80040004 00000000", "00040004 00a80000", .dscp = TLV_DSCP(0)),

	/* Direct Measurement, Access Report, Follow-Up Telemetry. */
	ROW("R8972-4.5-2 A-12: the first request was received, no reply sent",
	  "8005000c 00000007" F8, "0005000c 00000007 00000001 00000000"),
	ROW("R8972-4.6-1 R8972-4.6-3: Access Reports of both IDs",
	  "80060004 1f01ffff 80060004 2f02ffff", "00060004 10010000 00060004 20020000"),
	ROW("A-09: Access Reports of other IDs", "80060004 3f01ffff 00060004 00020001 00060004 ffffffff",
	  "80060004 3f01ffff 80060004 00020001 80060004 ffffffff"),
	ROW("R8972-4.6-3: an unknown Return Code is copied", "80060004 10ff0000", "00060004 10ff0000"),
	ROW("R8972-4.7-2 R8972-4.7-4: Follow-Up Telemetry, stateless", "80070010" F16, "00070010" Z16),
	ROW("R8972-4.7-5 A-11: Follow-Up Telemetry, the first of a session", "80070010" F16,
	  "00070010" Z16, .flags = SESSION_STATEFUL),

	/* Destination Node Address. */
	ROW("R9503-3-4: the address that it was sent to", "80090004 c0000202", "00090004 c0000202",
	  .source = "192.0.2.2", .family = ONLY_IP4),
	ROW("R9503-3-2: another IPv4 address of the reflector", "80090004 c0000207", "00090004 c0000207",
	  .source = "192.0.2.7", .family = ONLY_IP4),
	ROW("R9503-3-2: another IPv6 address of the reflector", "80090010 20010db8" Z8 "00000007",
	  "00090010 20010db8" Z8 "00000007", .source = "2001:db8::7", .family = ONLY_IP6),
	ROW("R9503-3-4: an IPv6 address over IPv4 is no source", "80090010 20010db8" Z8 "00000007",
	  "00090010 20010db8" Z8 "00000007", .family = ONLY_IP4),
	ROW("R9503-3-4: an IPv4 address over IPv6 is no source", "80090004 c0000207",
	  "00090004 c0000207", .family = ONLY_IP6),
	ROW("R9503-3-3: strangers' addresses", "00090004 c0000263 00090010" Z16,
	  "80090004 c0000263 80090010" Z16),
	ROW("R9503-3-3: an IPv4 address in the place of an IPv6 one is nobody's",
	  "80090010" Z8 "0000ffff c0000202", "80090010" Z8 "0000ffff c0000202"),
	ROW("R9503-3-3: one of another interface", "80090004 c0000208 80090010 20010db8" Z8 "00000008",
	  "80090004 c0000208 80090010 20010db8" Z8 "00000008"),
	ROW("R9503-3-2: the first that can be one is the source",
	  "80090004 c0000263 80090010 20010db8" Z8 "00000007 80090004 c0000207 80090004 c0000202",
	  "80090004 c0000263 00090010 20010db8" Z8 "00000007 00090004 c0000207 00090004 c0000202",
	  .source = "192.0.2.7", .family = ONLY_IP4),

	/* Micro-session ID. */
	ROW("R9534-3.2-4 R9534-3.2-5: a link that the sender does not know", "800b0004 00070000",
	  "000b0004 00070021"),
	ROW("R9534-3.2-3: the link that it came by", "800b0004 ffff0021", "000b0004 ffff0021"),
	ROW("R9534-3.2-3: another link's number that is not reached", "80040000 800b0004 00070022",
	  "40040000 800b0004 00070022"),

	/* Malformed, each in front of something that is then verbatim. */
	ROW("R8972-4-9: Extra Padding longer than the packet", "80010100 80040004 b8000000",
	  "40010100 80040004 b8000000"),
	ROW("R8972-4-9: by one octet", "80010005 01020304", "40010005 01020304"),
	ROW("R8972-4-9 A-03: an unknown Type longer than the packet", "00c80100 01", "c0c80100 01"),
	ROW("R8972-4-9: a later Type longer than the packet", "800a0100", "c00a0100"),
	ROW("R8972-4-9: Type 0 with the greatest Length", "0000ffff", "c000ffff"),
	ROW("R8972-4-9: a header and no Value", "80040004", "40040004"),
	ROW("R8972-4-9: one octet short", "80040004 b80000", "40040004 b80000"),
	ROW("R8972-4-3 A-22: other flags are cleared", "ff040003 b80000 ffc80000",
	  "40040003 b80000 ffc80000"),
	ROW("R8972-4-3: Class of Service of 0 octets", "80040000 80040004 b8000000",
	  "40040000 80040004 b8000000"),
	ROW("R8972-4-3: Class of Service of 5 octets", "80040005 b800000000 00c80000",
	  "40040005 b800000000 00c80000"),
	ROW("R8972-4-3: Direct Measurement of 8 octets", "80050008" Z8 "80c80000",
	  "40050008" Z8 "80c80000"),
	ROW("R8972-4-3: Direct Measurement of 13 octets", "8005000d" F8 F4 "ff", "4005000d" F8 F4 "ff"),
	ROW("R8972-4-3: an Access Report of 2 octets", "80060002 1001", "40060002 1001"),
	ROW("R8972-4-3: a Destination Node Address of 5 octets", "80090005 c000020200",
	  "40090005 c000020200"),
	ROW("R9534-3.1-1: a Micro-session ID of 3 octets", "800b0003 000700", "400b0003 000700"),
	ROW("R9534-3.1-1: a Micro-session ID of 5 octets", "800b0005 0007002200", "400b0005 0007002200"),
	ROW("A-05: one octet left over", "01", "41"),
	ROW("A-05: two octets left over", "8004", "c004"),
	ROW("A-05: three octets left over", "000400", "400400"),
	ROW("A-04: what is in front of a malformed one is processed",
	  "80040004 b8000000 80060004 1001ffff 80040003 000000 80060004 1001ffff",
	  "00040004 b8a80000 00060004 10010000 40040003 000000 80060004 1001ffff", .dscp = TLV_DSCP(46)),

	/* Malformed in more ways than one, which stampd marks. */
	ROW("R8972-4.2-2: Location longer than the packet", "80020100" Z4, "40020100" Z4,
	  .use = BY_STAMPD),
	ROW("R8972-4.2-2: Location of 3 octets", "80020003 000000 80c80000", "40020003 000000 80c80000",
	  .use = BY_STAMPD),
	ROW("R8972-4.3-2: Timestamp Information of 3 octets", "80030003 000000", "40030003 000000",
	  .use = BY_STAMPD),
	ROW("R8972-4.2-2: a sub-TLV longer than Location", "80020009" Z4 "00c80002 aa",
	  "40020009" Z4 "c0c80002 aa", .use = BY_STAMPD),
	ROW("R8972-4.2-2: a known sub-TLV longer than Location", "8002000f" Z4 "80010008" Z4 "000000",
	  "4002000f" Z4 "40010008" Z4 "000000", .use = BY_STAMPD),
	ROW("R8972-4.2.1-3: a source MAC sub-TLV of 6 octets, another one behind it",
	  "80020022" Z4 "80010006" Z4 "0000 80040010" Z16, "40020022" Z4 "40010006" Z4
	  "0000 80040010" Z16, .use = BY_STAMPD),
	ROW("R8972-4.2.1-3: a source sub-TLV of 0 octets behind a right one",
	  "8002001c" Z4 "80040010" Z16 "80070000", "4002001c" Z4 "80040010" Z16 "40070000",
	  .use = BY_STAMPD),
	ROW("R8972-4.2-2: one octet left over in Location", "80020005" Z4 "81", "40020005" Z4 "c1",
	  .use = BY_STAMPD),
	ROW("R8972-4.2-2: three octets left over behind a sub-TLV", "8002000b" Z4 "00c80000 000100",
	  "4002000b" Z4 "00c80000 400100", .use = BY_STAMPD),
	ROW("R8972-4.3-2: a sub-TLV longer than Timestamp Information", "80030008" Z4 "80f00001",
	  "40030008" Z4 "c0f00001", .use = BY_STAMPD),
	ROW("R8972-4.7-3: Follow-Up Telemetry of 18 octets", "80070012" F16 "ffff",
	  "40070012" Z8 Z4 F4 "ffff", .use = BY_STAMPD),
	ROW("R8972-4.7-3: Follow-Up Telemetry of 5 octets", "80070005" F4 "ff 80c80000",
	  "40070005" Z4 "00 80c80000", .use = BY_STAMPD),
	ROW("R8972-4.7-3: Follow-Up Telemetry of 0 octets", "80070000 ff", "40070000 ff",
	  .use = BY_STAMPD),
	ROW("R8972-4.7-3: Follow-Up Telemetry of 12 octets that is cut short", "8007000c" F4 "ffff",
	  "4007000c" Z4 "0000", .use = BY_STAMPD),
	ROW("R8972-4-9: Follow-Up Telemetry of the right Length that is cut short", "80070010" F8,
	  "40070010" F8, .use = BY_STAMPD),
	ROW("A-17: an HMAC TLV of 15 octets", "8008000f" F8 F4 "ffffff 80c80000",
	  "4008000f" F8 F4 "ffffff 80c80000", .use = VERBATIM_ALSO),
	ROW("A-17: an HMAC TLV of 17 octets", "80080011" F16 "ff", "40080011" F16 "ff",
	  .use = VERBATIM_ALSO),
	ROW("A-17: an HMAC TLV of 0 octets", "80080000", "40080000", .use = VERBATIM_ALSO),
	ROW("A-17: an HMAC TLV that is cut short", "80080010" F8, "40080010" F8, .use = VERBATIM_ALSO),
	ROW("A-17: an HMAC TLV of 0 octets behind others", "80040004 b8000000 80080000",
	  "80040004 b8000000 40080000", .use = VERBATIM_ALSO),
};
/* clang-format on */

#endif
