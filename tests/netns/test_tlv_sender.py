# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""stamp-ping --tlv against a Session-Reflector of another author."""
import json
import random
import socket
import struct
import subprocess

import pytest

from auth_reflector import AUTH_SIZE, COVERED, mac
from conftest import (BUILD, LIMIT, REFLECTOR4, REFLECTOR6, SENDER4, SENDER6,
                      kernel_timestamps)
from stamp import BASE_SIZE
from test_stamp_ping_schema import assert_exact, fixture_validator  # noqa: F401
from tlv_reflector import (ACCESS, COS, DESTINATION, DIRECT, FOLLOW_UP, HMAC, LOCATION, MICRO,
                           PADDING, TIMESTAMP_INFO, TlvReflector, join, split, tlv_mac)

KEY = b"doc-example-key-not-for-real-use"
TLV_KEY = b"another-key-that-is-as-long-as-it"
TARGETS = {"ip4": (socket.AF_INET, REFLECTOR4), "ip6": (socket.AF_INET6, REFLECTOR6)}
both_families = pytest.mark.parametrize("family", TARGETS)
SEVERAL = ["--tlv", "cos=46", "--tlv", "direct-measurement", "--tlv", "timestamp-info"]


@pytest.fixture(name="tlv_lab")
def fixture_tlv_lab(bare_lab):
    """The lab with the two keys in files."""
    for name, key in (("auth.key", KEY), ("tlv.key", TLV_KEY)):
        (bare_lab.folder / name).write_text(key.hex() + "\n", encoding="ascii")
        (bare_lab.folder / name).chmod(0o600)
    return bare_lab


def reflector(lab, family="ip4", **how):
    return TlvReflector(lab.reflector, TARGETS[family][0], **how)


def ping(lab, *options, family="ip4", target=None):
    """Runs stamp-ping, of whose options "@" is the folder of the keys."""
    words = [str(word).replace("@", str(lab.folder)) for word in options]
    return subprocess.run(
        lab.sender.command(BUILD / "stamp-ping", "-c", "5", "--fast", "-i", "5ms", "-W", "300ms", *words,
                           target or TARGETS[family][1]),
        capture_output=True, text=True, timeout=2 * LIMIT, check=False)


def measure(lab, validator, *options, family="ip4", status=0):
    """The document of a run and its lines, each of the schema."""
    done = ping(lab, "-j", "--each", *options, family=family)
    assert done.returncode == status, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    for line in lines:
        validator.validate(line)
    return lines[-1], lines[:-1]


def tlvs_of(packet, base=BASE_SIZE):
    return split(packet[base:])


@both_families
def test_packets_are_those_of_the_figures(tlv_lab, validator, family):
    """R8972-4-1, R8972-4.2-1, R8972-4.3-1, R8972-4.4-1, R8972-4.5-1, R8972-4.7-1: in the order
    given, U set, and zero whatever is the reflector's."""
    target = TARGETS[family][1]
    with reflector(tlv_lab, family) as far_end:
        measure(tlv_lab, validator, "--tlv", "padding=5", "--tlv", "location", "--tlv",
                "timestamp-info", "--tlv", "cos=46", "--tlv", "direct-measurement", "--tlv",
                "follow-up", "--tlv", f"destination={target}", "--tlv", "micro-session=7", "-s",
                "300", family=family)
    assert len(far_end.requests) == 5
    paddings = set()
    for number, packet in enumerate(far_end.requests):
        assert len(packet) == 300
        tlvs = tlvs_of(packet)
        assert [flags for flags, _, _ in tlvs] == [0x80] * 9
        assert [kind for _, kind, _ in tlvs] == [PADDING, LOCATION, TIMESTAMP_INFO, COS, DIRECT,
                                                 FOLLOW_UP, DESTINATION, MICRO, PADDING]
        values = [value for _, _, value in tlvs]
        assert len(values[0]) == 5 and len(values[1]) == 56
        assert values[1][:4] == bytes(4)
        assert split(values[1][4:]) == [[0x80, 1, bytes(8)], [0x80, 4, bytes(16)],
                                        [0x80, 7, bytes(16)]]
        assert values[2:4] == [bytes(4), bytes([46 << 2, 0, 0, 0])]
        assert values[4] == struct.pack(">III", number + 1, 0, 0)
        assert values[5] == bytes(16)
        assert values[6] == socket.inet_pton(TARGETS[family][0], target)
        assert values[7] in (bytes.fromhex("00070000"), bytes.fromhex("00070021"))
        paddings.add(values[8])
    assert len(paddings) == 5, "R8972-4.1-1: pseudorandom"


