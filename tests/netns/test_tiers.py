# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""T5: the same authenticated request gets the same reply over AF_XDP and by the UDP socket, and the
same TLVs do from the kernel, too."""
import contextlib
import os
import random
import struct

import pytest

from auth_reflector import AUTH_SIZE, mac
from conftest import wait_for
from random_tlvs import random_tlvs
from stamp import without
from test_auth import KEYS, WAYS, config, path, signed, write_keys
from test_reflect import Peer, both_families
from test_tlv_model import SESSIONS
from test_tlvs import LARGEST, TIERS, Reflector
from test_tlvs import config as tlv_config

REQUESTS = int(os.environ.get("TIER_REQUESTS", "200"))
CLOCKS = [slice(16, 26), slice(32, 40), slice(96, 112)]  # T3, Error Estimate, T2, HMAC of them
MARK = 1 << 31  # numbers of requests that are always answered


def random_requests(seed):
    """Most with a right HMAC, of any size and content; each with a number of its own."""
    numbers = random.Random(seed)
    for sequence in range(REQUESTS):
        head = struct.pack(">I", sequence) + numbers.randbytes(12) + numbers.randbytes(8) + \
            struct.pack(">HH", numbers.randrange(65536),
                        numbers.choice([0, 1, 2, numbers.randrange(65536)])) + \
            numbers.choice([bytes(68), numbers.randbytes(68)])
        key = numbers.choice([KEYS[0], KEYS[0], KEYS[1], KEYS[2]])  # the third is not accepted
        packet = head + mac(key, head) + numbers.randbytes(1360)
        kind = numbers.randrange(10)
        if kind == 0:
            yield packet[:numbers.randrange(0, AUTH_SIZE)]
        elif kind == 1:
            flipped = bytearray(packet[:AUTH_SIZE])
            flipped[numbers.randrange(AUTH_SIZE)] ^= 1 << numbers.randrange(8)
            yield bytes(flipped)
        else:
            yield packet[:numbers.choice([AUTH_SIZE, numbers.randrange(AUTH_SIZE, 1453)])]


def take(peer, replies, until):
    """Replies by the number of their request, until that one's came."""
    number = None
    while number != until:
        octets = peer.socket.recv(65535)
        assert octets[96:112] in (mac(KEYS[0], octets[:96]), mac(KEYS[1], octets[:96]))
        number = struct.unpack(">I", octets[48:52])[0]
        assert number not in replies
        replies[number] = without(octets, CLOCKS)


def ask_all(lab, family, requests):
    """What follows a request and is always answered tells that it is time for the next one."""
    peer = Peer(lab, family)
    replies = {}
    for place, packet in enumerate(requests):
        peer.socket.send(packet)
        peer.socket.send(signed(MARK + place))
        take(peer, replies, MARK + place)
    peer.socket.settimeout(0.2)
    with contextlib.suppress(TimeoutError):
        take(peer, replies, None)
    return replies


def reflected(stampd, way):
    """By the path that is meant. In generic mode one request in 65,536 has a checksum of which nobody
    can tell if it is finished, and goes to the UDP socket."""
    interface = stampd.show()["interfaces"][0]
    by_socket = interface["socket"]["reflected"]
    if way in ("passed-on", "socket"):
        return by_socket
    return path(stampd, way)["reflected"] + interface["counters"]["unclear_checksum"]


@both_families
@pytest.mark.parametrize("reflector", ["stateless", "stateful"])
@pytest.mark.parametrize("form", ["ntp", "ptp"])
def test_random_authenticated_requests_get_the_same_octets_each_way(lab, family, reflector, form):
    write_keys(lab, KEYS[0], KEYS[1])
    row = {"reflector-mode": reflector, "timestamp-format": form,
           "new-sessions-per-second": 1_000_000}
    settings = config(lab, **row)
    settings["session-reflector"]["rate-limit"] = {"packets-per-second": 0}
    stampd = lab.start_stampd_with(settings)
    requests = list(random_requests(family + reflector + form))
    replies = {}
    for way in WAYS:
        settings["interfaces"] = config(lab, way)["interfaces"]
        lab.write_config(settings)
        stampd.stampctl("reload")
        before, unclear = reflected(stampd, way), stampd.counter("unclear_checksum")
        replies[way] = ask_all(lab, family, requests)
        # A reply is counted after it was sent.
        expected = before + len(replies[way])
        wait_for(lambda: reflected(stampd, way) == expected, "all went that way")
        # What went to the socket instead may have been numbered after its successor.
        kept = 4 if stampd.counter("unclear_checksum") > unclear else 0
        assert {number: octets[kept:] for number, octets in replies[way].items()} == \
            {number: octets[kept:] for number, octets in replies["native"].items()}
    assert REQUESTS / 3 < len(replies["native"]) - REQUESTS < REQUESTS


@both_families
@pytest.mark.parametrize("name", ["open", "keyed", "guarded", "apart"])
def test_random_tlvs_get_the_same_octets_each_way(lab, family, name):
    """Stateless, for what replies say of each other's times differs; and no MAC address is asked
    for, which the UDP socket does not see."""
    reflector = Reflector(lab, "native")
    answers = {}
    for tier in TIERS:
        lab.write_config(tlv_config(lab, tier))
        reflector.stampd.stampctl("reload")
        numbers = random.Random(name + family)
        with reflector.session(name, family) as session:
            answers[tier] = [session.ask_if_answered(number, random_tlvs(
                numbers, number, SESSIONS[name].get("key"), LARGEST - session.base_size,
                source_mac=False)) for number in range(REQUESTS)]
    for number, answer in enumerate(answers["native"]):
        for tier in TIERS:
            assert visible(answers[tier][number]) == visible(answer), f"{tier}, number {number}"
    assert REQUESTS * 3 / 4 < sum(map(bool, answers["native"]))


def visible(answer):
    """What a sender sees but the times."""
    return answer and (answer.number, answer.sequence, answer.octets, answer.dscp, answer.source)
