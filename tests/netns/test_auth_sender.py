# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""stamp-ping --auth against a Session-Reflector of another author."""
import json
import os
import signal
import socket
import struct
import subprocess

import pytest

from auth_reflector import AUTH_SIZE, REQUEST, AuthReflector, mac
from conftest import BUILD, LIMIT, REFLECTOR4, REFLECTOR6

KEY = b"doc-example-key-not-for-real-use"
OTHER_KEY = b"another-key-that-is-as-long-as-it"
TARGETS = {"ip4": (socket.AF_INET, REFLECTOR4), "ip6": (socket.AF_INET6, REFLECTOR6)}
both_families = pytest.mark.parametrize("family", TARGETS)


@pytest.fixture
def auth_lab(bare_lab):
    """The lab with keys in `lab.key`; start() gives a reflector, ping() what stamp-ping did."""
    write_keys(bare_lab, KEY)
    return bare_lab


def write_keys(lab, *keys, mode=0o600):
    path = lab.folder / "lab.key"
    path.write_text("# of the lab\n\n" + "".join(f"{key.hex()}\n" for key in keys))
    path.chmod(mode)


def reflector(lab, family="ip4", key=KEY, **how):
    return AuthReflector(lab.reflector, TARGETS[family][0], key, **how)


def ping(lab, *options, family="ip4", target=None):
    """Runs stamp-ping; exit code, standard output, standard error, of which none tells a key."""
    done = subprocess.run(
        lab.sender.command(BUILD / "stamp-ping", "-c", "5", "--fast", "-i", "2ms", "-W", "300ms",
                           "--auth", lab.folder / "lab.key", *options,
                           target or TARGETS[family][1]),
        capture_output=True, text=True, timeout=LIMIT, check=False)
    for key in (KEY, OTHER_KEY):
        assert key.hex()[:8] not in done.stdout + done.stderr
    return done.returncode, done.stdout, done.stderr


def measure(lab, *options, family="ip4", status=0):
    """The JSON report of a run that ends with this status."""
    code, out, err = ping(lab, "-j", *options, family=family)
    assert code == status, err
    report = json.loads(out)
    assert report["mode"] == "authenticated"
    return report


@both_families
@pytest.mark.parametrize("stateful", [False, True], ids=["stateless", "stateful"])
def test_signed_packets_are_answered_and_measured(auth_lab, family, stateful):
    with reflector(auth_lab, family, stateful=stateful) as far_end:
        report = measure(auth_lab, *(["--stateful"] if stateful else []), family=family)
    counts = report["packets"]
    assert counts["sent"] == counts["received"] == len(far_end.requests) == 5
    assert counts["unverified"] == counts["foreign"] == counts["invalid"] == 0
    assert counts["lost_forward"] == counts["lost_backward"] == (0 if stateful else None)
    assert 0 < report["round_trip_ns"]["min"] <= report["round_trip_ns"]["max"] < 10**9
    assert 0 < report["reflector_ns"]["max"] < 10**9
    assert report["hops"] == {"forward": 1, "backward": 1, "changed": False}


@both_families
@pytest.mark.parametrize("size", [112, 113, 1400])
def test_packets_are_those_of_the_figure(auth_lab, family, size):
    """R8762-4.2.2-1, R8762-4.4-2: MBZ and padding zero, the SSID at 26, the HMAC over 0 to 95."""
    with reflector(auth_lab, family) as far_end:
        measure(auth_lab, "--ssid", "4660", "-s", str(size), family=family)
    for number, packet in enumerate(far_end.requests):
        sequence, mbz1, _, error, ssid, mbz2, sent_mac = REQUEST.unpack(packet[:AUTH_SIZE])
        assert len(packet) == size and packet[AUTH_SIZE:] == bytes(size - AUTH_SIZE)
        assert (sequence, ssid) == (number, 4660)
        assert mbz1 == bytes(12) and mbz2 == bytes(68)
        assert error & 0xff and not error & 0x4000
        assert sent_mac == mac(KEY, packet)


@both_families
@pytest.mark.parametrize("reflector_ptp", [False, True], ids=["ntp-reflector", "ptp-reflector"])
@pytest.mark.parametrize("sender", [[], ["--ptp"]], ids=["ntp-sender", "ptp-sender"])
def test_each_side_keeps_its_own_timestamp_format(auth_lab, family, reflector_ptp, sender):
    with reflector(auth_lab, family, ptp=reflector_ptp) as far_end:
        report = measure(auth_lab, *sender, family=family)
    assert report["packets"]["received"] == 5 and report["packets"]["invalid"] == 0
    assert 0 < report["round_trip_ns"]["max"] < 10**9
    for packet in far_end.requests:
        assert bool(REQUEST.unpack(packet)[3] & 0x4000) == bool(sender)
        assert not sender or struct.unpack(">I", packet[20:24])[0] < 10**9


