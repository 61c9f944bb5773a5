# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""TLVs, end to end: stampd answers as tlv_rows.py has it by hand, and at random as the model of
another author does, whoever of its parts answers."""
import contextlib
import dataclasses
import os
import random
import socket
import struct

import pytest

from auth_reflector import AUTH_SIZE, REPLY, mac
from conftest import made_lab, wait_for
from random_tlvs import random_tlvs
from stamp import BASE_SIZE, assert_answers, ntp_ns, ptp_ns, request as open_request
from stamp_tlv import SOURCES, reflect
from test_auth import signed, write_keys
from test_reflect import Peer, both_families, header_fields
from test_tlv_model import FOLLOW_UP, SESSIONS, context
from tlv_rows import (DENIED, DISCARDED, DSCP, ECN, KEY, LINK, PORTS, ROWS, SECOND4, SECOND6,
                      SENDER_MAC, SEQUENCE, SOURCE_PORT, SYNC_SOURCE, TLV_KEY, WELL_FORMED)

REQUESTS = int(os.environ.get("TIER_REQUESTS", "200"))
# Who answers TLVs: the kernel, stampd over AF_XDP what the kernel cannot or is told not to, or
# stampd's UDP socket, which sees no MAC address.
TIERS = {"native": ({"mode": "native"}, True), "generic": ({"mode": "generic"}, True),
         "af-xdp": ({"mode": "native"}, False), "socket": ({"mode": "socket"}, True)}
COUNTING = 1000  # added to the port of a session: the same, but stateful
MARK = 1 << 31  # numbers of requests that are always answered
LARGEST = 1452  # octets of a UDP payload that fit over IPv6

every_tier = pytest.mark.parametrize("tier", TIERS)


def settings_of(lab, name):
    """What the configuration has for a session of tlv_rows.py."""
    guarded = {"authentication": {"key-file": str(lab.folder / "lab.key")}}
    denied = {"dscp-denied": [DENIED]}
    return {
        "open": denied,
        "hidden": {**denied, "location-disclosure": []},
        "keyed": {**denied, "tlv-key-file": str(lab.folder / "lab.key")},
        "guarded": {**denied, **guarded},
        "apart": {**denied, **guarded, "tlv-key-file": str(lab.folder / "tlv.key")},
        "light": {"tlvs": False},
    }[name]


def config(lab, tier, sync_source=SYNC_SOURCE, link=LINK, **session):
    """Each session of tlv_rows.py, stateless on its port and stateful on another."""
    interface, in_kernel = TIERS[tier]
    rows = [{"name": f"{name}{more}", "sender-ip": "any", "reflector-udp-port": port + more,
             "reflector-mode": "stateful" if more else "stateless",
             "new-sessions-per-second": 1_000_000, **settings_of(lab, name), **session}
            for name, port in PORTS.items() for more in (0, COUNTING)]
    link = {"micro-session-id": link} if link else {}
    return {"interfaces": [{"name": "veth0", **interface, **link}], "sync-source": sync_source,
            "session-reflector": {"tlvs-in-kernel": in_kernel, "sessions": rows,
                                  "rate-limit": {"packets-per-second": 0}}}


class Reflector:
    """A stampd that answers in one of the ways."""

    def __init__(self, lab, tier, **settings):
        self.lab, self.tier = lab, tier
        lab.sender.ip("link", "set", "veth1", "address", SENDER_MAC.hex(":"))
        lab.reflector.ip("addr", "add", f"{SECOND4}/24", "dev", "veth0")
        lab.reflector.ip("addr", "add", f"{SECOND6}/64", "dev", "veth0", "nodad")
        write_keys(lab, KEY)
        write_keys(lab, TLV_KEY, name="tlv.key")
        self.stampd = lab.start_stampd_with(config(lab, tier, **settings))
        self.unclear = 0
        self.sessions = 0

    @contextlib.contextmanager
    def session(self, name="open", family="ip4", stateful=False, source_port=SOURCE_PORT):
        """One that stampd has not seen: it has an SSID of its own."""
        self.sessions += 1
        session = Session(self, name, family, stateful, source_port, self.sessions)
        try:
            yield session
        finally:
            session.peer.socket.close()

    @property
    def source_mac(self):
        return None if self.tier == "socket" else SENDER_MAC

    def answered(self):
        """Replies of the part that is meant."""
        interface = self.stampd.show()["interfaces"][0]
        return {"af-xdp": interface["slow_path"]["reflected"],
                "socket": interface["socket"]["reflected"]}.get(
                    self.tier, interface["counters"]["reflected"])

    def went_to_the_socket(self):
        """In generic mode one request in 65,536 has a checksum of which nobody can tell if it is
        finished: the UDP socket answers it."""
        before, self.unclear = self.unclear, self.stampd.counter("unclear_checksum")
        return self.unclear > before


@dataclasses.dataclass
class Answer:
    """A reply: its times as in the packet, its TLVs, and of its IP header."""
    number: int  # of the request
    sequence: int
    received: bytes
    sent: bytes
    octets: bytes
    dscp: int
    source: str


class Session:
    """A Session-Sender, which knows what the reflector is to know of the session."""

    def __init__(self, reflector, name, family, stateful, source_port, ssid):
        self.reflector, self.name, self.family, self.stateful = reflector, name, family, stateful
        self.guarded = "authenticated" in SESSIONS[name]
        self.base_size = AUTH_SIZE if self.guarded else BASE_SIZE
        self.ssid = 0 if name == "light" else ssid
        self.asked = {}  # base packets that have no reply, by their number
        self.transmitted = 0
        self.had_tlvs = False  # some request before the present one
        self.previous = None  # the Answer before
        port = PORTS[name] + (COUNTING if stateful else 0)
        self.peer = Peer(reflector.lab, family, port, source_port, connected=False)

    @property
    def by_stampd(self):
        """Whether even requests without TLVs are stampd's."""
        return self.guarded or self.reflector.tier == "socket"

    def may_not_know(self, had_tlvs):
        """When the reply before left: nobody was to ask for it, or it is the kernel that answers,
        to which stampd has not told yet when its reply left."""
        if self.by_stampd:
            return not had_tlvs
        return self.name == "open" and self.reflector.tier in ("native", "generic")

    def send(self, number, tlvs, dscp=DSCP, ecn=ECN):
        base = signed(number, KEY, self.ssid) if self.guarded else open_request(number, self.ssid)
        option = (socket.IPPROTO_IP, socket.IP_TOS) if self.family == "ip4" else \
            (socket.IPPROTO_IPV6, socket.IPV6_TCLASS)
        self.peer.socket.sendmsg([base, tlvs], [(*option, struct.pack("i", dscp << 2 | ecn))], 0,
                                 self.peer.target)
        self.asked[number] = base

    def take(self):
        """The next reply, to any of the requests."""
        octets, control, _, source = self.peer.socket.recvmsg(65535, 256)
        traffic_class = header_fields(control)[1]
        assert not traffic_class & 3, "the reply has no ECN"
        if self.guarded:
            assert octets[96:AUTH_SIZE] == mac(KEY, octets), "R8762-4.3.2-2"
            sequence, sent, _, _, received, number = REPLY.unpack(octets[:96])[:6]
            del self.asked[number]
        else:
            number, = struct.unpack_from(">I", octets, 24)
            reply = assert_answers(self.asked.pop(number), octets[:BASE_SIZE])
            sequence, sent, received = reply.sequence, reply.timestamp, reply.receive_timestamp
        self.transmitted += 1
        return Answer(number, sequence, received, sent, octets[self.base_size:],
                      traffic_class >> 2, source[0])

    def ask(self, number, tlvs, **header):
        self.send(number, tlvs, **header)
        self.previous = self.take()
        self.had_tlvs = self.had_tlvs or bool(tlvs)
        assert self.previous.number == number
        return self.previous

    def expects_no_reply(self, number, tlvs, **header):
        """What comes next is the reply to what follows."""
        self.send(number, tlvs, **header)
        return self.ask(MARK | number, b"")

    def ask_if_answered(self, number, tlvs):
        """The Answer, or None if there is to be none."""
        if reflect(tlvs, self.context(number)) is None:
            self.expects_no_reply(number, tlvs)
            return None
        return self.ask(number, tlvs)

    def context(self, number, dscp=DSCP, ecn=ECN):
        """Of the request that is sent next."""
        previous = self.previous and (self.transmitted - 1, bytes(8))
        return dataclasses.replace(
            context(self.family, self.name), source_mac=self.reflector.source_mac, dscp=dscp,
            ecn=ecn, destination_port=self.peer.target[1], request_sequence=number,
            sequence=self.transmitted if self.stateful else number, stateful=self.stateful,
            source_port=self.peer.socket.getsockname()[1], received=self.transmitted + 1,
            transmitted=self.transmitted, previous=previous)

    def check(self, number, tlvs, to_ns=ntp_ns, **header):
        """That a request is answered as the model has it."""
        known, before, had_tlvs = self.context(number, **header), self.previous, self.had_tlvs
        expected = reflect(tlvs, known)
        if expected is None:
            self.expects_no_reply(number, tlvs, **header)
            return
        answer = self.ask(number, tlvs, **header)
        assert answer.sequence == known.sequence
        assert len(answer.octets) == len(tlvs), "R8972-4-13"
        if expected.times:
            time = answer.octets[expected.times[0]]
            if time == bytes(8) and self.may_not_know(had_tlvs):
                known = dataclasses.replace(known, previous=None)
            else:
                assert to_ns(before.sent) <= to_ns(time) <= to_ns(answer.sent), "R8972-4.7-5"
                known = dataclasses.replace(known, previous=(known.previous[0], time))
        self.compare(answer, tlvs, known)

    def compare(self, answer, tlvs, known):
        expected = reflect(tlvs, known)
        if answer.octets != expected.octets and self.reflector.tier == "generic" and \
                self.reflector.went_to_the_socket():
            expected = reflect(tlvs, dataclasses.replace(known, source_mac=None))
        assert answer.octets.hex(" ") == expected.octets.hex(" "), f"of {tlvs.hex(' ')}"
        assert answer.dscp == (known.dscp if expected.dscp is None else expected.dscp)
        assert answer.source == (expected.source or self.peer.target[0])


