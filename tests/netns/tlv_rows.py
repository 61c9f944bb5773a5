# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""TLVs of requests and their replies, drawn by hand from the specifications. HMACs were made by
    echo OCTETS | xxd -r -p | openssl dgst -sha256 -mac HMAC -macopt key:KEY"""
import dataclasses

KEY = b"doc-example-key-not-for-real-use"
TLV_KEY = b"another-key-of-the-documentation"  # of session `apart`, whose base packets have KEY
SENDER_MAC = bytes.fromhex("020000000001")
SECOND4, SECOND6 = "192.0.2.3", "2001:db8::3"  # further addresses of the reflector
LINK = 0x21  # Micro-session ID of its interface
DSCP, ECN = 10, 2
DENIED = 63
# The request of each row is number 42, the first of its session, from port 20000; the clock of the
# reflector is one that nobody sets.
SEQUENCE, SOURCE_PORT, SYNC_SOURCE = 42, 20000, "local"
PORTS = {"open": 862, "hidden": 8620, "keyed": 8621, "guarded": 8622, "apart": 8623,
         "light": 8624}


@dataclasses.dataclass(frozen=True)
class Row:
    """`session` is its settings (one of PORTS); `unseen` the reply where no MAC address can be
    seen; `dscp` and `source` are of the reply's IP header."""
    name: str
    asked: str
    answered: str
    session: str = "open"
    family: str = "ip4"
    unseen: str | None = None
    dscp: int = DSCP
    source: str | None = None


Z4, Z8, Z16 = "00" * 4, "00" * 8, "00" * 16
COS, COS_BACK = "80040004 b8000000", "00040004 b8a80000"
COS_I = "a0040004 b8000000"
SIGNATURE = "84a29dff58f27dd6cf67095d64730bd8"  # of number 42 and COS
SIGNATURE_BACK = "ac846385ab4a5af9b4365be950cf5875"  # of number 42 and COS_BACK
ALONE = "5c0bb1baac4c6f62d7b6c553b67cd1b3"  # of number 42
SIGNED = f"{COS} 80080010 {SIGNATURE}"
SIGNED_BACK = f"{COS_BACK} 00080010 {SIGNATURE_BACK}"
SIGNED_I = f"{COS_I} a0080010 {SIGNATURE}"
PADDING, PADDING_BACK, PADDING_I = "80010002 abcd", "00010002 abcd", "a0010002 abcd"

