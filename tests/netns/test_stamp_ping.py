# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""stamp-ping against the kernel reflector: what it says must be what happened."""
import json
import os
import re
import signal
import socket
import struct
import subprocess

import pytest

from conftest import (BUILD, LIMIT, REFLECTOR4, REFLECTOR6, SENDER4, kernel_timestamps, run,
                      wait_for)

TARGETS = {"ip4": REFLECTOR4, "ip6": REFLECTOR6}
both_families = pytest.mark.parametrize("family", TARGETS)


@both_families
@pytest.mark.parametrize("mode", ["native", "generic"])
def test_every_test_packet_comes_back(lab, mode, family):
    stampd = lab.start_stampd("--mode", mode)
    report = lab.stamp_ping(TARGETS[family], "-c", "50", "--fast", "-i", "2ms")
    assert report["packets"]["sent"] == report["packets"]["received"] == 50
    assert report["packets"]["lost"] == report["packets"]["duplicates"] == 0
    assert report["packets"]["lost_forward"] is None, "a stateless reflector cannot tell"
    assert report["hops"] == {"forward": 1, "backward": 1, "changed": False}
    assert report["timestamps"] == kernel_timestamps(50)
    assert 0 < report["round_trip_ns"]["min"] <= report["round_trip_ns"]["p50"] \
        <= report["round_trip_ns"]["max"]
    assert stampd.counter("reflected") == 50


@both_families
def test_a_stateful_reflector_without_loss_gives_zero_each_way(lab, family):
    stampd = lab.start_stampd("--stateful")
    report = lab.stamp_ping(TARGETS[family], "-c", "20", "--fast", "-i", "2ms", "--stateful")
    assert report["packets"]["lost_forward"] == report["packets"]["lost_backward"] == 0
    assert stampd.show()["sessions"]["present"] == 1


@both_families
@pytest.mark.parametrize("reflector", [[], ["--ptp"]], ids=["ntp-reflector", "ptp-reflector"])
@pytest.mark.parametrize("sender", [[], ["--ptp"]], ids=["ntp-sender", "ptp-sender"])
def test_each_side_keeps_its_own_timestamp_format(lab, family, reflector, sender):
    """R8762-4.2.1-6: a mixed pair measures the same round trip and residence."""
    lab.start_stampd(*reflector)
    report = lab.stamp_ping(TARGETS[family], "-c", "20", "--fast", "-i", "2ms", *sender)
    assert report["packets"]["received"] == 20 and report["packets"]["invalid"] == 0
    assert 0 < report["round_trip_ns"]["max"] < 10**9
    assert 0 <= report["reflector_ns"]["max"] < 10**9


@both_families
@pytest.mark.parametrize("size", [14, 43, 44, 45, 1000, 1452])
def test_any_size_is_answered(lab, family, size):
    lab.start_stampd("--short-requests")
    report = lab.stamp_ping(TARGETS[family], "-c", "3", "--fast", "-i", "2ms", "-s", str(size))
    assert report["packets"]["received"] == 3


