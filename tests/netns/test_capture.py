# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Delays of stamp-ping against what a capture at both ends of the link says, packet by packet.

All clocks here are one clock. A packet that comes in has one kernel timestamp, which the capture
and the socket share. One that goes out is captured before the driver stamps it (T1), and after
stampd wrote its T3. So what stamp-ping says is less than the capture by the first step and more by
the second, and both are microseconds, unless the host was busy just then: BOUND is for a single
packet, USUAL for the median.
"""
import contextlib
import ctypes
import errno
import json
import socket
import statistics
import struct

import pytest

from conftest import BUILD, REFLECTOR4, kernel_timestamps, run

COUNT = 50
BOUND = 2_000_000
USUAL = 100_000
ETH_P_ALL, ETH_P_IP = 3, 0x0800
SO_TIMESTAMPNS = 35  # of asm-generic/socket.h, and what the message is called, too
HEADERS = 14 + 20 + 8  # Ethernet, IPv4 without options, UDP
ADJ_MAXERROR, ADJ_ESTERROR, ADJ_STATUS, STA_UNSYNC = 0x04, 0x08, 0x10, 0x40
CLAIM_US = 1000


class Capture:
    """When each STAMP packet passed one end of the link, in the kernel's nanoseconds."""

    def __init__(self, namespace, interface):
        self.socket = namespace.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
        self.socket.bind((interface, ETH_P_ALL))
        self.socket.setblocking(False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def packets(self):
        """Times of the requests, and of the replies, by Session-Sender Sequence Number."""
        requests, replies = {}, {}
        with contextlib.suppress(BlockingIOError):
            while True:
                frame, controls, _, _ = self.socket.recvmsg(2000, 64)
                self.sort(frame, controls, requests, replies)
        return requests, replies

    @staticmethod
    def sort(frame, controls, requests, replies):
        if struct.unpack(">H", frame[12:14])[0] != ETH_P_IP or frame[23] != socket.IPPROTO_UDP:
            return
        (_, _, told), = controls
        seconds, nanoseconds = struct.unpack("qq", told)
        source, destination = struct.unpack(">HH", frame[34:38])
        payload = frame[HEADERS:]
        if destination == 862:
            requests[struct.unpack(">I", payload[:4])[0]] = seconds * 10**9 + nanoseconds
        elif source == 862:
            replies[struct.unpack(">I", payload[24:28])[0]] = seconds * 10**9 + nanoseconds


def measure_captured(lab, *stampd):
    """The lines of a run, its document, and the captures at the sender and at the reflector."""
    lab.start_stampd("--mode", "socket", *stampd)
    with Capture(lab.sender, "veth1") as near, Capture(lab.reflector, "veth0") as far:
        out = run(*lab.sender.command(BUILD / "stamp-ping", "-j", "--each", "-c", COUNT, "--fast", "-i",
                                      "5ms", REFLECTOR4))
        captured = near.packets(), far.packets()
    *lines, report = [json.loads(line) for line in out.splitlines()]
    assert report["packets"]["received"] == len(lines) == COUNT
    assert report["timestamps"] == kernel_timestamps(COUNT)
    for requests, replies in captured:
        assert sorted(requests) == sorted(replies) == list(range(COUNT))
    return lines, report, *captured


def assert_within(differences):
    """Lists of what stamp-ping said less what the capture says, by what it is."""
    for name, values in differences.items():
        assert max(map(abs, values)) <= BOUND, name
        assert abs(statistics.median(values)) <= USUAL, name


@pytest.mark.parametrize("stampd", [[], ["--ptp"]], ids=["NTP", "PTP"])
def test_round_trips_agree_with_a_capture_at_both_ends(bare_lab, stampd):
    lines, _, (out, back), (arrived, left) = measure_captured(bare_lab, *stampd)
    numbers = [line["sequence"] for line in lines]
    residence = {line["sequence"]: line["reflector_ns"] for line in lines}
    away = {line["sequence"]: line["round_trip_ns"] + line["reflector_ns"] for line in lines}
    assert_within({
        "T4 - T1": [away[n] - (back[n] - out[n]) for n in numbers],
        "T3 - T2": [residence[n] - (left[n] - arrived[n]) for n in numbers],
        "the round trip": [away[n] - residence[n] - (back[n] - out[n]) + (left[n] - arrived[n])
                           for n in numbers],
    })
    for n in numbers:
        assert away[n] <= back[n] - out[n], "T1 is no earlier than the capture, T4 is the same"
        assert residence[n] <= left[n] - arrived[n], "T2 is the same, T3 no later"
        assert out[n] < arrived[n] < left[n] < back[n]


class Timex(ctypes.Structure):
    """struct timex of linux/timex.h, as far as it is used."""
    _fields_ = [("modes", ctypes.c_uint), ("offset", ctypes.c_long), ("freq", ctypes.c_long),
                ("maxerror", ctypes.c_long), ("esterror", ctypes.c_long), ("status", ctypes.c_int),
                ("rest", ctypes.c_byte * 256)]


def adjust(modes=0, **values):
    timex = Timex(modes=modes, **values)
    if ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex)) < 0:
        raise OSError(ctypes.get_errno(), "adjtimex")
    return timex


@contextlib.contextmanager
def synchronized_clock():
    """The host's clock as NTP would leave it: the claim alone, its time and rate stay. A clock
    that is synchronised is left alone."""
    before = adjust()
    if not before.status & STA_UNSYNC:
        yield
        return
    modes = ADJ_STATUS | ADJ_MAXERROR | ADJ_ESTERROR
    try:
        adjust(modes, status=before.status & ~STA_UNSYNC, maxerror=CLAIM_US, esterror=CLAIM_US)
    except OSError as error:
        if error.errno != errno.EPERM:
            raise
        pytest.skip("the clock is not synchronised, and CAP_SYS_TIME is missing to claim it")
    try:
        yield
    finally:
        adjust(modes, status=before.status, maxerror=before.maxerror, esterror=before.esterror)


def test_one_way_delays_agree_with_a_capture_at_both_ends(bare_lab):
    """And with the bound that goes with them, which both clocks' claims add up to."""
    with synchronized_clock():
        _, report, (out, back), (arrived, left) = measure_captured(bare_lab)
    assert report["clock"]["sender_synchronized"] and report["clock"]["reflector_synchronized"]
    forward = [arrived[n] - out[n] for n in range(COUNT)]
    backward = [back[n] - left[n] for n in range(COUNT)]
    bound = report["clock"]["one_way_bound_ns"]
    assert bound > 0
    for name, captured in (("forward_ns", forward), ("backward_ns", backward)):
        told = report[name]
        for figure, value in (("min", min(captured)), ("max", max(captured)),
                              ("mean", statistics.mean(captured))):
            assert abs(told[figure] - value) <= min(bound, BOUND), (name, figure)
        assert abs(told["p50"] - statistics.median_low(captured)) <= USUAL, name
    assert report["forward_ns"]["max"] <= max(forward), "T1 is no earlier than the capture"
    assert report["backward_ns"]["min"] >= min(backward), "T3 is no later than the capture"
