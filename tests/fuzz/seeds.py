#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What each fuzz target begins with: writes FOLDER/TARGET/ for each of them, from the golden packets
and from the TLVs that the tests in namespaces send."""
import pathlib
import struct
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "netns"))

from tlv_rows import LINK, ROWS, SEQUENCE  # noqa: E402

# Settings of the sessions of the rows: enum choice of fuzz_tlvs.c, and SESSION_*.
HAS_KEYS, IS_REQUIRED, IS_SIGNED, IS_IP6, HAS_MAC, SECOND_KEY = 1, 2, 4, 8, 0x10, 0x20
HIDES_ALL = 0x1c00
CHOICES = {"keyed": HAS_KEYS | IS_REQUIRED, "guarded": HAS_KEYS | IS_REQUIRED,
           "apart": HAS_KEYS | IS_REQUIRED | SECOND_KEY}


def tlvs_of_rows():
    """struct context of fuzz_tlvs.c, and TLVs."""
    for row in ROWS:
        choices = CHOICES.get(row.session, 0) | HAS_MAC | (IS_IP6 if row.family == "ip6" else 0)
        flags = HIDES_ALL if row.session == "hidden" else 0
        octets = bytes.fromhex(row.asked)
        for signed in (0, IS_SIGNED) if choices & HAS_KEYS else (0,):
            yield struct.pack("=QQIIIIHBBBBxx", 1 << 63, 0, SEQUENCE, SEQUENCE, 1, flags, LINK,
                              choices | signed, 0x2a, 5, 0) + octets


def golden(name):
    lines = (TESTS / "golden" / f"{name}.hex").read_text().splitlines()
    return bytes.fromhex("".join(line for line in lines if not line.startswith("#")))


# Sessions, and what requests are: enum slow_peer, enum choice and enum trait of fuzz_slow_path.c.
PEERS, OPEN_STATELESS, OPEN_TLV_KEY, AUTH_TLV_KEY = 13, 7, 11, 6
SECOND_INTERFACE, IS_HANDED_OVER, IS_STALE = 1, 2, 4
SIGNED_OTHER, HAS_RIGHT_TLVS, ENDS_BATCH, HAS_MAC_TRAIT = 0x20, 0x40, 0x80, 4


def record(peer, choices, traits, payload):
    """struct record of fuzz_slow_path.c."""
    return struct.pack("=BBBBH", peer, choices, traits, 0x2a, len(payload)) + payload


def batches_of_peers():
    """Each session's requests and what is not one, and all rows of TLVs with a right base packet."""
    requests = {False: golden("request"), True: golden("auth_request")}
    for peer in range(PEERS):
        base = requests[peer < OPEN_STATELESS]
        payloads = [base, base[:-1], base[:14], base[:13], golden("reply"), golden("auth_reply")]
        for choices in (0, SECOND_INTERFACE | SIGNED_OTHER, IS_HANDED_OVER,
                        IS_HANDED_OVER | IS_STALE | ENDS_BATCH):
            yield b"".join(record(peer, choices, traits, payload)
                           for traits, payload in enumerate(payloads))
    for row in ROWS:
        tlvs = bytes.fromhex(row.asked)
        yield b"".join(record(peer, choices, HAS_MAC_TRAIT, requests[peer < OPEN_STATELESS] + tlvs)
                       for peer in (1, AUTH_TLV_KEY, OPEN_STATELESS, OPEN_TLV_KEY)
                       for choices in (0, SECOND_INTERFACE | HAS_RIGHT_TLVS,
                                       IS_HANDED_OVER | HAS_RIGHT_TLVS | ENDS_BATCH))


# Choices of fuzz_differential.c; two tags are 4.
ON_IP6, TWO_TAGS, IS_UNFINISHED, TO_OTHER_ADDRESS, FROM_OUR_PORT, IS_PADDED = 1, 4, 8, 0x20, 0x40, 0x80
DIFFERENTIAL_PEERS = 9


NOTHING = 12  # is odd


def frame(peer, choices, payload, oddity=NOTHING, value=0):
    """struct record of fuzz_differential.c."""
    return struct.pack("=BBBBHBB", peer, choices, 0x2a, 61, len(payload), oddity, value) + payload


def frames_of_peers():
    """Each session's base packets and what is not one; all rows of TLVs, twice in a session."""
    request = golden("request")
    payloads = [request, request[:14], request[:13], golden("reply"), request + bytes(20)]
    for peer in range(DIFFERENTIAL_PEERS):
        for choices in (0, ON_IP6 | TWO_TAGS, IS_UNFINISHED, FROM_OUR_PORT | IS_PADDED):
            yield b"".join(frame(peer, choices, payload) for payload in payloads)
    for oddity in range(NOTHING):
        yield b"".join(frame(0, choices, request, oddity, value)
                       for choices in (0, ON_IP6) for value in (0, 1, 32, 44, 52))
    for number, row in enumerate(ROWS):
        choices = (0, TWO_TAGS, IS_PADDED, TO_OTHER_ADDRESS)[number % 4] | (row.family == "ip6")
        for peer in (0, 1, 2, 4, 5):
            yield frame(peer, choices, request + bytes.fromhex(row.asked)) * 2


