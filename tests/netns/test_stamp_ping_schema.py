# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The JSON Schema of what stamp-ping -j writes, against real runs; null only for the unknown."""
import copy
import csv
import json
import pathlib
import socket
import subprocess

import jsonschema
import pytest

from auth_reflector import AuthReflector
from conftest import BUILD, LIMIT, REFLECTOR4

TOP = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((TOP / "docs/stamp-ping.schema.json").read_text(encoding="utf-8"))
KEY = b"doc-example-key-not-for-real-use"

STATELESS = {"packets.lost_forward", "packets.lost_backward"}
UNAUTHENTICATED = {"packets.unverified"}
CLOCKS = {"forward_ns", "backward_ns", "clock.one_way_bound_ns", "clock.one_way_negative"}
NO_LOSS = {"loss_bursts.mean"}
IN_ORDER = {"reordering.extent"}
PAIRS = {"ipdv_ns.forward", "ipdv_ns.backward", "ipdv_ns.round_trip", "jitter_ns",
         "jitter_rfc3550_ns.forward", "jitter_rfc3550_ns.backward", "jitter_rfc3550_ns.round_trip"}
ANSWERS = {"round_trip_ns", "reflector_ns", "pdv_ns", "clock.reflector_synchronized",
           "timestamps.transmit", "timestamps.receive", "hops.forward", "hops.backward",
           "hops.changed", "pdv_by_direction_ns.forward", "pdv_by_direction_ns.backward",
           "reordering.ratio", "reflector_protocol"}


@pytest.fixture(scope="module", name="validator")
def fixture_validator():
    cls = jsonschema.validators.validator_for(SCHEMA)
    assert cls is jsonschema.Draft7Validator
    cls.check_schema(SCHEMA)
    return cls(SCHEMA)


def lines_of(lab, *options):
    done = subprocess.run(
        lab.sender.command(BUILD / "stamp-ping", "-j", "-c", "5", "--fast", "-i", "2ms", "-W", "50ms",
                           *options, REFLECTOR4),
        capture_output=True, text=True, timeout=LIMIT, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()]


def nulls_of(value, path=""):
    """The paths of all that is null."""
    if value is None:
        return {path}
    if not isinstance(value, dict):
        return set()
    return set().union(*(nulls_of(inner, f"{path}.{key}".lstrip("."))
                         for key, inner in value.items()))


def report_of(lab, validator, *options):
    """The document of a run, one-way delays apart: they are known where the host's clock is."""
    lines = lines_of(lab, *options)
    assert len(lines) == 1
    validator.validate(lines[0])
    known = lines[0]["clock"]["sender_synchronized"] and \
        lines[0]["clock"]["reflector_synchronized"]
    assert nulls_of(lines[0]) & CLOCKS == (set() if known else CLOCKS)
    return lines[0], nulls_of(lines[0]) - CLOCKS


def test_a_run_with_answers(lab, validator):
    lab.start_stampd()
    report, nulls = report_of(lab, validator)
    assert report["packets"]["received"] == 5 and "failed" not in report
    assert nulls == STATELESS | UNAUTHENTICATED | NO_LOSS | IN_ORDER


def test_a_run_without_answers(lab, validator):
    report, nulls = report_of(lab, validator)
    assert report["packets"]["received"] == 0
    assert nulls == STATELESS | UNAUTHENTICATED | PAIRS | ANSWERS | IN_ORDER


def test_a_single_answer_has_no_variation(lab, validator):
    lab.start_stampd()
    _, nulls = report_of(lab, validator, "-c", "1")
    assert nulls == STATELESS | UNAUTHENTICATED | PAIRS | NO_LOSS | IN_ORDER


def test_a_stateful_reflector_tells_directions(lab, validator):
    lab.start_stampd("--stateful")
    _, nulls = report_of(lab, validator, "--stateful")
    assert nulls == UNAUTHENTICATED | NO_LOSS | IN_ORDER
    lab.daemons[0].stop()
    _, nulls = report_of(lab, validator, "--stateful")
    assert nulls == STATELESS | UNAUTHENTICATED | PAIRS | ANSWERS | IN_ORDER


def test_an_authenticated_run_counts_wrong_hmacs(bare_lab, validator):
    key_file = bare_lab.folder / "lab.key"
    key_file.write_text(KEY.hex() + "\n", encoding="ascii")
    key_file.chmod(0o600)
    with AuthReflector(bare_lab.reflector, socket.AF_INET, KEY):
        report, nulls = report_of(bare_lab, validator, "--auth", str(key_file))
    assert report["mode"] == "authenticated" and report["packets"]["received"] == 5
    assert nulls == STATELESS | NO_LOSS | IN_ORDER


def test_a_short_request_has_no_ssid(lab, validator):
    lab.start_stampd("--short-requests")
    report, _ = report_of(lab, validator, "-s", "14")
    assert report["ssid"] == 0 and report["packets"]["received"] == 5


def test_conditions(lab, validator):
    report, nulls = report_of(lab, validator, "--fail-if", "loss>1% p99>2ms")
    assert report["failed"] == ["loss>1%", "p99>2ms", "received<1"]
    assert nulls == STATELESS | UNAUTHENTICATED | PAIRS | ANSWERS | IN_ORDER
    lab.start_stampd()
    report, _ = report_of(lab, validator, "--fail-if", "loss>1%")
    assert report["failed"] == []


