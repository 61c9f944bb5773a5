# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""
R5: frames that nobody may reply to. Whether somebody did is told by honest requests behind each,
one for the kernel and one for the socket: their replies must be the only ones, with the first two
numbers of the stateful session that the frame pretends to be of.
"""
import itertools
import socket

import pytest
from scapy.layers.inet import IP, UDP, IPOption_EOL, IPOption_NOP
from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, PadN
from scapy.layers.l2 import Ether

from conftest import REFLECTOR4, REFLECTOR6, SENDER4, SENDER6, made_lab, wait_for
from stamp import Reply, assert_answers, request
from test_frames import Wire

ports = itertools.count(50000)  # each frame has one of its own
STRANGER = "02:00:00:00:00:99"
BROADCAST = "ff:ff:ff:ff:ff:ff"
LATER = "00:00:00:00:00:00"


class Target:
    """A stateful stampd and the wire to it."""

    def __init__(self, lab, mode):
        self.stampd = lab.start_stampd("--mode", mode, "--stateful")
        self.wire = Wire(lab)

    def honest(self, family, port, extra):
        if family == "ip4":
            header = IP(src=SENDER4, dst=REFLECTOR4, options=extra)
        else:
            header = IPv6(src=SENDER6, dst=REFLECTOR6) / extra if extra else \
                IPv6(src=SENDER6, dst=REFLECTOR6)
        return self.wire.ether() / header / UDP(sport=port, dport=862) / request(900)

    def assert_nobody_replied(self, family, port):
        nops = [IPOption_NOP()] * 3 + [IPOption_EOL()]
        by_socket = nops if family == "ip4" else IPv6ExtHdrDestOpt(options=[PadN(optdata=bytes(4))])
        for number, extra in enumerate(([], by_socket)):
            self.wire.send(self.honest(family, port, extra))
            reply = self.wire.receive()
            assert (reply[UDP].sport, reply[UDP].dport) == (862, port), reply.summary()
            reply = Reply.parse(bytes(reply[UDP].payload))
            assert (reply.sender_sequence, reply.sequence) == (900, number)


@pytest.fixture(scope="module", params=["native", "generic"])
def target(request):
    with made_lab() as lab:
        lab.load_pass_program()
        yield Target(lab, request.param)


def packet(family, mac=None, udp=None, size=44, **fields):
    """A request as Scapy writes it; which MAC addresses it needs is known later."""
    header = IP(src=SENDER4, dst=REFLECTOR4) if family == "ip4" else \
        IPv6(src=SENDER6, dst=REFLECTOR6)
    for name, value in fields.items():
        setattr(header, name, value)
    udp = {"sport": next(ports), "dport": 862, **(udp or {})}
    return Ether(**{"src": LATER, "dst": LATER, **(mac or {})}) / header / UDP(**udp) / \
        request(1, size=size, timestamp=bytes(8))


def ip4(**fields):
    return packet("ip4", **fields)


def ip6(**fields):
    return packet("ip6", **fields)


def flipped(frame):
    """With a bit of its last octet turned over."""
    octets = bytes(frame)
    return Ether(octets[:-1] + bytes([octets[-1] ^ 1]))


ROWS = {
    "a multicast group, in its own frame": (
        "not_ours", ip4(mac={"dst": "01:00:5e:00:01:54"}, dst="224.0.1.84")),
    "a multicast group, in our frame": ("not_ours", ip4(dst="224.0.1.84")),
    "the group of all nodes": (
        "not_ours", ip6(mac={"dst": "33:33:00:00:00:01"}, dst="ff02::1")),
    "the group of all nodes, in our frame": ("not_ours", ip6(dst="ff02::1")),
    "the network's broadcast": ("not_ours", ip4(mac={"dst": BROADCAST}, dst="192.0.2.255")),
    "the network's broadcast, in our frame": ("not_ours", ip4(dst="192.0.2.255")),
    "the limited broadcast": ("not_ours", ip4(mac={"dst": BROADCAST}, dst="255.255.255.255")),
    "our own address, in a broadcast frame": ("not_ours", ip4(mac={"dst": BROADCAST})),
    "our own IPv6 address, in a multicast frame": (
        "not_ours", ip6(mac={"dst": "33:33:00:00:00:01"})),
    "the network itself": ("not_ours", ip4(dst="192.0.2.0")),
    "a frame of somebody else": ("not_ours", ip4(mac={"dst": STRANGER})),
    "an IPv6 frame of somebody else": ("not_ours", ip6(mac={"dst": STRANGER})),
    "another host's address": ("not_ours", ip4(dst="198.51.100.7")),
    "another host's IPv6 address": ("not_ours", ip6(dst="2001:db8:99::7")),
    "a neighbour's address": ("not_ours", ip4(dst="192.0.2.77")),
    "a loopback destination": ("not_ours", ip4(dst="127.0.0.1")),
    "an IPv6 loopback destination": ("not_ours", ip6(dst="::1")),
    "our IPv4 address in IPv6": ("not_ours", ip6(dst=f"::ffff:{REFLECTOR4}")),
    "from our own address": ("bad_source", ip4(src=REFLECTOR4)),
    "from our own IPv6 address": ("bad_source", ip6(src=REFLECTOR6)),
    "from loopback": ("bad_source", ip4(src="127.0.0.1")),
    "from IPv6 loopback": ("bad_source", ip6(src="::1")),
    "from nowhere": ("bad_source", ip4(src="0.0.0.0")),
    "from nowhere in IPv6": ("bad_source", ip6(src="::")),
    "from this network": ("bad_source", ip4(src="0.1.2.3")),
    "from a multicast group": ("bad_source", ip4(src="224.0.0.1")),
    "from an IPv6 multicast group": ("bad_source", ip6(src="ff02::1")),
    "from the limited broadcast": ("bad_source", ip4(src="255.255.255.255")),
    "from the network's broadcast": ("bad_source", ip4(src="192.0.2.255")),
    "from a reserved address": ("bad_source", ip4(src="240.0.0.1")),
    "from an IPv4 address in IPv6": ("bad_source", ip6(src=f"::ffff:{SENDER4}")),
    "from port 0": ("bad_source", ip4(udp={"sport": 0})),
    "from the MAC address of a group": ("bad_source", ip4(mac={"src": "01:00:5e:00:00:01"})),
    "a UDP length of less than its header": ("uneven_lengths", ip4(udp={"len": 7})),
    "a UDP length beyond its packet": ("uneven_lengths", ip4(udp={"len": 53})),
    "an IPv6 UDP length beyond its packet": ("uneven_lengths", ip6(udp={"len": 53})),
    "an IP length beyond its frame": ("uneven_lengths", ip4(len=73)),
    "an IP length that cuts its datagram": ("uneven_lengths", ip4(len=60)),
    "an IPv6 length beyond its frame": ("uneven_lengths", ip6(plen=53)),
    "an IPv6 length that cuts its datagram": ("uneven_lengths", ip6(plen=40)),
    "a first fragment alone": ("fragment", ip4(flags="MF")),
    "a last fragment alone": ("fragment", ip4(frag=1)),
    "an IPv6 fragment alone": (
        "fragment", Ether(src=LATER, dst=LATER) / IPv6(src=SENDER6, dst=REFLECTOR6) /
        IPv6ExtHdrFragment(m=1, id=7) / UDP(sport=next(ports), dport=862) / request(1, size=48)),
    "a corrupt IPv4 header": ("corrupt_ip", ip4(chksum=0x1234)),
    "a corrupt datagram": ("corrupt_udp", flipped(ip4())),
    "a corrupt IPv6 datagram": ("corrupt_udp", flipped(ip6())),
    "a corrupt large datagram": ("corrupt_udp", flipped(ip4(size=1400))),
    "IPv6 without a checksum": ("no_checksum", ip6(udp={"chksum": 0})),
    "a corrupt datagram behind options": (
        "ip_options", flipped(ip4(options=[IPOption_NOP()] * 3 + [IPOption_EOL()]))),
}


@pytest.mark.parametrize("row", ROWS)
def test_nobody_replies_to(target, row):
    outcome, frame = ROWS[row]
    frame = frame.copy()
    family = "ip6" if IPv6 in frame else "ip4"
    for name, ours in (("src", target.wire.sender_mac), ("dst", target.wire.reflector_mac)):
        if getattr(frame, name) == LATER:
            setattr(frame, name, ours)
    target.wire.drain()
    before = target.stampd.counter(outcome)
    target.wire.send(frame)
    wait_for(lambda: target.stampd.counter(outcome) == before + 1, f"it is counted as {outcome}")
    target.assert_nobody_replied(family, frame[UDP].sport or next(ports))


@pytest.mark.parametrize("mode", ["native", "generic"])
def test_a_router_still_forwards_what_is_for_others(lab, mode):
    """To the port that it reflects on itself, and back."""
    beyond = lab.add_namespace("beyond")
    lab.connect(beyond, "veth7", lab.reflector, "veth6")
    beyond.ip("addr", "add", "198.51.100.7/24", "dev", "veth7")
    lab.reflector.ip("addr", "add", "198.51.100.1/24", "dev", "veth6")
    lab.reflector.sysctl("net.ipv4.ip_forward", 1)
    beyond.ip("route", "add", "192.0.2.0/24", "via", "198.51.100.1")
    lab.sender.ip("route", "add", "198.51.100.0/24", "via", REFLECTOR4)
    stampd = lab.start_stampd("--mode", mode)
    there, here = beyond.socket(socket.AF_INET), lab.sender.socket(socket.AF_INET)
    there.bind(("", 862))
    asked = request(3)
    here.sendto(asked, ("198.51.100.7", 862))
    octets, sender = there.recvfrom(100)
    assert octets == asked and sender[0] == SENDER4
    there.sendto(octets, sender)
    assert here.recvfrom(100) == (asked, ("198.51.100.7", 862))
    assert stampd.counter("not_ours") == 1 and stampd.counter("reflected") == 0
    # The router's own address behind it is answered.
    here.sendto(asked, ("198.51.100.1", 862))
    assert_answers(asked, here.recv(100))
    assert stampd.counter("reflected") == 1
