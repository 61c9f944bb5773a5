# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Starting, stopping, killing and restarting stampd while it reflects."""
import os
import signal
import subprocess

from conftest import BUILD, LIMIT, REFLECTOR4, Load, wait_for
from stamp import Reply, request
from test_reflect import Peer

RATE = 2000  # packets a second


def test_a_clean_stop_detaches_and_leaves_no_link(lab):
    stampd = lab.start_stampd()
    assert lab.xdp_mode() == "native"
    assert stampd.stop() == 0
    assert lab.xdp_mode() is None
    assert not (lab.pin_path / "veth0/link").exists()


def test_a_hangup_without_a_file_harms_nothing(lab):
    stampd = lab.start_stampd()
    stampd.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "no file to read again" in stampd.log(), "stampd says why nothing changes")
    assert len(Peer(lab, "ip4").exchange(request(0))) == 44


def test_persist_keeps_reflecting_after_a_clean_stop(lab):
    stampd = lab.start_stampd("--persist")
    assert stampd.stop() == 0
    assert len(Peer(lab, "ip4").exchange(request(0))) == 44


def test_a_killed_stampd_loses_no_packet_and_its_successor_takes_over(lab):
    """Stateful numbering shows each reply that was made: none is missing, none comes twice."""
    stampd = lab.start_stampd("--stateful")
    load = Load(lab.sender, REFLECTOR4, RATE)
    load.wait_for_replies(RATE // 4)
    for _ in range(3):
        stampd.kill()
        load.wait_for_replies(RATE // 4)
        stampd = lab.start_stampd("--stateful")
        assert "took over" in stampd.log()
        load.wait_for_replies(RATE // 4)
    load.stop()
    numbers = [Reply.parse(octets).sequence for octets in load.replies]
    assert numbers == list(range(load.sent))
    assert stampd.counter("reflected") == load.sent, "counters outlive the process"


def test_a_restart_after_a_clean_stop_goes_on_numbering(lab):
    stampd = lab.start_stampd("--stateful")
    peer = Peer(lab, "ip4")
    for number in range(5):
        assert Reply.parse(peer.exchange(request(0))).sequence == number
    stampd.stop()
    lab.start_stampd("--stateful")
    assert Reply.parse(peer.exchange(request(0))).sequence == 5


def test_a_new_policy_takes_effect_on_known_sessions(lab):
    stampd = lab.start_stampd()
    peer = Peer(lab, "ip4")
    assert Reply.parse(peer.exchange(request(77))).sequence == 77
    stampd.stop()
    lab.start_stampd("--stateful")
    assert Reply.parse(peer.exchange(request(77))).sequence == 1


def test_a_change_of_mode_is_made_and_said(lab):
    stampd = lab.start_stampd()
    stampd.kill()
    stampd = lab.start_stampd("--mode", "generic")
    assert lab.xdp_mode() == "generic"
    assert "the mode changes to generic" in stampd.log()


def test_a_second_stampd_is_refused_and_harms_nothing(lab):
    stampd = lab.start_stampd()
    code, messages = lab.run_stampd()
    assert code == 2 and str(stampd.control) in messages
    assert len(Peer(lab, "ip4").exchange(request(0))) == 44


def test_two_stampds_cannot_share_pins(lab):
    """Not even with another port and control socket: the second would take the link away."""
    lab.start_stampd()
    code, messages = lab.run_stampd("--port", "5000", "--control", lab.folder / "second.sock")
    assert code == 2 and "another stampd runs on these pins" in messages
    assert lab.xdp_mode() == "native"
    assert len(Peer(lab, "ip4").exchange(request(0))) == 44


def test_a_start_that_fails_leaves_what_reflected_before(lab):
    stampd = lab.start_stampd()
    stampd.kill()
    code, messages = lab.run_stampd("--interface", "nowhere")
    assert code == 2 and "nowhere" in messages
    lab.connect(lab.sender, "veth9", lab.reflector, "veth8")
    lab.load_pass_program(lab.reflector, "veth8")
    code, messages = lab.run_stampd("--interface", "veth8")
    assert code == 2 and "veth8: another XDP program" in messages
    assert lab.xdp_mode() == "native"
    assert len(Peer(lab, "ip4").exchange(request(0))) == 44


def test_a_first_start_that_fails_leaves_nothing_attached(lab):
    lab.connect(lab.sender, "veth9", lab.reflector, "veth8")
    lab.load_pass_program(lab.reflector, "veth8")
    code, _ = lab.run_stampd("--persist", "--interface", "veth8")
    assert code == 2
    assert lab.xdp_mode() is None


def test_an_interface_left_out_of_the_next_configuration_is_named(lab):
    lab.start_stampd("--persist").stop()
    lab.connect(lab.sender, "veth9", lab.reflector, "veth8")
    stampd = lab.start_stampd("--mode", "generic", interface="veth8")
    wait_for(lambda: "stamp/veth0: still reflects" in stampd.log(), "the left link is named")
    (lab.pin_path / "veth0/link").unlink()
    wait_for(lambda: lab.xdp_mode() is None, "removing the pin detaches")


def test_an_interface_with_a_dot_in_its_name_can_be_used(bare_lab):
    bare_lab.reflector.ip("link", "set", "veth0", "down")
    bare_lab.reflector.ip("link", "set", "veth0", "name", "veth0.7")
    bare_lab.reflector.ip("link", "set", "veth0.7", "up")
    bare_lab.start_stampd("--mode", "generic", interface="veth0.7")
    assert len(Peer(bare_lab, "ip4").exchange(request(0))) == 44


def test_a_reader_of_the_log_that_ends_first_harms_nothing(lab):
    command = lab.reflector.command(BUILD / "stampd",
                                    *lab.arguments(lab.reflector, "veth0", ["--allow", "any"]))
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as stampd:
        assert "reflecting in native mode" in stampd.stderr.readline()
        stampd.stderr.close()
        stampd.terminate()
        assert stampd.wait(LIMIT) == 0
    assert lab.xdp_mode() is None


def test_an_interface_that_has_gone_is_shown_as_such(lab):
    stampd = lab.start_stampd()
    lab.reflector.ip("link", "del", "veth0")
    wait_for(lambda: "has gone" in stampd.log(), "stampd sees it go")
    interface = stampd.show()["interfaces"][0]
    assert interface["attached"] is False and "gone" in interface["warnings"][0]


def test_a_foreign_program_is_left_alone(lab):
    lab.load_pass_program(lab.reflector, "veth0")
    before = lab.reflector.ip("-d", "link", "show", "veth0")
    code, messages = lab.run_stampd()
    assert code == 2 and "another XDP program is attached" in messages
    assert lab.reflector.ip("-d", "link", "show", "veth0") == before


def test_an_interface_that_was_made_anew_is_attached_again(lab):
    stampd = lab.start_stampd()
    stampd.kill()
    lab.reflector.ip("link", "del", "veth0")
    lab.connect(lab.sender, "veth1", lab.reflector, "veth0")
    lab.sender.ip("addr", "add", "192.0.2.1/24", "dev", "veth1")
    lab.reflector.ip("addr", "add", f"{REFLECTOR4}/24", "dev", "veth0")
    lab.start_stampd("--mode", "generic")
    assert len(Peer(lab, "ip4").exchange(request(0))) == 44


def test_addresses_that_come_and_go_are_followed(lab):
    stampd = lab.start_stampd()
    peer = Peer(lab, "ip4")
    peer.socket.connect(("192.0.2.99", 862))
    lab.sender.ip("route", "add", "192.0.2.99/32", "via", REFLECTOR4, "dev", "veth1")
    lab.reflector.ip("addr", "add", "192.0.2.99/24", "dev", "veth0")
    wait_for(lambda: len(peer.exchange(request(0))) == 44 and stampd.counter("reflected"),
             "the kernel reflects to the new address")
    lab.reflector.ip("addr", "del", "192.0.2.99/24", "dev", "veth0")
    peer.socket.settimeout(0.1)

    def passed_on():
        try:
            peer.exchange(request(0))
        except OSError:
            pass
        return stampd.counter("not_ours")

    wait_for(passed_on, "the address that went is not ours any more")


def test_an_address_on_two_interfaces_stays_when_one_loses_it(lab):
    stampd = lab.start_stampd()
    lab.reflector.sysctl("net.ipv4.conf.all.promote_secondaries", 1)
    lab.reflector.ip("addr", "add", f"{REFLECTOR4}/32", "dev", "lo")
    lab.reflector.ip("addr", "add", "192.0.2.77/24", "dev", "veth0")
    lab.reflector.ip("addr", "del", f"{REFLECTOR4}/24", "dev", "veth0")
    peer = Peer(lab, "ip4")
    peer.socket.connect(("192.0.2.77", 862))
    wait_for(lambda: len(peer.exchange(request(0))) == 44 and stampd.counter("reflected"),
             "the changes have been seen")
    peer.socket.connect((REFLECTOR4, 862))
    before = stampd.counter("reflected")
    assert len(peer.exchange(request(0))) == 44
    assert stampd.counter("reflected") == before + 1


def test_a_new_mac_address_is_followed(lab):
    stampd = lab.start_stampd("--stateful")
    peer = Peer(lab, "ip4")
    assert Reply.parse(peer.exchange(request(0))).sequence == 0
    lab.reflector.ip("link", "set", "veth0", "address", "02:00:00:00:00:42")
    wait_for(lambda: "follows its new MAC address" in stampd.log(), "the change is seen")
    lab.sender.ip("neigh", "flush", "dev", "veth1")
    assert Reply.parse(peer.exchange(request(0))).sequence == 1
    assert stampd.counter("reflected") == 2 and stampd.counter("not_ours") == 0


def test_lost_replies_on_a_veth_are_foreseen_and_counted(bare_lab):
    """Without an XDP program on the peer every native reply is lost, and nothing else says so."""
    stampd = bare_lab.start_stampd()
    assert "runs no native XDP program" in stampd.log()
    Peer(bare_lab, "ip4").expects_silence(request(0))
    interface = stampd.show()["interfaces"][0]
    assert "runs no native XDP program" in interface["warnings"][0]
    assert interface["totals"]["reflected"] == 1
    assert interface["totals"]["transmit_errors"] == 1
    bare_lab.load_pass_program()
    assert stampd.show()["interfaces"][0]["warnings"] == []
    assert len(Peer(bare_lab, "ip4").exchange(request(0))) == 44


def test_generic_mode_needs_no_program_on_the_peer(bare_lab):
    stampd = bare_lab.start_stampd("--mode", "generic")
    assert "warning" not in stampd.log()
    assert len(Peer(bare_lab, "ip4").exchange(request(0))) == 44


def test_bad_asks_are_explained(lab):
    code, messages = lab.run_stampd(interface="nowhere")
    assert code == 2 and "nowhere: there is no such interface" in messages
    code, messages = lab.run_stampd("--pin-path", lab.folder / "no-bpffs")
    assert code == 2 and "mount -t bpf" in messages
    for bad, text in ((["--port", "80"], "862, or 1024 to 65535"), (["--mode", "fast"], "native"),
                      (["--nonsense"], "unrecognized option"), (["x"], "options only")):
        code, messages = lab.run_stampd(*bad)
        assert code == 1 and text in messages
    for given, text in ((["--interface", "veth0"], "--allow is missing"),
                        (["--allow", "any"], "--interface is missing")):
        done = subprocess.run(lab.reflector.command(BUILD / "stampd", *given),
                              capture_output=True, text=True, timeout=LIMIT, check=False)
        assert done.returncode == 1 and text in done.stderr
    code, messages = lab.run_stampd(allow="192.0.2.1/33")
    assert code == 1 and "192.0.2.1/33" in messages


def test_a_port_that_is_taken_is_named(lab):
    taken = lab.reflector.socket(2)
    taken.bind(("", 862))
    code, messages = lab.run_stampd()
    assert code == 2 and "862 is taken" in messages
    assert lab.xdp_mode() is None


def test_rights_that_are_missing_are_named(lab):
    """Exit code 3, and the capability in the message."""
    for dropped, named in (("cap_net_admin,cap_sys_admin", "CAP_NET_ADMIN"),
                           ("cap_bpf,cap_sys_admin", "CAP_BPF"),
                           ("cap_perfmon,cap_sys_admin", "CAP_PERFMON"),
                           ("cap_net_bind_service", "CAP_NET_BIND_SERVICE")):
        command = lab.reflector.command(
            "capsh", f"--drop={dropped}", "--", "-c",
            " ".join(str(word) for word in [
                BUILD / "stampd", *lab.arguments(lab.reflector, "veth0", ["--allow", "any"])]))
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
        assert done.returncode == 3 and named in done.stderr, done.stderr


def test_no_other_right_is_needed(lab):
    """As a user with the documented capabilities and no more, in folders made for it."""
    granted = ["net_admin", "bpf", "perfmon", "net_bind_service"]
    keep = ",".join("+" + name for name in granted)
    lab.bpffs.chmod(0o755)
    lab.folder.chmod(0o755)
    lab.pin_path.mkdir()
    run_folder = lab.folder / "run"
    run_folder.mkdir()
    for folder in (lab.pin_path, run_folder):
        os.chown(folder, 65534, 65534)
    control = run_folder / "control.sock"
    command = lab.reflector.command(
        "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups",
        "--inh-caps", f"-all,{keep}", "--ambient-caps", f"-all,{keep}",
        "--bounding-set", f"-all,{keep}", BUILD / "stampd",
        *lab.arguments(lab.reflector, "veth0", ["--allow", "any", "--control", control]))
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as stampd:
        assert "reflecting in native mode" in stampd.stderr.readline()
        packet = request(0)
        assert len(Peer(lab, "ip4").exchange(packet)) == 44
        stampd.terminate()
        assert stampd.wait(LIMIT) == 0


def test_a_yaml_file_configures_it(lab):
    lab.start_stampd_with({
        "interfaces": [{"name": "veth0", "mode": "native"}],
        "session-reflector": {"sessions": [{"name": "lab", "sender-ip": "192.0.2.0/24",
                                            "reflector-mode": "stateful",
                                            "timestamp-format": "ptp"}]}})
    peer = Peer(lab, "ip4")
    replies = [Reply.parse(peer.exchange(request(9))) for _ in range(3)]
    assert [reply.sequence for reply in replies] == [0, 1, 2]
    assert all(reply.error_estimate & 0x4000 for reply in replies)
    Peer(lab, "ip6").expects_silence(request(0))
