# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What a session's settings make of its replies, the same by the kernel and by the socket."""
import random
import socket

import pytest

from conftest import Load, wait_for
from stamp import BASE_SIZE, Reply, assert_answers, request
from test_reflect import FAMILIES, Peer, both_families

both_tiers = pytest.mark.parametrize("mode", ["native", "socket"])


def config(mode, *rows, **settings):
    return {"interfaces": [{"name": "veth0", "mode": mode}],
            "session-reflector": {"sessions": [{"name": f"s{i}", "sender-ip": "any", **row}
                                               for i, row in enumerate(rows)], **settings}}


def refused(stampd):
    """Counts of refusals that are not 0, of the kernel and the socket together."""
    interface = stampd.show()["interfaces"][0]
    counts = dict(interface["socket"]["refused"])
    for name, count in interface["counters"].items():
        if interface["mode"] != "socket" and count and name not in (
                "reflected", "other_traffic", "extension_headers", "zero_multiplier"):
            counts[name] = counts.get(name, 0) + count
    return counts


def expect_refusals(stampd, expected):
    wait_for(lambda: refused(stampd) == expected, f"{expected}, not {refused(stampd)}")


def set_traffic_class(peer, family, value):
    if family == "ip6":
        peer.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, value)
    else:
        peer.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, value)


@both_tiers
@both_families
def test_a_twamp_light_sender_has_one_session_whatever_its_padding(lab, mode, family):
    """TW-6: octets 14 and 15 are no SSID, and are zero in replies; padding is copied."""
    stampd = lab.start_stampd_with(config(mode, {"tlvs": False, "reflector-mode": "stateful"}))
    peer = Peer(lab, family)
    numbers = random.Random(1)
    for number in range(20):
        padding = numbers.randbytes(numbers.randrange(30, 200))
        packet = request(500 + number, size=14) + padding
        answer = peer.exchange(packet)
        reply = Reply.parse(answer)
        assert len(answer) == len(packet) and answer[BASE_SIZE:] == packet[BASE_SIZE:]
        assert (reply.sequence, reply.sender_sequence, reply.ssid) == (number, 500 + number, 0)
        assert reply.sender_timestamp == packet[4:12] and reply.mbz1 == bytes(2)
    answer = peer.exchange(request(600, size=14))
    assert len(answer) == BASE_SIZE and Reply.parse(answer).sequence == 20
    assert stampd.show()["sessions"]["created"] == 1


@both_tiers
@both_families
def test_a_configured_dscp_is_that_of_the_replies(lab, mode, family):
    values = (0, 46, 63)
    lab.start_stampd_with(config(mode, *(
        {"ssid": 100 + dscp, "dscp-handling-mode": "use-configured-value", "dscp-value": dscp}
        for dscp in values)))
    peer = Peer(lab, family)
    for traffic_class in (0x00, 0xb8, 0x03, 0xff):
        set_traffic_class(peer, family, traffic_class)
        for dscp in values:
            packet = request(traffic_class, ssid=100 + dscp)
            answer, _, seen = peer.exchange_with_header(packet)
            assert_answers(packet, answer)
            assert seen == dscp << 2


@both_tiers
@both_families
def test_sessions_are_told_apart_by_ssid_and_port(lab, mode, family):
    """R8972-3-6: the most specific decides, and what no session names gets no reply."""
    stampd = lab.start_stampd_with(config(
        mode, {"ssid": [7, 8], "reflector-mode": "stateful"}, {"ssid": 9},
        {"ssid": 9, "sender-udp-port": 4000, "timestamp-format": "ptp"}))
    peer = Peer(lab, family)
    for number in range(3):
        assert Reply.parse(peer.exchange(request(70, ssid=7))).sequence == number
        assert Reply.parse(peer.exchange(request(80, ssid=8))).sequence == number
    reply = Reply.parse(peer.exchange(request(90, ssid=9)))
    assert reply.sequence == 90 and not reply.error_estimate & 0x4000
    reply = Reply.parse(Peer(lab, family, source_port=4000).exchange(request(91, ssid=9)))
    assert reply.sequence == 91 and reply.error_estimate & 0x4000
    peer.expects_silence(request(0, ssid=10), seconds=0.1)
    peer.expects_silence(request(0), seconds=0.1)
    expect_refusals(stampd, {"unknown_session": 2})


