# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A configuration read again while stampd reflects: all of it takes effect, or none."""
import json
import signal
import socket
import subprocess

import pytest

from conftest import BUILD, LIMIT, REFLECTOR4, Load, wait_for
from stamp import Reply, assert_answers, request
from test_reflect import Peer, both_families

RELOADS = 20


def sessions(*rows, **settings):
    """A configuration of veth0; each row is what a session has besides a name."""
    return {"session-reflector": {
        "sessions": [{"name": f"s{i}", "sender-ip": "any", **row} for i, row in enumerate(rows)],
        **settings}}


STATEFUL = sessions({"reflector-mode": "stateful"})


@pytest.fixture
def stateful(lab):
    """A stampd that answers everybody by number, and a peer that got the numbers 0 and 1."""
    stampd = lab.start_stampd_with(STATEFUL)
    peer = Peer(lab, "ip4")
    assert [number_of(peer) for _ in range(2)] == [0, 1]
    return stampd, peer


def number_of(peer):
    """The number of the next reply."""
    return Reply.parse(peer.exchange(request(1000))).sequence


def reload(lab, stampd, config):
    """The changes that were made."""
    lab.write_config(config)
    return json.loads(stampd.stampctl("-j", "reload"))["changes"]


def reload_fails(lab, stampd, config):
    """Why it was refused, which the log says, too."""
    lab.write_config(config)
    code, said = stampd.ask("reload")
    assert code == 1 and said.endswith("the old configuration stays in force\n")
    assert "not reloaded: the configuration in force stays" in stampd.log()
    why = said.splitlines()[0]
    assert why in stampd.log()
    return why


def assert_goes_on(lab, peer, number):
    """Rules, ports, numbers and attachment are those of the fixture."""
    assert lab.xdp_mode() == "native"
    assert number_of(peer) == number
    assert Reply.parse(Peer(lab, "ip6").exchange(request(1000, ssid=9))).sequence == 0
    with pytest.raises(ConnectionRefusedError):
        Peer(lab, "ip4", port=5000).exchange(request(0))


def test_reloads_under_load_lose_and_misjudge_nothing(lab):
    """T1, at 20,000 packets a second."""
    def config(i):
        return sessions(
            {"ssid": 100, "reflector-mode": "stateful"},
            {"ssid": 46, "dscp-handling-mode": "use-configured-value", "dscp-value": i},
            {"sender-ip": "198.51.100.0/24", "ssid": i + 1},
            **{"rate-limit": {"packets-per-second": 50_000 * (i % 2), "burst": 1000 + i}})

    stampd = lab.start_stampd_with(config(0))
    voice = Peer(lab, "ip4")
    stranger = Load(lab.sender, REFLECTOR4, 200, ssid=101)
    with subprocess.Popen(
            lab.sender.command(BUILD / "stamp-ping", "-j", "-c", "0", "--fast", "-i", "50us", "-w", "30",
                               "--ssid", "100", "--stateful", REFLECTOR4),
            stdout=subprocess.PIPE, text=True) as sender:
        wait_for(lambda: stampd.counter("reflected") > 1000, "the load has begun")
        for i in range(1, RELOADS + 1):
            assert len(reload(lab, stampd, config(i))) == 3
            answer, _, traffic_class = voice.exchange_with_header(request(i, ssid=46))
            assert (Reply.parse(answer).sequence, traffic_class) == (i, i << 2)
        sender.send_signal(signal.SIGINT)
        packets = json.loads(sender.communicate(timeout=LIMIT)[0])["packets"]
    stranger.stop()
    assert packets["received"] + packets["under_way"] == packets["sent"] > 10_000
    assert packets["lost"] == packets["duplicates"] == packets["reordered"] == 0
    assert packets["invalid"] == packets["icmp_errors"] == 0
    assert stranger.sent and not stranger.replies
    counters = stampd.settled_interfaces()[0]["counters"]
    assert counters["reflected"] == packets["sent"] + RELOADS
    assert counters["unknown_session"] == stranger.sent


def test_the_numbers_of_a_stateful_session_go_on(lab, stateful):
    stampd, peer = stateful
    for i in range(5):
        reload(lab, stampd, sessions({"reflector-mode": "stateful"}, {"ssid": i + 1}))
        assert [number_of(peer), number_of(peer)] == [2 * i + 2, 2 * i + 3]
    assert stampd.show()["sessions"]["created"] == 1


