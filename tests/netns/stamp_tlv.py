# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What a Session-Reflector makes of TLVs, by RFC 8972, RFC 9503 and RFC 9534 alone: a second author
beside the C code. A request's TLVs and what the reflector knows give the reply's TLVs."""
import dataclasses
import hmac
import ipaddress
import struct

UNRECOGNIZED, MALFORMED, INTEGRITY = 0x80, 0x40, 0x20  # flags U, M and I
HEADER = struct.Struct(">BBH")

EXTRA_PADDING, LOCATION, TIMESTAMP_INFORMATION, CLASS_OF_SERVICE = 1, 2, 3, 4
DIRECT_MEASUREMENT, ACCESS_REPORT, FOLLOW_UP_TELEMETRY, HMAC = 5, 6, 7, 8
DESTINATION_NODE_ADDRESS, MICRO_SESSION_ID = 9, 11

# RFC 8972 section 4 and the others: which Lengths are valid for a Type that is known.
LENGTHS = {
    EXTRA_PADDING: range(65536),
    LOCATION: range(4, 65536),
    TIMESTAMP_INFORMATION: range(4, 65536),
    CLASS_OF_SERVICE: [4],
    DIRECT_MEASUREMENT: [12],
    ACCESS_REPORT: [4],
    FOLLOW_UP_TELEMETRY: [16],
    HMAC: [16],
    DESTINATION_NODE_ADDRESS: [4, 16],
    MICRO_SESSION_ID: [4],
}
SUB_SOURCE_MAC, SUB_EUI48, SUB_EUI64 = 1, 2, 3
SUB_DESTINATION_IP, SUB_DESTINATION_IP4, SUB_DESTINATION_IP6 = 4, 5, 6
SUB_SOURCE_IP, SUB_SOURCE_IP4, SUB_SOURCE_IP6 = 7, 8, 9
# Section 4.2.1: what a request may ask for. Timestamp Information has no sub-TLVs yet.
SUB_LENGTHS = {
    LOCATION: {SUB_SOURCE_MAC: [8], SUB_DESTINATION_IP: [16], SUB_SOURCE_IP: [16]},
    TIMESTAMP_INFORMATION: {},
}
FIXED = 4  # octets in front of the sub-TLVs

DISCLOSED = frozenset({"ports", "source-mac", "addresses"})
SOURCES = {"ntp": 1, "ptp": 2, "ssu-bits": 3, "gnss": 4, "local": 5}
SOFTWARE = 2  # timestamping method


@dataclasses.dataclass(frozen=True)
class Context:
    """What a reflector knows of a request, its session and itself."""
    source: str = "192.0.2.1"
    destination: str = "192.0.2.2"
    source_port: int = 20000
    destination_port: int = 862
    source_mac: bytes | None = None  # None: not to be seen from where the request is answered
    dscp: int = 0
    ecn: int = 0
    request_sequence: int = 0
    sequence: int = 0  # of the reply
    tlvs: bool = True  # False: what is behind the base packet is padding
    authenticated: bool = False
    key: bytes | None = None  # of the HMAC TLV
    stateful: bool = False
    received: int = 1  # in the session, with this one
    transmitted: int = 0  # in the session, without this one's reply
    previous: tuple | None = None  # Sequence Number and octets of the time of the reply before
    denied: frozenset = frozenset()  # DSCPs
    discloses: frozenset = DISCLOSED
    sync_source: int = SOURCES["local"]
    local: frozenset = frozenset()  # addresses of the reflector
    micro_session_id: int | None = None


@dataclasses.dataclass
class Reflection:
    """The reply's TLVs, and what they make of its IP header."""
    octets: bytearray
    dscp: int | None = None  # None: as of a reply without TLVs
    source: str | None = None
    times: list = dataclasses.field(default_factory=list)  # slices: Follow-Up Timestamps


@dataclasses.dataclass(frozen=True)
class Tlv:
    """Where a TLV lies; `type` is None if what is left has no room for a header."""
    at: int
    limit: int  # where what it lies in ends
    type: int | None = None
    length: int = 0

    @classmethod
    def read(cls, octets, at, limit):
        if limit - at < HEADER.size:
            return cls(at, limit)
        return cls(at, limit, *HEADER.unpack_from(octets, at)[1:])

    @property
    def value(self):
        return self.at + HEADER.size

    @property
    def end(self):
        return self.value + self.length

    def is_valid(self, lengths):
        """By itself, and not by its sub-TLVs."""
        return (self.type is not None and self.end <= self.limit
                and self.length in lengths.get(self.type, [self.length]))