def test_several_sessions_are_a_list(lab, validator):
    lab.start_stampd()
    lines = lines_of(lab, "--each", "--sweep", "dscp=0,46")
    for line in lines:
        validator.validate(line)
    *packets, report = lines
    assert sorted(line["session"] for line in packets) == [1] * 5 + [2] * 5
    assert [session["label"] for session in report["sessions"]] == ["dscp 0", "dscp 46"]
    assert [session["dscp"] for session in report["sessions"]] == [0, 46]
    assert all(session["packets"]["received"] == 5 for session in report["sessions"])


def test_each_line_is_one_of_the_schema(lab, validator):
    lost = lines_of(lab, "--each")
    lab.start_stampd()
    answered = lines_of(lab, "--each")
    for line in lost + answered:
        validator.validate(line)
    assert [line["event"] for line in lost[:-1]] == ["lost"] * 5
    assert [line["event"] for line in answered[:-1]] == ["reply"] * 5
    assert not any(nulls_of(line) for line in lost[:-1] + answered[:-1])
    assert "packets" in lost[-1] and "packets" in answered[-1]


def csv_of(lab, *options):
    """The rows of a run with --csv by column, and its exit code."""
    done = subprocess.run(
        lab.sender.command(BUILD / "stamp-ping", "--csv", "-c", "5", "--fast", "-i", "2ms", "-W", "50ms",
                           *options, REFLECTOR4),
        capture_output=True, text=True, timeout=LIMIT, check=False)
    return list(csv.DictReader(done.stdout.splitlines(), strict=True)), done.returncode


def flat(line):
    """The columns and cells that a line of JSON is as CSV."""
    cells = {}
    for key, value in line.items():
        for inner, part in value.items() if isinstance(value, dict) else ((None, value),):
            text = "" if part is None else part if isinstance(part, str) else json.dumps(part)
            cells[f"{key}_{inner}" if inner else key] = text
    return cells


def test_csv_has_a_row_for_each_packet(lab):
    rows, code = csv_of(lab)
    assert code == 1
    assert [row["event"] for row in rows] == ["lost"] * 5
    assert [row["sequence"] for row in rows] == list("01234")
    assert not any(row[key] for row in rows for key in set(row) - {"event", "sequence", "session"})
    lab.start_stampd()
    rows, code = csv_of(lab)
    assert code == 0
    line = flat(lines_of(lab, "--each")[0])
    times = {"round_trip_ns", "reflector_ns"}
    assert list(rows[0]) == list(line), "the columns are the members of the JSON, in their order"
    for number, row in enumerate(rows):
        assert all(row[key].isdecimal() for key in times)
        assert {key: row[key] for key in set(row) - times - {"sequence", "reflector_sequence"}} \
            == {key: line[key] for key in set(line) - times - {"sequence", "reflector_sequence"}}
        assert row["sequence"] == row["reflector_sequence"] == str(number)
    assert csv_of(lab, "--fail-if", "received>0")[1] == 3


@pytest.mark.parametrize("other", ["-j", "-q", "--each"])
def test_csv_goes_with_no_other_form(lab, other):
    assert csv_of(lab, other) == ([], 2)


def test_every_key_is_described():
    def undescribed(schema, path):
        for key, inner in schema.get("properties", {}).items():
            if not inner.get("description", "").endswith("."):
                yield f"{path}.{key}"
            assert schema["additionalProperties"] is False
            yield from undescribed(inner, f"{path}.{key}")

    for name, definition in SCHEMA["definitions"].items():
        assert not list(undescribed(definition, name))


def places_of(value, path=()):
    """The path of every object in a document, the outermost included."""
    yield path
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield from places_of(inner, (*path, key))


def assert_exact(validator, line):
    """No object of the line can have a key more or less."""
    for path in places_of(line):
        changed = copy.deepcopy(line)
        place = changed
        for key in path:
            place = place[key]
        place["more"] = 1
        assert not validator.is_valid(changed), path
        for key in set(place) - {"more", "failed", "tlvs"}:
            less = {**place}
            place.clear()
            place.update({name: less[name] for name in less if name not in (key, "more")})
            assert not validator.is_valid(changed), (path, key)
            place.update(less)


def test_the_schema_takes_no_key_more_or_less(lab, validator):
    lab.start_stampd()
    for line in lines_of(lab, "--each", "--fail-if", "loss>1%")[-2:]:
        assert_exact(validator, line)


def test_the_schema_takes_no_wrong_value(lab, validator):
    lab.start_stampd()
    report = lines_of(lab)[0]
    for path, value in (("packets.sent", -1), ("packets.sent", None), ("packets.lost", 1.5),
                        ("schema", "stamp-ping/2"), ("port", 0), ("mode", "open"),
                        ("round_trip_ns", 0), ("hops.forward", 0), ("hops.changed", 0),
                        ("round_trip_ns.min", -1), ("round_trip_ns.p50", None),
                        ("timestamps.transmit", "phc"), ("failed", None),
                        ("failed", ["a>1", "a>1"])):
        changed = copy.deepcopy(report)
        *steps, last = path.split(".")
        place = changed
        for step in steps:
            place = place[step]
        place[last] = value
        assert not validator.is_valid(changed), path
