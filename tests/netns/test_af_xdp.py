# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The slow path over AF_XDP: which sockets there are, what goes over them, and that none is lost
without being counted."""
import array
import fcntl
import json
import re
import signal
import socket
import struct
import subprocess
import time

import pytest

from conftest import BUILD, LIMIT, REFLECTOR4, SENDER4, Load, run, wait_for
from stamp import request
from test_auth import KEYS, config, config_beside_open, path, ping, signed, write_keys
from test_reflect import Peer, both_families

SIOCETHTOOL, ETHTOOL_SCHANNELS = 0x8946, 0x3d

by_xdp = pytest.mark.parametrize("way", ["native", "generic"])


def with_af_xdp(lab, way="native", session=None, **af_xdp):
    settings = config(lab, way, **(session or {}))
    settings["interfaces"][0]["af-xdp"] = af_xdp
    return settings


def settled(stampd, handed_over=0):
    """The interface once both its ledgers balance, with at least so many on the second."""
    def balanced():
        interface = stampd.show()["interfaces"][0]
        slow = interface["slow_path"]
        answered = slow["reflected"] + sum(slow["refused"].values())
        return (interface["totals"]["received"] == sum(interface["counters"].values())
                and interface["counters"]["slow_path"] == slow["received"] == answered
                and slow["unaccounted"] == 0 and answered >= handed_over and interface)
    return wait_for(balanced, "the slow path's ledger balances")


@both_families
@by_xdp
@pytest.mark.parametrize("reflector", ["stateless", "stateful"])
def test_both_ledgers_balance_to_the_packet(lab, way, family, reflector):
    """T8: with good, forged and short requests between each other."""
    write_keys(lab, KEYS[0])
    stampd = lab.start_stampd_with(config(lab, way, **{"reflector-mode": reflector}))
    peer = Peer(lab, family)
    for number in range(300):
        kind = number % 3
        peer.socket.send([signed(number), signed(number, KEYS[1]), signed(number)[:100]][kind])
    interface = settled(stampd, 200)
    slow = interface["slow_path"]
    assert (slow["reflected"], slow["refused"], slow["lost"]) == (100, {"bad_hmac": 100}, 0)
    assert interface["counters"]["too_short"] == 100
    assert interface["counters"]["slow_path"] == interface["totals"]["slow_path"] == 200
    assert slow["residence_ns"]["count"] == 100
    assert slow["queues"] == [{"queue": 0, "zero_copy": False, "receive_times": "kernel"}]
    assert interface["socket"]["received"] == 0
    replies = []
    for _ in range(100):
        replies.append(peer.socket.recv(1000))
    assert len({octets[48:52] for octets in replies}) == 100


def test_without_a_session_that_needs_it_there_is_no_socket(lab):
    """Nothing is locked, and no thread runs, until a reload brings such a session."""
    plain = {"session-reflector": {"sessions": [{"name": "open", "sender-ip": "any"}]}}
    stampd = lab.start_stampd_with(plain)
    slow = stampd.show()["interfaces"][0]["slow_path"]
    assert (slow["by"], slow["reason"], slow["queues"]) == ("socket", "no session needs it", [])
    assert threads(stampd) == 1
    write_keys(lab, KEYS[0])
    lab.write_config(config(lab))
    stampd.stampctl("reload")
    assert threads(stampd) == 2
    assert ping(lab, REFLECTOR4, "-c", "5")["received"] == 5
    assert path(stampd)["reflected"] == 5
    lab.write_config(plain)
    stampd.stampctl("reload")
    assert threads(stampd) == 1 and path(stampd, "socket")["received"] == 0


IN_STAMPD = {"tlvs-in-kernel": False}
# What a session and the reflector have, and whether sockets are wanted for it.
NEEDS = {
    "keys of TLVs": ({"tlv-key-file": "lab.key"}, {}, True),
    "TLVs in stampd": ({}, IN_STAMPD, True),
    "TLVs in stampd, and a session without TLVs": ({"tlvs": False}, IN_STAMPD, False),
    "TLVs that the kernel answers": ({"dscp-denied": [46]}, {}, False),
}


@pytest.mark.parametrize("need", NEEDS)
def test_sockets_are_there_where_stampd_answers_what_has_tlvs(lab, need):
    session, reflector, wanted = NEEDS[need]
    keys = write_keys(lab, KEYS[0])
    if "tlv-key-file" in session:
        session = {"tlv-key-file": str(keys)}
    stampd = lab.start_stampd_with({"session-reflector": {
        "sessions": [{"name": "open", "sender-ip": "any", **session}], **reflector}})
    slow = stampd.show()["interfaces"][0]["slow_path"]
    assert (slow["by"], len(slow["queues"])) == (("af_xdp", 1) if wanted else ("socket", 0))
    assert threads(stampd) == (2 if wanted else 1)
    peer = Peer(lab, "ip4")
    assert peer.exchange(request(7))[:4] == request(7)[:4]


def threads(stampd):
    return len(of_threads(stampd, "State"))


def of_threads(stampd, field):
    """What /proc says of each of its threads."""
    tasks = run("sh", "-c", f"cat /proc/{stampd.process.pid}/task/*/status")
    return re.findall(rf"^{field}:\s+(\S+)", tasks, re.MULTILINE)


def voluntary_switches(stampd):
    """How often any of its threads has gone to sleep."""
    return sum(map(int, of_threads(stampd, "voluntary_ctxt_switches")))


def test_an_idle_socket_costs_nothing(lab):
    """P10: what wakes stampd is the timer of its clock, once a second, and `show`, not the queue."""
    write_keys(lab, KEYS[0])
    stampd = lab.start_stampd_with(config(lab))
    ping(lab, REFLECTOR4, "-c", "20")
    path(stampd)
    before, start = voluntary_switches(stampd), time.monotonic()
    wait_for(lambda: time.monotonic() > start + 3.5, "three seconds and a half have gone by")
    assert voluntary_switches(stampd) - before <= 8


@pytest.mark.parametrize("af_xdp", [
    {"zero-copy": False}, {"ring-size": 64, "umem": "256KiB"}, {"busy-poll": True},
    {"cpus": [0]}, {"cpus": []}, {"enabled": True}], ids=str)
def test_every_setting_answers(lab, af_xdp):
    write_keys(lab, KEYS[0])
    stampd = lab.start_stampd_with(with_af_xdp(lab, **af_xdp))
    # A ring of 64 holds 64 ms of these: who answers has to share the processor.
    assert ping(lab, REFLECTOR4, "-c", "500", "--fast", "-i", "1ms")["received"] == 500
    assert settled(stampd)["slow_path"]["reflected"] == 500
    if af_xdp.get("cpus"):
        assert "0" in of_threads(stampd, "Cpus_allowed_list")


def test_what_cannot_be_had_is_refused_where_it_is_insisted_on(lab):
    write_keys(lab, KEYS[0])
    for af_xdp, said in (({"enabled": True, "zero-copy": True}, "zero-copy"),
                         ({"enabled": True, "cpus": [1000]}, "af-xdp cpus")):
        file = lab.write_config(with_af_xdp(lab, **af_xdp))
        done = subprocess.run(lab.reflector.command(BUILD / "stampd", "--config", file),
                              capture_output=True, text=True, timeout=LIMIT, check=False)
        assert done.returncode == 2 and "af-xdp enabled: true" in done.stderr, done.stderr
        assert said in done.stderr
        assert lab.xdp_mode() is None
    stampd = lab.start_stampd_with(with_af_xdp(lab, **{"zero-copy": True}))
    slow = stampd.show()["interfaces"][0]["slow_path"]
    assert slow["by"] == "socket" and "zero-copy" in slow["reason"]
    assert "AF_XDP queue 0" in stampd.log()
    assert ping(lab, REFLECTOR4, "-c", "5")["received"] == 5
    lab.write_config(with_af_xdp(lab, enabled=True, **{"zero-copy": True}))
    code, answer = stampd.ask("reload")
    assert code == 1 and "zero-copy" in answer
    assert ping(lab, REFLECTOR4, "-c", "5")["received"] == 5


def test_on_lo_the_socket_answers_and_that_is_said(lab):
    write_keys(lab, KEYS[0])
    settings = config(lab, "generic")
    settings["interfaces"][0]["name"] = "lo"
    stampd = lab.start_stampd_with(settings)
    slow = stampd.show()["interfaces"][0]["slow_path"]
    assert slow["by"] == "socket" and "lo" in slow["reason"]
    done = subprocess.run(
        lab.reflector.command(BUILD / "stamp-ping", "-j", "--auth", lab.folder / "lab.key", "-c",
                              "5", "--fast", "-i", "2ms", "127.0.0.1"),
        capture_output=True, text=True, timeout=60, check=False)
    assert json.loads(done.stdout)["packets"]["received"] == 5, done.stderr
    assert "slow path: the UDP socket (" in stampd.stampctl("show")


@both_families
@by_xdp
def test_large_frames_come_back_whole(lab, way, family):
    """In several pieces of memory where the kernel can do that, by the socket where it cannot."""
    write_keys(lab, KEYS[0])
    lab.set_mtu(9000)
    stampd = lab.start_stampd_with(config(lab, way))
    peer = Peer(lab, family)
    for number, size in enumerate([112, 1700, 1751, 1790, 1792, 3600, 5000, 8900]):
        asked = signed(number, size=size)
        octets = peer.exchange(asked)
        assert len(octets) == size and octets[112:] == asked[112:]
        assert octets[48:52] == asked[:4]
    interface = settled(stampd)
    assert interface["slow_path"]["reflected"] + interface["socket"]["reflected"] == 8
    assert interface["slow_path"]["reflected"] >= 2


def set_queues(namespace, interface, receive, send):
    """As `ethtool -L` does."""
    values = array.array("I", [ETHTOOL_SCHANNELS, 0, 0, 0, 0, receive, send, 0, 0])
    with namespace.socket(socket.AF_INET) as control:
        fcntl.ioctl(control, SIOCETHTOOL,
                    struct.pack("16sP", interface.encode(), values.buffer_info()[0]))


@pytest.fixture
def wide_lab(bare_lab):
    """The lab with four queues each way, of which one is in use."""
    bare_lab.reflector.ip("link", "del", "veth0")
    run("ip", "link", "add", "veth1", "netns", bare_lab.sender.name, "numtxqueues", "4",
        "numrxqueues", "4", "type", "veth", "peer", "name", "veth0", "netns",
        bare_lab.reflector.name, "numtxqueues", "4", "numrxqueues", "4")
    bare_lab.sender.ip("addr", "add", f"{SENDER4}/24", "dev", "veth1")
    bare_lab.reflector.ip("addr", "add", f"{REFLECTOR4}/24", "dev", "veth0")
    for namespace, interface in ((bare_lab.sender, "veth1"), (bare_lab.reflector, "veth0")):
        set_queues(namespace, interface, 1, 1)
        namespace.ip("link", "set", interface, "up")
    bare_lab.load_pass_program()
    return bare_lab


def test_the_sockets_follow_the_queues(wide_lab):
    """While packets come; what comes by a queue before its socket is there goes to the UDP socket."""
    lab = wide_lab
    write_keys(lab, KEYS[0])
    stampd = lab.start_stampd_with(config(lab))

    def queues():
        return len(stampd.show()["interfaces"][0]["slow_path"]["queues"])

    assert queues() == 1 and threads(stampd) == 2
    peers = [Peer(lab, "ip4") for _ in range(32)]
    sent = 0

    def ask_all():
        for peer in peers:
            assert peer.exchange(signed(sent))[48:52] == struct.pack(">I", sent)
        return len(peers)

    sent += ask_all()
    set_queues(lab.reflector, "veth0", 4, 1)
    set_queues(lab.sender, "veth1", 4, 4)
    set_queues(lab.reflector, "veth0", 4, 4)
    sent += ask_all()
    wait_for(lambda: queues() == 4, "each queue has its socket")
    assert threads(stampd) == 5
    before = path(stampd)["reflected"]
    sent += ask_all()
    interface = settled(stampd)
    assert interface["slow_path"]["reflected"] == before + len(peers)
    assert interface["slow_path"]["reflected"] + interface["socket"]["reflected"] == sent
    assert "follows its new queues" in stampd.log()


def test_a_killed_stampd_is_told_from_a_closed_port_at_once(lab):
    """Without its sockets the program drops what it would hand over; the kernel path goes on, and a
    successor finds both ledgers."""
    write_keys(lab, KEYS[0])
    settings = config_beside_open(lab)
    stampd = lab.start_stampd_with(settings)
    guarded, unguarded = Peer(lab, "ip4"), Peer(lab, "ip4", port=8620)
    for number in range(5):
        guarded.exchange(signed(number))
    stampd.kill()
    guarded.socket.settimeout(0.05)
    for number in range(5, 10):
        with pytest.raises(TimeoutError):
            guarded.exchange(signed(number))
        unguarded.exchange(request(number))
    stampd = lab.start_stampd_with(settings)
    wait_for(lambda: stampd.show()["interfaces"][0]["slow_path"]["queues"], "AF_XDP is back")
    guarded.socket.settimeout(2)
    guarded.exchange(signed(10))
    interface = settled(stampd)
    assert interface["counters"]["slow_path_down"] == 5
    assert interface["counters"]["reflected"] == 5
    assert interface["slow_path"]["reflected"] == 6


# Requests' TLVs and what the kernel makes of them; two that it leaves to stampd.
BY_KERNEL = {"class of service": ("80040004 b8000000", "00040004 b8000000", 46),
             "padding": ("80010005 0102030405", "00010005 0102030405", 0),
             "a malformed one": ("80c80001 aa 80040000", "80c80001 aa 40040000", 0)}
BY_STAMPD = ["80010000" * 9, f"80040004 b8000000 80080010 {'00' * 16}"]


@both_families
def test_without_stampd_the_kernel_answers_what_tlvs_it_can(lab, family):
    write_keys(lab, KEYS[0])
    settings = config_beside_open(lab)
    stampd = lab.start_stampd_with(settings)
    stampd.kill()
    peer = Peer(lab, family, port=8620)
    for number, asked in enumerate(BY_STAMPD):
        peer.socket.send(request(number) + bytes.fromhex(asked))
    for number, (asked, answered, dscp) in enumerate(BY_KERNEL.values(), len(BY_STAMPD)):
        octets, _, traffic_class = peer.exchange_with_header(request(number) + bytes.fromhex(asked))
        assert octets[:4] == request(number)[:4], "the others got no reply"
        assert (octets[44:].hex(), traffic_class) == (bytes.fromhex(answered).hex(), dscp << 2)
    counters = lab.start_stampd_with(settings).settled_interfaces()[0]["counters"]
    assert counters["slow_path_down"] == len(BY_STAMPD)
    assert counters["reflected"] == len(BY_KERNEL)


def signed_load(lab, *options):
    return subprocess.Popen(
        lab.sender.command(BUILD / "stamp-ping", "-j", "-c", "0", "--fast", "-i", "200us", "-w", "60",
                           "--stateful", "--auth", lab.folder / "lab.key", *options, REFLECTOR4),
        stdout=subprocess.PIPE, text=True)


def test_kill_and_restart_under_load_lose_what_came_meanwhile_and_no_more(lab):
    """And of the kernel path nothing."""
    write_keys(lab, KEYS[0])
    settings = config_beside_open(lab, **{"reflector-mode": "stateful"})
    stampd = lab.start_stampd_with(settings)
    unguarded = Load(lab.sender, REFLECTOR4, 2000, port=8620)
    with signed_load(lab, "-W", "50ms") as sender:
        wait_for(lambda: path(stampd)["reflected"] > 500, "it runs")
        for _ in range(3):
            stampd.kill()
            unguarded.wait_for_replies(300)
            stampd = lab.start_stampd_with(settings)
            before = path(stampd)["reflected"]
            wait_for(lambda: path(stampd)["reflected"] > before + 500, "it goes on")
        sender.send_signal(signal.SIGINT)
        packets = json.loads(sender.communicate(timeout=LIMIT)[0])["packets"]
    unguarded.stop()
    assert len(unguarded.replies) == unguarded.sent
    counters = stampd.show()["interfaces"][0]["counters"]
    slow = stampd.show()["interfaces"][0]["slow_path"]
    away = counters["slow_path_down"]
    assert packets["unverified"] == packets["duplicates"] == 0
    missing = packets["sent"] - packets["received"] - packets["under_way"]
    assert away <= missing <= away + slow["unaccounted"] + slow["lost"]
    # In the hands of the killed ones was what came in some milliseconds.
    assert slow["unaccounted"] <= 3 * 0.05 * 5000 and away > 100


def test_other_settings_by_reload_lose_nothing_that_is_handed_over(lab):
    write_keys(lab, KEYS[0])
    stampd = lab.start_stampd_with(config(lab, **{"reflector-mode": "stateful"}))
    with signed_load(lab) as sender:
        wait_for(lambda: path(stampd)["reflected"] > 500, "it runs")
        for ring_size in (1024, 4096, 2048):
            lab.write_config(with_af_xdp(lab, session={"reflector-mode": "stateful"},
                                         **{"ring-size": ring_size}))
            changes = json.loads(stampd.stampctl("-j", "reload"))["changes"]
            assert changes == ["interface veth0: af-xdp changed"]
            before = path(stampd)["reflected"]
            wait_for(lambda: path(stampd)["reflected"] > before + 200, "it goes on")
        sender.send_signal(signal.SIGINT)
        packets = json.loads(sender.communicate(timeout=LIMIT)[0])["packets"]
    assert packets["received"] + packets["under_way"] == packets["sent"] > 1000
    slow = settled(stampd)["slow_path"]
    assert slow["lost"] == slow["refused"].get("ring_full", 0) == 0


def test_what_came_over_af_xdp_stays_accounted_for_in_mode_socket(lab):
    """Its ledger is the kernel's and stampd's of before; what the socket answers is not on it."""
    write_keys(lab, KEYS[0])
    stampd = lab.start_stampd_with(config(lab))
    assert ping(lab, REFLECTOR4, "-c", "7")["received"] == 7
    assert settled(stampd, 7)["slow_path"]["unaccounted"] == 0
    lab.write_config(config(lab, "socket"))
    stampd.stampctl("reload")
    assert ping(lab, REFLECTOR4, "-c", "3")["received"] == 3
    interface = stampd.show()["interfaces"][0]
    slow = interface["slow_path"]
    assert (slow["received"], slow["reflected"], slow["unaccounted"]) == (7, 7, 0)
    assert interface["socket"]["reflected"] == interface["totals"]["reflected"] == 3


def test_a_ring_that_is_full_is_a_counted_loss(lab):
    """The thread is held by a signal while more comes than its ring and memory can take."""
    write_keys(lab, KEYS[0])
    stampd = lab.start_stampd_with(with_af_xdp(
        lab, **{"ring-size": 64, "umem": "256KiB"}))
    peer = Peer(lab, "ip4")
    stampd.process.send_signal(signal.SIGSTOP)
    wait_for(lambda: set(of_threads(stampd, "State")) == {"T"}, "all its threads have stopped")
    for number in range(200):
        peer.socket.send(signed(number))
    stampd.process.send_signal(signal.SIGCONT)
    slow = settled(stampd, 200)["slow_path"]
    assert slow["lost"] == slow["refused"]["ring_full"] == 200 - slow["reflected"]
    assert 64 <= slow["reflected"] <= 128
    rows = json.loads(stampd.stampctl("-j", "drops"))["drops"]
    assert [(row["reason"], row["slow_path"]) for row in rows] == [("ring_full", slow["lost"])]


def test_a_raised_mtu_is_followed(lab):
    """A socket that was opened for small frames takes large ones within a second or two."""
    write_keys(lab, KEYS[0])
    stampd = lab.start_stampd_with(config(lab))
    peer = Peer(lab, "ip4")
    assert len(peer.exchange(signed(0, size=1400))) == 1400
    lab.set_mtu(9000)

    def comes_over_af_xdp():
        before = path(stampd)["reflected"]
        assert len(peer.exchange(signed(1, size=5000))) == 5000
        return path(stampd)["reflected"] == before + 1

    wait_for(lambda: stampd.show()["interfaces"][0]["slow_path"]["queues"], "a socket is open")
    wait_for(comes_over_af_xdp, "a large frame comes over AF_XDP")


def test_a_queue_that_nothing_can_be_sent_by_is_left_to_the_socket_and_named(wide_lab):
    lab = wide_lab
    write_keys(lab, KEYS[0])
    set_queues(lab.reflector, "veth0", 4, 1)
    stampd = lab.start_stampd_with(config(lab))
    slow = stampd.show()["interfaces"][0]["slow_path"]
    assert len(slow["queues"]) == 1 and slow["by"] == "af_xdp"
    assert slow["reason"] == "queue 1: the driver has no queue to send by there"
    set_queues(lab.sender, "veth1", 1, 4)
    for _ in range(16):
        assert Peer(lab, "ip4").exchange(signed(1))[48:52] == signed(1)[:4]
    interface = settled(stampd)
    assert interface["socket"]["reflected"] + interface["slow_path"]["reflected"] == 16
    assert interface["socket"]["reflected"] > 0
    lab.write_config(with_af_xdp(lab, enabled=True))
    code, answer = stampd.ask("reload")
    assert code == 1 and "no queue to send by" in answer


def without_right(right):
    return ["setpriv", "--bounding-set", f"-{right}", "--inh-caps", f"-{right}"]


def test_a_missing_right_is_named(lab):
    write_keys(lab, KEYS[0])
    file = lab.write_config(with_af_xdp(lab, enabled=True))
    done = subprocess.run(
        lab.reflector.command(*without_right("net_raw"), BUILD / "stampd", "--config", file),
        capture_output=True, text=True, timeout=LIMIT, check=False)
    assert done.returncode == 3, done.stderr
    assert "missing: CAP_NET_RAW" in done.stderr and lab.xdp_mode() is None


def test_memory_that_cannot_be_locked_is_asked_for_again_at_a_reload(lab):
    write_keys(lab, KEYS[0])
    lab.reflector.prefix = without_right("ipc_lock")
    stampd = lab.start_stampd_with(config(lab))

    def limit(octets):
        run("prlimit", f"--pid={stampd.process.pid}", f"--memlock={octets}:")
        assert json.loads(stampd.stampctl("-j", "reload"))["ok"]
        return stampd.show()["interfaces"][0]["slow_path"]

    lab.write_config(with_af_xdp(lab, **{"ring-size": 1024}))
    slow = limit(1 << 20)
    assert slow["by"] == "socket" and "lower af-xdp umem" in slow["reason"]
    assert ping(lab, REFLECTOR4, "-c", "3")["received"] == 3
    assert limit(8 << 20)["by"] == "af_xdp"
    assert ping(lab, REFLECTOR4, "-c", "3")["received"] == 3


def test_a_new_mac_address_is_followed(lab):
    write_keys(lab, KEYS[0])
    stampd = lab.start_stampd_with(config(lab))
    assert ping(lab, REFLECTOR4, "-c", "3")["received"] == 3
    lab.reflector.ip("link", "set", "veth0", "address", "02:00:00:00:00:77")
    lab.sender.ip("neigh", "flush", "dev", "veth1")
    wait_for(lambda: "follows its new MAC" in stampd.log(), "it is followed")
    assert ping(lab, REFLECTOR4, "-c", "3")["received"] == 3
    wait_for(lambda: stampd.show()["interfaces"][0]["slow_path"]["queues"], "AF_XDP is back")
    before = path(stampd)["reflected"]
    assert ping(lab, REFLECTOR4, "-c", "3")["received"] == 3
    assert path(stampd)["reflected"] == before + 3
