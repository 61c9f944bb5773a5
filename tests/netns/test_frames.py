# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Frames made by Scapy: VLAN tags, and requests without a checksum."""
import contextlib
import json
import socket
import struct

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Dot1AD, Dot1Q, Ether

from conftest import REFLECTOR4, REFLECTOR6, SENDER4, SENDER6
from stamp import assert_answers, request

SOL_PACKET, PACKET_AUXDATA = 263, 8
TP_STATUS_VLAN_VALID = 0x10
AUXDATA = struct.Struct("=IIIHHHH")


def mac(namespace, interface):
    return json.loads(namespace.ip("-j", "link", "show", interface))[0]["address"]


class Wire:
    """A raw socket on the sender's interface."""

    def __init__(self, lab):
        self.sender_mac = mac(lab.sender, "veth1")
        self.reflector_mac = mac(lab.reflector, "veth0")
        with lab.sender.entered():
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            self.socket.bind(("veth1", 3))
        self.socket.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        self.socket.settimeout(0.5)

    def ether(self):
        return Ether(src=self.sender_mac, dst=self.reflector_mac)

    def send(self, frame):
        self.socket.send(bytes(frame))

    def receive(self):
        """The next frame that came in, its outer VLAN tag put back where the kernel took it."""
        while True:
            octets, control, _, address = self.socket.recvmsg(65535, 256)
            if address[2] == 4:  # PACKET_OUTGOING: our own
                continue
            for level, kind, data in control:
                if (level, kind) != (SOL_PACKET, PACKET_AUXDATA):
                    continue
                status, _, _, _, _, tci, tpid = AUXDATA.unpack(data[:AUXDATA.size])
                if status & TP_STATUS_VLAN_VALID:
                    octets = octets[:12] + struct.pack(">HH", tpid or 0x8100, tci) + octets[12:]
            frame = Ether(octets)
            if UDP in frame and 862 in (frame[UDP].sport, frame[UDP].dport):
                return frame

    def drain(self):
        """Forgets what has come in so far."""
        self.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                self.socket.recv(65535)
        self.socket.settimeout(0.5)


def ip(family, **fields):
    if family == "ip6":
        return IPv6(src=SENDER6, dst=REFLECTOR6, **fields)
    return IP(src=SENDER4, dst=REFLECTOR4, **fields)


TAGS = {
    "no": [],
    "one": [Dot1Q(vlan=7, prio=5)],
    "two": [Dot1AD(vlan=100), Dot1Q(vlan=7, prio=3)],
}


@pytest.mark.parametrize("mode", ["native", "generic"])
@pytest.mark.parametrize("family", ["ip4", "ip6"])
@pytest.mark.parametrize("tags", TAGS)
def test_vlan_tags_come_back_as_they_went(lab, mode, family, tags):
    stampd = lab.start_stampd("--mode", mode)
    wire = Wire(lab)
    packet = request(11, ssid=3)
    frame = wire.ether()
    for tag in TAGS[tags]:
        frame = frame / tag
    wire.send(frame / ip(family) / UDP(sport=50000, dport=862) / packet)
    reply = wire.receive()
    seen = [(type(layer), layer.vlan, layer.prio) for layer in
            (reply.getlayer(i) for i in range(1, 4)) if isinstance(layer, (Dot1Q, Dot1AD))]
    assert seen == [(type(tag), tag.vlan, tag.prio) for tag in TAGS[tags]]
    assert (reply.src, reply.dst) == (wire.reflector_mac, wire.sender_mac)
    assert (reply[UDP].sport, reply[UDP].dport) == (862, 50000)
    assert_answers(packet, bytes(reply[UDP].payload))
    assert stampd.counter("reflected") == 1


def test_a_request_without_checksum_gets_a_reply_with_one(lab):
    lab.start_stampd()
    wire = Wire(lab)
    wire.send(wire.ether() / ip("ip4") / UDP(sport=50000, dport=862, chksum=0) / request(0))
    reply = wire.receive()
    sent = reply[UDP].chksum
    del reply[UDP].chksum
    assert sent == IP(bytes(reply[IP]))[UDP].chksum != 0