@both_families
@pytest.mark.parametrize("auth", [False, True], ids=["unauthenticated", "authenticated"])
def test_all_tlvs_are_signed_read_and_shown(tlv_lab, validator, family, auth):
    """R8972-4.8-1, R8972-4.8-2, R8972-4.8-4"""
    options = ["--tlv", "location", "--tlv", "timestamp-info", "--tlv", "cos=46", "--tlv",
               "direct-measurement", "--tlv", "access-report=3gpp,available", "--tlv", "follow-up",
               "--tlv", "micro-session=7", "--tlv", f"destination={TARGETS[family][1]}", "--tlv",
               "padding=3", "--tlv-key", "@/tlv.key", "-s", "500", "--dscp", "10", "--stateful",
               *(["--auth", "@/auth.key"] if auth else [])]
    base = AUTH_SIZE if auth else BASE_SIZE
    with reflector(tlv_lab, family, key=KEY if auth else None, tlv_key=TLV_KEY,
                   stateful=True) as far_end:
        report, lines = measure(tlv_lab, validator, *options, family=family)
    for packet in far_end.requests:
        tlvs = tlvs_of(packet, base)
        assert [kind for _, kind, _ in tlvs[-3:]] == [HMAC, PADDING, PADDING]
        assert tlvs[-3][2] == tlv_mac(TLV_KEY, packet, join(tlvs[:-3]))
        assert not auth or mac(KEY, packet) == packet[COVERED:AUTH_SIZE]
    assert report["packets"]["received"] == 5 and report["packets"]["lost_forward"] == 0
    tlvs = report["tlvs"]
    assert tlvs["sent"] == ["location", "timestamp-info", "cos", "direct-measurement",
                            "access-report", "follow-up", "micro-session", "destination", "hmac",
                            "padding", "padding"]
    assert tlvs["replies"] == {"used": 5, "untouched": 0, "none": 0, "integrity_failed": 0,
                               "unverified": 0, "malformed": 0, "mismatched": 0, "shorter": 0,
                               "misdirected": 0}
    assert tlvs["unrecognized"] == 0
    location = tlvs["location"]
    assert location.pop("source_port") > 0
    assert location == {"source_address": SENDER4 if family == "ip4" else SENDER6,
                        "destination_address": TARGETS[family][1], "destination_port": 862,
                        "source_mac": "02:00:00:00:00:01", "translated": False, "changed": False}
    assert tlvs["timestamp_information"] == {
        "receive": {"source": "ntp", "method": "software"},
        "send": {"source": "local", "method": "control-plane"}, "changed": False}
    assert tlvs["class_of_service"] == {
        "dscp_sent": 10, "dscp": 10, "dscp_changed": 0, "ecn": 0, "ecn_marked": 0, "congested": 0,
        "dscp_wanted": 46, "refused": 0, "reply_dscp": 46, "reply_dscp_wrong": 0}
    assert tlvs["direct_measurement"] == {"sender_sent": 5, "reflector_received": 5,
                                          "reflector_sent": 4, "lost_forward": 0,
                                          "lost_backward": 0}
    assert tlvs["access_report"] == {"state": "answered", "transmissions": 1}
    assert 0 < tlvs["follow_up"]["delay_ns"]["min"] < 10**9
    assert tlvs["follow_up"]["method"] == "software"
    assert tlvs["destination"] == {"address": TARGETS[family][1], "reached": 5, "not_intended": 0}
    assert tlvs["micro_session"] == {"sender": 7, "reflector": 33, "learned": True}
    assert [line["tlvs"]["state"] for line in lines] == ["used"] * 5
    assert [line["tlvs"]["access_report"] for line in lines] == [True] + [None] * 4
    assert lines[0]["tlvs"]["follow_up"] is None
    assert lines[1]["tlvs"]["follow_up"]["reflector_sequence"] == 0
    assert_exact(validator, lines[1])
    assert_exact(validator, report)