WELL_FORMED = [
    Row("R8972-4-6 no octets behind the base packet", "", ""),
    Row("R8972-4-2 an unknown type has U", "80c80002 aabb", "80c80002 aabb"),
    Row("R8972-4-2 an unknown type has U though it came without", "00c80002 aabb", "80c80002 aabb"),
    Row("R8972-4-2 reserved and later types have U",
        "80000000 800a0000 800c0001ff 800d0000 80ff0000",
        "80000000 800a0000 800c0001ff 800d0000 80ff0000"),
    Row("R8972-4-14 private types have U", "80fc0004 00000001 80fe0005 0000000200",
        "80fc0004 00000001 80fe0005 0000000200"),
    Row("R8972-4-14 so has one too short for a vendor's number", "80fd0003 000000",
        "80fd0003 000000"),
    Row("R8972-4.1-5 padding is echoed", "80010003 010203 80010000", "00010003 010203 00010000"),
    Row("R8972-4-5 A-22 all flags set are no error", f"ff010000 ff{COS[2:]} ffc80000",
        f"00010000 {COS_BACK} 80c80000", dscp=46),
    Row("R8972-4-8 behind an unknown type processing goes on", f"80c80001 ff {COS}",
        f"80c80001 ff {COS_BACK}", dscp=46),
    Row("A-06 zeros are empty TLVs of type 0", Z8, "80000000 80000000"),

    Row("R8972-4.2-3 location has the ports", f"80020004 {Z4}", "00020004 035e4e20"),
    Row("A-21 ports that a sender filled in", "80020004 ffffffff", "00020004 035e4e20"),
    Row("R8972-4.2.2-3 location has the source MAC address",
        f"80020010 {Z4} 80010008 {Z8}", "00020010 035e4e20 00020008 020000000001 0000",
        unseen=f"00020010 035e4e20 00030008 {Z8}"),
    Row("R8972-4.2.2-4 location has the IPv4 destination",
        f"80020018 {Z4} 80040010 {Z16}", f"00020018 035e4e20 00050010 c0000202 {Z8} {Z4}"),
    Row("R8972-4.2.2-5 location has the IPv4 source",
        f"80020018 {Z4} 80070010 {Z16}", f"00020018 035e4e20 00080010 c0000201 {Z8} {Z4}"),
    Row("R8972-4.2.2-4 location has the IPv6 destination",
        f"80020018 {Z4} 80040010 {Z16}",
        f"00020018 035e4e20 00060010 20010db8 {Z8} 00000002", family="ip6"),
    Row("R8972-4.2.2-5 location has the IPv6 source",
        f"80020018 {Z4} 80070010 {Z16}",
        f"00020018 035e4e20 00090010 20010db8 {Z8} 00000001", family="ip6"),
    Row("R8972-4.2.1-4 sub-TLVs that a sender filled in", f"80020018 {Z4} ff040010 {'ff' * 16}",
        f"00020018 035e4e20 00050010 c0000202 {Z8} {Z4}"),
    Row("R8972-4.2.1-1 an unknown sub-TLV has U, those around are answered",
        f"80020031 {Z4} 80070010 {Z16} 00c80001 aa 80040010 {Z16}",
        f"00020031 035e4e20 00080010 c0000201 {Z8} {Z4} 80c80001 aa"
        f"00050010 c0000202 {Z8} {Z4}"),
    Row("R8972-4.2.1-1 an empty sub-TLV of type 0", f"80020008 {Z4} 00000000",
        "00020008 035e4e20 80000000"),
    Row("A-24 destinations and MAC addresses, which only replies have, are copied with U",
        f"8002001d {Z4} 00020008 {'11' * 8} 00030000 00050001 22 00060000",
        f"0002001d 035e4e20 80020008 {'11' * 8} 80030000 80050001 22 80060000"),
    Row("A-24 sources, which only replies have, are copied with U",
        f"8002000f {Z4} 00080003 333333 00090000", "0002000f 035e4e20 80080003 333333 80090000"),
    Row("R8972-4.2.2-2 nothing is disclosed where that is the policy",
        f"80020038 ffffffff 80010008 {'ff' * 8} 80040010 {'ff' * 16} 80070010 {'ff' * 16}",
        f"00020038 {Z4} 00020008 {Z8} 00050010 {Z16} 00080010 {Z16}", session="hidden",
        unseen=f"00020038 {Z4} 00030008 {Z8} 00050010 {Z16} 00080010 {Z16}"),

    Row("R8972-4.3-3 timestamp information", "80030004 ffffffff", "00030004 05020502"),
    Row("R8972-4.3-3 timestamp information has no sub-TLVs",
        f"80030017 {Z4} 80f00003 abcdef 00010008 {Z8}", f"00030017 05020502 80f00003 abcdef"
        f"80010008 {Z8}"),

    Row("R8972-4.4-3 R8972-4.4-4 class of service", COS, COS_BACK, dscp=46),
    Row("R8972-4.4-5 a DSCP that is denied", "80040004 fc000000", "00040004 fca90000"),
    Row("R8972-4.4-6 A-34 RP and Reserved that are not zero", "80040004 b8ffffff", COS_BACK,
        dscp=46),
    Row("R8972-4.4-4 the first of several decides", f"80040004 04000000 {COS} 80040004 fc000000",
        f"00040004 04a80000 {COS_BACK} 00040004 fca90000", dscp=1),
    Row("R8972-4.4-4 DSCP 0 is a wish, too", f"80040004 00000000 {COS}",
        f"00040004 00a80000 {COS_BACK}", dscp=0),

    Row("R8972-4.5-2 A-12 direct measurement", "8005000c 00000007 ffffffff ffffffff",
        "0005000c 00000007 00000001 00000000"),

    Row("R8972-4.6-1 R8972-4.6-3 access report", "80060004 1f01ffff 80060004 2f02ffff",
        "00060004 10010000 00060004 20020000"),
    Row("A-09 an access report of an unknown ID", "80060004 3f01ffff 00060004 00020001",
        "80060004 3f01ffff 80060004 00020001"),

    Row("R8972-4.7-2 R8972-4.7-4 follow-up telemetry, stateless", f"80070010 {'ff' * 16}",
        f"00070010 {Z16}"),

    Row("R9503-3-4 the address it was sent to", "80090004 c0000202", "00090004 c0000202"),
    Row("R9503-3-2 another one of the reflector", "80090004 c0000203", "00090004 c0000203",
        source=SECOND4),
    Row("R9503-3-2 another IPv6 one of the reflector", f"80090010 20010db8 {Z8} 00000003",
        f"00090010 20010db8 {Z8} 00000003", source=SECOND6, family="ip6"),
    Row("R9503-3-4 one of the other IP version", f"80090010 20010db8 {Z8} 00000002",
        f"00090010 20010db8 {Z8} 00000002"),
    Row("R9503-3-3 a stranger's address", f"00090004 c0000263 00090010 {Z16}",
        f"80090004 c0000263 80090010 {Z16}"),
    Row("R9503-3-2 the first one that is the reflector's",
        f"80090004 c0000263 80090010 20010db8 {Z8} 00000002 80090004 c0000203 80090004 c0000202",
        f"80090004 c0000263 00090010 20010db8 {Z8} 00000002 00090004 c0000203 00090004 c0000202",
        source=SECOND4),

    Row("R9534-3.2-4 R9534-3.2-5 a link that the sender does not know", "800b0004 00070000",
        "000b0004 00070021"),
    Row("R9534-3.2-3 the right link", "800b0004 00070021", "000b0004 00070021"),
    Row("R8972-4-7 without TLVs the octets are padding", f"{COS} 80c80002 aabb 80050001",
        f"{COS} 80c80002 aabb 80050001", session="light"),
]

