# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Micro sessions, RFC 9534: two links between the hosts, each with a number at the reflector."""
import json
import struct

import pytest

from conftest import REFLECTOR4, SENDER4, Load, wait_for
from stamp import BASE_SIZE, Reply, request
from test_reflect import Peer

LINKS = {"veth1": ("veth0", 33), "veth3": ("veth2", 34)}  # the sender's, and the reflector's
RELOADS = 3


def micro_session(reflector, sender=7, flags=0x80):
    """The TLV of RFC 9534 section 3.1."""
    return struct.pack(">BBHHH", flags, 11, 4, sender, reflector)


def hardware_address(namespace, interface):
    return json.loads(namespace.ip("-j", "link", "show", interface))[0]["address"]


class Routed:
    """Links with the same addresses; a route chooses the one that requests leave by."""

    def __init__(self, lab):
        self.lab = lab
        for mine, (theirs, _) in LINKS.items():
            lab.sender.ip("neigh", "replace", REFLECTOR4, "dev", mine, "lladdr",
                          hardware_address(lab.reflector, theirs))

    def pin(self, link):
        self.lab.sender.ip("route", "replace", f"{REFLECTOR4}/32", "dev", link, "src", SENDER4)


class Bonded:
    """Members of a bond at both ends; the sender's active one is that which requests leave by."""

    def __init__(self, lab):
        self.lab = lab
        self.bond(lab.sender, SENDER4, LINKS)
        self.bond(lab.reflector, REFLECTOR4, [theirs for theirs, _ in LINKS.values()])
        lab.sender.ip("neigh", "replace", REFLECTOR4, "dev", "bond0", "lladdr",
                      hardware_address(lab.reflector, "bond0"))

    @staticmethod
    def bond(namespace, address, members):
        try:
            namespace.ip("link", "add", "bond0", "type", "bond", "mode", "active-backup")
        except AssertionError as error:
            pytest.skip(f"this kernel has no bonding driver: {error}")
        for member in members:
            namespace.ip("addr", "flush", "dev", member)
            namespace.ip("link", "set", member, "down")
            namespace.ip("link", "set", member, "master", "bond0")
            namespace.ip("link", "set", member, "up")
        namespace.ip("addr", "add", f"{address}/24", "dev", "bond0")
        namespace.ip("link", "set", "bond0", "up")
        wait_for(lambda: json.loads(namespace.ip("-j", "link", "show", "bond0"))[0]["operstate"]
                 == "UP", "the bond has a link")

    def pin(self, link):
        self.lab.sender.ip("link", "set", "bond0", "type", "bond", "active_slave", link)


@pytest.fixture(params=[Routed, Bonded])
def links(request, lab):
    lab.connect(lab.sender, "veth3", lab.reflector, "veth2")
    lab.load_pass_program(interface="veth3")
    return request.param(lab)


def config(**numbers):
    """A stateful session, and interfaces with these Micro-session IDs."""
    return {"interfaces": [{"name": name, "micro-session-id": number}
                           for name, number in numbers.items()],
            "session-reflector": {"sessions": [{"name": "members", "sender-ip": "any",
                                                "reflector-mode": "stateful"}]}}


def test_each_member_answers_for_itself_and_for_no_other(lab, links):
    """R9534-2-1, R9534-2-2, R9534-3.2-3 to R9534-3.2-5, R9534-3.2-7."""
    stampd = lab.start_stampd_with(config(**dict(LINKS.values())))
    peer = Peer(lab, "ip4")
    number = 0
    for link, (_, own) in LINKS.items():
        links.pin(link)
        for wrong in (33 + 34 - own, 0xffff):
            peer.socket.send(request(0) + micro_session(wrong))  # and no reply
        for asked in (0, own):
            reply = Reply.parse(peer.exchange(request(1) + micro_session(asked)))
            assert (reply.sender_sequence, reply.sequence) == (1, number)
            assert reply.tail == micro_session(own, flags=0)
            number += 1
    for interface, (_, own) in zip(stampd.settled_interfaces(), LINKS.values()):
        assert interface["counters"]["wrong_member"] == 2
        assert interface["counters"]["reflected"] == 2


@pytest.mark.parametrize("links", [Routed], indirect=True)
def test_stamp_ping_sends_each_micro_session_by_its_link(lab, links):
    """R9534-2-1, R9534-3.2-1: -I decides, in front of the route."""
    stampd = lab.start_stampd_with(config(**dict(LINKS.values())))
    for other, (link, (_, own)) in zip(reversed(LINKS), LINKS.items()):
        links.pin(other)
        report = lab.stamp_ping(REFLECTOR4, "-c", "3", "--fast", "-i", "5ms", "-I", link, "--stateful",
                                "--tlv", f"micro-session={own + 100}")
        assert report["packets"]["received"] == 3
        assert report["tlvs"]["micro_session"] == {"sender": own + 100, "reflector": own,
                                                   "learned": True}
    assert [interface["counters"]["reflected"] for interface in stampd.settled_interfaces()] == \
        [3, 3]


def test_another_number_by_reload_loses_no_packet(lab):
    stampd = lab.start_stampd_with(config(veth0=100))
    load = Load(lab.sender, REFLECTOR4, 5000, tlvs=micro_session(0))
    for number in range(101, 101 + RELOADS):
        load.wait_for_replies(100)
        lab.write_config(config(veth0=number))
        changes = json.loads(stampd.stampctl("-j", "reload"))["changes"]
        assert changes == ["interface veth0: micro-session-id changed"]
    load.wait_for_replies(100)
    load.stop()
    replies = [Reply.parse(octets) for octets in load.replies]
    assert [reply.sequence for reply in replies] == list(range(load.sent))
    numbers = [struct.unpack(">H", reply.tail[6:])[0] for reply in replies]
    assert numbers == sorted(numbers) and set(numbers) == set(range(100, 101 + RELOADS))
    assert all(len(octets) == BASE_SIZE + 8 for octets in load.replies)