def test_a_single_padding_needs_no_hmac_tlv(tlv_lab, validator):
    """R8972-4.8-1"""
    with reflector(tlv_lab, key=KEY) as far_end:
        report, _ = measure(tlv_lab, validator, "--auth", "@/auth.key", "--tlv", "padding=9,zeros")
    assert report["tlvs"]["replies"]["used"] == 5
    assert all(tlvs_of(packet, AUTH_SIZE) == [[0x80, PADDING, bytes(9)]]
               for packet in far_end.requests)


def test_tlvs_with_a_wrong_hmac_are_not_used(tlv_lab, validator):
    """R8972-4.8-5, R8972-4.8-7: what the base packet says stays good."""
    with reflector(tlv_lab, tlv_key=TLV_KEY, tlv_reply_key=KEY):
        report, _ = measure(tlv_lab, validator, *SEVERAL, "--tlv-key", "@/tlv.key")
    assert report["packets"]["received"] == 5 and report["round_trip_ns"]["min"] > 0
    assert report["tlvs"]["replies"]["unverified"] == 5
    assert report["tlvs"]["class_of_service"] is None
    assert report["tlvs"]["direct_measurement"] is None


def test_a_reflector_that_cannot_verify_ours_says_so(tlv_lab, validator):
    """R8972-4-12: I discards all TLVs."""
    with reflector(tlv_lab, tlv_key=KEY):
        report, lines = measure(tlv_lab, validator, *SEVERAL, "--tlv-key", "@/tlv.key")
        text = ping(tlv_lab, *SEVERAL, "--tlv-key", "@/tlv.key").stdout
    assert report["packets"]["received"] == 5 and report["round_trip_ns"]["min"] > 0
    assert report["tlvs"]["replies"]["integrity_failed"] == 5
    assert report["tlvs"]["class_of_service"] is None
    assert {line["tlvs"]["state"] for line in lines} == {"integrity-failed"}
    assert "tlvs=integrity-failed" in text and "5 with I, not verified there" in text


def test_what_is_not_understood_is_skipped(tlv_lab, validator):
    """R8972-4-10"""
    with reflector(tlv_lab, unknown=[COS]):
        report, _ = measure(tlv_lab, validator, *SEVERAL)
        text = ping(tlv_lab, *SEVERAL).stdout
    tlvs = report["tlvs"]
    assert tlvs["replies"]["used"] == tlvs["unrecognized"] == 5
    assert tlvs["class_of_service"] is None
    assert tlvs["direct_measurement"]["lost_forward"] == 0
    assert "tlvs=2/3 counters=" in text and "5 TLVs with U, not understood" in text


def test_reading_stops_at_a_malformed_one(tlv_lab, validator):
    """R8972-4-11"""
    with reflector(tlv_lab, flags={DIRECT: 0x40}):
        report, _ = measure(tlv_lab, validator, *SEVERAL)
    tlvs = report["tlvs"]
    assert tlvs["replies"]["used"] == tlvs["replies"]["malformed"] == 5
    assert tlvs["class_of_service"]["dscp"] == 0
    assert tlvs["direct_measurement"] is None and tlvs["timestamp_information"] is None


def test_replies_that_do_not_match_are_counted(tlv_lab, validator):
    for edit in (lambda tlvs: tlvs[::-1], lambda tlvs: [[0, 1, b""], *tlvs],
                 lambda tlvs: [[0, COS, b"\0\0\0"], *tlvs[1:]],
                 lambda tlvs: [[0, COS, b"\xa0\0\0\0"], *tlvs[1:]]):
        with reflector(tlv_lab, edit=edit):
            report, _ = measure(tlv_lab, validator, *SEVERAL)
        assert report["packets"]["received"] == 5
        assert report["tlvs"]["replies"]["mismatched"] == 5
        assert report["tlvs"]["class_of_service"] is None


def test_untouched_tlvs_are_named_as_such(tlv_lab, validator):
    """A reflector without TLVs: R8972-4-7, TWAMP Light."""
    with reflector(tlv_lab, unknown=range(256)):
        report, _ = measure(tlv_lab, validator, *SEVERAL)
        text = ping(tlv_lab, *SEVERAL).stdout
    assert report["packets"]["received"] == report["tlvs"]["replies"]["untouched"] == 5
    assert report["tlvs"]["unrecognized"] == 15
    assert "tlvs=untouched" in text and "TLVs came back untouched" in text


