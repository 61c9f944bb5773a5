# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""TLVs of requests at random, well-formed and in every way malformed; a seed gives them again."""
import hmac
import ipaddress
import struct

from stamp_tlv import LENGTHS, SUB_LENGTHS, SUB_SOURCE_MAC
from tlv_rows import DENIED, LINK, MALFORMED_ENDS, MALFORMED_SHAPES, SECOND4, SECOND6

MOST = 12  # TLVs
ADDRESSES = [ipaddress.ip_address(text).packed for text in (
    "192.0.2.2", SECOND4, "192.0.2.1", "192.0.2.99", "0.0.0.0", "2001:db8::2", SECOND6,
    "2001:db8::99", "::", "::ffff:192.0.2.2")]
SHAPES = [bytes.fromhex(asked) for asked, _ in MALFORMED_SHAPES.values()]
ENDS = [bytes.fromhex(asked) for asked, _ in MALFORMED_ENDS.values()]


def tlv(numbers, kind, value, length=None):
    """Mostly with the flag U that senders set."""
    flags = numbers.choice([0x80] * 6 + [0, 0xff, numbers.randrange(256)])
    return struct.pack(">BBH", flags, kind, len(value) if length is None else length) + value


def filled(numbers, size):
    """As a sender is to fill a Value, or not."""
    return numbers.choice([bytes(size), bytes(size), numbers.randbytes(size)])


def padding(numbers):
    return tlv(numbers, 1, filled(numbers, numbers.choice(
        [0, 1, 2, 3, 4, 5, 8, *(numbers.randrange(most) for most in (64, 64, 1200))])))


def unknown(numbers):
    kind = numbers.choice([0, 10, 12, numbers.randrange(13, 256)])
    return tlv(numbers, kind, filled(numbers, numbers.randrange(20)))


def sub_tlvs(numbers, kinds):
    """Few of a request's, which have one Length, and of any others."""
    made = b""
    for _ in range(numbers.choice([0, 1, 1, 2, 3, 5])):
        kind = numbers.choice([*kinds] * 3 + [2, 3, 5, 6, 8, 9, numbers.randrange(10, 256)])
        size = kinds.get(kind, [numbers.randrange(20)])[0]
        made += tlv(numbers, kind, filled(numbers, size))
    return made


def with_subs(kind):
    def make(numbers, source_mac):
        kinds = dict(SUB_LENGTHS[kind])
        if not source_mac:
            kinds.pop(SUB_SOURCE_MAC, None)
        return tlv(numbers, kind, filled(numbers, 4) + sub_tlvs(numbers, kinds))
    return make


def class_of_service(numbers):
    dscp = numbers.choice([0, 46, DENIED, numbers.randrange(64)])
    rest = numbers.choice([0, 0, numbers.randrange(1 << 26)])
    return tlv(numbers, 4, struct.pack(">I", dscp << 26 | rest))


def access_report(numbers):
    first = numbers.choice([0x10, 0x20, 0x30, numbers.randrange(256)])
    return tlv(numbers, 6, bytes([first, numbers.choice([1, 2, numbers.randrange(256)])])
               + filled(numbers, 2))


def micro_session_id(numbers):
    link = numbers.choice([0] * 5 + [LINK] * 5 + [numbers.randrange(65536)])
    return tlv(numbers, 11, struct.pack(">HH", numbers.randrange(65536), link))


MAKERS = [
    padding, unknown, unknown, class_of_service, class_of_service, access_report,
    micro_session_id,
    lambda numbers: tlv(numbers, 5, numbers.randbytes(4) + filled(numbers, 8)),
    lambda numbers: tlv(numbers, 7, filled(numbers, 16)),
    lambda numbers: tlv(numbers, 9, numbers.choice(ADDRESSES)),
]
MAKERS_WITH_SUBS = [with_subs(2), with_subs(2), with_subs(3)]


def well_formed(numbers, source_mac):
    make = numbers.choice(MAKERS + MAKERS_WITH_SUBS)
    return make(numbers, source_mac) if make in MAKERS_WITH_SUBS else make(numbers)


def malformed(numbers):
    """Some also by chance well-formed."""
    kind = numbers.choice([*LENGTHS, numbers.randrange(256)])
    size = numbers.randrange(24)
    return numbers.choice([
        numbers.choice(SHAPES),
        tlv(numbers, kind, numbers.randbytes(size)),
        tlv(numbers, kind, numbers.randbytes(size), numbers.choice([size + 1, 65535])),
        tlv(numbers, numbers.choice([2, 3]), bytes(4) + numbers.randbytes(size)),
    ])


def ending(numbers):
    return numbers.choice([numbers.choice(ENDS), bytes(numbers.randrange(1, 40)),
                           numbers.randbytes(numbers.randrange(1, 40))])


def signature(numbers, sequence, key, covered):
    """The HMAC TLV; with 16 octets of no meaning without a key."""
    value = numbers.randbytes(16)
    if key is not None:
        value = hmac.digest(key, struct.pack(">I", sequence) + covered, "sha256")[:16]
    return tlv(numbers, 8, value)


def arranged(numbers, sequence, key, parts):
    """With an HMAC TLV where it belongs, or in some wrong way, or without."""
    body = b"".join(parts)
    sign = lambda covered: covered + signature(numbers, sequence, key, covered)
    ways = {
        "none": lambda: body,
        "right": lambda: sign(body),
        "padded": lambda: sign(body) + padding(numbers)[:200],
        "wrong": lambda: body + tlv(numbers, 8, numbers.randbytes(16)),
        "twice": lambda: sign(sign(body)),
        "early": lambda: sign(b"".join(parts[:1])) + b"".join(parts[1:]),
        "length": lambda: body + tlv(numbers, 8, numbers.randbytes(numbers.choice([0, 15, 17]))),
    }
    weights = [40, 1, 1, 1, 1, 2, 2] if key is None else [10, 40, 20, 5, 4, 4, 3]
    return ways[numbers.choices([*ways], weights)[0]]()


def random_tlvs(numbers, sequence, key, space, source_mac=True):
    """At most MOST TLVs, and what may end a packet, in `space` octets, for a request of this
    Sequence Number. The HMAC TLV is of `key`; without source_mac no MAC address is asked for."""
    parts = [well_formed(numbers, source_mac) for _ in range(numbers.randrange(MOST - 2))]
    if numbers.randrange(4) == 0:
        parts.insert(numbers.randrange(len(parts) + 1), malformed(numbers))
    while sum(map(len, parts)) > space - 300:
        parts.remove(max(parts, key=len))
    octets = arranged(numbers, sequence, key, parts)
    if numbers.randrange(6) == 0:
        octets += ending(numbers)
    if numbers.randrange(12) == 0:
        octets = octets[:numbers.randrange(len(octets) + 1)]
    return octets[:space]
