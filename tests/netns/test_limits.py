# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Floods of forged senders, the rate limit, forgotten sessions and a table that is full."""
import pathlib
import re
import subprocess
import time
import types

import pytest

from conftest import BUILD, LIMIT, REFLECTOR4, SENDER4, Load, made_lab, wait_for
from stamp import Reply, request
from test_auth import KEYS, ping, write_keys
from test_frames import mac
from test_reflect import Peer

FLOODED = "10.9.0.0"  # /16
VICTIM, NEIGHBOUR = "10.9.0.5", "10.9.0.6"  # honest senders in the flooded prefix
FLOOD_SECONDS = 3
FLOOD_MAX = 3_000_000  # packets


class Attacker:
    """A host on a link of its own, whose forged packets come in by veth2."""

    def __init__(self, lab):
        self.host = lab.add_namespace("attacker")
        lab.connect(self.host, "veth3", lab.reflector, "veth2")
        lab.load_pass_program(self.host, "veth3")
        self.target_mac = mac(lab.reflector, "veth2")

    def start(self, prefix=FLOODED, length=16, size=44, count=FLOOD_MAX, seconds=FLOOD_SECONDS):
        return subprocess.Popen(
            self.host.command(BUILD / "tests/netns/flood", "veth3", self.target_mac, prefix, length,
                              REFLECTOR4, 862, size, count, seconds), stdout=subprocess.PIPE, text=True)

    def flood(self, **arguments):
        """How many packets went out."""
        return finish(self.start(**arguments))


def finish(flood):
    output, _ = flood.communicate(timeout=2 * LIMIT)
    assert flood.returncode == 0
    return int(output)


def both_links(sessions, **settings):
    return {"interfaces": [{"name": "veth0"}, {"name": "veth2"}],
            "session-reflector": {"sessions": sessions, **settings}}


def sequences(load):
    return [Reply.parse(octets).sequence for octets in load.replies]


@pytest.fixture(scope="module")
def flooded():
    """What three honest senders and the counters saw of a flood from forged addresses."""
    with made_lab() as lab:
        lab.load_pass_program()
        attacker = Attacker(lab)
        for address in (VICTIM, NEIGHBOUR):
            lab.sender.ip("addr", "add", f"{address}/32", "dev", "veth1")
        stampd = lab.start_stampd_with(both_links([
            {"name": "elsewhere", "sender-ip": SENDER4, "reflector-mode": "stateful"},
            {"name": "known", "sender-ip": f"{FLOODED}/16", "ssid": 7,
             "reflector-mode": "stateful"},
            {"name": "flooded", "sender-ip": f"{FLOODED}/16"}]))
        elsewhere = Load(lab.sender, REFLECTOR4, 200)
        known = Load(lab.sender, REFLECTOR4, 200, ssid=7, source=VICTIM)
        known.wait_for_replies(10)
        before, began = stampd.settled_interfaces()[1], time.monotonic()
        flood = attacker.start()
        wait_for(lambda: stampd.counter("reflected", 1) > 1000, "the flood has begun")
        newcomer = Load(lab.sender, REFLECTOR4, 200, source=NEIGHBOUR)
        sent, seconds = finish(flood), time.monotonic() - began
        for load in (elsewhere, known, newcomer):
            load.stop()
        interfaces = stampd.settled_interfaces()
        yield types.SimpleNamespace(
            elsewhere=elsewhere, known=known, newcomer=newcomer, sent=sent, seconds=seconds,
            before=before, after=interfaces[1], quiet_link=interfaces[0],
            sessions=stampd.show()["sessions"])


def test_a_flood_costs_a_sender_elsewhere_nothing(flooded):
    load = flooded.elsewhere
    assert len(load.replies) >= 0.999 * load.sent
    assert sequences(load) == list(range(load.sent))


def test_a_flood_leaves_known_sessions_of_its_prefix_their_numbers(flooded):
    load = flooded.known
    assert len(load.replies) >= 0.999 * load.sent
    assert sequences(load) == list(range(load.sent))


def test_a_flood_leaves_a_new_sender_of_its_prefix_answers(flooded):
    assert flooded.newcomer.sent > 100
    assert len(flooded.newcomer.replies) >= 0.2 * flooded.newcomer.sent


def test_a_flood_creates_no_more_sessions_than_allowed(flooded):
    a_second = 65536 // 60
    assert a_second < flooded.sessions["created"] < a_second * (flooded.seconds + 1) + 10
    assert flooded.sessions["evicted"] == 0
    assert flooded.sessions["present"] == flooded.sessions["created"]