# Each is put behind what is well-formed, and in front of what is verbatim for its sake.
MALFORMED_SHAPES = {
    "R8972-4-9 padding longer than the packet": ("80010100 01020304", "40010100 01020304"),
    "R8972-4-9 A-03 an unknown type longer than the packet": ("00c80100 01", "c0c80100 01"),
    "R8972-4-9 a later type longer than the packet": ("800a0100", "c00a0100"),
    "R8972-4-9 type 0 longer than the packet": ("0000ffff", "c000ffff"),
    "R8972-4-9 location longer than the packet": (f"80020100 {Z4}", f"40020100 {Z4}"),
    "R8972-4.2-2 location of 3 octets": ("80020003 000000", "40020003 000000"),
    "R8972-4.2-2 location of 0 octets": ("ff020000", "40020000"),
    "R8972-4.3-2 timestamp information of 3 octets": ("80030003 000000", "40030003 000000"),
    "R8972-4-3 class of service of 3 octets": ("80040003 b80000", "40040003 b80000"),
    "R8972-4-3 class of service of 5 octets": ("80040005 b800000000", "40040005 b800000000"),
    "R8972-4-3 class of service of 0 octets": ("80040000", "40040000"),
    "R8972-4-3 direct measurement of 8 octets": (f"80050008 {Z8}", f"40050008 {Z8}"),
    "R8972-4-3 access report of 2 octets": ("80060002 1001", "40060002 1001"),
    "R8972-4.7-3 follow-up telemetry of 12 octets":
        (f"8007000c {'ff' * 12}", f"4007000c {'00' * 12}"),
    "R8972-4.7-3 follow-up telemetry of 18 octets":
        (f"80070012 {'ff' * 18}", f"40070012 {'00' * 12} {'ff' * 6}"),
    "R8972-4.7-3 follow-up telemetry of 5 octets":
        (f"80070005 {'ff' * 5}", "40070005 0000000000"),
    "R8972-4.7-3 follow-up telemetry of 0 octets": ("80070000", "40070000"),
    "R8972-4-3 destination node address of 5 octets":
        ("80090005 c000020200", "40090005 c000020200"),
    "R8972-4-3 destination node address of 0 octets": ("80090000", "40090000"),
    "R9534-3.1-1 micro-session ID of 3 octets": ("800b0003 000700", "400b0003 000700"),
    "R8972-4.2-2 a sub-TLV longer than location":
        (f"80020009 {Z4} 00c80002 aa", f"40020009 {Z4} c0c80002 aa"),
    "R8972-4.2-2 a source MAC sub-TLV longer than location":
        (f"8002000f {Z4} 80010008 {Z4} 000000", f"4002000f {Z4} 40010008 {Z4} 000000"),
    "R8972-4.2-2 what only replies have, longer than location":
        (f"80020008 {Z4} 80050010", f"40020008 {Z4} c0050010"),
    "R8972-4.2-2 one octet left over in location":
        (f"80020005 {Z4} 81", f"40020005 {Z4} c1"),
    "R8972-4.2-2 three octets left over behind a sub-TLV":
        (f"8002001b {Z4} 80040010 {Z16} 000100", f"4002001b {Z4} 80040010 {Z16} 400100"),
    "R8972-4.2.1-3 a source MAC sub-TLV of 6 octets":
        (f"8002000e {Z4} 80010006 {Z4} 0000", f"4002000e {Z4} 40010006 {Z4} 0000"),
    "R8972-4.2.1-3 a destination sub-TLV of 4 octets":
        (f"8002000c {Z4} 80040004 {Z4}", f"4002000c {Z4} 40040004 {Z4}"),
    "R8972-4.2.1-3 a source sub-TLV of 0 octets, another behind it":
        (f"80020020 {Z4} 80070000 80070010 {Z16} 80c80000",
         f"40020020 {Z4} 40070000 80070010 {Z16} 80c80000"),
    "R8972-4.3-2 a sub-TLV longer than timestamp information":
        (f"80030008 {Z4} 80f00001", f"40030008 {Z4} c0f00001"),
    "R8972-4.3-2 two octets left over in timestamp information":
        (f"80030006 {Z4} 0001", f"40030006 {Z4} 4001"),
    "A-17 an HMAC TLV of 15 octets": (f"8008000f {Z8} {Z4} 000000", f"4008000f {Z8} {Z4} 000000"),
    "A-17 an HMAC TLV of 0 octets": ("80080000", "40080000"),
}
# These end a packet.
MALFORMED_ENDS = {
    "A-05 one octet left over": ("01", "41"),
    "A-05 two octets left over": ("8004", "c004"),
    "A-05 three octets left over": ("000400", "400400"),
    "R8972-4-9 a header and no value": ("80040004", "40040004"),
    "R8972-4-9 an HMAC TLV cut short": (f"80080010 {Z8}", f"40080010 {Z8}"),
    "R8972-4.7-3 follow-up telemetry of 12 octets cut short":
        ("8007000c ffffffff ffff", "4007000c 00000000 0000"),
    "R8972-4-9 R8972-4.7-3 follow-up telemetry of the right Length cut short":
        ("80070010 ffffffff ffffffff ffffffff ff", "40070010 ffffffff ffffffff ffffffff ff"),
    "R8972-4-9 class of service one octet short": ("80040004 b80000", "40040004 b80000"),
}
SHAPES = [(name, *shape, COS) for name, shape in MALFORMED_SHAPES.items()] + \
    [(name, *shape, "") for name, shape in MALFORMED_ENDS.items()]


