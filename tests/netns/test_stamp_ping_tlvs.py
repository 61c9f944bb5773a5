# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""stamp-ping --tlv against stampd, whoever of its parts answers."""
import json
import subprocess

import pytest

from conftest import BUILD, LIMIT, REFLECTOR4, REFLECTOR6, SENDER4, SENDER6
from test_auth import write_keys
from test_stamp_ping_schema import fixture_validator  # noqa: F401
from test_tlvs import COUNTING, config, every_tier
from tlv_rows import DENIED, KEY, LINK, PORTS, SYNC_SOURCE, TLV_KEY

TARGETS = {"ip4": (REFLECTOR4, SENDER4), "ip6": (REFLECTOR6, SENDER6)}
KEYS = {"open": [], "light": [], "keyed": ["--tlv-key", "lab.key"],
        "guarded": ["--auth", "lab.key", "--tlv-key", "lab.key"],
        "apart": ["--auth", "lab.key", "--tlv-key", "tlv.key"]}


def start(lab, tier, **settings):
    write_keys(lab, KEY)
    write_keys(lab, TLV_KEY, name="tlv.key")
    lab.start_stampd_with(config(lab, tier, **settings))


def measure(lab, validator, session, *options, family="ip4"):
    """The document of a run in a stateful session of this name; slow, for stampd knows when a reply
    left after the batch that it was in."""
    keys = [str(lab.folder / word) if word.endswith(".key") else word for word in KEYS[session]]
    done = subprocess.run(
        lab.sender.command(BUILD / "stamp-ping", "-j", "-c", "5", "-i", "40ms", "--stateful", "-p",
                           PORTS[session] + COUNTING, *keys, *options, TARGETS[family][0]),
        capture_output=True, text=True, timeout=2 * LIMIT, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    validator.validate(report)
    assert report["packets"]["received"] == report["packets"]["sent"]
    return report["tlvs"]


def assert_all_used(tlvs, packets):
    assert tlvs["replies"].pop("used") == packets
    assert set(tlvs["replies"].values()) == {0}


@every_tier
@pytest.mark.parametrize("family", TARGETS)
@pytest.mark.parametrize("session", ["open", "keyed", "guarded", "apart"])
def test_all_tlvs_are_answered(lab, validator, tier, family, session):
    start(lab, tier)
    target, sender = TARGETS[family]
    tlvs = measure(lab, validator, session, "--dscp", "10", "--tlv", "padding=5", "--tlv",
                   "location", "--tlv", "timestamp-info", "--tlv", "cos=46", "--tlv",
                   "direct-measurement", "--tlv", "access-report=3gpp,available", "--tlv",
                   "follow-up", "--tlv", f"destination={target}", "--tlv", "micro-session=7", "-s",
                   "400", family=family)
    assert_all_used(tlvs, 5)
    assert tlvs["unrecognized"] == 0
    location = tlvs["location"]
    assert location["source_address"] == sender and location["destination_address"] == target
    assert location["translated"] is location["changed"] is False
    assert tlvs["timestamp_information"]["receive"]["source"] == SYNC_SOURCE
    cos = tlvs["class_of_service"]
    assert (cos["dscp"], cos["ecn"], cos["refused"]) == (10, 0, 0)
    assert (cos["reply_dscp"], cos["reply_dscp_wrong"]) == (46, 0)
    counters = tlvs["direct_measurement"]
    assert counters["sender_sent"] == counters["reflector_received"] == 5
    assert counters["lost_forward"] == counters["lost_backward"] == 0
    assert tlvs["access_report"] == {"state": "answered", "transmissions": 1}
    assert tlvs["follow_up"]["delay_ns"]["min"] >= 0
    assert tlvs["destination"]["reached"] == 5
    assert tlvs["micro_session"] == {"sender": 7, "reflector": LINK, "learned": True}


def test_what_a_reflector_refuses_is_told(lab, validator):
    start(lab, "native", link=None)
    tlvs = measure(lab, validator, "open", "--dscp", "10", "--tlv", f"cos={DENIED}", "--tlv",
                   "destination=192.0.2.77", "--tlv", "micro-session=7")
    assert_all_used(tlvs, 5)
    assert tlvs["unrecognized"] == 10
    cos = tlvs["class_of_service"]
    assert (cos["refused"], cos["reply_dscp"], cos["reply_dscp_wrong"]) == (5, 10, 0)
    assert tlvs["destination"]["not_intended"] == 5
    assert tlvs["micro_session"]["reflector"] is None


def test_a_key_that_stampd_does_not_have(lab, validator):
    start(lab, "native")
    tlvs = measure(lab, validator, "open", "--tlv", "cos=46", "--tlv-key",
                   str(lab.folder / "tlv.key"))
    assert tlvs["replies"]["integrity_failed"] == 5 and tlvs["class_of_service"] is None


def test_a_session_without_tlvs_returns_them_untouched(lab, validator):
    """TWAMP Light: R8972-4-7."""
    start(lab, "native")
    tlvs = measure(lab, validator, "light", "--tlv", "cos=46", "--tlv", "padding")
    assert tlvs["replies"]["untouched"] == 5


@pytest.mark.parametrize("tier", ["native", "af-xdp", "socket"])
def test_stampd_replies_from_the_address_that_was_meant(lab, validator, tier):
    """R9503-3-2"""
    lab.reflector.ip("addr", "add", "192.0.2.9/24", "dev", "veth0")
    start(lab, tier)
    tlvs = measure(lab, validator, "open", "--tlv", "destination=192.0.2.9")
    assert_all_used(tlvs, 5)
    assert tlvs["destination"]["reached"] == 5