def test_a_hangup_does_what_reload_does(lab, stateful):
    stampd, peer = stateful
    lab.write_config(sessions({"reflector-mode": "stateless"}))
    stampd.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "reloaded" in stampd.log(), "stampd says that it has reloaded")
    assert number_of(peer) == 1000
    path = lab.write_config("version: 1\ninterfaces: none\n")
    stampd.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "not reloaded" in stampd.log(), "stampd says that it has not")
    assert f"error: {path}:2:13: " in stampd.log()
    assert number_of(peer) == 1000


BAD_FILES = {
    "no YAML": ("version: 1\ninterfaces: [\n", 3, 1),
    "an unknown key": ("version: 1\ninterface: []\n", 2, 1),
    "a bad value": ("version: 1\ninterfaces:\n  - name: veth0\n    mode: fast\n", 4, 11),
    "a missing session": ("version: 1\ninterfaces: [{name: veth0}]\n", 1, 1),
}


@pytest.mark.parametrize("bad", BAD_FILES)
def test_a_bad_file_changes_nothing_and_is_explained(lab, stateful, bad):
    stampd, peer = stateful
    text, line, column = BAD_FILES[bad]
    path = lab.write_config(text)
    code, checked = stampd.ask("check", path)
    assert code == 1 and checked.startswith(f"{path}:{line}:{column}: ")
    assert reload_fails(lab, stampd, text) == f"error: {checked.rstrip()}"
    assert_goes_on(lab, peer, 2)


def test_a_file_that_is_gone_changes_nothing(lab, stateful):
    stampd, peer = stateful
    path = lab.write_config(STATEFUL)
    path.unlink()
    code, said = stampd.ask("reload")
    assert code == 1 and f"{path}: cannot read it: No such file or directory" in said
    assert_goes_on(lab, peer, 2)


def test_check_says_that_a_good_file_is_good_and_changes_nothing(lab, stateful):
    stampd, peer = stateful
    path = lab.write_config(sessions({"reflector-udp-port": 5000}))
    assert stampd.ask("check", path) == (0, f"{path}: good\n")
    assert_goes_on(lab, peer, 2)


def test_sessions_come_and_go(lab):
    """R8972-3-6."""
    elsewhere, here = {"sender-ip": "198.51.100.0/24"}, {"sender-ip": "192.0.2.0/24"}
    stampd = lab.start_stampd_with(sessions(elsewhere))
    peer = Peer(lab, "ip4")
    for refused in range(1, 4):
        peer.expects_silence(request(0), seconds=0.1)
        assert stampd.counter("unknown_sender") == refused
        assert reload(lab, stampd, sessions(elsewhere, here)) == ["session s1: added"]
        packet = request(refused)
        assert_answers(packet, peer.exchange(packet))
        assert reload(lab, stampd, sessions(elsewhere)) == ["session s1: removed"]
    peer.expects_silence(request(0), seconds=0.1)
    assert stampd.show()["sessions"]["provisioned"] == 1


def test_a_changed_session_judges_its_known_senders_anew(lab, stateful):
    stampd, peer = stateful
    assert reload(lab, stampd, sessions({})) == ["session s0: changed"]
    assert number_of(peer) == 1000
    reload(lab, stampd, sessions({"ssid": 5}))
    peer.expects_silence(request(0), seconds=0.1)
    assert stampd.counter("unknown_session") == 1
    reload(lab, stampd, sessions({"allow-reflector-port-source": False}))
    Peer(lab, "ip4", source_port=862).expects_silence(request(0), seconds=0.1)
    assert stampd.counter("reflector_port") == 1


@both_families
def test_ports_come_and_go(lab, family):
    stampd = lab.start_stampd_with(sessions({"reflector-udp-port": 5000}))
    old, new = Peer(lab, family, port=5000), Peer(lab, family, port=6000)
    packet = request(1)
    assert_answers(packet, old.exchange(packet))
    with pytest.raises(ConnectionRefusedError):
        new.exchange(packet)
    reload(lab, stampd, sessions({"reflector-udp-port": 6000}))
    assert_answers(packet, new.exchange(packet))
    with pytest.raises(ConnectionRefusedError):
        old.exchange(packet)
    assert stampd.show()["ports"] == [6000]
    free = lab.reflector.socket(socket.AF_INET)
    free.bind(("", 5000))


def test_a_port_that_is_taken_changes_nothing(lab, stateful):
    stampd, peer = stateful
    taken = lab.reflector.socket(socket.AF_INET)
    taken.bind(("", 6000))
    why = reload_fails(lab, stampd, sessions({"reflector-udp-port": 5000},
                                             {"reflector-udp-port": 6000}))
    assert "UDP port 6000 is taken by another program" in why
    assert stampd.show()["ports"] == [862]
    assert_goes_on(lab, peer, 2)