def nothing_used(name):
    """A-17: an HMAC TLV that cannot be read leaves all others unverified."""
    return "HMAC" in name


MALFORMED = [row for name, asked, answered, behind in SHAPES for row in (
    Row(name, f"{asked} {behind}", f"{answered} {behind}"),
    Row(f"{name}, A-04 behind others", f"{PADDING} {COS} {asked} {behind}",
        f"{PADDING} {COS} {answered} {behind}" if nothing_used(name) else
        f"{PADDING_BACK} {COS_BACK} {answered} {behind}", dscp=DSCP if nothing_used(name) else 46),
    # A-18: there is no verifying what is behind it.
    *(Row(f"{name}, A-18 behind others, {session}", f"{PADDING} {COS} {asked} {behind}",
          f"{PADDING} {COS} {answered} {behind}", session=session)
      for session in ("keyed", "guarded")))]

WITH_KEY = [row for session in ("keyed", "guarded") for row in (
    Row(f"R8972-4.8-8 the worked example, {session}", f"{SIGNED} 80010004 deadbeef",
        f"{SIGNED_BACK} 00010004 deadbeef", session, dscp=46),
    Row(f"R8972-4.8-2 padding in front is covered, {session}",
        f"{PADDING} {COS} 80080010 14d5b255967cf24c04932826337e74bd",
        f"{PADDING_BACK} {COS_BACK} 00080010 6ea6402ec8a6a387922fbd758740ccf8", session, dscp=46),
    Row(f"R8972-4.8-2 an HMAC TLV alone, {session}", f"80080010 {ALONE}", f"00080010 {ALONE}",
        session),
    Row(f"R8972-4.8-2 an HMAC TLV and padding, {session}", f"80080010 {ALONE} {PADDING} {PADDING}",
        f"00080010 {ALONE} {PADDING_BACK} {PADDING_BACK}", session),
    Row(f"R8972-4.8-8 the link's number is covered, {session}",
        "800b0004 00070000 80080010 cb8bc6a750f9828055fa931ca6a908c4",
        "000b0004 00070021 00080010 af675790f976ca779c801d15426db543", session),
    Row(f"R8972-4.8-1 padding alone needs no HMAC TLV, {session}", PADDING, PADDING_BACK, session),
    Row(f"A-07 no HMAC TLV, {session}", f"{COS} 00c80001 ff", f"{COS_I} 20c80001 ff", session),
    Row(f"R8972-4.8-1 padding twice is no exception, {session}", f"{PADDING} {PADDING}",
        f"{PADDING_I} {PADDING_I}", session),
    Row(f"R8972-4.8-5 R8972-4.8-6 a wrong HMAC, {session}",
        f"{COS} 80080010 {Z16} 80010001 aa 00010000",
        f"{COS_I} a0080010 {Z16} a0010001 aa 20010000", session),
    Row(f"A-10 other flags are not kept, {session}", f"5f010000 ff080010 {Z16}",
        f"20010000 a0080010 {Z16}", session),
    Row(f"R8972-4.2.1-2 sub-TLVs have no I, {session}",
        f"80020018 {Z4} 80040010 {Z16} 80080010 {Z16}",
        f"a0020018 {Z4} 80040010 {Z16} a0080010 {Z16}", session),
    Row(f"R8972-4.8-3 another TLV behind a right HMAC, {session}", f"{SIGNED} {COS}",
        f"{SIGNED_I} {COS_I}", session),
    Row(f"R8972-4.8-3 an unknown TLV behind a right HMAC, {session}", f"{SIGNED} 80c80000",
        f"{SIGNED_I} a0c80000", session),
    Row(f"A-16 two HMAC TLVs, both right, {session}",
        f"{SIGNED} 80080010 56f253a86d68498d589a70f8e33392ee",
        f"{SIGNED_I} a0080010 56f253a86d68498d589a70f8e33392ee", session),
    Row(f"A-05 an octet left over behind a right HMAC, {session}", f"{SIGNED} 80",
        f"{SIGNED_BACK} c0", session, dscp=46),
    Row(f"R8972-4-9 padding too long behind a right HMAC, {session}", f"{SIGNED} 80010003 abcd",
        f"{SIGNED_BACK} 40010003 abcd", session, dscp=46),
    Row(f"R8972-4.8-3 a malformed TLV behind a right HMAC, {session}", f"{SIGNED} 80040003 000000",
        f"{SIGNED_I} 80040003 000000", session),
    Row(f"R8972-4.8-3 an HMAC TLV cut short behind a right one, {session}", f"{SIGNED} 80080010",
        f"{SIGNED_I} 80080010", session),
    Row(f"R8972-4.8-6 an octet left over behind a wrong HMAC, {session}",
        f"{COS} 80080010 {Z16} 80", f"{COS_I} a0080010 {Z16} 80", session),
    Row(f"A-18 an octet left over behind padding, {session}", f"{PADDING} 80", f"{PADDING} c0",
        session),
    Row(f"R9534-3.2-3 another link's number that is not verified, {session}",
        f"800b0004 00070022 80080010 {Z16}", f"a00b0004 00070022 a0080010 {Z16}", session),
    Row(f"R9503-3-2 an address that is not verified, {session}",
        f"80090004 c0000203 80080010 {Z16}", f"a0090004 c0000203 a0080010 {Z16}", session))]

