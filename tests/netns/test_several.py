# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""stamp-ping with several sessions: targets side by side, and sweeps over what packets are like."""
import collections
import csv
import dataclasses
import re
import socket
import statistics

import pytest

from conftest import REFLECTOR4, REFLECTOR6
from honest_reflector import HonestReflector
from listener import Listener, documents, ping

MS = 10**6
QUICK = ("-c", "3", "-i", "60ms", "-W", "300ms")
SILENT = f"{REFLECTOR4}:863"
LABELS = {f"{REFLECTOR4} port 862": 0, REFLECTOR6: 0, f"{REFLECTOR4} port 863": 100}
FIRST_PORT, BAD_PORT, FLOWS = 40000, 40037, 64


def counts(session):
    return tuple(session["packets"][name] for name in ("sent", "received", "lost"))


@pytest.fixture(name="targets")
def fixture_targets(lab):
    """Three targets, of which the last hears and does not answer."""
    lab.start_stampd()
    with Listener(lab, port=863):
        yield [REFLECTOR4, REFLECTOR6, SILENT]


def test_each_target_has_its_row(lab, targets):
    done = ping(lab, *QUICK, *targets)
    assert done.returncode == 1, "one of them is silent"
    assert done.stderr == ""
    assert done.stdout.startswith("stamp-ping: 3 sessions, unauthenticated, stateless, ")
    rows = re.findall(r"^(\S.*?) +3 +(\d+) %!? +", done.stdout, re.MULTILINE)
    assert {label: int(loss) for label, loss in rows} == LABELS
    assert re.findall("^stands out: (.*?);", done.stdout, re.MULTILINE) == \
        [f"{REFLECTOR4} port 863"]


def test_each_target_has_its_session_in_json(lab, targets):
    done = ping(lab, "-j", *QUICK, *targets)
    report, = documents(done)
    assert done.returncode == 1
    assert [counts(session) for session in report["sessions"]] == [(3, 3, 0), (3, 3, 0), (3, 0, 3)]
    assert [(session["target"], session["port"]) for session in report["sessions"]] == \
        [(REFLECTOR4, 862), (REFLECTOR6, 862), (REFLECTOR4, 863)]
    assert len({session["ssid"] for session in report["sessions"]}) == 3


def test_all_targets_have_to_answer(lab, targets):
    assert ping(lab, *QUICK, *targets[:2]).returncode == 0


def test_a_condition_that_holds_for_one_is_enough(lab, targets):
    done = ping(lab, *QUICK, "--fail-if", "loss>1%", *targets)
    assert done.returncode == 3
    behind = done.stdout.split(f"\n\n{REFLECTOR4} port 863\n")
    assert len(behind) == 2 and "failed " not in behind[0]
    assert "failed           loss>1%: it is 100 %" in behind[1]
    assert ping(lab, *QUICK, "--fail-if", "loss>1%", *targets[:2]).returncode == 0
    report, = documents(ping(lab, "-j", *QUICK, "--fail-if", "loss>1%", *targets))
    assert [len(session["failed"]) for session in report["sessions"]] == [0, 0, 2]


def test_a_line_of_each_packet_tells_its_session(lab, targets):
    *lines, report = documents(ping(lab, "-j", "--each", *QUICK, *targets))
    assert len(report["sessions"]) == 3
    assert collections.Counter((line["session"], line["event"]) for line in lines) == \
        {(1, "reply"): 3, (2, "reply"): 3, (3, "lost"): 3}
    rows = list(csv.DictReader(ping(lab, "--csv", *QUICK, *targets).stdout.splitlines()))
    assert collections.Counter((row["session"], row["event"]) for row in rows) == \
        {("1", "reply"): 3, ("2", "reply"): 3, ("3", "lost"): 3}


