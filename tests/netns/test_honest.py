# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""stamp-ping against a Session-Reflector of another author that loses, copies, holds and spoils by
a plan: what is told must be the plan, and nothing that comes back can make it say nonsense."""
import dataclasses
import json
import pathlib
import random
import struct
import subprocess

import jsonschema
import pytest

from conftest import BUILD, LIMIT, REFLECTOR4
from honest_reflector import (COPIED_BACKWARD, COPIED_FORWARD, LOST_BACKWARD, LOST_FORWARD,
                              MILLISECOND, Act, HonestReflector, ntp, octets_of, ptp)

TOP = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((TOP / "docs/stamp-ping.schema.json").read_text(encoding="utf-8"))
MS = 10**6
YEAR_2150 = 5680281600 * 10**9  # date -ud 2150-01-01 +%s
WITHIN = 0.01  # of which percentiles are stated to be right


def ping(lab, *options):
    """Runs stamp-ping: exit code, standard output and error. A sanitizer would be told there."""
    done = subprocess.run(
        lab.sender.command(BUILD / "stamp-ping", "--fast", "-i", "5ms", "-W", "1s", *options, REFLECTOR4),
        capture_output=True, text=True, timeout=LIMIT, check=False)
    assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def counts_of(report):
    """The counts that are neither 0 nor a matter of the other counts."""
    packets = report["packets"]
    assert packets["sent"] == packets["received"] + packets["lost"] + packets["under_way"]
    assert packets["unverified"] is None and packets["overflowed"] == 0
    return {name: packets[name] for name in packets
            if packets[name] and name not in ("sent", "received")}


def measure(lab, count, *options, **how):
    """The lines for each packet, the document behind them, and the reflector."""
    options = [*options, "--stateful"] if how.get("stateful") else options
    with HonestReflector(lab.reflector, **how) as far_end:
        code, out, err = ping(lab, "-j", "--each", "-c", str(count), *options)
    *lines, report = [json.loads(line) for line in out.splitlines()]
    for line in [*lines, report]:
        jsonschema.validate(line, SCHEMA)
    assert report["packets"]["sent"] == count
    assert code == (0 if report["packets"]["received"] else 1), err
    return lines, report, far_end


PLANS = {
    "nothing happens": ({}, {}),
    "some are lost on the way there": (
        {2: LOST_FORWARD, 3: LOST_FORWARD, 11: LOST_FORWARD}, {"lost": 3, "lost_forward": 3}),
    "some are lost on the way back": (
        {4: LOST_BACKWARD, 5: LOST_BACKWARD, 17: LOST_BACKWARD}, {"lost": 3, "lost_backward": 3}),
    "the first are lost on the way there": (
        {0: LOST_FORWARD, 1: LOST_FORWARD}, {"lost": 2, "lost_forward": 2}),
    "the first are lost on the way back": (
        {0: LOST_BACKWARD, 1: LOST_BACKWARD}, {"lost": 2, "lost_backward": 2}),
    "behind the last reply loss has no direction": (
        {18: LOST_FORWARD, 19: LOST_BACKWARD}, {"lost": 2}),
    "loss both ways": (
        {1: LOST_FORWARD, 2: LOST_BACKWARD, 3: LOST_FORWARD, 9: LOST_BACKWARD, 10: LOST_BACKWARD},
        {"lost": 5, "lost_forward": 2, "lost_backward": 3}),
    "some are copied on the way there": ({3: COPIED_FORWARD, 8: COPIED_FORWARD}, {"duplicates": 2}),
    "some are copied on the way back": ({3: COPIED_BACKWARD, 4: Act(leaves=3)}, {"duplicates": 3}),
    "copies do not hide loss": (
        {3: COPIED_FORWARD, 4: LOST_FORWARD, 5: LOST_FORWARD, 6: COPIED_BACKWARD, 7: LOST_BACKWARD},
        {"lost": 3, "lost_forward": 2, "lost_backward": 1, "duplicates": 2}),
    "one reply is overtaken by three": ({5: Act(behind=3)}, {"reordered": 1}),
    "three are overtaken by the same": (
        {5: Act(behind=3), 6: Act(behind=2), 7: Act(behind=1)}, {"reordered": 3}),
    "neighbours change places": (
        {5: Act(behind=1), 9: Act(behind=1), 11: Act(behind=1)}, {"reordered": 3}),
    "everything at once": (
        {1: LOST_FORWARD, 4: LOST_BACKWARD, 6: COPIED_FORWARD, 8: Act(behind=2),
         12: COPIED_BACKWARD, 15: LOST_FORWARD},
        {"lost": 3, "lost_forward": 2, "lost_backward": 1, "duplicates": 2, "reordered": 1}),
}


@pytest.mark.parametrize("plan, expected", PLANS.values(), ids=PLANS)
def test_a_plan_is_told_by_direction(bare_lab, plan, expected):
    lines, report, _ = measure(bare_lab, 20, plan=plan, stateful=True)
    assert counts_of(report) == expected
    packets = report["packets"]
    assert packets["received"] == 20 - expected.get("lost", 0)
    assert packets["lost_forward"] is not None and packets["lost_backward"] is not None
    assert sorted(line["sequence"] for line in lines if line["event"] == "lost") == \
        sorted(number for number, act in plan.items() if not act.arrives or not act.leaves)
    assert [line["sequence"] for line in lines if line.get("reordered")] == \
        sorted(number for number, act in plan.items() if act.behind)


@pytest.mark.parametrize("plan, expected", PLANS.values(), ids=PLANS)
def test_a_stateless_reflector_tells_no_direction(bare_lab, plan, expected):
    _, report, _ = measure(bare_lab, 20, plan=plan)
    assert counts_of(report) == {name: number for name, number in expected.items()
                                 if name not in ("lost_forward", "lost_backward")}
    assert report["packets"]["lost_forward"] is report["packets"]["lost_backward"] is None


@pytest.mark.parametrize("seed", range(3))
def test_a_random_plan_is_told(bare_lab, seed):
    """The last packet comes back, so that all the loss has a direction."""
    dice = random.Random(seed)
    kinds = [Act(), LOST_FORWARD, LOST_BACKWARD, COPIED_FORWARD, COPIED_BACKWARD]
    plan = dict(enumerate(dice.choices(kinds, [12, 2, 2, 1, 1], k=199)))
    happened = {kind: sum(act is kind for act in plan.values()) for kind in kinds}
    _, report, _ = measure(bare_lab, 200, plan=plan, stateful=True)
    assert counts_of(report) == {
        "lost": happened[LOST_FORWARD] + happened[LOST_BACKWARD],
        "lost_forward": happened[LOST_FORWARD], "lost_backward": happened[LOST_BACKWARD],
        "duplicates": happened[COPIED_FORWARD] + happened[COPIED_BACKWARD]}


@pytest.mark.parametrize("first", [1000, 2**32 - 10], ids=["old session", "numbers that wrap"])
def test_a_reflector_that_was_counting_before(bare_lab, first):
    plan = {5: LOST_FORWARD, 12: LOST_BACKWARD, 13: LOST_BACKWARD}
    _, report, _ = measure(bare_lab, 20, plan=plan, stateful=True, first=first)
    assert counts_of(report) == {"lost": 3, "lost_forward": 1, "lost_backward": 2}


def lost(*numbers):
    return dict.fromkeys(numbers, LOST_BACKWARD)


BURSTS = {
    "none": ({}, (0, 0, None)),
    "alone": (lost(3, 5, 7), (3, 1, 1)),
    "a pair and three in a row": (lost(2, 3, 9, 10, 11), (2, 3, 2.5)),
    "at both ends of the run": (lost(0, 1, 19), (2, 2, 1.5)),
    "both directions in one": ({4: LOST_FORWARD, 5: LOST_BACKWARD, 6: LOST_FORWARD}, (1, 3, 3)),
    "all": (lost(*range(20)), (1, 20, 20)),
}


@pytest.mark.parametrize("plan, expected", BURSTS.values(), ids=BURSTS)
def test_bursts_of_loss_are_those_of_the_plan(bare_lab, plan, expected):
    """How many, the longest, and their mean length."""
    _, report, _ = measure(bare_lab, 20, "-W", "300ms", plan=plan)
    bursts = report["loss_bursts"]
    assert (bursts["count"], bursts["longest"], bursts["mean"]) == expected


# RFC 4737 section 4.2.2: the extent of a reordered packet is how many arrivals ago the first packet
# with a larger number came. In the comments: the order of arrival, and the extents.
REORDERED = {
    "none": ({}, 0, None),
    "one by three": ({5: Act(behind=3)}, 1, (3, 3)),  # 6 7 8 5: 3
    "three by the same": (  # 8 5 6 7: 1, 2, 3
        {5: Act(behind=3), 6: Act(behind=2), 7: Act(behind=1)}, 3, (3, 2)),
    "neighbours": ({5: Act(behind=1), 9: Act(behind=1)}, 2, (1, 1)),  # 6 5 7 8 10 9: 1, 1
    "a short and a long one": (  # 3 2: 1; 11 12 13 14 10: 4
        {2: Act(behind=1), 10: Act(behind=4)}, 2, (4, 2.5)),
    "across a loss": ({5: Act(behind=3), 6: LOST_BACKWARD}, 1, (2, 2)),  # 7 8 5: 2
}


@pytest.mark.parametrize("plan, reordered, extent", REORDERED.values(), ids=REORDERED)
def test_the_extent_of_reordering_is_that_of_the_plan(bare_lab, plan, reordered, extent):
    """The ratio is of the packets that arrived; the extents' largest and mean."""
    _, report, _ = measure(bare_lab, 20, plan=plan)
    told = report["reordering"]
    assert told["ratio"] == pytest.approx(reordered / report["packets"]["received"])
    assert told["extent"] == (extent and {"max": extent[0], "mean": pytest.approx(extent[1]),
                                          "at_least": False})