def test_a_flood_is_counted_exactly(flooded):
    """T8: by the sender's own count, too."""
    def unasked(interface):
        return sum(interface["counters"][name] for name in ("other_traffic", "extension_headers"))

    assert flooded.sent > 100_000
    grown = flooded.after["totals"]["received"] - flooded.before["totals"]["received"]
    assert grown - (unasked(flooded.after) - unasked(flooded.before)) == flooded.sent
    assert flooded.after["counters"]["reflected"] == flooded.sent
    assert flooded.quiet_link["counters"]["reflected"] == \
        flooded.elsewhere.sent + flooded.known.sent + flooded.newcomer.sent


def test_who_forges_a_senders_own_address_cannot_silence_it(lab):
    lab.sender.ip("addr", "add", f"{VICTIM}/32", "dev", "veth1")
    attacker = Attacker(lab)
    stampd = lab.start_stampd_with(both_links([{"name": "any", "sender-ip": "any"}]))
    flood = attacker.start(prefix=VICTIM, length=32)
    wait_for(lambda: stampd.counter("rate_limited", 1), "the flood is over the limit")
    victim = Load(lab.sender, REFLECTOR4, 200, source=VICTIM)
    other = Load(lab.sender, REFLECTOR4, 200)
    sent = finish(flood)
    during = victim.sent
    answered = len(victim.replies)
    for load in (victim, other):
        load.stop()
    assert during > 200 and answered >= 0.2 * during
    assert len(other.replies) == other.sent
    interface = stampd.settled_interfaces()[1]
    assert interface["counters"]["reflected"] + interface["counters"]["rate_limited"] == sent
    # 10,000 a second, and one in four of the rest.
    limited = 10_000 * FLOOD_SECONDS
    assert limited < interface["counters"]["reflected"] < limited + 2 * 10_000 + 0.26 * sent


def test_a_flood_of_bad_hmacs_takes_nothing_from_the_kernel_path(lab):
    """From forged addresses at full rate; nor does it silence an authenticated session elsewhere."""
    write_keys(lab, KEYS[0])
    attacker = Attacker(lab)
    stampd = lab.start_stampd_with(both_links([
        {"name": "open", "sender-ip": SENDER4, "reflector-udp-port": 8620,
         "reflector-mode": "stateful"},
        {"name": "guarded", "sender-ip": "any",
         "authentication": {"key-file": str(lab.folder / "lab.key")}}]))
    unguarded = Load(lab.sender, REFLECTOR4, 200, port=8620)
    flood = attacker.start(size=112)
    wait_for(lambda: stampd.counter("slow_path", 1) > 1000, "the flood has begun")
    packets = ping(lab, REFLECTOR4, "-c", "400", "--fast", "-i", "5ms")
    assert flood.poll() is None, "the flood went on all the time"
    sent = finish(flood)
    unguarded.stop()
    assert sequences(unguarded) == list(range(unguarded.sent))
    assert packets["received"] >= 0.99 * packets["sent"]

    def all_counted():
        slow = stampd.show()["interfaces"][1]["slow_path"]
        return slow["refused"]["bad_hmac"] + slow["lost"] == sent and slow
    wait_for(all_counted, "each packet of the flood is refused, or lost and counted")
    assert stampd.show()["sessions"]["created"] == 2


def test_a_flood_of_stateful_sessions_is_held_back(lab):
    attacker = Attacker(lab)
    lab.sender.ip("addr", "add", f"{VICTIM}/32", "dev", "veth1")
    stampd = lab.start_stampd_with(both_links([
        {"name": "flooded", "sender-ip": f"{FLOODED}/16", "reflector-mode": "stateful",
         "new-sessions-per-second": 100}]))
    known = Load(lab.sender, REFLECTOR4, 200, ssid=7, source=VICTIM)  # the flood has no SSID
    known.wait_for_replies(1)
    began = time.monotonic()
    sent = attacker.flood(seconds=1)
    seconds = time.monotonic() - began
    known.stop()
    assert sequences(known) == list(range(known.sent))
    counters = stampd.settled_interfaces()[1]["counters"]
    assert counters["reflected"] + counters["new_sessions"] == sent
    assert 100 <= counters["reflected"] <= 100 * (seconds + 1) + 10
    assert stampd.show()["sessions"]["created"] == counters["reflected"] + 1