def test_modes_change_and_numbers_go_on(lab, stateful):
    stampd, peer = stateful
    number = 2
    for mode in ("generic", "socket", "native", "socket", "generic", "native"):
        config = {"interfaces": [{"name": "veth0", "mode": mode}], **STATEFUL}
        assert reload(lab, stampd, config) == ["interface veth0: another mode"]
        assert lab.xdp_mode() == (mode if mode != "socket" else None)
        assert stampd.show()["interfaces"][0]["mode"] == mode
        assert [number_of(peer), number_of(peer)] == [number, number + 1]
        number += 2


def test_interfaces_come_and_go(lab, stateful):
    stampd, peer = stateful
    lab.connect(lab.sender, "veth9", lab.reflector, "veth8")
    lab.load_pass_program(lab.sender, "veth9")
    lab.sender.ip("addr", "add", "198.51.100.1/24", "dev", "veth9")
    lab.reflector.ip("addr", "add", "198.51.100.2/24", "dev", "veth8")
    other = Peer(lab, "ip4")
    other.socket.connect(("198.51.100.2", 862))
    other.expects_silence(request(0), seconds=0.1)
    veth0, veth8 = {"name": "veth0"}, {"name": "veth8"}
    assert reload(lab, stampd, {"interfaces": [veth0, veth8], **STATEFUL}) == \
        ["interface veth8: added"]
    assert (lab.xdp_mode("veth0"), lab.xdp_mode("veth8")) == ("native", "native")
    assert (number_of(other), number_of(peer)) == (0, 2)
    assert reload(lab, stampd, {"interfaces": [veth8], **STATEFUL}) == ["interface veth0: removed"]
    assert (lab.xdp_mode("veth0"), lab.xdp_mode("veth8")) == (None, "native")
    assert number_of(other) == 1
    peer.expects_silence(request(0), seconds=0.1)
    assert [row["name"] for row in stampd.show()["interfaces"]] == ["veth8"]
    reload(lab, stampd, {"interfaces": [veth0], **STATEFUL})
    assert (lab.xdp_mode("veth0"), lab.xdp_mode("veth8")) == ("native", None)
    assert number_of(peer) == 3


def test_an_interface_that_does_not_exist_changes_nothing(lab, stateful):
    stampd, peer = stateful
    why = reload_fails(lab, stampd, {"interfaces": [{"name": "veth0", "mode": "generic"},
                                                    {"name": "nowhere"}],
                                     **sessions({"reflector-udp-port": 5000})})
    assert "nowhere: there is no such interface" in why
    assert_goes_on(lab, peer, 2)


def test_an_interface_that_cannot_be_attached_to_changes_nothing(lab, stateful):
    stampd, peer = stateful
    lab.connect(lab.sender, "veth9", lab.reflector, "veth8")
    lab.load_pass_program(lab.reflector, "veth8")
    why = reload_fails(lab, stampd, {"interfaces": [{"name": "veth0", "mode": "generic"},
                                                    {"name": "veth8"}],
                                     **sessions({"reflector-udp-port": 5000})})
    assert "veth8: another XDP program" in why
    assert_goes_on(lab, peer, 2)


def test_a_refused_reload_misjudges_nothing(lab):
    """What was refused was never in force, not even for a moment."""
    no_limit = {"rate-limit": {"packets-per-second": 0}}
    stampd = lab.start_stampd_with(sessions({"ssid": 100, "reflector-mode": "stateful"},
                                            **no_limit))
    lab.connect(lab.sender, "veth9", lab.reflector, "veth8")
    lab.load_pass_program(lab.reflector, "veth8")
    with subprocess.Popen(
            lab.sender.command(BUILD / "stamp-ping", "-j", "-c", "0", "--fast", "-i", "50us", "-w", "30",
                               "--ssid", "100", "--stateful", REFLECTOR4),
            stdout=subprocess.PIPE, text=True) as sender:
        wait_for(lambda: stampd.counter("reflected") > 1000, "the load has begun")
        for _ in range(RELOADS):
            reload_fails(lab, stampd, {"interfaces": [{"name": "veth0"}, {"name": "veth8"}],
                                       **sessions({"ssid": 101}, **no_limit)})
        sender.send_signal(signal.SIGINT)
        packets = json.loads(sender.communicate(timeout=LIMIT)[0])["packets"]
    counters = stampd.settled_interfaces()[0]["counters"]
    assert counters["reflected"] == packets["sent"] > 1000
    assert packets["received"] + packets["under_way"] == packets["sent"]
    assert counters["unknown_session"] == 0


