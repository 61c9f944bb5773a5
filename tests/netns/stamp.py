# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""STAMP test packets as RFC 8762 and RFC 8972 draw them: a second author beside the C code."""
import dataclasses
import struct
import time

BASE_SIZE = 44
NTP_UNIX_OFFSET = 2208988800
REFLECTOR = struct.Struct(">I 8s H H 8s I 8s H 2s B 3s")


def same_in_reply(size):
    """Octets behind a base packet that come back as they are: Extra Padding, which has no flag,
    and counts up, so that a copy can be told; or left-over octets, which are malformed (A-05)."""
    if size < 4:
        return b"\x40\x01\x02"[:max(0, size)]
    return struct.pack(">BBH", 0, 1, size - 4) + bytes(i % 251 for i in range(size - 4))


def request(sequence, ssid=0, size=BASE_SIZE, timestamp=None, error_estimate=0x8f84, mbz=0):
    """A Session-Sender packet."""
    if timestamp is None:
        now = time.time_ns()
        timestamp = struct.pack(">II", (now // 10**9 + NTP_UNIX_OFFSET) % 2**32,
                                (now % 10**9 << 32) // 10**9)
    packet = struct.pack(">I8sHH", sequence, timestamp, error_estimate, ssid) + bytes([mbz] * 28)
    return (packet + same_in_reply(size - BASE_SIZE))[:size]


@dataclasses.dataclass
class Reply:
    """A Session-Reflector packet."""
    sequence: int
    timestamp: bytes  # T3
    error_estimate: int
    ssid: int
    receive_timestamp: bytes  # T2
    sender_sequence: int
    sender_timestamp: bytes
    sender_error_estimate: int
    mbz1: bytes
    sender_ttl: int
    mbz2: bytes
    tail: bytes = b""

    @classmethod
    def parse(cls, octets):
        return cls(*REFLECTOR.unpack(octets[:BASE_SIZE]), octets[BASE_SIZE:])


def ntp_ns(timestamp):
    """Nanoseconds since 1970 of an NTP timestamp of era 0."""
    seconds, fraction = struct.unpack(">II", timestamp)
    return (seconds - NTP_UNIX_OFFSET) * 10**9 + (fraction * 10**9 >> 32)


def ptp_ns(timestamp):
    """Nanoseconds since 1970 TAI of a PTPv2 truncated timestamp."""
    seconds, nanoseconds = struct.unpack(">II", timestamp)
    return seconds * 10**9 + nanoseconds


def without(octets, parts):
    """With zeros in these parts: what is left is to be the same."""
    masked = bytearray(octets)
    for part in parts:
        masked[part] = bytes(len(masked[part]))
    return bytes(masked)


def assert_answers(sent, received, ttl=64):
    """RFC 8762 section 4.3.1: every field that does not depend on the reflector's clock or count."""
    reply = Reply.parse(received)
    assert reply.sender_sequence == struct.unpack(">I", sent[:4])[0]
    assert reply.sender_timestamp == sent[4:12]
    assert reply.sender_error_estimate == struct.unpack(">H", sent[12:14])[0]
    assert reply.mbz1 == bytes(2) and reply.mbz2 == bytes(3)
    assert reply.sender_ttl == ttl
    assert reply.error_estimate & 0xff, "R8762-4.2.1-9: Multiplier is not 0"
    if len(sent) >= BASE_SIZE:
        assert reply.ssid == struct.unpack(">H", sent[14:16])[0]
        assert reply.tail == sent[BASE_SIZE:]
    return reply
