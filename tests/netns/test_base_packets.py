# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""stamp-ping's unauthenticated packets as they leave, its ports, and older reflectors."""
import random
import socket
import struct
import threading
import time

import pytest

from conftest import REFLECTOR4, REFLECTOR6
from stamp import BASE_SIZE, REFLECTOR, ntp_ns, ptp_ns
from test_reflect import FAMILIES, both_families

SENDER = struct.Struct(">I 8s H H 28s")
PORTS = [1024, 49151, 49152, 65535]  # the ends of the User Ports and of the Dynamic Ports
TARGETS = {"ip4": REFLECTOR4, "ip6": REFLECTOR6}
SHORTEST_REPLY = 41  # of TWAMP Light: no octets of padding


def listener(lab, family, port):
    opened = lab.reflector.socket(FAMILIES[family][0])
    opened.bind(("", port))
    return opened


def sent_packets(lab, family, *options):
    """What arrives of a run that nobody answers, and when it began and ended."""
    before = time.time_ns()
    with listener(lab, family, 862) as opened:
        report = lab.stamp_ping(TARGETS[family], "--fast", "-i", "2ms", "-W", "1ms", *options, check=False)
        packets = [opened.recv(65535) for _ in range(report["packets"]["sent"])]
    return packets, before, time.time_ns()


@both_families
@pytest.mark.parametrize("size", [44, 45, 1400])
@pytest.mark.parametrize("form", ["ntp", "ptp"])
def test_packets_are_those_of_the_figure(bare_lab, family, size, form):
    """R8762-4.1-1, R8762-4.2-2, R8762-4.2.1-1, R8762-4.2.1-5, R8762-4.2.1-7, R8972-3-3."""
    options = ["-s", str(size)] if size > BASE_SIZE else []
    options += ["--ptp"] if form == "ptp" else []
    packets, before, after = sent_packets(bare_lab, family, "-c", "5", "--ssid", "4660", *options)
    assert len(packets) == 5
    for number, packet in enumerate(packets):
        sequence, timestamp, error, ssid, mbz = SENDER.unpack(packet[:BASE_SIZE])
        assert (len(packet), sequence, ssid) == (size, number, 4660)
        assert mbz == bytes(28)
        assert bool(error & 0x4000) == (form == "ptp")
        assert error & 0xff, "R8762-4.2.1-9: Multiplier is not 0"
        sent = (ptp_ns if form == "ptp" else ntp_ns)(timestamp)
        assert before - 1000 <= sent <= after + 60 * 10**9, "PTP is TAI, where that is known"
        assert form == "ptp" or sent <= after


def test_each_run_has_an_ssid_of_its_own(bare_lab):
    """R8972-3-2: at random, so two of 20 may be the same once in a while, and hardly more."""
    ssids = set()
    for _ in range(20):
        packets, _, _ = sent_packets(bare_lab, "ip4", "-c", "2")
        ssids_of_run = {SENDER.unpack(packet)[3] for packet in packets}
        assert len(ssids_of_run) == 1 and 0 not in ssids_of_run
        ssids |= ssids_of_run
    assert len(ssids) >= 18


@both_families
def test_every_port_of_both_ranges_is_measured(lab, family):
    """R8762-4.1-2, R8762-4.1-5."""
    stampd = lab.start_stampd_with({"session-reflector": {"sessions": [
        {"name": f"p{port}", "sender-ip": "any", "reflector-udp-port": port} for port in PORTS]}})
    assert sorted(stampd.show()["ports"]) == PORTS
    for port in PORTS:
        report = lab.stamp_ping(TARGETS[family], "-c", "2", "--fast", "-i", "2ms", "-p", str(port))
        assert report["packets"]["received"] == 2
    assert stampd.counter("reflected") == 2 * len(PORTS)


class TwampLight:
    """A TWAMP Light reflector (RFC 5357 Appendix I): `size` octets, random ones behind octet 41."""

    def __init__(self, lab, family, size):
        self.socket = listener(lab, family, 8621)
        self.size, self.numbers = size, random.Random(size)
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                octets, sender = self.socket.recvfrom(65535)
            except OSError:
                return
            sequence, timestamp, error = struct.unpack(">I8sH", octets[:14])
            reply = REFLECTOR.pack(sequence, timestamp, error, 0, timestamp, sequence, timestamp,
                                   error, bytes(2), 255, bytes(3))[:SHORTEST_REPLY]
            self.socket.sendto(reply + self.numbers.randbytes(self.size - SHORTEST_REPLY), sender)


@both_families
@pytest.mark.parametrize("asked", [14, 44, 500])
@pytest.mark.parametrize("size", [41, 43, 44, 60, 1400])
def test_a_twamp_light_reflector_is_measured(bare_lab, family, asked, size):
    """R8762-4.6-2, TW-10, TW-11, TW-12, TW-15."""
    TwampLight(bare_lab, family, size)
    report = bare_lab.stamp_ping(TARGETS[family], "-c", "5", "--fast", "-i", "2ms", "-p", "8621", "-s",
                                 str(asked))
    counts = report["packets"]
    assert counts["sent"] == counts["received"] == 5
    assert counts["invalid"] == counts["foreign"] == counts["duplicates"] == 0
    assert 0 < report["round_trip_ns"]["max"] < 10**9
