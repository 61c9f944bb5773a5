# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Authenticated mode, end to end: stamp-ping and a sender of another author against stampd."""
import json
import os
import signal
import socket
import struct
import subprocess
import time

import pytest

from auth_reflector import AUTH_SIZE, REPLY, REQUEST, mac
from conftest import BUILD, LIMIT, REFLECTOR4, REFLECTOR6, wait_for
from stamp import ntp_ns, ptp_ns, request, same_in_reply
from test_reflect import Peer, both_families

KEYS = [bytes([i + 1]) * 32 for i in range(3)]
TARGETS = {"ip4": REFLECTOR4, "ip6": REFLECTOR6}
# How authenticated requests reach stampd: over AF_XDP, or by the UDP socket behind XDP or alone.
WAYS = {"native": {"mode": "native"}, "generic": {"mode": "generic"},
        "passed-on": {"mode": "native", "af-xdp": {"enabled": False}},
        "socket": {"mode": "socket"}}
every_way = pytest.mark.parametrize("way", WAYS)


def write_keys(lab, *keys, name="lab.key"):
    path = lab.folder / name
    path.write_text("".join(f"{key.hex()}\n" for key in keys))
    path.chmod(0o600)
    return path


def config(lab, way="native", **session):
    return {"interfaces": [{"name": "veth0", **WAYS[way]}],
            "session-reflector": {"sessions": [{
                "name": "guarded", "sender-ip": "any",
                "authentication": {"key-file": str(lab.folder / "lab.key")}, **session}]}}


def config_beside_open(lab, **session):
    """The same, and an unauthenticated session on port 8620."""
    settings = config(lab, **session)
    settings["session-reflector"]["sessions"].append(
        {"name": "open", "sender-ip": "any", "reflector-udp-port": 8620, **session})
    return settings


def signed(number, key=KEYS[0], ssid=7, size=AUTH_SIZE, mbz=0):
    """A request as RFC 8762 section 4.2.2 draws it, by the spec alone."""
    head = REQUEST.pack(number, bytes([mbz] * 12), struct.pack(">Q", 0xeb3221c01f9add37), 0x8f84,
                        ssid, bytes([mbz] * 68), bytes(16))[:96]
    return head + mac(key, head) + same_in_reply(size - AUTH_SIZE)


def ping(lab, target, *options, keys="lab.key", status=0):
    done = subprocess.run(
        lab.sender.command(BUILD / "stamp-ping", "-j", "--auth", lab.folder / keys, "--fast", "-i", "2ms",
                           *options, target), capture_output=True, text=True, timeout=60,
        check=False)
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout)["packets"]


def path(stampd, way="native"):
    """What `show` says of the path that authenticated requests take."""
    by = "slow_path" if way in ("native", "generic") else "socket"
    interface = stampd.show()["interfaces"][0]
    assert interface["slow_path"]["by"] == ("af_xdp" if by == "slow_path" else "socket")
    return interface[by]


def refused(stampd, reason, way="native"):
    return path(stampd, way)["refused"].get(reason, 0)


@both_families
@every_way
@pytest.mark.parametrize("reflector", ["stateless", "stateful"])
def test_every_signed_packet_comes_back_signed(lab, way, family, reflector):
    write_keys(lab, KEYS[0])
    stampd = lab.start_stampd_with(config(lab, way, **{"reflector-mode": reflector}))
    packets = ping(lab, TARGETS[family], "-c", "50", f"--{reflector}")
    assert packets["sent"] == packets["received"] == 50
    assert packets["unverified"] == packets["duplicates"] == packets["reordered"] == 0
    if reflector == "stateful":
        assert packets["lost_forward"] == packets["lost_backward"] == 0
    answered = path(stampd, way)
    assert answered["reflected"] == answered["residence_ns"]["count"] == 50
    assert answered["residence_ns"]["p50"] < 10**7
    assert stampd.show()["sessions"]["present"] == 1