# Steps and settings of fuzz_reply.c.
SEND, ADVANCE, TRANSMITTED, REPLY = range(4)
IS_AUTHENTICATED = 1
TO_OURS_AND_SIGNED = 7


def step(action, amount, back=0, choices=TO_OURS_AND_SIGNED):
    """struct step of fuzz_reply.c."""
    return struct.pack("=BBHH", action, choices, amount, back)


def replies():
    """Of every golden reply: in time, twice, late, to nobody, cut short, after a long run."""
    for path in sorted((TESTS / "golden").glob("*reply*.hex")):
        if path.stem.startswith("frame"):
            continue
        octets = golden(path.stem)
        for settings in range(16):
            if (len(octets) >= 112) != bool(settings & IS_AUTHENTICATED):
                continue
            reply = step(REPLY, len(octets)) + octets
            yield bytes([settings]) + step(SEND, 3) + step(TRANSMITTED, 0) + step(ADVANCE, 10) \
                + reply + reply + step(REPLY, len(octets), 2, 0) + octets + step(ADVANCE, 1500) \
                + step(REPLY, len(octets), 1) + octets + step(REPLY, 41, 1) + octets[:41] \
                + step(SEND, 255) * 5 + step(REPLY, len(octets), 1270) + octets + reply


# Choices of fuzz_reply_tlvs.c; 16 is a reply made up.
ASKS_HMAC, IS_MADE_UP, EVERYTHING_ELSE = 1, 16, 0xec


def replies_with_tlvs():
    """Each TLV alone and all together: answered, damaged, cut, longer, without the key, made up."""
    items = [bytes([kind, value, other]) for kind in (1, 2, 3, 4, 5, 6, 7, 9, 11)
             for value, other in ((3, 0), (1, 1))]
    for asked in [*items, b"".join(items[::2][:8]), b"".join(items[1::2][:8])]:
        for choices in (0, ASKS_HMAC, ASKS_HMAC | EVERYTHING_ELSE, ASKS_HMAC | 2, EVERYTHING_ELSE):
            for cut, extra, damages in ((0, 0, b""), (1, 0, b""), (0, 4, b""),
                                        (0, 0, struct.pack("=HBx", 44, 0x40))):
                yield struct.pack("=BBBBI", choices, len(asked) // 3 - 1, cut, extra, 42) \
                    + asked + damages
        yield struct.pack("=BBBBI", IS_MADE_UP, len(asked) // 3 - 1, 0, 0, 42) + asked + bytes(60)


def key_files():
    key = b"00112233445566778899aabbccddeeff"
    yield from (key, key + b"\n", b"# of the lab\n\n \t" + key.upper() + b"\r\n" + key[2:],
                b"".join(b"%02x\n" % number for number in range(17)), key * 16 + b"\n" + key * 17,
                key + b"\n" + key, key[1:], key + b" # of the lab", b"")


def configurations():
    """The example, and pieces that name what it does not."""
    example = (TESTS.parent / "deploy/examples/stampd.yaml").read_bytes()
    yield example
    yield b"\n".join(line.removeprefix(b"# ") for line in example.splitlines())
    head = b"version: 1\ninterfaces: [{name: eth0, mode: socket, micro-session-id: 33}]\n"
    for session in (b"name: a, sender-ip: any", b"name: a, sender-ip: [192.0.2.0/24, '2001:db8::/32']",
                    b"name: a, sender-ip: any, ssid: [1, 2], sender-udp-port: 20000",
                    b"name: a, sender-ip: any, tlvs: false, short-requests: true"):
        yield head + b"session-reflector: {sessions: [{" + session + b"}]}\n"
    yield b"&a [*a, {? [x] : 1, \"\\u0000\": ~}]\n---\n%YAML 1.1"


SEEDS = {
    "fuzz_config": configurations,
    "fuzz_key_file": key_files,
    "fuzz_reply": replies,
    "fuzz_reply_tlvs": replies_with_tlvs,
    "fuzz_differential": frames_of_peers,
    "fuzz_tlvs": tlvs_of_rows,
    "fuzz_slow_path": batches_of_peers,
}


def main():
    for target, seeds in SEEDS.items():
        folder = pathlib.Path(sys.argv[1]) / target
        folder.mkdir(parents=True, exist_ok=True)
        for number, octets in enumerate(seeds()):
            (folder / f"{number:03}").write_bytes(octets)


if __name__ == "__main__":
    main()
