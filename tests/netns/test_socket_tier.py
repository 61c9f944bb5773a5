# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What the XDP program passes on is answered by the socket, by the same rules and count."""
import socket

import pytest

from stamp import BASE_SIZE, Reply, assert_answers, request
from test_reflect import Peer, both_families

IPV6_DSTOPTS = 59
PADDING_OPTION = bytes([0, 0, 1, 4, 0, 0, 0, 0])  # an extension header of 8 octets
IP_NOPS = bytes([1, 1, 1, 0])


def add_options(peer, family):
    """Makes the socket send IPv4 options, or an IPv6 destination options header."""
    if family == "ip4":
        peer.socket.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, IP_NOPS)
    else:
        peer.socket.setsockopt(socket.IPPROTO_IPV6, IPV6_DSTOPTS, PADDING_OPTION)


@both_families
def test_options_and_extension_headers_are_answered(lab, family):
    stampd = lab.start_stampd()
    peer = Peer(lab, family)
    add_options(peer, family)
    for sequence in range(5):
        packet = request(sequence, ssid=0x1234, size=100)
        answer, ttl, _ = peer.exchange_with_header(packet)
        reply = assert_answers(packet, answer)
        assert reply.sequence == sequence and ttl == 255
    interface = stampd.show()["interfaces"][0]
    assert interface["counters"]["reflected"] == 0
    # The host's own multicast reports have extension headers, too.
    assert interface["counters"]["ip_options" if family == "ip4" else "extension_headers"] >= 5
    assert interface["socket"].pop("residence_ns")["count"] == 5
    assert interface["socket"] == {"received": 5, "reflected": 5, "refused": {}, "failed": 0}


@both_families
def test_both_tiers_share_one_count_of_a_stateful_session(lab, family):
    """R8762-4.3.1-2: one numberer, whichever tier answers."""
    lab.start_stampd("--stateful")
    peer = Peer(lab, family)
    for number in range(6):
        if number == 3:
            add_options(peer, family)
        assert Reply.parse(peer.exchange(request(100 + number))).sequence == number


@both_families
def test_fragmented_requests_are_answered_whole(lab, family):
    stampd = lab.start_stampd()
    peer = Peer(lab, family)
    packet = request(0, size=4000)
    answer = peer.exchange(packet)
    assert_answers(packet, answer)
    assert stampd.show()["interfaces"][0]["socket"]["reflected"] == 1
    assert stampd.counter("fragment") >= 3


@both_families
def test_refusals_of_the_socket_are_counted_by_reason(lab, family):
    stampd = lab.start_stampd()
    peer = Peer(lab, family)
    add_options(peer, family)
    for size in (0, 13, 43):
        peer.expects_silence(request(0, size=size), seconds=0.1)
    assert stampd.show()["interfaces"][0]["socket"]["refused"] == {"too_short": 3}


@both_families
def test_short_requests_grow_on_the_socket_too(lab, family):
    lab.start_stampd("--short-requests")
    peer = Peer(lab, family)
    add_options(peer, family)
    for size in (14, 41, 43):
        packet = request(size, size=size)
        answer = peer.exchange(packet)
        assert len(answer) == BASE_SIZE
        assert_answers(packet, answer)


@both_families
def test_a_sender_that_is_not_allowed_gets_no_reply_from_the_socket(lab, family):
    stampd = lab.start_stampd(allow="198.51.100.0/24")
    peer = Peer(lab, family)
    add_options(peer, family)
    peer.expects_silence(request(0))
    assert stampd.show()["interfaces"][0]["socket"]["refused"] == {"unknown_sender": 1}


@both_families
def test_the_dscp_is_kept_and_ecn_cleared_by_the_socket(lab, family):
    lab.start_stampd()
    peer = Peer(lab, family)
    add_options(peer, family)
    if family == "ip6":
        peer.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, 0xb9)
    else:
        peer.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 0xb9)
    assert peer.exchange_with_header(request(0))[2] == 0xb8


def test_other_interfaces_are_not_answered_on(lab):
    """The sockets hear all interfaces; only those of the configuration get replies."""
    lab.start_stampd()
    local = lab.reflector.socket(socket.AF_INET)
    local.settimeout(0.3)
    local.connect(("127.0.0.1", 862))
    local.send(request(0))
    with pytest.raises(TimeoutError):
        local.recv(100)


def test_a_broadcast_is_not_answered(lab):
    stampd = lab.start_stampd()
    sender = lab.sender.socket(socket.AF_INET)
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sender.settimeout(0.3)
    sender.sendto(request(0), ("192.0.2.255", 862))
    with pytest.raises(TimeoutError):
        sender.recv(100)
    interface = stampd.show()["interfaces"][0]
    assert interface["counters"]["not_ours"] == 1
