# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""T2: packets that go to and fro between two reflectors, ours and others."""
import socket
import struct
import threading
import time

import pytest
from scapy.layers.inet import UDP

from conftest import wait_for
from stamp import REFLECTOR, Reply, assert_answers, request
from test_frames import Wire, ip
from test_reflect import Peer, both_families, both_modes

INJECTED = 100
BOUND = 3 * INJECTED  # packets that a foreign reflector sends at most, should a loop close


def inject(wire, family, source_port, port=862):
    """Requests that seem to come from the other reflector; when they were on their way."""
    frames = [bytes(wire.ether() / ip(family) / UDP(sport=source_port, dport=port) /
                    request(sequence, timestamp=bytes(8))) for sequence in range(INJECTED)]
    for frame in frames:
        wire.send(frame)
    return time.monotonic()


def assert_is_over(began, one, others=()):
    """Each packet was reflected once, its reply was told from a request, and nothing goes on."""
    refuser = others[0] if others else one
    wait_for(lambda: refuser.counter("loop") == INJECTED, "each reply was refused as a reply")
    assert time.monotonic() - began < 1
    assert one.counter("reflected") == INJECTED
    for other in others:
        assert other.counter("reflected") == 0
    received = [daemon.settled_interfaces()[0]["counters"] for daemon in (one, *others)]
    assert sum(counters["reflected"] + counters["loop"] for counters in received) == 2 * INJECTED


@both_modes
@both_families
@pytest.mark.parametrize("ports", [(862, 862), (862, 5000), (5000, 6000)])
def test_a_packet_between_two_of_ours_is_reflected_once(bare_lab, mode, family, ports):
    one = bare_lab.start_stampd("--mode", mode, "--port", ports[0])
    other = bare_lab.start_stampd("--mode", mode, "--port", ports[1], "--pin-path",
                                  bare_lab.bpffs / "other", namespace=bare_lab.sender,
                                  interface="veth1")
    assert_is_over(inject(Wire(bare_lab), family, ports[1], ports[0]), one, [other])


def copy(octets, _):
    return octets


def reflect(octets, number):
    """As RFC 8762 section 4.3.1 says, stateful, without a thought of what comes in."""
    now = struct.pack(">II", 0xe0000000 + number, 0)
    sequence, timestamp, error_estimate, ssid = struct.unpack(">I8sHH", octets[:16])
    return REFLECTOR.pack(number, now, 0x8f84, ssid, now, sequence, timestamp, error_estimate,
                          bytes(2), 255, bytes(3)) + octets[44:]


class ForeignReflector:
    """A program on the sender's host that answers whatever comes, up to BOUND times."""

    def __init__(self, lab, family, port, answer):
        self.socket = lab.sender.socket(
            socket.AF_INET6 if family == "ip6" else socket.AF_INET)
        self.socket.bind(("", port))
        self.answer = answer
        self.sent = 0
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while self.sent < BOUND:
            try:
                octets, sender = self.socket.recvfrom(9000)
            except OSError:
                return
            self.socket.sendto(self.answer(octets, self.sent), sender)
            self.sent += 1


@both_families
@pytest.mark.parametrize("answer", [copy, reflect])
@pytest.mark.parametrize("port", [862, 5000])
def test_a_packet_between_ours_and_another_is_reflected_once(lab, family, answer, port):
    stampd = lab.start_stampd()
    other = ForeignReflector(lab, family, port, answer)
    assert_is_over(inject(Wire(lab), family, port), stampd)
    assert other.sent == INJECTED


@both_modes
@both_families
def test_a_plain_sender_on_port_862_is_answered_each_time(lab, mode, family):
    stampd = lab.start_stampd("--mode", mode, "--stateful")
    peer = Peer(lab, family, source_port=862)
    for sequence in range(INJECTED):
        packet = request(sequence)
        assert assert_answers(packet, peer.exchange(packet)).sequence == sequence
    assert stampd.counter("loop") == 0


@both_families
def test_reflectors_ports_can_be_refused_before_there_is_a_loop(lab, family):
    stampd = lab.start_stampd_with({
        "session-reflector": {"sessions": [{"name": "any", "sender-ip": "any",
                                            "allow-reflector-port-source": False}]}})
    other = ForeignReflector(lab, family, 862, copy)
    inject(Wire(lab), family, 862)
    wait_for(lambda: stampd.counter("reflector_port") == INJECTED, "each was refused")
    assert stampd.counter("reflected") == other.sent == 0
    assert Reply.parse(Peer(lab, family).exchange(request(5))).sequence == 5
