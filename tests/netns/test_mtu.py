# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""stamp-ping --mtu: the largest packet that passes both ways in one piece."""
import json
import pathlib
import subprocess

import jsonschema
import pytest

from conftest import BUILD, LIMIT, REFLECTOR4, REFLECTOR6, SENDER4

TOP = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((TOP / "docs/stamp-ping.schema.json").read_text(encoding="utf-8"))


def search(namespace, *options, code=0):
    """The document of a search, and what the same one says in words."""
    words = [BUILD / "stamp-ping", "--mtu", "-W", "100ms", *options]
    done = [subprocess.run(namespace.command(*words, *form), capture_output=True, text=True,
                           timeout=LIMIT, check=False) for form in (["-j"], [])]
    assert [run.returncode for run in done] == [code, code], done[0].stderr + done[1].stderr
    report = json.loads(done[0].stdout)
    jsonschema.validate(report, SCHEMA)
    return report["path_mtu"], done[1].stdout


@pytest.mark.parametrize("target, headers", [(REFLECTOR4, 28), (REFLECTOR6, 48)], ids=["ip4", "ip6"])
@pytest.mark.parametrize("mtu", [1500, 1301])
def test_the_mtu_of_the_link_is_found(lab, target, headers, mtu):
    lab.start_stampd("--mode", "generic")
    lab.set_mtu(mtu)
    found, text = search(lab.sender, target)
    assert (found["ip_octets"], found["stamp_octets"]) == (mtu, mtu - headers)
    assert found["complete"] and found["both_ways"]
    assert f"path MTU         {mtu} octets of IP: STAMP packets of up to {mtu - headers}" in text


@pytest.fixture(name="far")
def fixture_far(bare_lab):
    """One hop behind the sender's end, which is its router; the link beyond takes 1400 octets."""
    bare_lab.start_stampd("--mode", "generic")
    far = bare_lab.add_namespace("far")
    bare_lab.connect(far, "veth2", bare_lab.sender, "veth3")
    far.ip("addr", "add", "198.51.100.1/30", "dev", "veth2")
    bare_lab.sender.ip("addr", "add", "198.51.100.2/30", "dev", "veth3")
    bare_lab.sender.sysctl("net.ipv4.ip_forward", 1)
    far.ip("route", "add", "default", "via", "198.51.100.2")
    bare_lab.reflector.ip("route", "add", "default", "via", SENDER4)
    bare_lab.set_mtu(1400)
    return far


def test_a_router_that_tells_is_believed_and_named(far):
    found, text = search(far, REFLECTOR4)
    assert found["ip_octets"] == 1400
    assert "refused by 198.51.100.2, whose next link takes 1400" in text


def test_a_router_that_keeps_silent_is_found_by_searching(far):
    """A black hole: what comes from the router's own address is dropped as it arrives."""
    far.sysctl("net.ipv4.conf.all.rp_filter", 1)
    far.ip("route", "add", "blackhole", "198.51.100.2/32")
    found, text = search(far, REFLECTOR4)
    assert found["ip_octets"] == 1400
    assert "refused" not in text, text
    assert "no reply" in text, text


def test_without_a_reply_nothing_is_known(lab):
    found, text = search(lab.sender, REFLECTOR4, code=1)
    assert found["ip_octets"] is None and found["stamp_octets"] is None
    assert found["tries"] == 1
    assert "path MTU         unknown" in text