def sub_walk(octets, tlv):
    """The sub-TLVs of a TLV that is valid by itself: as walk()."""
    lengths = SUB_LENGTHS[tlv.type]
    return walk(octets, tlv.value + FIXED, tlv.end, lambda sub: sub.is_valid(lengths))


def is_well_formed(octets, tlv):
    if not tlv.is_valid(LENGTHS):
        return False
    return tlv.type not in SUB_LENGTHS or sub_walk(octets, tlv)[1] is None


def walk(octets, at, limit, is_good):
    """R8972-4-9: the TLVs up to a malformed one, and that one or None."""
    tlvs = []
    while at < limit:
        tlv = Tlv.read(octets, at, limit)
        if not is_good(tlv):
            return tlvs, tlv
        tlvs.append(tlv)
        at = tlv.end
    return tlvs, None


def mark_malformed(reply, bad, lengths):
    """R8972-4-3; A-03 for the flag U, A-05 for left-over octets."""
    if bad.type is None:
        reply[bad.at] |= MALFORMED
    else:
        reply[bad.at] = MALFORMED if bad.type in lengths else MALFORMED | UNRECOGNIZED


def reflect_malformed(reply, bad):
    mark_malformed(reply, bad, LENGTHS)
    if bad.type in SUB_LENGTHS and bad.is_valid(LENGTHS):
        mark_malformed(reply, sub_walk(reply, bad)[1], SUB_LENGTHS[bad.type])
    if bad.type == FOLLOW_UP_TELEMETRY and bad.length not in LENGTHS[bad.type]:  # R8972-4.7-3
        end = min(bad.value + 12, bad.end, bad.limit)
        reply[bad.value:end] = bytes(end - bad.value)


def covered_hmac(key, sequence, octets, tlv):
    """R8972-4.8-8: over the Sequence Number and each TLV in front of the HMAC TLV."""
    covered = struct.pack(">I", sequence) + bytes(octets[:tlv.at])
    return hmac.digest(key, covered, "sha256")[:16]


def judge(octets, tlvs, bad, context):
    """What section 4.8 lets be done: use the TLVs (None), only mark the MALFORMED one, or mark that
    their INTEGRITY is not known."""
    place = next((i for i, tlv in enumerate(tlvs) if tlv.type == HMAC), None)
    if place is None:
        return judge_without_hmac(tlvs, bad, context)
    behind = tlvs[place + 1:] + ([bad] if bad else [])
    if any(tlv.type not in (EXTRA_PADDING, None) for tlv in behind):
        return INTEGRITY  # R8972-4.8-2, R8972-4.8-3, A-16
    tlv = tlvs[place]
    if context.key is None or octets[tlv.value:tlv.end] != covered_hmac(
            context.key, context.request_sequence, octets, tlv):
        return INTEGRITY  # A-08 without a key
    return None


def judge_without_hmac(tlvs, bad, context):
    guarded = context.authenticated or context.key is not None
    if bad:
        return MALFORMED if guarded or bad.type == HMAC else None
    if not guarded or [tlv.type for tlv in tlvs] in ([], [EXTRA_PADDING]):  # R8972-4.8-1
        return None
    return INTEGRITY


def reflect(octets, context):
    """The Reflection of a request's TLVs, or None if the packet is to be discarded."""
    made = Reflection(bytearray(octets))
    if not context.tlvs:  # R8972-4-7
        return made
    tlvs, bad = walk(octets, 0, len(octets), lambda tlv: is_well_formed(octets, tlv))
    verdict = judge(octets, tlvs, bad, context)
    if verdict == INTEGRITY:
        for tlv in tlvs:  # R8972-4.8-6, A-10
            made.octets[tlv.at] = octets[tlv.at] & UNRECOGNIZED | INTEGRITY
        return made
    if verdict is None and not reflect_each(made, tlvs, context):
        return None
    if bad:
        reflect_malformed(made.octets, bad)
    return made


def reflect_each(made, tlvs, context):
    """False: the packet is to be discarded."""
    for tlv in tlvs:
        if is_for_another_link(made, tlv, context):
            return False
        answer = ANSWERS.get(tlv.type)
        understood = answer and answer(made, tlv, context)
        made.octets[tlv.at] = 0 if understood else UNRECOGNIZED  # R8972-4-2, R8972-4-5
        if tlv.type == HMAC:
            made.octets[tlv.value:tlv.end] = covered_hmac(
                context.key, context.sequence, made.octets, tlv)
    return True


