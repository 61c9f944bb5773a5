# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A plain UDP socket against the kernel reflector over a veth pair, checksum offload on."""
import socket
import time

import pytest

from conftest import REFLECTOR4, REFLECTOR6, wait_for
from stamp import BASE_SIZE, Reply, assert_answers, ntp_ns, ptp_ns, request

FAMILIES = {"ip4": (socket.AF_INET, REFLECTOR4), "ip6": (socket.AF_INET6, REFLECTOR6)}
IP_RECVTTL = 12  # Linux; Python has no name for it

both_families = pytest.mark.parametrize("family", FAMILIES)
both_modes = pytest.mark.parametrize("mode", ["native", "generic"])


def header_fields(control):
    """TTL and traffic class of the packet that these control messages came with."""
    ttl = [int.from_bytes(data[:1], "little") for level, kind, data in control
           if (level, kind) in ((socket.IPPROTO_IP, socket.IP_TTL),
                                (socket.IPPROTO_IPV6, socket.IPV6_HOPLIMIT))]
    traffic_class = [int.from_bytes(data[:1], "little") for level, kind, data in control
                     if (level, kind) in ((socket.IPPROTO_IP, socket.IP_TOS),
                                          (socket.IPPROTO_IPV6, socket.IPV6_TCLASS))]
    return ttl[0], traffic_class[0]


class Peer:
    """A UDP socket on the sender's host, connected unless replies from any address are wanted."""

    def __init__(self, lab, family, port=862, source_port=0, connected=True):
        kind, address = FAMILIES[family]
        self.target = (address, port)
        self.socket = lab.sender.socket(kind)
        if kind == socket.AF_INET:
            self.socket.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)
            self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
        else:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS, 1)
        self.socket.bind(("", source_port))
        if connected:
            self.socket.connect(self.target)

    def exchange(self, packet):
        self.socket.send(packet)
        return self.socket.recv(65535)

    def exchange_with_header(self, packet):
        """The reply, and TTL and traffic class of the packet that carried it."""
        self.socket.send(packet)
        octets, control, _, _ = self.socket.recvmsg(65535, 256)
        return octets, *header_fields(control)

    def expects_silence(self, packet, seconds=0.3):
        self.socket.send(packet)
        self.socket.settimeout(seconds)
        with pytest.raises(TimeoutError):
            self.socket.recv(65535)
        self.socket.settimeout(2)


@both_modes
@both_families
def test_a_plain_socket_gets_each_reply_from_the_kernel(lab, mode, family):
    stampd = lab.start_stampd("--mode", mode)
    assert lab.xdp_mode() == mode
    peer = Peer(lab, family)
    udp = "Udp6" if family == "ip6" else "Udp"
    errors = lab.sender.snmp(udp, "InCsumErrors")
    for sequence in range(100):
        packet = request(sequence, ssid=0x5a01)
        reply = assert_answers(packet, peer.exchange(packet))
        assert reply.sequence == sequence, "R8762-4-1: a stateless reflector echoes"
    assert lab.sender.snmp(udp, "InCsumErrors") == errors
    assert stampd.counter("reflected") == 100
    interface = stampd.show()["interfaces"][0]
    assert interface["socket"]["received"] == 0
    assert interface["mode"] == mode


@both_modes
@both_families
@pytest.mark.parametrize("mtu", [1500, 9000])
def test_replies_have_the_size_of_their_requests(lab, mode, family, mtu):
    """R8762-4-4, R8762-4.3-2, and R8762-4.6-5 for short requests."""
    lab.set_mtu(mtu)
    stampd = lab.start_stampd("--mode", mode, "--short-requests")
    headers = 48 if family == "ip6" else 28
    sizes = [14, 15, 16, 28, 41, 43, 44, 45, 46, 47, 48, 100, 555, 556, 557, 1000, mtu - headers]
    if mtu == 9000:
        sizes += [1500, 3000, 3500, 4096, 4097, 6001, 8000, mtu - headers - 1]
    peer = Peer(lab, family)
    for sequence, size in enumerate(sizes):
        packet = request(sequence, size=size)
        answer = peer.exchange(packet)
        assert len(answer) == max(size, BASE_SIZE)
        assert_answers(packet, answer)
    # A frame of a local sender may have no room behind a short request: then the socket answers.
    no_room = stampd.counter("no_room_to_grow")
    assert no_room <= sum(size < BASE_SIZE for size in sizes)
    assert stampd.counter("reflected") == len(sizes) - no_room
    assert stampd.show()["interfaces"][0]["socket"]["reflected"] == no_room


@both_families
def test_short_requests_are_refused_unless_asked_for(lab, family):
    stampd = lab.start_stampd()
    peer = Peer(lab, family)
    for size in (0, 1, 13, 14, 43):
        peer.expects_silence(request(0, size=size))
    assert stampd.counter("too_short") == 5
    assert_answers(packet := request(1), peer.exchange(packet))


@both_modes
@both_families
def test_a_stateful_reflector_numbers_each_session(lab, mode, family):
    """R8762-4-2, R8762-4.3.1-2, R8972-3-4."""
    stampd = lab.start_stampd("--mode", mode, "--stateful")
    peer = Peer(lab, family)
    other = Peer(lab, family)
    for number in range(10):
        for ssid in (1, 2):
            packet = request(1000 + 7 * number, ssid=ssid)
            assert assert_answers(packet, peer.exchange(packet)).sequence == number
        packet = request(5 * number)
        assert assert_answers(packet, other.exchange(packet)).sequence == number
    assert stampd.show()["sessions"]["present"] == 3


