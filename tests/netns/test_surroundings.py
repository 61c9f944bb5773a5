# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""stamp-ping where something is wrong: the message says what, where and what to do about it."""
import csv
import json
import os
import signal
import subprocess

import pytest

from conftest import BUILD, LIMIT, REFLECTOR4, REFLECTOR6, SENDER6
from listener import Listener, documents, ping

QUICK = ("-c", "2", "-i", "20ms", "-W", "50ms")
FORMS = {"text": [], "summary": ["-q"], "JSON": ["-j"], "lines": ["-j", "--each"], "CSV": ["--csv"]}
forms = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)

REFUSED = {
    "an unknown host": (["no.such.host.invalid"],
                        ["no.such.host.invalid: no address found", "check its spelling"]),
    "no route": (["198.51.100.1"], ["198.51.100.1: cannot be reached: Network is unreachable",
                                    "see `ip route get`"]),
    "no route, IPv6": (["2001:db8:1::1"], ["2001:db8:1::1: cannot be reached", "`ip route get`"]),
    "an address of the other family": (["-4", REFLECTOR6],
                                       [f"{REFLECTOR6}: no IPv4 address found"]),
    "a source of the other family": (["-I", SENDER6, REFLECTOR4],
                                     [f"{REFLECTOR4}: no IPv6 address found"]),
    "a source that -4 excludes": (["-4", "-I", SENDER6, REFLECTOR6],
                                  [f"-I {SENDER6}: not an IPv4 address, as -4 demands"]),
    "an unknown interface": (["-I", "veth9", REFLECTOR4],
                             ["-I veth9: neither an address nor an interface of this host"]),
    "a source of another host": (["-I", "192.0.2.9", REFLECTOR4],
                                 ["192.0.2.9", "Cannot assign requested address", "`ip address`"]),
    "one bad target of three": ([REFLECTOR4, "198.51.100.1", REFLECTOR6],
                                ["198.51.100.1: cannot be reached"]),
    "a multicast group": (["224.0.0.1"], ["224.0.0.1: a multicast address"]),
    "a broadcast address": (["192.0.2.255"], ["192.0.2.255: cannot be reached", "broadcast"]),
    "an interval of a nanosecond": (["-i", "1ns", REFLECTOR4], ["-i 1ns: expected 10us to 1h"]),
    "an interval that is no number": (["-i", "nan", REFLECTOR4], ["-i nan: expected 10us to 1h"]),
    "an endless interval": (["-i", "inf", REFLECTOR4], ["-i inf: expected 10us to 1h"]),
    "a count of 20 digits": (["-c", "99999999999999999999", REFLECTOR4],
                             ["-c 99999999999999999999: expected a number of packets"]),
    "an endless duration": (["-w", "99999999h", REFLECTOR4], ["-w 99999999h: expected a duration"]),
    "a size above UDP's": (["-s", "65508", REFLECTOR4], ["-s 65508: expected 14 to 65507 octets"]),
    "an empty target": ([""], ["expected HOST, HOST:PORT or [IPV6]:PORT"]),
}