@pytest.fixture(scope="module", params=TIERS)
def reflector(request):
    """All tests of a tier have one, each its own sessions."""
    with made_lab() as lab:
        lab.load_pass_program()
        yield Reflector(lab, request.param)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_is_answered_as_it_says(reflector, row):
    expected = row.answered if reflector.source_mac else row.unseen or row.answered
    with reflector.session(row.session, row.family) as session:
        answer = session.ask(SEQUENCE, bytes.fromhex(row.asked))
        assert answer.octets.hex(" ") == bytes.fromhex(expected).hex(" ")
        assert (answer.dscp, answer.source) == (row.dscp, row.source or session.peer.target[0])


@both_families
@pytest.mark.parametrize("mode", ["stateless", "stateful"])
@pytest.mark.parametrize("name", ["open", "keyed", "guarded", "apart"])
def test_random_tlvs_are_answered_as_the_model_does(reflector, name, mode, family):
    numbers = random.Random(name + mode + family)
    with reflector.session(name, family, mode == "stateful", source_port=0) as session:
        for number in range(REQUESTS):
            tlvs = random_tlvs(numbers, number, SESSIONS[name].get("key"),
                               LARGEST - session.base_size)
            session.check(number, tlvs, dscp=numbers.randrange(64), ecn=numbers.randrange(4))