def test_cut_replies_are_measured_as_far_as_they_go(tlv_lab, validator):
    size = BASE_SIZE + 8 + 16 + 8
    for cut in range(40, size):
        with reflector(tlv_lab, spoil=lambda reply, end=cut: [reply[:end]]):
            report, _ = measure(tlv_lab, validator, *SEVERAL, "-c", "1",
                                status=1 if cut < 41 else 0)
        replies = report["tlvs"]["replies"]
        assert report["packets"]["received"] == replies["shorter"] == (cut >= 41)
        assert replies["none"] == (41 <= cut <= BASE_SIZE)
        assert replies["used"] == (cut > BASE_SIZE)
        whole = cut in (BASE_SIZE + 8, BASE_SIZE + 24)
        assert replies["malformed"] == (cut > BASE_SIZE and not whole)
        assert replies["mismatched"] == whole
        assert (report["tlvs"]["class_of_service"] is not None) == (cut >= BASE_SIZE + 8)


def test_forged_replies_do_no_harm(tlv_lab, validator):
    numbers = random.Random(8972)

    def forge(reply):
        forged = bytearray(reply)
        for _ in range(numbers.randrange(1, 5)):
            forged[numbers.randrange(BASE_SIZE, len(reply))] = numbers.randrange(256)
        return [bytes(forged) + bytes(numbers.randrange(3))]

    with reflector(tlv_lab, spoil=forge):
        report, _ = measure(tlv_lab, validator, "--tlv", "location", *SEVERAL, "--tlv", "follow-up",
                            "--tlv", "destination=192.0.2.2", "-c", "1000", "--fast", "-i", "500us")
    assert report["packets"]["received"] == 1000
    assert sum(report["tlvs"]["replies"][state] for state in (
        "used", "untouched", "none", "integrity_failed", "unverified")) == 1000


def test_loss_is_told_by_the_counters(tlv_lab, validator):
    """R8972-4.5-2, against what was really lost."""
    def drops(number):
        return {3: "forward", 5: "backward", 6: "backward"}.get(number)

    with reflector(tlv_lab, drops=drops):
        report, _ = measure(tlv_lab, validator, "--tlv", "direct-measurement", "-c", "10")
        text = ping(tlv_lab, "--tlv", "direct-measurement").stdout
    assert report["packets"]["lost"] == 3
    assert report["tlvs"]["direct_measurement"] == {
        "sender_sent": 10, "reflector_received": 9, "reflector_sent": 8, "lost_forward": 1,
        "lost_backward": 2}
    assert "lost 0 forward, 0 backward" in text


def test_a_reflector_that_counts_nothing_tells_no_loss(tlv_lab, validator):
    with reflector(tlv_lab, edit=lambda tlvs: [[0, DIRECT, tlvs[0][2][:4] + bytes(8)]]):
        report, _ = measure(tlv_lab, validator, "--tlv", "direct-measurement")
    assert report["tlvs"]["direct_measurement"]["lost_forward"] is None


@both_families
def test_a_dscp_that_is_not_permitted(tlv_lab, validator, family):
    """R8972-4.4-5: RP, and the DSCP that came."""
    with reflector(tlv_lab, family, refuses_dscp=True):
        report, _ = measure(tlv_lab, validator, "--tlv", "cos=46", "--dscp", "10", family=family)
        text = ping(tlv_lab, "--tlv", "cos=46", "--dscp", "10", family=family).stdout
    cos = report["tlvs"]["class_of_service"]
    assert cos["refused"] == 5 and cos["reply_dscp"] == 10 and cos["reply_dscp_wrong"] == 0
    assert "46 wanted, refused in 5 of 5 replies, came with 10" in text


def test_a_dscp_changed_on_the_way_is_seen(tlv_lab, validator):
    """Forward by DSCP2 and ECN, backward by the reply's own IP header."""
    with reflector(tlv_lab, values={COS: bytes([46 << 2, 3 << 2, 0, 0])}):
        report, _ = measure(tlv_lab, validator, "--tlv", "cos=46", "--dscp", "10")
        text = ping(tlv_lab, "--tlv", "cos=46", "--dscp", "10").stdout
    cos = report["tlvs"]["class_of_service"]
    assert (cos["dscp"], cos["dscp_changed"], cos["ecn_marked"], cos["congested"]) == (0, 5, 5, 5)
    assert (cos["reply_dscp"], cos["reply_dscp_wrong"]) == (10, 5)
    assert "DSCP 10 sent, 0 arrived (changed on the way: 5)" in text
    assert "not as the reflector says" in text


