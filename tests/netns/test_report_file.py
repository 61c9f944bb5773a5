# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""stamp-ping --report FILE: the page of a true run, beside what it writes anyway."""
import html
import json
import re
import signal
import subprocess

import pytest

from conftest import BUILD, LIMIT, REFLECTOR4, REFLECTOR6
from listener import WITHOUT_RIGHTS, documents, ping

QUICK = ("-c", "3", "-i", "20ms", "-W", "100ms")


class Page:
    """What a page says, by its marks."""

    def __init__(self, path):
        self.text = path.read_text(encoding="utf-8")
        assert self.text.startswith("<!DOCTYPE html>") and self.text.endswith("</html>\n")

    @property
    def command(self):
        found, = re.findall('<p class="command"><code>(.*?)</code></p>', self.text, re.DOTALL)
        return html.unescape(found)

    @property
    def sessions(self):
        """The rows of the parameters: column to value."""
        table = self.text.split('<table class="parameters">')[1].split("</table>")[0]
        columns = re.findall('<th scope="col">(.*?)</th>', table)
        rows = re.findall('<tr>(<th scope="row">.*?)</tr>', table)
        return [dict(zip(columns, map(html.unescape, re.findall("<t[hd].*?>(.*?)</t[hd]>", row))))
                for row in rows]


@pytest.fixture(name="page_path")
def fixture_page_path(lab):
    lab.start_stampd()
    return lab.folder / "page.html"


FORMS = {"text": [], "summary": ["-q"], "JSON": ["-j"], "lines": ["-j", "--each"], "CSV": ["--csv"],
         "plugin": ["--nagios"]}


@pytest.mark.parametrize("options", FORMS.values(), ids=FORMS)
def test_the_page_is_written_beside_every_form(lab, page_path, options):
    done = ping(lab, *QUICK, *options, "--report", page_path, REFLECTOR4)
    assert (done.returncode, done.stderr) == (0, "")
    page = Page(page_path)
    assert "3 packets sent, 3 answered, 0 % lost" in page.text
    if "-j" in options:
        report = documents(done)[-1]
        assert page.sessions[0]["SSID"] == str(report["ssid"])
        assert report["packets"]["received"] == 3
    assert done.stdout and "<html" not in done.stdout
    assert [file.name for file in lab.folder.glob("page.html*")] == ["page.html"]


def test_the_parameters_are_those_of_the_command(lab, page_path):
    options = ["-q", "-c", "3", "-i", "25ms", "-W", "150ms", "-s", "200", "--ssid", "4711",
               "-p", "862", "--stateful", "--poisson", "--fail-if", "loss>1% p99<0ns"]
    ping(lab, *options, "--report", page_path, REFLECTOR4)
    page = Page(page_path)
    assert page.command == " ".join([f"{BUILD}/stamp-ping", *options, "--report", str(page_path),
                                     REFLECTOR4])
    assert page.sessions == [{
        "session": REFLECTOR4, "target": REFLECTOR4, "address": REFLECTOR4, "port": "862",
        "SSID": "4711", "size": "200 octets", "interval": "25.0 ms on average, random",
        "timeout": "150 ms", "mode": "unauthenticated", "reflector taken as": "stateful"}]
    assert "Passed: none of the conditions holds." in page.text


def test_a_flood_has_no_interval(lab, page_path):
    done = ping(lab, "-q", "--flood", "-c", "1000", "--report", page_path, REFLECTOR4)
    assert done.returncode == 0
    assert Page(page_path).sessions[0]["interval"] == "none, a flood"


def test_each_of_several_sessions_has_its_row(lab, page_path):
    done = ping(lab, "-j", *QUICK, "--sweep", "dscp=0,46", "--report", page_path, REFLECTOR4,
                REFLECTOR6)
    report, = documents(done)
    rows = Page(page_path).sessions
    assert [row["session"] for row in rows] == \
        [f"{target} dscp {dscp}" for target in (REFLECTOR4, REFLECTOR6) for dscp in (0, 46)]
    assert [row["SSID"] for row in rows] == [str(session["ssid"]) for session in report["sessions"]]


def test_an_interrupted_run_has_its_page(lab, page_path):
    command = lab.sender.command(BUILD / "stamp-ping", "-j", "--each", "-c", "0", "-i", "10ms",
                                 "--report", page_path, REFLECTOR4)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert json.loads(process.stdout.readline())["event"] == "reply"
        assert not page_path.exists()
        process.send_signal(signal.SIGINT)
        report = json.loads(process.communicate(timeout=LIMIT)[0].splitlines()[-1])
    assert process.returncode == 0
    packets = report["packets"]
    assert f"{packets['sent']} packets sent, {packets['received']} answered" in Page(page_path).text


def test_an_older_page_is_replaced_as_a_whole(lab, page_path):
    page_path.write_text("old")
    assert ping(lab, *QUICK, "--report", page_path, REFLECTOR4).returncode == 0
    Page(page_path)


UNWRITABLE = {"no such folder": ("none/page.html", "No such file or directory"),
              "a folder": (".", "Is a directory"),
              "no room": ("/dev/full", "No space left on device")}


@pytest.mark.parametrize("form", [["-q"], ["-j"]], ids=["text", "JSON"])
@pytest.mark.parametrize("where, why", UNWRITABLE.values(), ids=UNWRITABLE)
def test_a_page_that_cannot_be_written_is_told(lab, page_path, where, why, form):
    path = page_path.parent / where
    done = ping(lab, *QUICK, *form, "--report", path, REFLECTOR4)
    assert done.returncode == 2
    assert done.stderr == f"error: {path}: cannot write the report: {why}\n"
    if "-j" in form:
        assert documents(done)[0]["packets"]["received"] == 3
    else:
        assert "3 sent, 3 received" in done.stdout


def test_a_page_without_the_right_to_write_leaves_the_old_one(lab, page_path):
    page_path.write_text("old")
    page_path.parent.chmod(0o755)
    done = ping(lab, "-q", *QUICK, "--report", page_path, REFLECTOR4, rights=WITHOUT_RIGHTS)
    assert done.returncode == 2
    assert "page.html: cannot write the report: Permission denied" in done.stderr
    assert "3 received" in done.stdout and page_path.read_text() == "old"