def test_sizes_are_those_swept(bare_lab):
    with Listener(bare_lab) as listener:
        done = ping(bare_lab, "-j", *QUICK, "-W", "10ms", "--sweep", "size=44..1400,339",
                    REFLECTOR4)
        heard = listener.heard()
    sizes = [44, 383, 722, 1061, 1400]
    assert collections.Counter(len(packet.octets) for packet in heard) == dict.fromkeys(sizes, 3)
    assert len({(len(packet.octets), packet.source_port) for packet in heard}) == 5
    report, = documents(done)
    assert [session["octets"] for session in report["sessions"]] == sizes


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6], ids=["ip4", "ip6"])
def test_dscps_are_those_swept(bare_lab, family):
    with Listener(bare_lab, family) as listener:
        done = ping(bare_lab, *QUICK, "-W", "10ms", "--sweep", "dscp=0,10,44..46,63",
                    listener.address)
        heard = listener.heard()
    assert collections.Counter(packet.dscp for packet in heard) == \
        dict.fromkeys([0, 10, 44, 45, 46, 63], 3)
    assert re.findall(r"^dscp (\d+) +3 +100 %", done.stdout, re.MULTILINE) == \
        ["0", "10", "44", "45", "46", "63"]


def test_flows_are_as_many_source_ports(bare_lab):
    with Listener(bare_lab) as listener:
        done = ping(bare_lab, "-i", "160ms", "-c", "2", "-W", "10ms", "--sweep", "flows=16",
                    REFLECTOR4)
        heard = listener.heard()
    ports = collections.Counter(packet.source_port for packet in heard)
    assert len(ports) == 16 and set(ports.values()) == {2}
    assert {int(port) for port in re.findall(r"^from (\d+) ", done.stdout, re.MULTILINE)} == \
        set(ports)


def test_source_ports_follow_the_first(bare_lab):
    with Listener(bare_lab) as one, Listener(bare_lab, socket.AF_INET6) as other:
        ping(bare_lab, "-i", "80ms", "-c", "2", "-W", "10ms", "--sweep", "flows=4",
             "--source-port", "40000", REFLECTOR4, REFLECTOR6)
        ports = [collections.Counter(packet.source_port for packet in listener.heard())
                 for listener in (one, other)]
    assert ports == [dict.fromkeys(range(40000, 40004), 2), dict.fromkeys(range(40004, 40008), 2)]


def test_sessions_share_the_interval(bare_lab):
    """Five sessions at a packet each 500 ms: a packet every 100 ms, in turn."""
    with Listener(bare_lab) as listener:
        ping(bare_lab, "-i", "500ms", "-c", "3", "-W", "10ms", "--sweep", "flows=5",
             "--source-port", str(FIRST_PORT), REFLECTOR4)
        heard = listener.heard()
    assert [packet.source_port - FIRST_PORT for packet in heard] == [0, 1, 2, 3, 4] * 3
    gaps = [later.arrived_ns - packet.arrived_ns for packet, later in zip(heard, heard[1:])]
    assert abs(statistics.median(gaps) - 100 * MS) < 20 * MS, gaps


class UnevenReflector(HonestReflector):
    """Far away, so that a busy host does not matter, for all source ports but one."""

    def __init__(self, namespace, bad):
        super().__init__(namespace)
        self.bad = bad  # an Act to an Act, or to None, which is a loss

    def hand_over(self, packet, act, received_ns, octets, sender):
        act = dataclasses.replace(act, backward=50 * MS)
        if sender[1] == BAD_PORT:
            act = self.bad(act)
        if act:
            super().hand_over(packet, act, received_ns, octets, sender)


@pytest.mark.parametrize("bad, exit_code, why", [
    (lambda act: None, 1, "loss 100 %, median 0 %"),
    (lambda act: dataclasses.replace(act, backward=150 * MS), 0, "p50 15"),
], ids=["lost", "late"])
def test_the_bad_one_of_64_flows_stands_out(bare_lab, bad, exit_code, why):
    with UnevenReflector(bare_lab.reflector, bad):
        done = ping(bare_lab, "--fast", "-i", "320ms", "-c", "5", "-W", "1s", "--sweep",
                    f"flows={FLOWS}", "--source-port", str(FIRST_PORT), REFLECTOR4)
    assert done.returncode == exit_code
    rows = re.findall(r"^from (\d+) +5 ", done.stdout, re.MULTILINE)
    assert [int(port) for port in rows] == list(range(FIRST_PORT, FIRST_PORT + FLOWS))
    found = [line for line in done.stdout.splitlines() if line.startswith("stand")]
    assert len(found) == 1 and found[0].startswith(f"stands out: from {BAD_PORT}; {why}"), found
    marked = [line for line in done.stdout.splitlines() if "!" in line]
    assert [line.split()[1] for line in marked] == [str(BAD_PORT)]