FIXED = {
    "pin-path": ({"pin-path": "/sys/fs/bpf/elsewhere", **STATEFUL},
                 "pin-path cannot change while stampd runs: restart it"),
    "control.socket": ({"control": {"socket": "/run/elsewhere.sock"}, **STATEFUL},
                       "control.socket cannot change while stampd runs: restart it"),
    "max-sessions": (sessions({}, **{"max-sessions": 1000}),
                     "max-sessions cannot change while stampd runs: restart it, which forgets "
                     "the sessions' numbers"),
}


@pytest.mark.parametrize("key", FIXED)
def test_what_is_fixed_at_the_start_is_refused(lab, stateful, key):
    stampd, peer = stateful
    config, text = FIXED[key]
    assert reload_fails(lab, stampd, config) == f"error: {text}"
    assert stampd.ask("check", lab.write_config(config)) == (1, f"{text}\n")
    assert_goes_on(lab, peer, 2)


@pytest.mark.parametrize("key, value", [
    ("dscp-denied", [46]), ("location-disclosure", ["ports"])])
def test_how_a_session_answers_tlvs_can_change(lab, stateful, key, value):
    stampd, peer = stateful
    changed = sessions({"reflector-mode": "stateful", key: value})
    assert reload(lab, stampd, changed) == ["session s0: changed"]
    assert reload(lab, stampd, changed) == []
    assert number_of(peer) == 2


def test_the_keys_of_tlvs_can_change(lab, stateful):
    stampd, peer = stateful
    path = lab.folder / "tlv.key"
    changed = sessions({"reflector-mode": "stateful", "tlv-key-file": str(path)})
    assert f"{path}: " in reload_fails(lab, stampd, changed)
    code, said = stampd.ask("check", lab.write_config(changed))
    assert code == 1 and f"{path}: " in said
    path.write_text("00112233445566778899aabbccddeeff\n")
    path.chmod(0o600)
    assert reload(lab, stampd, changed) == ["session s0: changed"]
    assert number_of(peer) == 2


def test_what_an_interface_is_called_in_tlvs_can_change(lab, stateful):
    stampd, peer = stateful
    named = {**STATEFUL, "interfaces": [{"name": "veth0", "micro-session-id": 7}]}
    assert reload(lab, stampd, named) == ["interface veth0: micro-session-id changed"]
    assert number_of(peer) == 2


def test_what_synchronises_the_clock_can_change(lab, stateful):
    stampd, peer = stateful
    assert reload(lab, stampd, {**STATEFUL, "sync-source": "gnss"}) == \
        ["setting sync-source: changed"]
    clock = stampd.show()["clock"]
    assert clock["synchronization_source"] == ("gnss" if clock["synchronized"] else "local")
    assert number_of(peer) == 2


def test_a_lower_limit_takes_effect_on_known_senders(lab):
    stampd = lab.start_stampd_with(sessions({}))
    peer = Peer(lab, "ip4")
    for _ in range(50):
        peer.exchange(request(0))
    assert stampd.counter("rate_limited") == 0
    slow = {"packets-per-second": 1, "burst": 1}
    assert reload(lab, stampd, sessions({}, **{"rate-limit": slow})) == \
        ["setting rate-limit: changed"]
    for _ in range(50):
        peer.socket.send(request(0))
    wait_for(lambda: stampd.counter("rate_limited") > 10, "the limit holds")


def test_an_interface_by_another_of_its_names_stays(lab):
    """By an altname, as `ip link` shows it."""
    lab.reflector.ip("link", "property", "add", "dev", "veth0", "altname", "uplink")
    settings = {"interfaces": [{"name": "uplink"}], **STATEFUL}
    stampd = lab.start_stampd_with(settings)
    peer = Peer(lab, "ip4")
    assert number_of(peer) == 0
    assert reload(lab, stampd, settings) == []
    assert "detached" not in stampd.log() and "not among the" not in stampd.log()
    assert number_of(peer) == 1 and stampd.counter("reflected") == 2


def test_a_raised_limit_frees_who_was_held_back(lab):
    """By the old limit the source would have had to wait for hours."""
    stampd = lab.start_stampd_with(
        sessions({}, **{"rate-limit": {"packets-per-second": 1, "burst": 10_000}}))
    load = Load(lab.sender, REFLECTOR4, 20_000)
    wait_for(lambda: stampd.counter("rate_limited") > 0, "the burst is used up")
    load.stop()
    reload(lab, stampd, sessions({}))
    limited = stampd.counter("rate_limited")
    peer = Peer(lab, "ip4")
    for i in range(50):
        assert Reply.parse(peer.exchange(request(i))).sender_sequence == i
    assert stampd.counter("rate_limited") == limited