def test_translated_addresses_are_seen(tlv_lab, validator):
    there = struct.pack(">HH", 862, 4242) + join([[0, 8, bytes([198, 51, 100, 1]) + bytes(12)]])
    with reflector(tlv_lab, values={LOCATION: there}):
        report, _ = measure(tlv_lab, validator, "--tlv", "location=source-ip")
        text = ping(tlv_lab, "--tlv", "location=source-ip").stdout
    location = report["tlvs"]["location"]
    assert location["translated"] is True and location["source_address"] == "198.51.100.1"
    assert location["destination_address"] is location["source_mac"] is None
    assert "from 198.51.100.1 port 4242 to unknown port 862" in text and "(NAT)" in text


def test_a_stateless_reflector_follows_nothing_up(tlv_lab, validator):
    with reflector(tlv_lab):
        report, lines = measure(tlv_lab, validator, "--tlv", "follow-up")
    assert report["tlvs"]["follow_up"] is None
    assert all(line["tlvs"]["follow_up"] is None for line in lines)


REPORT = ["--tlv", "access-report=non-3gpp,unavailable"]


def reports_in(far_end):
    """Which of the packets that arrived carry the report; the others have padding in its place."""
    kinds = [tlvs_of(packet)[0][1] for packet in far_end.arrived]
    assert set(kinds) <= {ACCESS, PADDING}
    return [number for number, kind in enumerate(kinds) if kind == ACCESS]


def test_a_report_without_a_reply_is_sent_four_times_more(tlv_lab, validator):
    """R8972-4.6-4, R8972-4.6-5"""
    with reflector(tlv_lab, drops=lambda number: "forward") as far_end:
        report, _ = measure(tlv_lab, validator, *REPORT, "-c", "1", "-W", "10ms",
                            "--access-timeout", "40ms", status=1)
    assert reports_in(far_end) == [0, 1, 2, 3, 4]
    assert tlvs_of(far_end.arrived[0]) == [[0x80, ACCESS, bytes([0x20, 2, 0, 0])]]
    assert report["packets"]["sent"] == 5
    assert report["tlvs"]["access_report"] == {"state": "given-up", "transmissions": 5}


def test_a_report_is_sent_again_beside_the_schedule(tlv_lab, validator):
    """R8972-4.6-6: the timer and the tries are options."""
    with reflector(tlv_lab, drops=lambda number: "forward") as far_end:
        report, lines = measure(tlv_lab, validator, *REPORT, "-c", "20", "-i", "10ms", "-W", "10ms",
                                "--access-timeout", "35ms", "--access-tries", "2", status=1)
    assert len(reports_in(far_end)) == 3 and reports_in(far_end)[0] == 0
    assert report["packets"]["sent"] == report["packets"]["lost"] == len(lines) == 22
    assert report["tlvs"]["access_report"] == {"state": "given-up", "transmissions": 3}


@pytest.mark.parametrize("lost", ["forward", "backward"])
def test_a_reply_with_the_report_stops_the_timer(tlv_lab, validator, lost):
    with reflector(tlv_lab, drops=lambda number: lost if number < 2 else None) as far_end:
        report, _ = measure(tlv_lab, validator, *REPORT, "-c", "1", "--access-timeout", "300ms")
        text = ping(tlv_lab, *REPORT, "-c", "1").stdout
    assert reports_in(far_end) == [0, 1, 2, 3]
    assert report["tlvs"]["access_report"] == {"state": "answered", "transmissions": 3}
    assert "access report    answered (transmissions: 1)" in text


def test_a_reflector_without_the_report_is_not_asked_again(tlv_lab, validator):
    with reflector(tlv_lab, unknown=[ACCESS]) as far_end:
        report, _ = measure(tlv_lab, validator, *REPORT, "-c", "1", "--access-timeout", "300ms")
    assert len(far_end.arrived) == 1
    assert report["tlvs"]["access_report"] == {"state": "not-understood", "transmissions": 1}


def test_the_duration_ends_the_retransmissions(tlv_lab, validator):
    with reflector(tlv_lab, drops=lambda number: "forward") as far_end:
        report, _ = measure(tlv_lab, validator, *REPORT, "-c", "1", "-W", "10ms", "-w", "500ms",
                            "--access-timeout", "300ms", status=1)
    assert reports_in(far_end) == [0, 1]
    assert report["tlvs"]["access_report"] == {"state": "given-up", "transmissions": 2}