@both_modes
@both_families
def test_times_are_of_the_reflectors_clock_in_ntp_format(lab, mode, family):
    """R8762-4.2.1-2, R8762-4.3.1-3, R8762-4.3.1-4."""
    lab.start_stampd("--mode", mode)
    peer = Peer(lab, family)
    before = time.time_ns()
    reply = Reply.parse(peer.exchange(request(0)))
    after = time.time_ns()
    assert not reply.error_estimate & 0x4000, "Z is 0: NTP"
    assert before - 1000 <= ntp_ns(reply.receive_timestamp) <= ntp_ns(reply.timestamp)
    assert ntp_ns(reply.timestamp) <= after + 1000


@both_families
def test_times_are_in_ptp_format_when_asked_for(lab, family):
    """R8762-4.2.1-3, TS-3, TS-4: the reflector's own format, whatever the sender uses."""
    stampd = lab.start_stampd("--ptp")
    tai_offset = stampd.show()["clock"]["tai_offset"] * 10**9
    peer = Peer(lab, family)
    before = time.time_ns() + tai_offset
    packet = request(0)
    reply = assert_answers(packet, peer.exchange(packet))
    after = time.time_ns() + tai_offset
    assert reply.error_estimate & 0x4000, "Z is 1: PTP"
    assert before <= ptp_ns(reply.receive_timestamp) <= ptp_ns(reply.timestamp) <= after


@both_modes
@both_families
def test_the_ttl_that_came_is_told_and_255_is_sent(lab, mode, family):
    """R8762-4.3.1-7; the reply's TTL as RFC 5357 section 4.2.1 has it."""
    lab.start_stampd("--mode", mode)
    peer = Peer(lab, family)
    for ttl in (1, 7, 64, 255):
        if family == "ip6":
            peer.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, ttl)
        else:
            peer.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
        packet = request(ttl)
        answer, reply_ttl, _ = peer.exchange_with_header(packet)
        assert_answers(packet, answer, ttl=ttl)
        assert reply_ttl == 255


@both_modes
@both_families
def test_the_reply_has_the_dscp_of_the_request_and_no_ecn(lab, mode, family):
    lab.start_stampd("--mode", mode)
    peer = Peer(lab, family)
    for traffic_class in (0x00, 0xb8, 0xb9, 0xff & ~3 | 2):
        if family == "ip6":
            peer.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, traffic_class)
        else:
            peer.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, traffic_class)
        _, _, seen = peer.exchange_with_header(request(0))
        assert seen == traffic_class & 0xfc


@both_families
def test_another_port_can_be_listened_on(lab, family):
    """R8762-4.1-5, and port 862 is then nobody's."""
    stampd = lab.start_stampd("--port", "49151")
    packet = request(3)
    assert_answers(packet, Peer(lab, family, port=49151).exchange(packet))
    with pytest.raises(ConnectionRefusedError):
        Peer(lab, family).exchange(packet)
    assert stampd.show()["ports"] == [49151]


@both_families
def test_nobody_but_the_allowed_prefixes_is_answered(lab, family):
    """R8972-3-6."""
    stampd = lab.start_stampd(allow="198.51.100.0/24")
    Peer(lab, family).expects_silence(request(0))
    assert stampd.counter("unknown_sender") == 1
    assert stampd.show()["sessions"]["present"] == 0


def test_the_verdict_ledger_balances_with_a_count_of_the_peer(lab):
    stampd = lab.start_stampd("--stateful")
    peer = Peer(lab, "ip4")
    for sequence in range(50):
        peer.exchange(request(sequence))
    for _ in range(5):
        peer.expects_silence(request(0, size=13), seconds=0.05)

    def balanced():
        totals = stampd.show()["interfaces"][0]["totals"]
        return totals["received"] == totals["reflected"] + totals["slow_path"] + \
            totals["passed"] + totals["dropped"]

    wait_for(balanced, "received is the sum of all verdicts")
    totals = stampd.show()["interfaces"][0]["totals"]
    assert totals["reflected"] == 50 and totals["dropped"] == 5
    assert lab.sender.snmp("Udp", "InDatagrams") == 50
    assert totals["transmit_errors"] == 0


def test_the_same_link_local_addresses_on_two_links_are_two_sessions(lab):
    """R8762-4-2: fe80::1 there and fe80::1 here are two hosts."""
    other = lab.add_namespace("other")
    lab.connect(other, "veth3", lab.reflector, "veth2")
    lab.load_pass_program(other, "veth3")
    for interface in ("veth0", "veth2"):
        lab.reflector.ip("addr", "add", "fe80::2/64", "dev", interface, "nodad")
    stampd = lab.start_stampd_with({
        "interfaces": [{"name": "veth0"}, {"name": "veth2"}],
        "session-reflector": {"sessions": [{"name": "all", "sender-ip": "any",
                                            "reflector-mode": "stateful"}]}})
    senders = []
    for namespace, interface in ((lab.sender, "veth1"), (other, "veth3")):
        namespace.ip("addr", "add", "fe80::1/64", "dev", interface, "nodad")
        opened = namespace.socket(socket.AF_INET6)
        with namespace.entered():
            scope = socket.if_nametoindex(interface)
        wait_for(lambda where=opened, at=scope: binds(where, ("fe80::1", 50000, 0, at)),
                 "the address can be used")
        opened.connect(("fe80::2", 862, 0, scope))
        senders.append(opened)
    for number in range(3):
        for sender in senders:
            sender.send(request(number))
            assert Reply.parse(sender.recv(100)).sequence == number
    assert stampd.show()["sessions"]["present"] == 2


def binds(opened, address):
    try:
        opened.bind(address)
    except OSError:
        return False
    return True