@pytest.mark.parametrize("form", [[], ["-j"]], ids=["text", "JSON"])
@pytest.mark.parametrize("words, expected", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_measured_is_refused(bare_lab, words, expected, form):
    done = ping(bare_lab, *QUICK, *form, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    for part in expected:
        assert part in done.stderr


def test_a_network_without_any_address_is_told(bare_lab):
    bare_lab.sender.ip("addr", "flush", "dev", "veth1")
    for target in (REFLECTOR4, REFLECTOR6):
        done = ping(bare_lab, *QUICK, target)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"{target}: cannot be reached: " in done.stderr


def test_a_link_that_is_down_is_told(bare_lab):
    bare_lab.sender.ip("link", "set", "veth1", "down")
    done = ping(bare_lab, *QUICK, REFLECTOR4)
    assert done.returncode == 2
    assert f"{REFLECTOR4}: cannot be reached: Network is unreachable; no route" in done.stderr


@forms
def test_a_closed_port_is_told_once(bare_lab, form):
    done = ping(bare_lab, *QUICK, *form, REFLECTOR4)
    assert done.returncode == 1
    assert done.stderr == (
        f"warning: {REFLECTOR4}: nothing listens on UDP port 862 there, says {REFLECTOR4}; start "
        "the Session-Reflector, or give its port by -p\n")
    if "-j" in form:
        assert documents(done)[-1]["packets"]["icmp_errors"] == 2
    elif "--csv" in form:
        rows = list(csv.DictReader(done.stdout.splitlines()))
        assert [row["event"] for row in rows] == ["lost", "lost"]


def test_a_host_that_is_not_there_is_told(bare_lab):
    """The neighbour does not answer ARP: the kernel gives up after three seconds."""
    done = ping(bare_lab, "-j", "-c", "1", "-W", "5", "192.0.2.77")
    assert done.returncode == 1
    assert "192.0.2.77: not reached, says 192.0.2.1: No route to host" in done.stderr
    assert documents(done)[0]["packets"]["received"] == 0


def test_the_largest_packet_goes_in_fragments(bare_lab):
    with Listener(bare_lab) as listener:
        done = ping(bare_lab, "-j", "-c", "1", "-W", "50ms", "-s", "65507", REFLECTOR4)
        heard = listener.heard()
    assert (done.returncode, done.stderr) == (1, "")
    assert [len(packet.octets) for packet in heard] == [65507]


@pytest.mark.parametrize("form", [[], ["-j", "--each"], ["--csv"]], ids=["text", "JSON", "CSV"])
def test_a_reflector_that_goes_away_is_told(lab, form):
    stampd = lab.start_stampd()
    command = lab.sender.command(BUILD / "stamp-ping", *form, "-c", "0", "-i", "20ms", "-W", "1s",
                                 REFLECTOR4)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as process:
        first = [process.stdout.readline(), process.stdout.readline()]
        stampd.stop()
        assert "nothing listens on UDP port 862 there" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, err) == (0, ""), "there were replies, and it is told once"
    assert "reply" in first[1] or "rtt=" in first[1]
    if "-j" in form:
        packets = json.loads(out.splitlines()[-1])["packets"]
        assert packets["sent"] == packets["received"] + packets["lost"] + packets["under_way"]
        assert packets["received"] >= 2 and packets["icmp_errors"] > 0


@forms
def test_a_full_disk_is_told(bare_lab, form):
    with Listener(bare_lab), open("/dev/full", "w", encoding="utf-8") as full:
        done = ping(bare_lab, *QUICK, *form, REFLECTOR4, stdout=full)
    assert done.returncode == 2
    assert done.stderr.startswith("error: cannot write the report to the standard output: ")
    assert "No space left on device" in done.stderr or "lines of it are lost" in done.stderr
    assert done.stderr.count("\n") == 1


@forms
def test_a_closed_output_is_told_and_nothing_else_is_sent(bare_lab, form):
    """What is opened next must not take its place: a socket would send the report as packets."""
    words = " ".join(["exec", str(BUILD / "stamp-ping"), *QUICK, *form, REFLECTOR4, ">&-"])
    with Listener(bare_lab) as listener:
        done = subprocess.run(bare_lab.sender.command("sh", "-c", words), stderr=subprocess.PIPE,
                              text=True, timeout=LIMIT, check=False)
        heard = listener.heard()
    assert done.returncode == 2
    assert done.stderr.startswith("error: cannot write the report to the standard output: ")
    assert [len(packet.octets) for packet in heard] == [44, 44]


def test_closed_messages_do_no_harm(bare_lab):
    words = " ".join(["exec", str(BUILD / "stamp-ping"), "-j", *QUICK, REFLECTOR4, "2>&-", "<&-"])
    done = subprocess.run(bare_lab.sender.command("sh", "-c", words), stdout=subprocess.PIPE,
                          text=True, timeout=LIMIT, check=False)
    assert done.returncode == 1
    assert documents(done)[0]["packets"]["lost"] == 2


def test_a_reader_that_leaves_ends_the_run(bare_lab):
    """As in `stamp-ping -c 0 HOST | head`."""
    ours, its = os.pipe()
    with Listener(bare_lab):
        with subprocess.Popen(bare_lab.sender.command(
                BUILD / "stamp-ping", "-c", "0", "-i", "20ms", "-W", "20ms", REFLECTOR4),
                stdout=its) as process:
            os.close(its)
            assert os.read(ours, 10)
            os.close(ours)
            assert process.wait(LIMIT) == -signal.SIGPIPE