@both_families
@every_way
@pytest.mark.parametrize("form", ["ntp", "ptp"])
def test_the_reply_is_that_of_the_figure(lab, way, family, form):
    """R8762-4.3.2-1, R8762-4.4-5: fields, MBZ and HMAC, checked by another author's code."""
    write_keys(lab, KEYS[0])
    lab.start_stampd_with(config(lab, way, **{"timestamp-format": form}))
    peer = Peer(lab, family)
    for number, size in enumerate([112, 113, 500, 1400]):
        asked = signed(number, size=size, mbz=0xa5)
        before = time.time_ns()
        octets = peer.exchange(asked)
        assert len(octets) == size and octets[AUTH_SIZE:] == asked[AUTH_SIZE:]
        assert octets[96:112] == mac(KEYS[0], octets[:96])
        sequence, sent, error, ssid, received, sender_sequence, sender_time, sender_error, ttl = \
            REPLY.unpack(octets[:96])
        assert (sequence, sender_sequence, ssid, ttl) == (number, number, 7, 64)
        assert (sender_time, sender_error) == (asked[16:24], 0x8f84)
        for first, end in ((4, 16), (28, 32), (40, 48), (52, 64), (74, 80), (81, 96)):
            assert octets[first:end] == bytes(end - first)
        assert bool(error & 0x4000) == (form == "ptp") and error & 0xff
        to_ns = ntp_ns if form == "ntp" else ptp_ns
        assert before - 10**6 <= to_ns(received) <= to_ns(sent) <= time.time_ns() + 10**6


def test_a_flipped_bit_anywhere_gets_no_reply(lab):
    """R8762-4.4-4: and no session, no number."""
    write_keys(lab, KEYS[0])
    stampd = lab.start_stampd_with(config(lab, **{"reflector-mode": "stateful"}))
    peer = Peer(lab, "ip4")
    good = signed(5)
    for octet in range(AUTH_SIZE):
        bad = bytearray(good)
        bad[octet] ^= 1 << octet % 8
        peer.socket.send(bad)
    wait_for(lambda: refused(stampd, "bad_hmac") == AUTH_SIZE, "each is refused and counted")
    assert stampd.show()["sessions"]["present"] == 0
    octets = peer.exchange(good)
    assert struct.unpack(">I", octets[:4])[0] == 0 and octets[48:52] == good[:4]
    drops = json.loads(stampd.stampctl("-j", "drops"))["drops"]
    assert [(row["reason"], row["slow_path"]) for row in drops] == [("bad_hmac", AUTH_SIZE)]


@every_way
def test_the_wrong_key_and_the_wrong_mode_get_no_reply(lab, way):
    """R8762-4-3."""
    write_keys(lab, KEYS[0])
    write_keys(lab, KEYS[1], name="other.key")
    stampd = lab.start_stampd_with(config(lab, way))
    packets = ping(lab, REFLECTOR4, "-c", "5", "-W", "200ms", keys="other.key", status=1)
    assert packets["received"] == packets["unverified"] == 0
    assert refused(stampd, "bad_hmac", way) == 5
    report = lab.stamp_ping(REFLECTOR4, "-c", "3", "--fast", "-i", "2ms", "-W", "200ms", check=False)
    assert report["packets"]["received"] == 0
    assert stampd.counter("too_short") == 3
    assert stampd.show()["sessions"]["created"] == 0


def test_sessions_have_keys_of_their_own(lab):
    """By SSID, and beside an unauthenticated one on another port."""
    for i, key in enumerate(KEYS):
        write_keys(lab, key, name=f"{i}.key")
    sessions = [{"name": f"s{i}", "sender-ip": "any", "ssid": i + 1,
                 "authentication": {"key-file": str(lab.folder / f"{i}.key")}} for i in range(3)]
    lab.start_stampd_with({"session-reflector": {"sessions": [
        *sessions, {"name": "open", "sender-ip": "any", "reflector-udp-port": 8620}]}})
    for i in range(3):
        for j in range(3):
            packets = ping(lab, REFLECTOR4, "-c", "2", "-W", "100ms", "--ssid", str(i + 1),
                           keys=f"{j}.key", status=0 if i == j else 1)
            assert packets["received"] == (2 if i == j else 0)
    assert Peer(lab, "ip4", port=8620).exchange(request(1))