@both_families
def test_the_part_that_is_meant_answers(reflector, family):
    """The kernel knows each TLV, and several, with their sub-TLVs."""
    before, rows = reflector.answered(), [
        row for row in WELL_FORMED
        if row.asked and (row.session, row.family) == ("open", family)]
    for row in rows:
        with reflector.session("open", family) as session:
            session.ask(SEQUENCE, bytes.fromhex(row.asked))
    wait_for(lambda: reflector.answered() == before + len(rows), "all are counted there")


@both_families
@pytest.mark.parametrize("name, asked", DISCARDED)
def test_a_packet_of_another_link_gets_no_reply_and_no_number(reflector, name, asked, family):
    """R9534-3.2-3."""
    with reflector.session(name, family, stateful=True) as session:
        for number in range(3):
            assert session.expects_no_reply(SEQUENCE, bytes.fromhex(asked)).sequence == number


@both_families
def test_each_reply_of_a_stateful_session_is_followed_up(reflector, family):
    """R8972-4.7-5, A-11."""
    with reflector.session("open", family, stateful=True) as session:
        assert session.ask(9, FOLLOW_UP).octets[4:] == bytes(16)
        for number in range(1, 20):
            session.check(9, FOLLOW_UP)
            assert session.previous.octets[4:8] == struct.pack(">I", number - 1)