def test_ttl_dscp_ssid_and_source_are_what_was_asked_for(lab):
    lab.start_stampd()
    capture = subprocess.Popen(
        lab.reflector.command("tcpdump", "-Z", "root", "-U", "--immediate-mode", "-nn", "-v", "-x",
                              "-c", "1", "-Q", "in", "-i", "veth0", "udp"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for(lambda: "listening on" in capture.stderr.readline(), "tcpdump listens")
    # The reflector's interface has a program that answers before tcpdump sees anything.
    lab.daemons[0].stop()
    lab.stamp_ping(REFLECTOR4, "-c", "1", "-W", "10ms", "--ttl", "17", "--dscp", "46",
                   "--ssid", "4660", "-I", SENDER4, check=False)
    seen = capture.communicate(timeout=LIMIT)[0]
    assert "tos 0xb8" in seen and "ttl 17" in seen
    assert f"{SENDER4}." in seen and f"{REFLECTOR4}.862" in seen
    assert "1234" in seen.split("0x0020:")[1], "the SSID, 14 octets into the payload"


def test_the_path_length_is_counted_each_way(lab):
    """Two routers on the way there and back: three hops, as traceroute counts."""
    lab.start_stampd("--mode", "generic")
    far, middle = lab.add_namespace("far"), lab.add_namespace("middle")
    lab.connect(far, "veth2", middle, "veth3")
    lab.connect(middle, "veth4", lab.sender, "veth5")
    for namespace, interface, address in ((far, "veth2", "198.51.100.1"),
                                          (middle, "veth3", "198.51.100.2"),
                                          (middle, "veth4", "198.51.100.5"),
                                          (lab.sender, "veth5", "198.51.100.6")):
        namespace.ip("addr", "add", f"{address}/30", "dev", interface)
    for router in (middle, lab.sender):
        router.sysctl("net.ipv4.ip_forward", 1)
    far.ip("route", "add", "default", "via", "198.51.100.2")
    middle.ip("route", "add", "default", "via", "198.51.100.6")
    lab.sender.ip("route", "add", "198.51.100.0/30", "via", "198.51.100.5")
    lab.reflector.ip("route", "add", "default", "via", SENDER4)
    report = json.loads(far.run(BUILD / "stamp-ping", "-j", "-c", "5", "--fast", "-i", "2ms", REFLECTOR4))
    assert report["packets"]["received"] == 5
    assert report["hops"] == {"forward": 3, "backward": 3, "changed": False}


def test_a_smaller_mtu_on_the_way_is_told_and_learnt(bare_lab):
    """The first packet is lost at the router, the others go in fragments."""
    bare_lab.start_stampd("--mode", "generic")
    far = bare_lab.add_namespace("far")
    bare_lab.connect(far, "veth2", bare_lab.sender, "veth3")
    far.ip("addr", "add", "198.51.100.1/30", "dev", "veth2")
    bare_lab.sender.ip("addr", "add", "198.51.100.2/30", "dev", "veth3")
    bare_lab.sender.sysctl("net.ipv4.ip_forward", 1)
    far.ip("route", "add", "default", "via", "198.51.100.2")
    bare_lab.reflector.ip("route", "add", "default", "via", SENDER4)
    bare_lab.set_mtu(1400)
    done = subprocess.run(
        far.command(BUILD / "stamp-ping", "-j", "-c", "5", "-i", "50ms", "-W", "300ms", "-s",
                    "1472", REFLECTOR4), capture_output=True, text=True, timeout=LIMIT, check=False)
    assert "not reached, says 198.51.100.2: Message too long" in done.stderr
    counts = json.loads(done.stdout)["packets"]
    assert (counts["sent"], counts["received"], counts["icmp_errors"]) == (5, 4, 1)


def test_no_privilege_is_needed(lab):
    lab.start_stampd()
    command = lab.sender.command("setpriv", "--reuid", "65534", "--regid", "65534",
                                 "--clear-groups", "--bounding-set", "-all",
                                 f"{BUILD}/stamp-ping", "-j", "-c", "3", "--fast", "-i", "2ms", REFLECTOR4)
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["timestamps"]["transmit"] == "kernel"


def test_exit_codes_say_what_happened(lab):
    stampd = lab.start_stampd()
    command = lab.sender.command(BUILD / "stamp-ping", "-c", "2", "--fast", "-i", "2ms", "-W", "50ms")

    def exit_code(*words):
        return subprocess.run([*command, *words], capture_output=True, timeout=LIMIT,
                              check=False).returncode

    assert exit_code(REFLECTOR4) == 0
    assert exit_code("-s", "13", REFLECTOR4) == 2
    assert exit_code("--dscp", "64", REFLECTOR4) == 2
    assert exit_code("no.such.host.invalid") == 2
    assert exit_code("-s", "43", REFLECTOR4) == 1, "refused as too short"
    stampd.stop()
    assert exit_code(REFLECTOR4) == 1


def test_ctrl_c_gives_the_summary(lab):
    lab.start_stampd()
    command = lab.sender.command(BUILD / "stamp-ping", "-j", "--each", "-c", "0", "--fast", "-i", "5ms",
                                 REFLECTOR4)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as ping:
        first = json.loads(ping.stdout.readline())
        assert first["event"] == "reply"
        ping.send_signal(signal.SIGINT)
        last = json.loads(ping.communicate(timeout=LIMIT)[0].splitlines()[-1])
    assert ping.returncode == 0
    counts = last["packets"]
    assert counts["sent"] == counts["received"] + counts["lost"] + counts["under_way"]


def test_a_summary_is_printed_for_people(lab):
    lab.start_stampd()
    text = run(*lab.sender.command(BUILD / "stamp-ping", "-c", "3", "--fast", "-i", "2ms", REFLECTOR4))
    assert text.count("44 octets from 192.0.2.2: seq=") == 3
    for words in ("3 sent, 3 received, 0 lost (0 %)", "round trip", "p99",
                  "hops             forward 1, backward 1"):
        assert words in text
    quiet = run(*lab.sender.command(BUILD / "stamp-ping", "-q", "-c", "3", "--fast", "-i", "2ms",
                                    REFLECTOR4))
    assert "seq=" not in quiet and "3 received" in quiet


def send_times(lab, *options):
    """T1 of every packet of a run that nobody answers, as the packets say, in seconds."""
    with lab.reflector.socket(socket.AF_INET) as listener:
        listener.bind((REFLECTOR4, 862))
        report = lab.stamp_ping(REFLECTOR4, "-c", "101", "-i", "10ms", "-W", "10ms", *options,
                                check=False)
        packets = [listener.recv(100) for _ in range(report["packets"]["sent"])]
    seconds, fractions = zip(*(struct.unpack(">II", packet[4:12]) for packet in packets))
    return [whole - seconds[0] + part / 2**32 for whole, part in zip(seconds, fractions)], report


def test_random_times_between_packets(lab):
    """Of 100 intervals 39 are expected below half of the mean, and 22 above one and a half."""
    times, report = send_times(lab, "--poisson")
    assert (report["sampling"], report["interval_ns"]) == ("poisson", 10**7)
    intervals = [later - earlier for earlier, later in zip(times, times[1:])]
    assert len(intervals) == 100
    assert sum(interval < 0.005 for interval in intervals) >= 10
    assert sum(interval > 0.015 for interval in intervals) >= 3
    times, report = send_times(lab)
    assert (report["sampling"], report["interval_ns"]) == ("periodic", 10**7)
    assert times[-1] - times[0] > 0.98, "no interval is shorter on average"
    text = run(*lab.sender.command(BUILD / "stamp-ping", "-c", "2", "--fast", "-i", "5ms", "-W", "10ms",
                                   "--poisson", REFLECTOR4), check=False)
    assert "stateless, random intervals of 5.00 ms on average\n" in text


def test_lateness_of_sending_is_told_where_it_matters(lab):
    lab.start_stampd()
    pacing = lab.stamp_ping(REFLECTOR4, "-c", "50", "--fast", "-i", "2ms")["pacing_ns"]
    assert 0 < pacing["min"] <= pacing["p50"] <= pacing["p99"] <= pacing["max"]

    def summary(*options):
        return run(*lab.sender.command(BUILD / "stamp-ping", "-q", *options, REFLECTOR4))

    assert "sent late by" not in summary("-c", "1", "-i", "1h")
    late = summary("-c", "1000", "--fast", "-i", "10us")
    assert re.search(r"^sent late by {5}p50 [0-9.]+ .?s, p99 [0-9.]+ .?s, max [0-9.]+ .?s$", late,
                     re.MULTILINE), late


def test_stampctl_shows_what_the_kernel_did(lab):
    stampd = lab.start_stampd()
    lab.stamp_ping(REFLECTOR4, "-c", "7", "--fast", "-i", "2ms")
    text = stampd.stampctl("show")
    assert "veth0" in text and "native mode (as configured), attached" in text
    assert "7  reflected" in text
    assert stampd.show()["schema"] == "stampctl/1"
    assert os.stat(stampd.control).st_mode & 0o777 == 0o660


@pytest.mark.parametrize("wanted, told", [("auto", "kernel"), ("hardware", "kernel"),
                                          ("kernel", "kernel"), ("user", "user")])
def test_times_are_those_asked_for_as_far_as_there_are_any(lab, wanted, told):
    """veth has no clock of its own: the kernel's times stand in, and that is said if it was asked."""
    lab.start_stampd()
    done = subprocess.run(
        lab.sender.command(BUILD / "stamp-ping", "-j", "-c", "3", "-i", "10ms", "--timestamps", wanted,
                           REFLECTOR4), capture_output=True, text=True, timeout=LIMIT, check=False)
    assert done.returncode == 0, done.stderr
    times = json.loads(done.stdout)["timestamps"]
    assert times["transmit"] == times["receive"] == told
    assert times["transmit_counts"][told] == times["receive_counts"][told] == 3
    assert ("no timestamps of the network card" in done.stderr) == (wanted == "hardware")
