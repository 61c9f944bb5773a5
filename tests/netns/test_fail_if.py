# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""stamp-ping for monitoring: --fail-if and --nagios, their words and exit codes."""
import json
import re
import subprocess

from conftest import BUILD, LIMIT, REFLECTOR4, REFLECTOR6

PERFORMANCE = re.compile(r"([a-z_0-9]+)=(U|-?[0-9.]+(?:e[-+][0-9]+)?)(s|%|);;;")


def ping(lab, *options, target=REFLECTOR4):
    """Runs stamp-ping: exit code, standard output, standard error."""
    done = subprocess.run(
        lab.sender.command(BUILD / "stamp-ping", "-c", "5", "--fast", "-i", "2ms", "-W", "50ms", *options,
                           target), capture_output=True, text=True, timeout=LIMIT, check=False)
    return done.returncode, done.stdout, done.stderr


def test_no_condition_holds(lab):
    lab.start_stampd()
    code, out, _ = ping(lab, "-j", "--fail-if", "loss>1% p99>=1s", "--fail-if", "hops.forward>1")
    assert code == 0
    assert json.loads(out)["failed"] == []
    code, out, _ = ping(lab, "-q", "--fail-if", "loss>1%")
    assert code == 0
    assert out.splitlines()[-1] == "failed           none of the conditions"


def test_conditions_that_hold_are_told(lab):
    lab.start_stampd()
    conditions = ("--fail-if", "loss>1% received < 10", "--fail-if", "hops.backward<=1")
    code, out, _ = ping(lab, "-j", *conditions)
    assert code == 3
    assert json.loads(out)["failed"] == ["received<10", "hops.backward<=1"]
    code, out, _ = ping(lab, *conditions)
    assert code == 3
    assert out.splitlines()[-2:] == ["failed           received<10: it is 5",
                                     "failed           hops.backward<=1: it is 1"]


def test_what_is_unknown_counts_as_failed(lab):
    lab.start_stampd()
    code, out, _ = ping(lab, "-q", "--fail-if", "forward.p99>1h lost.forward>100")
    assert code == 3
    assert out.splitlines()[-2:] == ["failed           forward.p99>1h: it is unknown",
                                     "failed           lost.forward>100: it is unknown"]


def test_a_run_without_reply_fails_whatever_is_watched(lab):
    code, out, _ = ping(lab, "-j")
    assert code == 1 and "failed" not in json.loads(out)
    code, out, _ = ping(lab, "-j", "--fail-if", "duplicates>0")
    assert code == 3
    assert json.loads(out)["failed"] == ["received<1"]
    code, out, _ = ping(lab, "-j", "--fail-if", "loss>1%")
    assert code == 3
    assert json.loads(out)["failed"] == ["loss>1%", "received<1"]


def test_a_bad_condition_measures_nothing(lab):
    for bad, words in (("loss>1", "'1' is no value for loss; expected a percentage"),
                       ("p98>1ms", "no metric is called 'p98'; there are: loss"),
                       ("p99", "expected >, >=, < or <=")):
        code, out, err = ping(lab, "--fail-if", bad)
        assert code == 2 and not out
        assert f"--fail-if '{bad}'" in err and words in err
    code, _, err = ping(lab, "p99>2ms")
    assert code == 2 and "p99>2ms: a condition goes behind --fail-if" in err


def test_several_conditions_may_follow_as_words(lab):
    lab.start_stampd()
    assert ping(lab, "--fail-if", "loss>1%", "p99>10s")[0] == 0
    code, out, _ = ping(lab, "--fail-if", "loss>1%", "received>0")
    assert code == 3 and "received>0" in out


def plugin(lab, *options, target=REFLECTOR4):
    """A plugin's exit code, its words, and its performance data by label."""
    code, out, _ = ping(lab, "--nagios", *options, target=target)
    assert out.count("\n") == 1 and out.endswith("\n")
    words, bar, data = out.strip().partition(" | ")
    values = {}
    for item in data.split():
        match = PERFORMANCE.fullmatch(item)
        assert match, item
        values[match[1]] = match[2] + match[3]
    assert bool(bar) == bool(values)
    return code, words, values


def test_a_plugin_says_ok(lab):
    lab.start_stampd("--stateful")
    for target in (REFLECTOR4, REFLECTOR6):
        code, words, values = plugin(lab, "--stateful", "--fail-if", "loss>1%", target=target)
        assert code == 0
        assert re.fullmatch(rf"STAMP OK - {target}: rtt p50 [0-9.]+ .?s, loss 0 %, hops 1/1", words)
        assert values["sent"] == values["received"] == "5"
        assert values["loss"] == "0%"
        assert values["hops_forward"] == values["hops_backward"] == "1"
        assert values["lost_forward"] == values["lost_backward"] == "0"
        low, middle, high = (float(values[f"rtt_{name}"].rstrip("s"))
                             for name in ("min", "p50", "max"))
        assert 0 < low <= middle <= high < 1


def test_a_plugin_says_critical(lab):
    lab.start_stampd()
    code, words, values = plugin(lab, "--fail-if", "p99>=1ns")
    assert code == 2
    assert words.startswith(f"STAMP CRITICAL - {REFLECTOR4}: p99>=1ns (it is ")
    assert values["lost_forward"] == "U"
    lab.daemons[0].stop()
    code, words, values = plugin(lab)
    assert code == 2
    assert words == (f"STAMP CRITICAL - {REFLECTOR4}: received<1 (it is 0); rtt p50 unknown, "
                     "loss 100 %, hops unknown/unknown")
    assert values["rtt_p50"] == values["hops_forward"] == "U"
    assert values["loss"] == "100%"


def test_a_plugin_says_unknown(lab):
    def unknown(*options, target=REFLECTOR4):
        code, words, values = plugin(lab, *options, target=target)
        assert code == 3 and not values
        assert words.startswith("STAMP UNKNOWN - ")
        return words

    assert "cannot be reached" in unknown(target="203.0.113.1")
    assert "expected 14 to 65507 octets" in unknown("-s", "13")
    assert "no metric is called" in unknown("--fail-if", "a>1")
    assert "leave out -j" in unknown("-j")
    assert "leave out --csv" in unknown("--csv")
    lab.start_stampd_with({"session-reflector": {"sessions": [
        {"name": "light", "sender-ip": "any", "tlvs": False}]}})
    assert "its replies carry no SSID" in unknown("--require-ssid")
    code, _, err = ping(lab, "--nagios", "--no-such-option")
    assert code == 3 and "unrecognized option" in err