WITH_OTHER_KEY = [
    Row("R8972-4.8-1 an HMAC TLV of the key for TLVs",
        f"{COS} 80080010 fd23d0381db0ebd3d8a6c1704d21969f",
        f"{COS_BACK} 00080010 75acafac06a3160abf00c16ddfc3f913", "apart", dscp=46),
    Row("R8972-4.8-6 an HMAC TLV of the key for base packets", SIGNED, SIGNED_I, "apart"),
]

WITHOUT_KEY = [
    Row("A-08 an HMAC TLV that nobody can verify", f"{SIGNED} 80010004 deadbeef",
        f"{SIGNED_I} a0010004 deadbeef"),
    Row("A-08 a TLV behind it", f"80080010 {Z16} {COS}", f"a0080010 {Z16} {COS_I}"),
    Row("A-08 a malformed TLV behind it", f"80080010 {Z16} 8004", f"a0080010 {Z16} 8004"),
    Row("A-08 another link's number", f"800b0004 00070022 80080010 {Z16}",
        f"a00b0004 00070022 a0080010 {Z16}"),
    Row("R9534-3.2-3 another link's number that is not reached", "80040000 800b0004 00070022",
        "40040000 800b0004 00070022"),
]

ROWS = WELL_FORMED + MALFORMED + WITH_KEY + WITH_OTHER_KEY + WITHOUT_KEY

# R9534-3.2-3: these get no reply. Session and TLVs.
DISCARDED = [
    ("open", "800b0004 00070022"),
    ("open", f"{COS} 800b0004 00070021 800b0004 0007ffff 80040000"),
    ("keyed", "800b0004 00070022 80080010 f3f848e470433748cd6c2510abcddd0e"),
    ("guarded", "800b0004 00070022 80080010 f3f848e470433748cd6c2510abcddd0e"),
]