def rfc3550(delays):
    """RFC 3550 section 6.4.1: J += (|D| - J) / 16, packet after packet."""
    jitter = 0
    for earlier, later in zip(delays, delays[1:]):
        jitter += (abs(later - earlier) - jitter) / 16
    return jitter


@pytest.mark.parametrize("plan", [{}, lost(3, 4, 11), {5: Act(behind=2)}],
                         ids=["all come back", "some are lost", "one is overtaken"])
def test_rfc_3550_jitter_is_that_of_the_delays_told(bare_lab, plan):
    """In the order of arrival, as the lines are."""
    lines, report, _ = measure(bare_lab, 20, plan=plan)
    delays = [line["round_trip_ns"] for line in lines if line["event"] == "reply"]
    assert report["jitter_rfc3550_ns"]["round_trip"] == pytest.approx(rfc3550(delays), abs=2)


@pytest.mark.parametrize("way, other", [("forward", "backward"), ("backward", "forward")])
def test_rfc_3550_jitter_has_its_direction(bare_lab, way, other):
    """Each second packet takes 40 ms longer, after n differences of D it is D (1 - (15/16)^n)."""
    plan = {number: Act(**{way: 40 * MS}) for number in range(1, 20, 2)}
    _, report, _ = measure(bare_lab, 20, "-i", "50ms", plan=plan)
    told = report["jitter_rfc3550_ns"]
    expected = 40 * MS * (1 - (15 / 16) ** 19)
    assert abs(told[way] - expected) < 8 * MS and abs(told["round_trip"] - expected) < 8 * MS
    assert told[other] < 8 * MS