@both_families
def test_direct_measurement_counts_the_sessions_packets(reflector, family):
    """R8972-4.5-2, A-12: of all packets, with TLVs or without, and of no other session."""
    asked = bytes.fromhex("8005000c") + bytes(12)
    with reflector.session("open", family) as session, \
            reflector.session("open", family, source_port=0) as other:
        for number in range(1, 20):
            session.ask(number, b"")
            other.ask(number, asked)
            counts = struct.unpack(">II", session.ask(number, asked).octets[8:])
            assert counts == (2 * number, 2 * number - 1)


@pytest.mark.parametrize("dscp", range(64))
def test_each_dscp_that_is_asked_for_is_that_of_the_reply(reflector, dscp):
    """R8972-4.4-4, R8972-4.4-5."""
    asked = struct.pack(">II", 0x80040004, dscp << 26)
    for family in ("ip4", "ip6"):
        with reflector.session("open", family) as session:
            session.check(0, asked, dscp=63 - dscp, ecn=dscp & 3)


@every_tier
def test_without_a_number_of_the_link_its_tlv_is_not_understood(lab, tier):
    """A-13."""
    with Reflector(lab, tier, link=None).session() as session:
        answer = session.ask(0, bytes.fromhex("000b0004 00070022"))
        assert answer.octets.hex() == "800b000400070022"


@every_tier
@pytest.mark.parametrize("source", [*SOURCES, "auto"])
def test_timestamp_information_tells_the_source_of_the_clock(lab, tier, source):
    """R8972-4.3-3: but of a clock that nobody sets that it is free-running."""
    reflector = Reflector(lab, tier, sync_source=source)
    synchronized = reflector.stampd.show()["clock"]["synchronized"]
    code = SOURCES.get(source, SOURCES["ntp"]) if synchronized else SOURCES["local"]
    with reflector.session() as session:
        answer = session.ask(0, bytes.fromhex("80030004 00000000"))
        assert answer.octets.hex() == "00030004" + f"{code:02x}02" * 2


@every_tier
def test_follow_up_has_the_format_of_the_reply(lab, tier):
    """R8972-4.7-5: PTP."""
    reflector = Reflector(lab, tier, **{"timestamp-format": "ptp"})
    with reflector.session(stateful=True) as session:
        for number in range(5):
            session.check(number, FOLLOW_UP, to_ns=ptp_ns)


@every_tier
@both_families
def test_a_tlv_decides_in_front_of_a_configured_dscp(lab, tier, family):
    """R8972-4.4-4, R8972-4.4-5: what is denied gets the DSCP that came."""
    reflector = Reflector(lab, tier, **{"dscp-handling-mode": "use-configured-value",
                                        "dscp-value": 20})
    with reflector.session("open", family) as session:
        assert session.ask(0, b"").dscp == 20
        session.check(1, bytes.fromhex("80040004 b8000000"))
        session.check(2, bytes.fromhex("80040004 fc000000"))
        assert session.previous.dscp == DSCP
