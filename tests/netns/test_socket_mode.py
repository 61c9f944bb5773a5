# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Mode socket: no XDP anywhere, and nothing else is different."""
import random
import socket

import pytest

from conftest import wait_for
from stamp import BASE_SIZE, assert_answers, request, without
from test_policies import config
from test_reflect import Peer, both_families
from test_socket_tier import add_options

REQUESTS = 400
CLOCKS = [slice(4, 14), slice(16, 24)]  # T3, Error Estimate, T2


@both_families
@pytest.mark.parametrize("mode", ["socket", "generic"])
def test_loopback_is_answered(lab, family, mode):
    stampd = lab.start_stampd_with({
        "interfaces": [{"name": "lo", "mode": mode}],
        "session-reflector": {"sessions": [{"name": "any", "sender-ip": "any"}]}})
    assert lab.xdp_mode("lo") == (None if mode == "socket" else mode)
    local = lab.reflector.socket(socket.AF_INET6 if family == "ip6" else socket.AF_INET)
    local.connect(("::1" if family == "ip6" else "127.0.0.1", 862))
    for sequence in range(10):
        packet = request(sequence, ssid=3)
        local.send(packet)
        assert assert_answers(packet, local.recv(100)).sequence == sequence
    assert stampd.show()["interfaces"][0]["totals"]["reflected"] == 10


def test_nothing_is_attached_and_the_totals_balance(bare_lab):
    stampd = bare_lab.start_stampd_with(config("socket", {}))
    assert bare_lab.xdp_mode() is None
    peer = Peer(bare_lab, "ip4")
    for sequence in range(10):
        peer.exchange(request(sequence))
    for size in (0, 13, 43):
        peer.expects_silence(request(0, size=size), seconds=0.05)
    wait_for(lambda: stampd.show()["interfaces"][0]["totals"]["received"] == 13, "all were judged")
    interface = stampd.show()["interfaces"][0]
    assert interface["attached"] and interface["mode"] == "socket" and not interface["warnings"]
    totals = interface["totals"]
    assert (totals["reflected"], totals["slow_path"], totals["passed"], totals["dropped"]) == \
        (10, 0, 0, 3)
    assert sum(interface["counters"].values()) == 13
    residence = interface["socket"].pop("residence_ns")
    assert interface["socket"] == {"received": 13, "reflected": 10, "refused": {"too_short": 3},
                                   "failed": 0}
    assert residence["count"] == 10 and 0 < residence["p50"] <= residence["max"] < 10**9


def random_requests(seed):
    """Requests of any size and content, each with a number of its own."""
    numbers = random.Random(seed)
    for sequence in range(REQUESTS):
        size = numbers.choice([numbers.randrange(0, 60), numbers.randrange(44, 1473)])
        fields = request(sequence, ssid=numbers.choice([0, 1, 2, numbers.randrange(65536)]),
                         timestamp=numbers.randbytes(8), error_estimate=numbers.randrange(65536))
        mbz = numbers.choice([bytes(28), numbers.randbytes(28)])
        yield (fields[:16] + mbz + numbers.randbytes(1473))[:size]


def ask_all(lab, family, requests):
    """Replies by the number of their request; whatever path that goes, the next one waits."""
    peer, last = Peer(lab, family), Peer(lab, family)
    add_options(last, family)  # for the socket, behind all that the kernel passed on to it
    peer.socket.setblocking(False)
    replies = {}
    for sequence, packet in enumerate(requests):
        peer.socket.send(packet)
        last.exchange(request(sequence))
        try:
            replies[sequence] = peer.socket.recv(65535)
        except BlockingIOError:
            continue
        assert int.from_bytes(replies[sequence][24:28]) == sequence
    return replies


@both_families
@pytest.mark.parametrize("reflector", ["stateless", "stateful"])
@pytest.mark.parametrize("row", [{}, {"short-requests": True}, {"tlvs": False}],
                         ids=["default", "short-requests", "twamp-light"])
def test_random_requests_get_the_octets_that_native_mode_gives(lab, family, reflector, row):
    """T5."""
    row = {"reflector-mode": reflector, "new-sessions-per-second": 100_000, **row}
    stampd = lab.start_stampd_with(config("native", row))
    requests = list(random_requests(family))
    by_kernel = ask_all(lab, family, requests)
    in_kernel = stampd.show()["interfaces"][0]
    lab.write_config(config("socket", row))
    stampd.stampctl("reload")
    assert lab.xdp_mode() is None
    by_socket = ask_all(lab, family, requests)
    assert {number: without(octets, CLOCKS) for number, octets in by_socket.items()} == \
        {number: without(octets, CLOCKS) for number, octets in by_kernel.items()}
    assert len(by_kernel) > REQUESTS / 2
    assert all(len(octets) >= BASE_SIZE for octets in by_kernel.values())
    assert in_kernel["totals"]["reflected"] > REQUESTS / 2, "the kernel answered the first round"