def test_an_ssid_that_would_choose_the_mode_is_refused_with_the_file(lab):
    write_keys(lab, KEYS[0])
    file = lab.write_config({"session-reflector": {"sessions": [
        {"name": "a", "sender-ip": "any", "ssid": 7,
         "authentication": {"key-file": str(lab.folder / "lab.key")}},
        {"name": "b", "sender-ip": "any"}]}})
    done = subprocess.run([BUILD / "stampd", "--check", "--config", file], capture_output=True,
                          text=True, timeout=LIMIT, check=False)
    assert done.returncode == 1
    assert f"{file}:" in done.stderr and "sessions a (authenticated, with ssid) and b" in done.stderr


BAD_FILES = {
    "missing": (None, 0o600, "No such file"),
    "empty": ("", 0o600, "no key"),
    "not hexadecimal": ("00112g\n", 0o600, "hexadecimal"),
    "an odd number of digits": ("00112\n", 0o600, "odd"),
    "readable by others": ("00112233\n", 0o644, "0640"),
    "too long": ("00" * 257 + "\n", 0o600, "256"),
}


@pytest.mark.parametrize("bad", BAD_FILES)
def test_a_bad_key_file_changes_nothing_and_is_explained(lab, bad):
    write_keys(lab, KEYS[0])
    stampd = lab.start_stampd_with(config(lab))
    text, mode, said = BAD_FILES[bad]
    path = lab.folder / "lab.key"
    path.unlink()
    if text is not None:
        path.write_text(text)
        path.chmod(mode)
    for verb in (["reload"], ["check", lab.folder / f"{lab.reflector.name}.yaml"]):
        code, answer = stampd.ask(*verb)
        assert code == 1 and str(path) in answer and said in answer, answer
    write_keys(lab, KEYS[0], name="copy.key")
    assert ping(lab, REFLECTOR4, "-c", "3", keys="copy.key")["received"] == 3


def test_rotation_loses_and_refuses_nothing(lab):
    """Both keys are accepted while both ends change over; replies are signed with the request's."""
    write_keys(lab, KEYS[0])
    write_keys(lab, KEYS[0], name="sender.key")
    stampd = lab.start_stampd_with(config(lab, **{"reflector-mode": "stateful"}))
    with subprocess.Popen(
            lab.sender.command(BUILD / "stamp-ping", "-j", "-c", "0", "--fast", "-i", "500us", "-w", "30",
                               "--stateful", "--auth", lab.folder / "sender.key", REFLECTOR4),
            stdout=subprocess.PIPE, text=True) as sender:
        wait_for(lambda: path(stampd)["reflected"] > 100, "it runs")
        for i in range(50):
            write_keys(lab, *([KEYS[0], KEYS[1]] if i % 2 else [KEYS[2], KEYS[0]]))
            assert json.loads(stampd.stampctl("-j", "reload"))["ok"]
        sender.send_signal(signal.SIGINT)
        packets = json.loads(sender.communicate(timeout=LIMIT)[0])["packets"]
    assert packets["received"] + packets["under_way"] == packets["sent"] > 1000
    assert packets["unverified"] == packets["duplicates"] == 0
    assert refused(stampd, "bad_hmac") == 0


@every_way
@pytest.mark.parametrize("reflector", ["stateless", "stateful"])
def test_a_recorded_packet_is_answered_once(lab, way, reflector):
    """With replay-window; what comes again takes no number, and another key has another window."""
    write_keys(lab, KEYS[0], KEYS[1])
    authentication = {"key-file": str(lab.folder / "lab.key"), "replay-window": 64}
    stampd = lab.start_stampd_with(config(lab, way, **{
        "reflector-mode": reflector, "authentication": authentication}))
    peer = Peer(lab, "ip4")
    for number in range(100):
        peer.exchange(signed(number))
    for number in [*range(100), 99, 99]:
        peer.socket.send(signed(number))
    wait_for(lambda: refused(stampd, "replayed", way) == 102, "each is refused")
    octets = peer.exchange(signed(100))
    assert struct.unpack(">I", octets[:4])[0] == 100
    assert peer.exchange(signed(5, KEYS[1]))[48:52] == signed(5)[:4]
    assert stampd.stampctl("reload")
    peer.socket.send(signed(100))
    wait_for(lambda: refused(stampd, "replayed", way) == 103, "a reload forgets nothing")
    assert path(stampd, way)["reflected"] == 102