def test_a_link_that_was_not_configured_is_learned(tlv_lab, validator):
    """R9534-3.2-2"""
    with reflector(tlv_lab) as far_end:
        report, _ = measure(tlv_lab, validator, "--tlv", "micro-session=7", "-i", "50ms")
    ids = [tlvs_of(packet)[0][2].hex() for packet in far_end.requests]
    assert ids[0] == "00070000" and ids[-1] == "00070021" and ids == sorted(ids)
    assert report["tlvs"]["micro_session"] == {"sender": 7, "reflector": 33, "learned": True}


@pytest.mark.parametrize("came", ["00080021", "00070022", "00070000"])
def test_replies_of_another_link_are_discarded(tlv_lab, validator, came):
    """R9534-3.2-6"""
    with reflector(tlv_lab, values={MICRO: bytes.fromhex(came)}):
        report, _ = measure(tlv_lab, validator, "--tlv", "micro-session=7,33", "-W", "20ms",
                            status=1)
    assert report["packets"]["received"] == report["packets"]["foreign"] == 0
    assert report["tlvs"]["replies"]["misdirected"] == report["packets"]["lost"] == 5


def test_another_node_than_the_one_meant(tlv_lab, validator):
    """R9503-3-3, and R9503-3-1: an SSID goes with it."""
    with reflector(tlv_lab, unknown=[DESTINATION]) as far_end:
        report, _ = measure(tlv_lab, validator, "--tlv", "destination=192.0.2.77", "--ssid",
                            "random")
        text = ping(tlv_lab, "--tlv", "destination=192.0.2.77").stdout
    assert all(packet[14:16] != bytes(2) for packet in far_end.requests)
    assert report["tlvs"]["destination"] == {"address": "192.0.2.77", "reached": 0,
                                             "not_intended": 5}
    assert "192.0.2.77: 0 replies from it, 5 with U" in text


@both_families
def test_a_node_may_reply_from_the_address_that_was_meant(tlv_lab, validator, family):
    """R9503-3-2: from nobody else, though."""
    meant, other = {"ip4": ("192.0.2.9", "192.0.2.8"),
                    "ip6": ("2001:db8::9", "2001:db8::8")}[family]
    length = {"ip4": 24, "ip6": 64}[family]
    for address in (meant, other):
        tlv_lab.reflector.ip("addr", "add", f"{address}/{length}", "dev", "veth0",
                             *([] if family == "ip4" else ["nodad"]))
    for source, received in ((meant, 5), (other, 0), (None, 5)):
        if not source:  # so that the target's own address is the only one to reply from
            for address in (meant, other):
                tlv_lab.reflector.ip("addr", "del", f"{address}/{length}", "dev", "veth0")
        with reflector(tlv_lab, family, source=source):
            report, _ = measure(tlv_lab, validator, "--tlv", f"destination={meant}", "--tlv",
                                "location", "-W", "50ms", family=family,
                                status=0 if received else 1)
        assert report["packets"]["received"] == received
        assert report["packets"]["lost"] == 5 - received
        if received:
            assert report["tlvs"]["destination"]["reached"] == 5
            assert report["tlvs"]["location"]["translated"] is False
            assert report["timestamps"] == kernel_timestamps(5)


def test_bad_arguments_are_refused_before_anything_is_sent(tlv_lab):
    with reflector(tlv_lab) as far_end:
        for options, words in ((["--tlv", "loss"], "there are: padding"),
                               (["--tlv", "cos=64"], "(0 to 63)"),
                               (["--tlv", "cos=1", "-s", "53"], "give -s 52, or 56 or more"),
                               (["--tlv", "cos=1", "--auth", "@/auth.key"], "--tlv-key"),
                               (["--tlv-key", "@/no.key"], "no.key: cannot open the key file"),
                               (["--access-tries", "1"], "give --tlv access-report")):
            done = ping(tlv_lab, *options)
            assert done.returncode == 2 and not done.stdout
            assert words in done.stderr
    assert not far_end.arrived


def test_unreachable_ports_are_told_with_two_sources_as_well(tlv_lab):
    """ICMP errors reach a socket that is not connected."""
    done = ping(tlv_lab, "--tlv", "destination=192.0.2.9", "-c", "2", "-W", "20ms")
    assert done.returncode == 1
    assert "nothing listens on UDP port 862" in done.stderr
    assert "ICMP errors" in done.stdout