@both_tiers
@both_families
def test_strangers_get_no_reply(lab, mode, family):
    """R8972-3-6."""
    stampd = lab.start_stampd_with(config(
        mode, {"sender-ip": ["198.51.100.0/24", "2001:db8:99::/48"]}))
    Peer(lab, family).expects_silence(request(0), seconds=0.1)
    expect_refusals(stampd, {"unknown_sender": 1})
    assert stampd.show()["sessions"]["created"] == 0


@both_tiers
@both_families
def test_requests_that_are_too_short_get_no_reply(lab, mode, family):
    stampd = lab.start_stampd_with(config(mode, {}))
    peer = Peer(lab, family)
    for size in (0, 13, 14, 43):
        peer.socket.send(request(0, size=size))
    packet = request(44)
    assert_answers(packet, peer.exchange(packet))
    expect_refusals(stampd, {"too_short": 4})


@both_tiers
@both_families
def test_a_session_can_refuse_the_ports_of_reflectors(lab, mode, family):
    stampd = lab.start_stampd_with(config(
        mode, {"allow-reflector-port-source": False}, {"reflector-udp-port": 5000}))
    for port in (862, 5000):
        Peer(lab, family, source_port=port).expects_silence(request(0), seconds=0.1)
    expect_refusals(stampd, {"reflector_port": 2})
    packet = request(1)
    assert_answers(packet, Peer(lab, family).exchange(packet))
    # The other session allows them.
    assert_answers(packet, Peer(lab, family, port=5000, source_port=862).exchange(packet))


@both_tiers
@both_families
def test_a_reply_is_not_replied_to(lab, mode, family):
    stampd = lab.start_stampd_with(config(mode, {}))
    peer, from_862 = Peer(lab, family), Peer(lab, family, source_port=862)
    reply = peer.exchange(request(1, error_estimate=0x0101))
    for again in (peer, from_862):
        again.expects_silence(reply, seconds=0.1)
    expect_refusals(stampd, {"loop": 2})
    packet = request(2)
    assert_answers(packet, from_862.exchange(packet))


@both_tiers
@both_families
@pytest.mark.parametrize("strict", [False, True], ids=["default", "strict"])
def test_a_multiplier_of_zero_is_counted_or_refused(lab, mode, family, strict):
    """A-02."""
    stampd = lab.start_stampd_with(config(mode, {"reflector-mode": "stateful"},
                                          **{"strict-error-estimate": strict}))
    peer = Peer(lab, family)
    for number, estimate in enumerate((0x0000, 0x8f00, 0xbf00)):
        packet = request(0, error_estimate=estimate)
        if strict:
            peer.expects_silence(packet, seconds=0.1)
        else:
            assert assert_answers(packet, peer.exchange(packet)).sequence == number
    packet = request(0)
    assert assert_answers(packet, peer.exchange(packet)).sequence == (0 if strict else 3)
    expect_refusals(stampd, {"bad_estimate": 3} if strict else {})
    assert stampd.counter("zero_multiplier") == (0 if strict else 3)


@both_tiers
@both_families
def test_mbz_octets_that_are_not_zero_are_ignored(lab, mode, family):
    """R8762-4.2.1-8."""
    lab.start_stampd_with(config(mode, {}))
    peer = Peer(lab, family)
    for mbz in (1, 0x80, 0xff):
        packet = request(mbz, mbz=mbz)
        assert_answers(packet, peer.exchange(packet))


@both_tiers
def test_a_rate_limit_holds(lab, mode):
    stampd = lab.start_stampd_with(config(
        mode, {}, **{"rate-limit": {"packets-per-second": 10, "burst": 10}}))
    load = Load(lab.sender, FAMILIES["ip4"][1], 2000)
    wait_for(lambda: load.sent >= 1000, "1,000 packets are on their way")
    load.stop()
    expect_refusals(stampd, {"rate_limited": load.sent - len(load.replies)})
    # One in four at random, a few that the limit allows, and four standard deviations.
    assert abs(len(load.replies) - load.sent / 4 - 15) < 0.06 * load.sent