def test_a_restart_goes_on_numbering(lab):
    """While stampd is away nobody answers authenticated packets; the kernel path goes on."""
    write_keys(lab, KEYS[0])
    settings = config_beside_open(lab, **{"reflector-mode": "stateful"})
    stampd = lab.start_stampd_with(settings)
    guarded, unguarded = Peer(lab, "ip4"), Peer(lab, "ip4", port=8620)
    numbers = [struct.unpack(">I", guarded.exchange(signed(i))[:4])[0] for i in range(3)]
    assert unguarded.exchange(request(0))[:4] == bytes(4)
    stampd.kill()
    assert struct.unpack(">I", unguarded.exchange(request(1))[:4])[0] == 1
    lab.start_stampd_with(settings)
    numbers += [struct.unpack(">I", guarded.exchange(signed(i))[:4])[0] for i in range(3, 6)]
    assert numbers == list(range(6))


@pytest.mark.parametrize("options", [b"", b"\x01\x01\x01\x00"], ids=["plain", "IPv4 options"])
def test_the_limit_of_a_source_holds_whatever_the_way(lab, options):
    """What XDP passes on for another reason has not met its limit there."""
    write_keys(lab, KEYS[0])
    settings = config(lab)
    settings["session-reflector"]["rate-limit"] = {"packets-per-second": 1, "burst": 10}
    stampd = lab.start_stampd_with(settings)
    peer = Peer(lab, "ip4")
    if options:
        peer.socket.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, options)

    by = "socket" if options else "slow_path"

    def judged():
        interface = stampd.show()["interfaces"][0]
        return interface["counters"]["rate_limited"] + interface[by]["received"]

    for number in range(400):
        peer.socket.send(signed(number))
    wait_for(lambda: judged() == 400, "all have come")
    # 10 at once, and a quarter of the others: 97.5 and six standard deviations around it.
    assert stampd.show()["interfaces"][0][by]["reflected"] < 10 + 97.5 + 6 * 8.6


def test_without_stampd_nobody_says_that_the_port_is_closed(lab):
    write_keys(lab, KEYS[0])
    stampd = lab.start_stampd_with(config(lab))
    stampd.kill()
    killed = time.monotonic()
    peer = Peer(lab, "ip4")
    peer.socket.settimeout(0.05)
    wait_for(lambda: time.monotonic() > killed + 3.5, "the clock entry is believed no more")
    for number in range(5):
        with pytest.raises(TimeoutError):
            peer.exchange(signed(number))
    stampd = lab.start_stampd_with(config(lab))
    assert stampd.counter("slow_path_down") == 5


def test_no_key_is_told_to_anybody(lab):
    """T7: not in messages, JSON, arguments or environment, and no core is written."""
    write_keys(lab, KEYS[0])
    stampd = lab.start_stampd_with(config(lab))
    ping(lab, REFLECTOR4, "-c", "3")
    process = f"/proc/{stampd.process.pid}"
    told = stampd.log() + stampd.stampctl("-j", "show") + stampd.stampctl("show")
    for name in ("cmdline", "environ"):
        with open(f"{process}/{name}", "rb") as file:
            told += file.read().decode(errors="replace")
    assert KEYS[0].hex()[:16] not in told and KEYS[0].decode()[:8] not in told
    # A process that cannot be dumped has files of root's in /proc, even if it is another user's;
    # what tells it here is that no core comes.
    with open("/proc/sys/kernel/core_pattern", encoding="ascii") as file:
        pattern = file.read().strip()
    if pattern.startswith("|") or "/" in pattern:
        pytest.skip(f"cores go to {pattern}")
    subprocess.run(["prlimit", f"--pid={stampd.process.pid}", "--core=unlimited"], check=True)
    folder = os.readlink(f"{process}/cwd")
    before = set(os.listdir(folder))
    stampd.process.send_signal(signal.SIGABRT)
    stampd.process.wait(LIMIT)
    assert set(os.listdir(folder)) == before
