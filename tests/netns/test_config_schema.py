# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The JSON Schema of stampd's file: it says what stampd --check says, as far as it can."""
import json
import os
import pathlib
import subprocess

import jsonschema
import pytest
import yaml

TOP = pathlib.Path(__file__).resolve().parents[2]
STAMPD = TOP / os.environ.get("BUILD", "build") / "stampd"
EXAMPLE = TOP / "deploy/examples/stampd.yaml"

LEAST = """
version: 1
interfaces: [{name: eth0}]
session-reflector: {sessions: [{name: lab, sender-ip: any}]}
"""

# Each is LEAST with one thing changed, written as the path to a value and the value.
GOOD = [
    ("tai-offset", 0),
    ("tai-offset", "kernel"),
    ("sync-source", "auto"),
    ("sync-source", "gnss"),
    ("interfaces.0.mode", "socket"),
    ("interfaces.0.micro-session-id", 65535),
    ("interfaces.0.micro-session-id", "none"),
    ("session-reflector.persist", True),
    ("session-reflector.tlvs-in-kernel", False),
    ("session-reflector.ref-wait", "15m"),
    ("session-reflector.rate-limit", {}),
    ("session-reflector.rate-limit", {"packets-per-second": 0, "burst": 1}),
    ("session-reflector.sessions.0.sender-ip", ["192.0.2.1", "2001:db8::/32"]),
    ("session-reflector.sessions.0.sender-udp-port", "any"),
    ("session-reflector.sessions.0.sender-udp-port", 1),
    ("session-reflector.sessions.0.reflector-ip", "any"),
    ("session-reflector.sessions.0.reflector-ip", ["192.0.2.2"]),
    ("session-reflector.sessions.0.ssid", "any"),
    ("session-reflector.sessions.0.ssid", 7),
    ("session-reflector.sessions.0.ssid", [7, 8]),
    ("session-reflector.sessions.0.tlvs", False),
    ("session-reflector.sessions.0.dscp-denied", []),
    ("session-reflector.sessions.0.dscp-denied", "none"),
    ("session-reflector.sessions.0.dscp-denied", 0),
    ("session-reflector.sessions.0.dscp-denied", list(range(64))),
    ("session-reflector.sessions.0.location-disclosure", []),
    ("session-reflector.sessions.0.location-disclosure", "none"),
    ("session-reflector.sessions.0.location-disclosure", ["ports", "source-mac", "addresses"]),
]
BAD = [
    ("version", 2),
    ("interface", []),
    ("pin-path", "xdp-stamp"),
    ("pin-path", None),
    ("tai-offset", -1),
    ("tai-offset", "ntp"),
    ("sync-source", "gps"),
    ("sync-source", 1),
    ("interfaces", []),
    ("interfaces", {"name": "eth0"}),
    ("interfaces.0.name", "sixteen-letters-"),
    ("interfaces.0.mode", "fast"),
    ("interfaces.0.micro-session-id", 0),
    ("interfaces.0.micro-session-id", 65536),
    ("interfaces.0.micro-session-id", "7"),
    ("session-reflector.persist", "true"),
    ("session-reflector.tlvs-in-kernel", "auto"),
    ("session-reflector.max-sessions", 0),
    ("session-reflector.max-sessions", 1000001),
    ("session-reflector.max-sessions", "5"),
    ("session-reflector.ref-wait", 900),
    ("session-reflector.ref-wait", "900"),
    ("session-reflector.ref-wait", "7d"),
    ("session-reflector.ref-wait", "05s"),
    ("session-reflector.rate-limit", 10000),
    ("session-reflector.rate-limit", {"bursts": 5}),
    ("session-reflector.rate-limit", {"packets-per-second": -1}),
    ("session-reflector.sessions", []),
    ("session-reflector.sessions.0", {"name": "lab"}),
    ("session-reflector.sessions.0.name", ""),
    ("session-reflector.sessions.0.sender-ip", []),
    ("session-reflector.sessions.0.sender-ip", ["any", "any"]),
    ("session-reflector.sessions.0.sender-udp-port", 0),
    ("session-reflector.sessions.0.reflector-udp-port", 861),
    ("session-reflector.sessions.0.ssid", 65536),
    ("session-reflector.sessions.0.ssid", "7"),
    ("session-reflector.sessions.0.ssid", ["any"]),
    ("session-reflector.sessions.0.ssid", [7, 7]),
    ("session-reflector.sessions.0.ssid", list(range(1, 10))),
    ("session-reflector.sessions.0.reflector-mode", "echo"),
    ("session-reflector.sessions.0.tlvs", "false"),
    ("session-reflector.sessions.0.new-sessions-per-second", 0),
    ("session-reflector.sessions.0.dscp-value", 64),
    ("session-reflector.sessions.0.authentication", {}),
    ("session-reflector.sessions.0.tlv-key-file", ""),
    ("session-reflector.sessions.0.tlv-key-file", "t.key"),
    ("session-reflector.sessions.0.dscp-denied", 64),
    ("session-reflector.sessions.0.dscp-denied", ["none"]),
    ("session-reflector.sessions.0.dscp-denied", [46, 46]),
    ("session-reflector.sessions.0.location-disclosure", "all"),
    ("session-reflector.sessions.0.location-disclosure", ["ports", "mac"]),
    ("session-reflector.sessions.0.location-disclosure", ["ports", "ports"]),
    ("session-reflector.sessions.0.location-disclosure", [True]),
    ("control.listen", "127.0.0.1:9862"),
]