def test_a_reflector_with_another_key_answers_nothing(auth_lab):
    with reflector(auth_lab, key=OTHER_KEY, verifies=False):
        report = measure(auth_lab, status=1)
        code, text, err = ping(auth_lab)
    counts = report["packets"]
    assert counts["received"] == counts["foreign"] == counts["invalid"] == 0
    assert counts["unverified"] == counts["lost"] == 5
    assert report["round_trip_ns"] is None and report["hops"]["forward"] is None
    assert code == 1
    assert "112 octets, authenticated, stateless" in text
    assert "0 received, 5 lost" in text and "5 with a wrong HMAC" in text
    assert err.count("a reply has a wrong HMAC") == 1


def test_a_reflector_that_refuses_our_key_is_silent(auth_lab):
    with reflector(auth_lab, key=OTHER_KEY) as far_end:
        report = measure(auth_lab, status=1)
    assert far_end.refused == 5
    assert report["packets"]["lost"] == 5 and report["packets"]["unverified"] == 0


def test_keys_can_be_rotated(auth_lab):
    """The first key signs; a reply may come with any of them."""
    write_keys(auth_lab, KEY, OTHER_KEY)
    with reflector(auth_lab, key=KEY, reply_key=OTHER_KEY) as far_end:
        report = measure(auth_lab)
    assert far_end.refused == 0
    assert report["packets"]["received"] == 5 and report["packets"]["unverified"] == 0


@pytest.mark.parametrize("size", [0, 44, 96, 111])
def test_cut_replies_are_invalid(auth_lab, size):
    with reflector(auth_lab, spoil=lambda reply: [reply[:size]]):
        counts = measure(auth_lab, status=1)["packets"]
    assert counts["received"] == counts["unverified"] == 0
    assert counts["invalid"] == counts["lost"] == 5


@pytest.mark.parametrize("octet", [0, 4, 20, 26, 40, 80, 95, 96, 111])
def test_a_changed_octet_is_seen(auth_lab, octet):
    def change(reply):
        return [reply[:octet] + bytes([reply[octet] ^ 1]) + reply[octet + 1:]]

    with reflector(auth_lab, spoil=change):
        counts = measure(auth_lab, status=1)["packets"]
    assert counts["received"] == 0 and counts["unverified"] == 5


def test_forged_replies_do_no_harm(auth_lab):
    """A forged reply ahead of the true one, and one from an unauthenticated reflector."""
    def forge(reply):
        return [reply[:96] + bytes(16), reply[:44], reply]

    with reflector(auth_lab, spoil=forge):
        counts = measure(auth_lab)["packets"]
    assert counts["received"] == counts["unverified"] == counts["invalid"] == 5
    assert counts["lost"] == counts["duplicates"] == counts["foreign"] == 0


def test_unauthenticated_runs_verify_nothing(auth_lab):
    auth_lab.start_stampd("--mode", "generic")
    report = auth_lab.stamp_ping(REFLECTOR4, "-c", "3", "--fast", "-i", "2ms")
    assert report["mode"] == "unauthenticated" and report["packets"]["unverified"] is None


def test_bad_key_files_are_refused_before_anything_else(auth_lab):
    def refused(*options):
        code, out, err = ping(auth_lab, *options, target="no.such.host.invalid")
        assert code == 2 and not out
        return err

    assert "at least 112 octets" in refused("-s", "111")
    write_keys(auth_lab, KEY, mode=0o644)
    assert "lab.key: its mode 0644 is wider than 0640" in refused()
    write_keys(auth_lab)
    assert "lab.key: no key in it" in refused()
    write_keys(auth_lab, KEY, KEY)
    assert "lab.key:4: the same key as in line 3" in refused()
    (auth_lab.folder / "lab.key").unlink()
    assert "lab.key: cannot open the key file" in refused()


def test_keys_are_kept_from_other_processes_of_the_user(auth_lab):
    """A process that is not dumpable belongs to root in /proc, whoever runs it."""
    auth_lab.folder.chmod(0o755)
    os.chown(auth_lab.folder / "lab.key", 65534, 65534)
    command = auth_lab.sender.command(
        "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--bounding-set",
        "-all", BUILD / "stamp-ping", "-j", "--each", "-c", "0", "--fast", "-i", "5ms")
    with reflector(auth_lab):
        for auth, owner in ((["--auth", auth_lab.folder / "lab.key"], 0),
                            (["--tlv-key", auth_lab.folder / "lab.key"], 0), ([], 65534)):
            with subprocess.Popen([*command, *auth, REFLECTOR4], stdout=subprocess.PIPE,
                                  text=True) as sender:
                assert json.loads(sender.stdout.readline())["event"] in ("reply", "lost")
                assert os.stat(f"/proc/{sender.pid}/mem").st_uid == owner
                sender.send_signal(signal.SIGINT)
                sender.communicate(timeout=LIMIT)
