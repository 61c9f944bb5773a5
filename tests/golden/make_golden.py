#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Writes the worked packets with Scapy 2.5, the second author of our encoder; --check compares.

The times, numbers and estimates are chosen; the layout is Scapy's reading of RFC 8762 and RFC 8972.
Scapy has no authenticated packets: those are packed by the figures, and signed by Python's hmac.
"""

import argparse
import hmac
import pathlib
import struct
import sys
from fractions import Fraction

from scapy.contrib.stamp import (
    ErrorEstimate,
    STAMPSessionReflectorTestUnauthenticated as Reply,
    STAMPSessionSenderTestUnauthenticated as Request,
)
from scapy.fields import RawVal
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Dot1AD, Dot1Q, Ether

FOLDER = pathlib.Path(__file__).parent
SENDER_MAC, REFLECTOR_MAC = "02:00:00:00:00:01", "02:00:00:00:00:02"
NTP_OFFSET = 2208988800
TAI_OFFSET = 37

NOON = 1736942400  # 2025-01-15 12:00:00 UTC
SENT, RECEIVED, ANSWERED = 123456789, 125000000, 125012000  # nanoseconds behind it


def ntp(nanoseconds):
    return NOON + NTP_OFFSET + Fraction(nanoseconds, 10**9)


def ptp(nanoseconds):
    """RFC 8186 section 2.1. Scapy picks its field type before Z is known, so these are octets."""
    return RawVal(struct.pack("!II", NOON + TAI_OFFSET, nanoseconds))


def estimate(value):
    return ErrorEstimate(struct.pack("!H", value))


def request(time=ntp, error=0x8F84):
    return Request(seq=42, ts=time(SENT), err_estimate=estimate(error), ssid=0x5A01)


def reply(time=ntp, error=0x8587, sender_time=ntp, sender_error=0x8F84, seq=42, ssid=0x5A01):
    return Reply(
        seq=seq,
        ts=time(ANSWERED),
        err_estimate=estimate(error),
        ssid=ssid,
        ts_rx=time(RECEIVED),
        seq_sender=42,
        ts_sender=sender_time(SENT),
        err_estimate_sender=estimate(sender_error),
        ttl_sender=61,
    )


AUTH_KEY = b"doc-example-key-not-for-real-use"


def times(nanoseconds, is_ptp=False):
    """The eight octets of a time."""
    if is_ptp:
        return struct.pack("!II", NOON + TAI_OFFSET, nanoseconds)
    return struct.pack("!II", NOON + NTP_OFFSET, (nanoseconds << 32) // 10**9)


def signed(octets):
    assert len(octets) == 96
    return octets + hmac.digest(AUTH_KEY, octets, "sha256")[:16]


def auth_request(is_ptp=False, error=0x8F84):
    """RFC 8762 section 4.2.2, with the SSID of RFC 8972."""
    return signed(struct.pack("!I12x8sHH68x", 42, times(SENT, is_ptp), error, 0x5A01))


def auth_reply(is_ptp=False, error=0x8587, seq=42):
    """RFC 8762 section 4.3.2, with the SSID of RFC 8972."""
    return signed(struct.pack(
        "!I12x8sHH4x8s8xI12x8sH6xB15x", seq, times(ANSWERED, is_ptp), error, 0x5A01,
        times(RECEIVED, is_ptp), 42, times(SENT), 0x8F84, 61))


def tags(count):
    """0, 1 or 2 VLAN tags, the outer of two by 802.1ad."""
    return [None, Dot1Q(vlan=100, prio=5), Dot1AD(vlan=200) / Dot1Q(vlan=100, prio=5)][count]


def frame(ip, udp, payload, vlans, answers=False):
    macs = (REFLECTOR_MAC, SENDER_MAC) if answers else (SENDER_MAC, REFLECTOR_MAC)
    below = Ether(src=macs[0], dst=macs[1])
    if tags(vlans):
        below = below / tags(vlans)
    return below / ip / udp / payload


def request_frame(ip, vlans):
    return frame(ip, UDP(sport=20000, dport=862), request(), vlans)


def reply_frame(ip, vlans):
    return frame(ip, UDP(sport=862, dport=20000), reply(), vlans, answers=True)


def ip4(src, dst, ttl, tos):
    return IP(src=src, dst=dst, ttl=ttl, tos=tos, id=0x1234, flags="DF")


def ip6(src, dst, hlim, tc):
    return IPv6(src=src, dst=dst, hlim=hlim, tc=tc, fl=0x54321)


# DSCP 46 with ECT(0) there, without ECN back.
REQUEST4 = ip4("198.51.100.7", "192.0.2.2", 61, 0xBA)
REPLY4 = ip4("192.0.2.2", "198.51.100.7", 255, 0xB8)
REQUEST6 = ip6("2001:db8:1::7", "2001:db8::2", 61, 0xBA)
REPLY6 = ip6("2001:db8::2", "2001:db8:1::7", 255, 0xB8)

PACKETS = {
    "request": (request(), "Session-Sender packet, NTP, S=1, 1 ms"),
    "reply": (reply(), "its reply, stateless, NTP, S=1, 1 us, TTL 61 seen"),
    "reply_stateful": (reply(seq=7), "its reply in a stateful session, the eighth one"),
    "reply_twamp_light": (reply(ssid=0), "its reply where octets 14 and 15 are TWAMP padding"),
    "request_ptp": (request(ptp, 0xCF84), "Session-Sender packet, PTP, S=1, 1 ms"),
    "reply_ptp": (reply(ptp, 0xC587), "reply in PTP to a request in NTP"),
    "reply_to_ptp": (
        reply(sender_time=ptp, sender_error=0xCF84),
        "reply in NTP to a request in PTP",
    ),
    "auth_request": (auth_request(), "Session-Sender packet, authenticated, NTP, S=1, 1 ms"),
    "auth_request_ptp": (
        auth_request(True, 0xCF84),
        "Session-Sender packet, authenticated, PTP, S=1, 1 ms",
    ),
    "auth_reply": (auth_reply(), "reply to auth_request, stateless, NTP, S=1, 1 us, TTL 61 seen"),
    "auth_reply_stateful": (auth_reply(seq=7), "the same in a stateful session, the eighth one"),
    "auth_reply_ptp": (auth_reply(True, 0xC587), "reply in PTP to auth_request"),
    "frame_ip4_request": (request_frame(REQUEST4, 0), "the request over IPv4"),
    "frame_ip4_reply": (reply_frame(REPLY4, 0), "the reply over IPv4"),
    "frame_ip6_request": (request_frame(REQUEST6, 0), "the request over IPv6"),
    "frame_ip6_reply": (reply_frame(REPLY6, 0), "the reply over IPv6"),
    "frame_vlan1_request": (request_frame(REQUEST4, 1), "the request over IPv4, one VLAN tag"),
    "frame_vlan1_reply": (reply_frame(REPLY4, 1), "the reply over IPv4, one VLAN tag"),
    "frame_vlan2_request": (request_frame(REQUEST6, 2), "the request over IPv6, two VLAN tags"),
    "frame_vlan2_reply": (reply_frame(REPLY6, 2), "the reply over IPv6, two VLAN tags"),
}


def text(name):
    packet, about = PACKETS[name]
    command = f"tests/golden/make_golden.py {name}"
    digits = bytes(packet).hex()
    lines = [digits[i : i + 64] for i in range(0, len(digits), 64)]
    licence = "SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause"
    author = "struct and hmac" if isinstance(packet, bytes) else "Scapy 2.5"
    head = [licence, about, f"made with {author} by: {command}"]
    if isinstance(packet, bytes):
        head.append(f"key: {AUTH_KEY.decode()}")
    return "".join(f"# {line}\n" for line in head) + "".join(f"{line}\n" for line in lines)


def octets(content):
    return "".join(line.partition("#")[0].strip() for line in content.splitlines())


def differs(name):
    path = FOLDER / f"{name}.hex"
    return not path.exists() or octets(path.read_text()) != octets(text(name))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("names", nargs="*", default=list(PACKETS), help="default: all")
    options = parser.parse_args()
    if options.check:
        wrong = [name for name in options.names if differs(name)]
        print(f"differ: {', '.join(wrong)}" if wrong else "all are as written here")
        return 1 if wrong else 0
    for name in options.names:
        (FOLDER / f"{name}.hex").write_text(text(name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
