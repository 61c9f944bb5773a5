# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Frames made by Scapy: VLAN tags, loops between reflectors, spoofed and transit packets."""
import json
import socket
import struct

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Dot1AD, Dot1Q, Ether

from conftest import REFLECTOR4, REFLECTOR6, SENDER4, SENDER6, wait_for
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

    def expects_silence(self):
        with pytest.raises(TimeoutError):
            self.receive()


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


@pytest.mark.parametrize("family", ["ip4", "ip6"])
@pytest.mark.parametrize("mode", ["native", "generic"])
def test_one_packet_between_two_reflectors_is_reflected_once(bare_lab, mode, family):
    one = bare_lab.start_stampd("--mode", mode)
    other = bare_lab.start_stampd("--mode", mode, "--pin-path", bare_lab.bpffs / "other",
                                  namespace=bare_lab.sender, interface="veth1")
    wire = Wire(bare_lab)
    for sequence in range(20):
        wire.send(wire.ether() / ip(family) / UDP(sport=862, dport=862) / request(sequence))
    wait_for(lambda: other.counter("loop") == 20, "each reply was refused as a reply")
    assert one.counter("reflected") == 20
    assert other.counter("reflected") == 0 and one.counter("loop") == 0


@pytest.mark.parametrize("family", ["ip4", "ip6"])
def test_reflectors_on_different_ports_do_not_talk_to_each_other(bare_lab, family):
    one = bare_lab.start_stampd()
    other = bare_lab.start_stampd("--port", "5000", "--pin-path", bare_lab.bpffs / "other",
                                  namespace=bare_lab.sender, interface="veth1")
    wire = Wire(bare_lab)
    for sequence in range(20):
        wire.send(wire.ether() / ip(family) / UDP(sport=5000, dport=862) / request(sequence))
    wait_for(lambda: other.counter("loop") == 20, "each reply was refused as a reply")
    assert one.counter("reflected") == 20 and one.counter("loop") == 0
    assert other.counter("reflected") == 0


@pytest.mark.parametrize("family", ["ip4", "ip6"])
def test_corrupt_and_foreign_packets_get_no_reply(lab, family):
    stampd = lab.start_stampd("--stateful")
    wire = Wire(lab)
    udp = UDP(sport=50000, dport=862)
    corrupt = bytes(wire.ether() / ip(family) / udp / request(0))
    wire.send(corrupt[:-1] + bytes([corrupt[-1] ^ 1]))
    wait_for(lambda: stampd.counter("corrupt_udp") == 1, "a flipped bit is seen")
    wire.send(Ether(src=wire.sender_mac, dst="02:00:00:00:00:99") / ip(family) / udp / request(0))
    transit = ip(family)
    transit.dst = "198.51.100.7" if family == "ip4" else "2001:db8:99::7"
    wire.send(wire.ether() / transit / udp / request(0))
    wait_for(lambda: stampd.counter("not_ours") == 2, "other hosts' packets pass")
    wire.expects_silence()
    wire.send(wire.ether() / ip(family) / udp / request(5))
    reply = wire.receive()
    assert bytes(reply[UDP].payload)[:4] == bytes(4), "refused packets consumed no number"


def test_a_request_without_checksum_gets_a_reply_with_one(lab):
    lab.start_stampd()
    wire = Wire(lab)
    wire.send(wire.ether() / ip("ip4") / UDP(sport=50000, dport=862, chksum=0) / request(0))
    reply = wire.receive()
    sent = reply[UDP].chksum
    del reply[UDP].chksum
    assert sent == IP(bytes(reply[IP]))[UDP].chksum != 0


def test_ipv6_without_checksum_is_refused(lab):
    stampd = lab.start_stampd()
    wire = Wire(lab)
    wire.send(wire.ether() / ip("ip6") / UDP(sport=50000, dport=862, chksum=0) / request(0))
    wait_for(lambda: stampd.counter("no_checksum") == 1, "refused and counted")
    wire.expects_silence()