def test_no_forged_sender_comes_twice(lab):
    """Else one could be a session that is there already, and created be less than reflected."""
    attacker = Attacker(lab)
    stampd = lab.start_stampd_with(both_links(
        [{"name": "any", "sender-ip": "any", "new-sessions-per-second": 1_000_000}],
        **{"rate-limit": {"packets-per-second": 0}, "max-sessions": 131_072}))
    ports = 65536 - 1024
    assert attacker.flood(prefix=VICTIM, length=32, count=ports) == ports
    assert stampd.settled_interfaces()[1]["counters"]["reflected"] == ports
    assert stampd.show()["sessions"]["created"] == ports


def test_a_sender_that_is_too_fast_gets_what_the_limit_leaves(lab):
    stampd = lab.start_stampd_with({"session-reflector": {
        "rate-limit": {"packets-per-second": 100, "burst": 10},
        "sessions": [{"name": "any", "sender-ip": "any"}]}})
    began = time.monotonic()
    report = lab.stamp_ping(REFLECTOR4, "-c", "2000", "--fast", "-i", "500us", "-W", "100ms", check=False)
    seconds = time.monotonic() - began
    assert report["packets"]["sent"] == 2000
    within = 10 + 100
    rest = 2000 - within
    # One in four at random: four standard deviations are 76.
    assert within + rest / 4 - 80 < report["packets"]["received"] < \
        10 + 100 * seconds + rest / 4 + 80
    counters = stampd.settled_interfaces()[0]["counters"]
    assert counters["reflected"] == report["packets"]["received"]
    assert counters["rate_limited"] == report["packets"]["lost"]
    assert re.search(r"^rate_limited .*\n  hint: raise rate-limit if the source is honest",
                     stampd.stampctl("drops"), re.MULTILINE)


def test_a_session_that_was_idle_for_ref_wait_begins_anew(lab):
    """R8762-4.3.1-2."""
    stampd = lab.start_stampd_with({"session-reflector": {
        "ref-wait": "1s",
        "sessions": [{"name": "any", "sender-ip": "any", "reflector-mode": "stateful"}]}})
    peer = Peer(lab, "ip4")
    for number in range(3):
        assert Reply.parse(peer.exchange(request(0))).sequence == number
    last = time.monotonic()
    sessions = stampd.show()["sessions"]
    assert (sessions["present"], sessions["idle"]) == (1, 0)
    wait_for(lambda: stampd.show()["sessions"]["idle"] == 1, "the session is shown as idle")
    assert time.monotonic() - last >= 0.9
    sessions = stampd.show()["sessions"]
    assert (sessions["present"], sessions["created"], sessions["evicted"]) == (0, 1, 0)
    for number in range(2):
        assert Reply.parse(peer.exchange(request(0))).sequence == number
    assert stampd.show()["sessions"]["present"] == 1


def test_a_full_table_costs_no_stateless_sender_its_reply(lab):
    attacker = Attacker(lab)
    stampd = lab.start_stampd_with(both_links(
        [{"name": "any", "sender-ip": "any", "new-sessions-per-second": 1_000_000}],
        **{"max-sessions": 1000}))
    memory = stampd.show()["sessions"]["memory_octets"]
    assert attacker.flood(count=5000) == 5000
    assert stampd.settled_interfaces()[1]["counters"]["reflected"] == 5000
    sessions = stampd.show()["sessions"]
    assert sessions["created"] == 5000 and sessions["present"] <= 1000
    assert sessions["present"] + sessions["idle"] + sessions["evicted"] == sessions["created"]
    assert sessions["memory_octets"] == memory
    assert len(Peer(lab, "ip4").exchange(request(0))) == 44


def available_octets():
    rows = dict(line.split(":") for line in pathlib.Path("/proc/meminfo").read_text().splitlines())
    return int(rows["MemAvailable"].split()[0]) * 1024


def test_a_million_sessions_fit_into_256_mib(lab):
    """P4."""
    if available_octets() < 2 << 30:
        pytest.skip("less than 2 GiB of memory is available")
    attacker = Attacker(lab)
    stampd = lab.start_stampd_with(both_links(
        [{"name": "any", "sender-ip": "any", "new-sessions-per-second": 1_000_000}],
        **{"max-sessions": 1_000_000}))
    sent = attacker.flood(prefix="10.0.0.0", length=8, count=1_000_000, seconds=8)
    assert stampd.settled_interfaces()[1]["counters"]["reflected"] == sent
    sessions = stampd.show()["sessions"]
    assert sessions["memory_octets"] <= 256 << 20
    assert sessions["created"] >= 0.999 * sent
    assert sessions["present"] + sessions["idle"] + sessions["evicted"] == sessions["created"]
    assert len(Peer(lab, "ip4").exchange(request(0))) == 44