def is_for_another_link(made, tlv, context):
    """R9534-3.2-3, R9534-3.2-4."""
    if tlv.type != MICRO_SESSION_ID or context.micro_session_id is None:
        return False
    named, = struct.unpack_from(">H", made.octets, tlv.value + 2)
    return named not in (0, context.micro_session_id)


# Each of these fills in a Value; True if the TLV was understood.

def copy(_made, _tlv, _context):
    return True


def reflect_location(made, tlv, context):
    ports = (context.destination_port, context.source_port)
    struct.pack_into(">HH", made.octets, tlv.value,
                     *(ports if "ports" in context.discloses else (0, 0)))
    for sub in sub_walk(made.octets, tlv)[0]:
        answer = location_answer(sub.type, context)
        if answer is None:
            made.octets[sub.at] = UNRECOGNIZED
        else:
            made.octets[sub.at:sub.value] = HEADER.pack(0, answer[0], sub.length)
            made.octets[sub.value:sub.end] = answer[1].ljust(sub.length, b"\0")
    return True


def location_answer(kind, context):
    """R8972-4.2.2-3 to 5: a sub-TLV's Type in the reply and what its Value begins with, or None."""
    if kind == SUB_SOURCE_MAC:
        if context.source_mac is None:
            return SUB_EUI64, b""
        return SUB_EUI48, disclosed(context.source_mac, "source-mac", context)
    if kind in (SUB_DESTINATION_IP, SUB_SOURCE_IP):
        address = ipaddress.ip_address(
            context.destination if kind == SUB_DESTINATION_IP else context.source)
        return kind + (1 if address.version == 4 else 2), \
            disclosed(address.packed, "addresses", context)
    return None


def disclosed(octets, what, context):
    return octets if what in context.discloses else b""


def reflect_timestamp_information(made, tlv, context):
    made.octets[tlv.value:tlv.value + FIXED] = bytes([context.sync_source, SOFTWARE] * 2)
    for sub in sub_walk(made.octets, tlv)[0]:
        made.octets[sub.at] = UNRECOGNIZED
    return True


def reflect_class_of_service(made, tlv, context):
    """R8972-4.4-3 to 6."""
    wanted = made.octets[tlv.value] >> 2
    permitted = wanted not in context.denied
    if made.dscp is None:  # the first one decides
        made.dscp = wanted if permitted else context.dscp
    fields = wanted << 26 | context.dscp << 20 | context.ecn << 18 | (not permitted) << 16
    struct.pack_into(">I", made.octets, tlv.value, fields)
    return True


def reflect_direct_measurement(made, tlv, context):
    """A-12."""
    struct.pack_into(">II", made.octets, tlv.value + 4, context.received, context.transmitted)
    return True


def reflect_access_report(made, tlv, _context):
    """R8972-4.6-1 to 3, A-09."""
    first, code = made.octets[tlv.value:tlv.value + 2]
    if first >> 4 not in (1, 2):
        return False
    made.octets[tlv.value:tlv.end] = bytes([first & 0xf0, code, 0, 0])
    return True


def reflect_follow_up(made, tlv, context):
    """R8972-4.7-4 to 6, A-11."""
    value = bytes(16)
    if context.stateful and context.previous:
        number, time = context.previous
        value = struct.pack(">I8sB3x", number, time, SOFTWARE)
        made.times.append(slice(tlv.value + 4, tlv.value + 12))
    made.octets[tlv.value:tlv.end] = value
    return True


def reflect_destination_node_address(made, tlv, context):
    """R9503-3-2 to 4."""
    address = ipaddress.ip_address(bytes(made.octets[tlv.value:tlv.end]))
    if str(address) not in context.local:
        return False
    if made.source is None and address.version == ipaddress.ip_address(context.source).version:
        made.source = str(address)
    return True


def reflect_micro_session_id(made, tlv, context):
    """R9534-3.2-5, A-13."""
    if context.micro_session_id is None:
        return False
    struct.pack_into(">H", made.octets, tlv.value + 2, context.micro_session_id)
    return True


ANSWERS = {
    EXTRA_PADDING: copy,
    LOCATION: reflect_location,
    TIMESTAMP_INFORMATION: reflect_timestamp_information,
    CLASS_OF_SERVICE: reflect_class_of_service,
    DIRECT_MEASUREMENT: reflect_direct_measurement,
    ACCESS_REPORT: reflect_access_report,
    FOLLOW_UP_TELEMETRY: reflect_follow_up,
    HMAC: copy,
    DESTINATION_NODE_ADDRESS: reflect_destination_node_address,
    MICRO_SESSION_ID: reflect_micro_session_id,
}