def test_rfc_3550_jitter_needs_two_replies(bare_lab):
    _, report, _ = measure(bare_lab, 2, plan=lost(1))
    assert set(report["jitter_rfc3550_ns"].values()) == {None}


def numbered(number):
    return Act(spoil=lambda reply: dataclasses.replace(reply, sequence=number))


CONTRADICTIONS = {
    "the numbers start again": {number: numbered(number - 10) for number in range(10, 20)},
    "all have the same number": {number: numbered(0) for number in range(20)},
    "the numbers run ahead of what was sent": {19: numbered(10**6)},
    "the numbers jump by half of what there are": {19: numbered(2**31 + 100)},
    "a copy was numbered whose reply is lost": {
        5: COPIED_FORWARD, 6: Act(arrives=2, leaves=0)},
}


@pytest.mark.parametrize("plan", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_numbers_that_contradict_ours_tell_no_direction(bare_lab, plan):
    _, report, _ = measure(bare_lab, 20, plan=plan, stateful=True)
    assert report["packets"]["lost_forward"] is report["packets"]["lost_backward"] is None


def test_late_replies_are_lost_and_late(bare_lab):
    """They arrived at both ends, so they are lost in no direction."""
    plan = {3: Act(backward=400 * MS), 4: Act(backward=400 * MS), 20: LOST_FORWARD}
    lines, report, _ = measure(bare_lab, 50, "-W", "200ms", "-i", "20ms", plan=plan, stateful=True)
    assert counts_of(report) == {"lost": 3, "late": 2, "lost_forward": 1, "reordered": 2}
    events = [(line["event"], line.get("verdict")) for line in lines if line["sequence"] == 3]
    assert events == [("lost", None), ("reply", "late")]


def test_replies_after_the_run_do_no_harm(bare_lab):
    """Held for longer than the run and its timeout: the end is not waited for any longer."""
    _, report, _ = measure(bare_lab, 5, "-W", "100ms", plan={4: Act(backward=500 * MS)})
    assert counts_of(report) == {"lost": 1}


@pytest.mark.parametrize("form", [{}, {"ptp": True}, {"twamp": True}],
                         ids=["NTP", "PTP", "TWAMP Light"])
def test_the_time_in_the_reflector_is_exact(bare_lab, form):
    """R8762-4.2.1-6: NTP's 2^-32 s and PTP's nanoseconds both give back each nanosecond."""
    held = [1_000_001 + 333_333 * number for number in range(20)]
    plan = {number: Act(residence=time) for number, time in enumerate(held)}
    lines, report, _ = measure(bare_lab, 20, plan=plan, **form)
    assert counts_of(report) == {}
    assert {line["sequence"]: line["reflector_ns"] for line in lines} == dict(enumerate(held))
    figures = report["reflector_ns"]
    mean = sum(held) / 20
    assert (figures["min"], figures["max"]) == (held[0], held[-1])
    assert abs(figures["mean"] - mean) <= 1
    assert abs(figures["stddev"] - (sum((time - mean) ** 2 for time in held) / 20) ** 0.5) <= 1
    for name, rank in (("p50", 10), ("p95", 19), ("p99", 20), ("p99_9", 20)):
        assert figures[name] == pytest.approx(held[rank - 1], rel=WITHIN), name
    assert all(line["round_trip_ns"] < 10**9 for line in lines), "without what the reflector held"


@pytest.mark.parametrize("way, other", [("forward", "backward"), ("backward", "forward")])
def test_a_longer_way_is_told_in_its_direction(bare_lab, way, other):
    """Every second packet takes 40 ms longer: consecutive packets differ by that, in this direction
    alone. How long a packet takes without it is known to some milliseconds on a busy host."""
    plan = {number: Act(**{way: 40 * MS}) for number in range(1, 20, 2)}
    lines, report, _ = measure(bare_lab, 20, "-i", "50ms", plan=plan)
    assert counts_of(report) == {}
    for name in (way, "round_trip"):
        figures = report["ipdv_ns"][name]
        assert figures["min"] < -30 * MS and 30 * MS < figures["max"]
        assert abs(abs(figures["p50"]) - 40 * MS) < 10 * MS
    assert abs(report["ipdv_ns"][other]["p50"]) < 10 * MS
    for line in lines:
        assert line["round_trip_ns"] >= 40 * MS * (line["sequence"] % 2)
    assert report["pdv_ns"]["min"] == 0 and report["pdv_ns"]["max"] >= 30 * MS


def test_a_twamp_light_reflector_is_measured_and_noted(bare_lab):
    """TW-11, TW-14, TW-15: 41 octets, no SSID, a TTL that was not read."""
    lines, report, far_end = measure(bare_lab, 5, twamp=True, reads_ttl=False)
    assert counts_of(report) == {} and len(far_end.requests) == 5
    assert {(line["octets"], line["sender_ttl"]) for line in lines} == {(41, 255)}
    assert report["reflector_protocol"] == "twamp-light"
    with HonestReflector(bare_lab.reflector, twamp=True):
        code, text, _ = ping(bare_lab, "-c", "2")
        required = ping(bare_lab, "-c", "2", "--require-ssid")
    assert code == 0 and "2 replies are those of a TWAMP Light reflector" in text
    assert required[0] == 2 and "no SSID" in required[2]


def changed(**fields):
    return lambda reply: dataclasses.replace(reply, **fields)


def times(received, sent, estimate=None):
    return lambda reply: dataclasses.replace(
        reply, receive_timestamp=received, timestamp=sent,
        error_estimate=reply.error_estimate if estimate is None else estimate)


def shifted(reply):
    return dataclasses.replace(reply, sender_sequence=(reply.sender_sequence - 1) % 2**32)


def swapped(reply):
    """T3 a nanosecond before T2: 5 of NTP's 2^-32 s are more than one and less than two."""
    seconds, fraction = struct.unpack(">II", reply.receive_timestamp)
    fraction = max(fraction, 5)
    return dataclasses.replace(reply, receive_timestamp=struct.pack(">II", seconds, fraction),
                               timestamp=struct.pack(">II", seconds, fraction - 5))


FUTURE = ntp(YEAR_2150)
ALL, NONE = {"received": 10}, {"received": 0, "lost": 10}
BAD_REPLIES = {
    "another SSID": (lambda reply: dataclasses.replace(reply, ssid=reply.ssid ^ 1),
                     NONE | {"foreign": 10}),
    "no SSID": (changed(ssid=0), ALL),
    "another Session-Sender Timestamp": (changed(sender_timestamp=bytes(8)),
                                         NONE | {"foreign": 10}),
    "the number of the packet before": (shifted, NONE | {"foreign": 10}),
    "a number that was never sent": (changed(sender_sequence=2**31), NONE | {"foreign": 10}),
    "T2 and T3 in 2150": (times(FUTURE, FUTURE), ALL),
    "T3 in 2150": (changed(timestamp=FUTURE), ALL | {"invalid": 10}),
    "T2 in 2150": (changed(receive_timestamp=FUTURE), ALL | {"invalid": 10}),
    "T3 before T2": (swapped, ALL | {"invalid": 10}),
    "T3 a second after T2": (times(ntp(10**18), ntp(10**18 + 10**9)), ALL | {"invalid": 10}),
    "no time at all": (times(bytes(8), bytes(8)), ALL),
    "the last fraction of the last second of an era": (
        times(b"\xff" * 8, b"\xff" * 8), ALL),
    "PTP with 10^9 nanoseconds": (
        times(struct.pack(">II", 1, 10**9), ptp(10**18), 0x4001), NONE | {"invalid": 10}),
    "PTP with 2^32 - 1 nanoseconds": (
        times(ptp(10**18), struct.pack(">II", 1, 2**32 - 1), 0x4001), NONE | {"invalid": 10}),
    "PTP with 10^9 - 1 nanoseconds": (
        times(struct.pack(">II", 1, 10**9 - 1), struct.pack(">II", 1, 10**9 - 1), 0x4001), ALL),
    "a Multiplier of 0": (changed(error_estimate=0x8000), ALL),
    "the largest Error Estimate": (changed(error_estimate=0xbfff), ALL),
    "TTL 0": (changed(sender_ttl=0), ALL),
    "MBZ that is not zero": (changed(mbz1=b"\xff" * 2, mbz2=b"\xff" * 3), ALL),
    "all ones": (lambda reply: b"\xff" * 44, NONE | {"invalid": 10}),
    "all zeros": (lambda reply: bytes(44), NONE | {"foreign": 10}),
    "9000 octets": (lambda reply: octets_of(reply).ljust(9000, b"\xff"), ALL),
    "nothing": (lambda reply: b"", NONE | {"invalid": 10}),
}


@pytest.mark.parametrize("spoil, expected", BAD_REPLIES.values(), ids=BAD_REPLIES)
def test_bad_replies_are_counted_and_do_no_harm(bare_lab, spoil, expected):
    """As JSON, and as text; a reply without a delay adds to no figure of delay."""
    _, report, _ = measure(bare_lab, 10, "--fast", "-i", "2ms", "-W", "300ms",
                           plan=lambda _: Act(spoil=spoil))
    packets = report["packets"]
    assert counts_of(report) | {"received": packets["received"]} == expected
    assert (report["round_trip_ns"] is None) == \
        (packets["received"] == 0 or expected.get("invalid") == 10)
    if report["round_trip_ns"]:
        assert 0 <= report["round_trip_ns"]["min"] <= report["round_trip_ns"]["max"] < 10**9
    with HonestReflector(bare_lab.reflector, plan=lambda _: Act(spoil=spoil), stateful=True):
        code, text, _ = ping(bare_lab, "-c", "3", "--fast", "-i", "2ms", "-W", "100ms", "--stateful")
    assert code == (0 if packets["received"] else 1)
    assert "nan" not in text.lower() and "inf " not in text.lower()
    assert f"3 sent, {3 if packets['received'] else 0} received" in text


@pytest.mark.parametrize("stateful", [False, True], ids=["stateless", "stateful"])
def test_replies_cut_anywhere_before_octet_41_are_invalid(bare_lab, stateful):
    """R8762-4.6-1: forty-one octets are the first that have all fields."""
    plan = {size: Act(spoil=lambda reply, size=size: octets_of(reply)[:size]) for size in range(44)}
    lines, report, _ = measure(bare_lab, 44, "--fast", "-i", "2ms", plan=plan, stateful=stateful)
    assert {line["sequence"]: line["octets"] for line in lines if line["event"] == "reply"} == \
        {size: size for size in (41, 42, 43)}
    assert report["packets"]["received"] == 3
    assert report["packets"]["invalid"] == report["packets"]["lost"] == 41


def test_one_way_delay_needs_both_clocks_to_claim_the_time(bare_lab):
    """A reflector that claims nothing, or an error without bound, leaves it unknown."""
    for estimate in (0x3FFF, 0x8000, 0xBFFF, MILLISECOND):
        _, report, _ = measure(bare_lab, 3, error_estimate=estimate)
        claimed = estimate == MILLISECOND and report["clock"]["sender_synchronized"]
        assert report["clock"]["reflector_synchronized"] == bool(estimate & 0x8000)
        for name in ("forward_ns", "backward_ns"):
            assert (report[name] is not None) == claimed
        assert (report["clock"]["one_way_bound_ns"] is not None) == claimed


def test_random_octets_do_no_harm(bare_lab):
    """Octets from a fixed seed in the place of replies, and true replies with some flipped."""
    dice = random.Random(8762)

    def spoil(reply):
        if dice.random() < 0.5:
            return dice.randbytes(dice.randrange(120))
        octets = bytearray(octets_of(reply))
        for _ in range(dice.randrange(1, 4)):
            octets[dice.randrange(len(octets))] ^= 1 << dice.randrange(8)
        return bytes(octets)

    _, report, _ = measure(bare_lab, 500, "--fast", "-i", "1ms", "-W", "200ms",
                           plan=lambda _: Act(spoil=spoil), stateful=True)
    packets = report["packets"]
    assert packets["received"] > 50 and packets["foreign"] > 50 and packets["invalid"] > 50
    assert min(count for count in packets.values() if count is not None) >= 0
