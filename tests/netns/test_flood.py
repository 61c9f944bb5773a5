# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""stamp-ping --flood, and source ports that are not to be had."""
import json
import re
import socket

from conftest import REFLECTOR4, SENDER4
from listener import WITHOUT_RIGHTS, Listener, documents, ping

UNDER_WAY_MAX = 32768  # SESSION_FLOOD_MAX of sender.h
SECOND = 10**9


def flood(lab, *options):
    """Exit code and document of a flood."""
    done = ping(lab, "-j", "--flood", *options, REFLECTOR4)
    report, = documents(done)
    packets = report["packets"]
    assert packets["sent"] == packets["received"] + packets["lost"] + packets["under_way"]
    assert (report["sampling"], report["interval_ns"], report["pacing_ns"]) == ("flood", None, None)
    return done.returncode, report


def test_a_flood_sends_as_many_as_were_asked_for(lab):
    stampd = lab.start_stampd()
    code, report = flood(lab, "-c", "20000")
    packets = report["packets"]
    assert code == 0 and packets["sent"] == 20000
    assert packets["duplicates"] == packets["foreign"] == packets["invalid"] == 0
    interface, = stampd.settled_interfaces()
    assert interface["counters"]["reflected"] >= packets["received"] > 0


def test_each_packet_of_a_flood_leaves_once_and_in_order(bare_lab):
    with Listener(bare_lab) as listener:
        code, report = flood(bare_lab, "-c", "500", "-W", "100ms")
        heard = listener.heard()
    assert [packet.sequence for packet in heard] == list(range(500))
    assert code == 1 and report["packets"]["lost"] == 500


def test_a_flood_ends_in_time(lab):
    lab.start_stampd()
    _, report = flood(lab, "-w", "300ms", "-W", "100ms")
    assert 0.3 * SECOND <= report["took_ns"] < 5 * SECOND
    assert report["packets"]["sent"] > 1000


def test_what_ends_a_flood_first_ends_it(lab):
    lab.start_stampd()
    _, report = flood(lab, "-c", "1000", "-w", "1h")
    assert report["packets"]["sent"] == 1000


def test_a_flood_without_answers_waits_for_room(bare_lab):
    """No packet is given up within its first second, so no room comes back."""
    with Listener(bare_lab):
        code, report = flood(bare_lab, "-w", "1", "-W", "2")
    assert code == 1
    assert report["packets"]["sent"] == report["packets"]["lost"] == UNDER_WAY_MAX
    with Listener(bare_lab):
        _, report = flood(bare_lab, "-w", "1", "-W", "400ms")
    assert UNDER_WAY_MAX < report["packets"]["sent"] <= 3 * UNDER_WAY_MAX


def test_a_flood_is_told_in_packets_a_second(lab):
    lab.start_stampd()
    done = ping(lab, "--flood", "-c", "1000", REFLECTOR4)
    assert done.returncode == 0 and "seq=" not in done.stdout
    rates = re.search(r"^flood {12}(\d+) packets a second sent, (\d+) received$", done.stdout,
                      re.MULTILINE)
    assert int(rates[1]) >= int(rates[2]) > 0


def test_a_source_port_in_use_is_told(bare_lab):
    with bare_lab.sender.socket(socket.AF_INET) as other:
        other.bind((SENDER4, 40001))
        for options in (["--source-port", "40001"],
                        ["--source-port", "40000", "--sweep", "flows=2"]):
            done = ping(bare_lab, "-c", "1", *options, REFLECTOR4)
            assert (done.returncode, done.stdout) == (2, "")
            assert "port 40001: Address already in use; another socket has this port, see " \
                "`ss -uanp`\n" in done.stderr
            assert done.stderr.count("\n") == 1


def test_a_privileged_source_port_needs_the_right(bare_lab):
    options = ["-j", "-c", "1", "-W", "10ms", "--source-port", "862", REFLECTOR4]
    done = ping(bare_lab, *options, rights=WITHOUT_RIGHTS)
    assert (done.returncode, done.stdout) == (2, "")
    assert "port 862: Permission denied; ports below 1024 need CAP_NET_BIND_SERVICE\n" \
        in done.stderr
    done = ping(bare_lab, *options)
    assert done.returncode == 1 and json.loads(done.stdout)["source_port"] == 862