def stampd(*words):
    return subprocess.run([STAMPD, *words], capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module", name="validator")
def fixture_validator():
    schema = json.loads(stampd("--print-schema").stdout)
    cls = jsonschema.validators.validator_for(schema)
    assert cls is jsonschema.Draft7Validator
    cls.check_schema(schema)
    return cls(schema)


def changed(path, value):
    """LEAST with `value` at `path`; folders on the way are made."""
    document = place = yaml.safe_load(LEAST)
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in steps:
        place = place[step] if isinstance(place, list) else place.setdefault(step, {})
    place[last] = value
    return document


def is_checked(document, folder):
    """Whether stampd takes a document, which JSON writes as YAML."""
    file = folder / "stampd.yaml"
    file.write_text(json.dumps(document))
    return stampd("--check", "--config", file).returncode == 0


def test_the_copy_is_what_the_program_prints():
    printed = stampd("--print-schema")
    assert printed.returncode == 0
    assert printed.stdout == (TOP / "docs/stampd.schema.json").read_text(), \
        "run: build/stampd --print-schema >docs/stampd.schema.json"


def test_the_least_document_is_good(validator, tmp_path):
    assert is_checked(yaml.safe_load(LEAST), tmp_path)
    validator.validate(yaml.safe_load(LEAST))


def test_the_example_is_good(validator, tmp_path):
    """But for its key files, which every host has to make."""
    text = EXAMPLE.read_text()
    validator.validate(yaml.safe_load(text))
    file = tmp_path / "stampd.yaml"
    file.write_text(text.replace("/etc/xdp-stamp/keys", str(tmp_path)))
    for name in ("voice.key", "guarded.key"):  # in the order of the file
        keys = tmp_path / name
        missing = stampd("--check", "--config", file)
        assert missing.returncode == 1 and f"{keys}: " in missing.stderr
        keys.write_text("00112233445566778899aabbccddeeff\n")
        keys.chmod(0o600)
    assert stampd("--check", "--config", file).returncode == 0


def test_what_is_in_effect_is_good_and_stays(validator, tmp_path):
    first = stampd("--print-effective", "--config", EXAMPLE)
    assert first.returncode == 0
    validator.validate(yaml.safe_load(first.stdout))
    again = tmp_path / "stampd.yaml"
    again.write_text(first.stdout)
    assert stampd("--print-effective", "--config", again).stdout == first.stdout


def test_quick_options_can_become_a_file(validator, tmp_path):
    first = stampd("--interface", "eth0", "--allow", "any", "--allow", "2001:db8::/32", "--mode",
                   "socket", "--short-requests", "--print-effective")
    assert first.returncode == 0
    validator.validate(yaml.safe_load(first.stdout))
    again = tmp_path / "stampd.yaml"
    again.write_text(first.stdout)
    assert stampd("--print-effective", "--config", again).stdout == first.stdout


def test_a_bad_file_has_no_effective_configuration(tmp_path):
    bad = tmp_path / "stampd.yaml"
    bad.write_text("version: 2\n")
    done = stampd("--print-effective", "--config", bad)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{bad}:1:10: version must be 1" in done.stderr


def test_output_that_cannot_be_written_is_an_error():
    for words in (["--print-schema"], ["--print-effective", "--config", EXAMPLE]):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([STAMPD, *words], stdout=full, stderr=subprocess.PIPE, timeout=60,
                                  check=False)
        assert done.returncode == 1


@pytest.mark.parametrize("path, value", GOOD)
def test_good_values_are_taken_by_both(validator, tmp_path, path, value):
    validator.validate(changed(path, value))
    assert is_checked(changed(path, value), tmp_path)


@pytest.mark.parametrize("path, value", BAD)
def test_bad_values_are_refused_by_both(validator, tmp_path, path, value):
    assert not validator.is_valid(changed(path, value))
    assert not is_checked(changed(path, value), tmp_path)


@pytest.mark.parametrize("key", ["version", "interfaces", "session-reflector"])
def test_keys_that_must_be_there_are_missed_by_both(validator, tmp_path, key):
    document = yaml.safe_load(LEAST)
    del document[key]
    assert not validator.is_valid(document)
    assert not is_checked(document, tmp_path)
