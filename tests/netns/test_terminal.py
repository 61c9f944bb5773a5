# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""stamp-ping on a terminal: what is on the screen in the end, and what a pipe gets instead."""
import contextlib
import dataclasses
import fcntl
import os
import re
import struct
import subprocess
import termios

import pytest

from conftest import BUILD, LIMIT, REFLECTOR4
from listener import Listener, ping

COLUMNS = 64
PACES = ("-c", "20", "-i", "30ms", "-W", "100ms", "--fast")
PICTURE = "round trip over time, "
PACKET = re.compile(r"44 octets from 192\.0\.2\.2: seq=\d+ rtt=\S+ \S?s reflector=\S+ \S?s "
                    r"ttl=255/\d+ hops=1/1")
LIVE = re.compile(r"( *\d+ %, \d+ of \d+ sent|\d+ sent in [^,]+), \d+ received.*")


@dataclasses.dataclass
class Seen:
    """What came to a terminal, in order, and what is left on its screen."""
    code: int
    text: str

    @property
    def lines(self):
        """The terminal wraps nothing: no line is wider than the program believes it to be."""
        screen, line, column = [], "", 0
        for part in re.findall(r"\r|\n|\033\[K|\033\[[0-9;]*m|[^\r\n\033]+", self.text):
            if part == "\n":
                screen.append(line)
                line, column = "", 0
            elif part == "\r":
                column = 0
            elif part == "\033[K":
                line = line[:column]
            elif not part.startswith("\033"):
                line = line[:column] + part + line[column + len(part):]
                column += len(part)
        return [*screen, line]

    @property
    def live(self):
        """All live lines that were drawn."""
        return [part for part in re.findall(r"\r\033\[K([^\r\n\033]+)", self.text)
                if LIVE.fullmatch(part)]


def on_terminal(lab, *options, columns=COLUMNS, **environment):
    """Runs stamp-ping with a terminal for its output and its messages."""
    ours, its = os.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    known = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    with subprocess.Popen(lab.sender.command(BUILD / "stamp-ping", *options), stdin=its, stdout=its,
                          stderr=its, env=known | {"TERM": "xterm"} | environment) as process:
        os.close(its)
        octets = b""
        with contextlib.suppress(OSError):  # EIO: the other side is closed
            while chunk := os.read(ours, 65536):
                octets += chunk
        os.close(ours)
        code = process.wait(LIMIT)
    return Seen(code, octets.decode())


def test_the_live_line_is_drawn_and_gone_in_the_end(lab):
    lab.start_stampd()
    seen = on_terminal(lab, "-q", *PACES, REFLECTOR4)
    assert seen.code == 0
    assert len(seen.live) >= 3
    assert all(len(line) < COLUMNS for line in seen.live)
    assert [line for line in seen.lines if LIVE.search(line)] == []
    assert seen.lines[1:3] == ["", "--- 192.0.2.2 port 862 ---"], "no mark of it is left"


def test_packet_lines_are_whole_beside_the_live_line(lab):
    lab.start_stampd()
    seen = on_terminal(lab, *PACES, REFLECTOR4)
    assert seen.live
    told, summary = seen.lines[1:21], seen.lines[21:]
    assert all(PACKET.fullmatch(line) for line in told), told
    assert [re.search(r"seq=(\d+)", line)[1] for line in told] == [str(i) for i in range(20)]
    assert summary[:2] == ["", "--- 192.0.2.2 port 862 ---"]


def test_messages_and_lost_packets_have_lines_of_their_own(bare_lab):
    """A closed port: the ICMP error is told in the middle of it."""
    seen = on_terminal(bare_lab, *PACES, REFLECTOR4)
    assert seen.code == 1 and seen.live
    assert sum(line.startswith("warning: 192.0.2.2: nothing listens on UDP port 862 there")
               for line in seen.lines) == 1
    assert sum(re.fullmatch(r"seq=\d+: no reply within 100 ms", line) is not None
               for line in seen.lines) == 20
    assert [line for line in seen.lines if LIVE.search(line)] == []


def test_several_sessions_share_the_live_line(bare_lab):
    with Listener(bare_lab):
        seen = on_terminal(bare_lab, "-c", "5", "-i", "100ms", "-W", "100ms", "--sweep", "flows=4",
                           REFLECTOR4)
    assert seen.live and all(" of 20 sent" in line for line in seen.live)
    assert [line for line in seen.lines if LIVE.search(line)] == []


@pytest.mark.parametrize("columns", [20, 40, 200])
def test_the_live_line_fits_the_terminal(lab, columns):
    lab.start_stampd()
    seen = on_terminal(lab, "-q", "--no-plot", *PACES, REFLECTOR4, columns=columns)
    drawn = re.findall(r"\r\033\[K([^\r\n\033]+)", seen.text)
    assert drawn and max(len(line) for line in drawn) < columns


def test_no_color_takes_the_colour_and_nothing_else(lab):
    lab.start_stampd()
    colour = re.compile(r"\033\[[0-9;]+m")
    assert colour.search(on_terminal(lab, *PACES, REFLECTOR4).text)
    plain = on_terminal(lab, *PACES, REFLECTOR4, NO_COLOR="1")
    assert not colour.search(plain.text)
    assert plain.live
    assert any(line.startswith(PICTURE) for line in plain.lines)


def test_no_color_leaves_the_mark_of_what_stands_out(lab):
    lab.start_stampd()
    with Listener(lab, port=863), Listener(lab, port=864):
        targets = [REFLECTOR4, f"{REFLECTOR4}:863"]
        options = ["-c", "3", "-i", "20ms", "-W", "50ms"]
        assert "\033[1;31m" in on_terminal(lab, *options, *targets).text
        plain = on_terminal(lab, *options, *targets, NO_COLOR="1")
    assert "\033[1;31m" not in plain.text
    assert sum("100 %!" in line for line in plain.lines) == 1


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"TERM": ""}], ids=["dumb", "unknown"])
def test_a_terminal_that_cannot_redraw_gets_lines_only(lab, environment):
    lab.start_stampd()
    seen = on_terminal(lab, *PACES, REFLECTOR4, **environment)
    assert "\033" not in seen.text and seen.text.count("\r") == seen.text.count("\r\n")
    assert any(line.startswith(PICTURE) for line in seen.lines), "it is a terminal"


FORMS = {"text": [], "summary": ["-q"], "pictures": ["--plot"], "table": ["--sweep", "flows=2"],
         "JSON": ["-j"], "lines": ["-j", "--each"], "CSV": ["--csv"], "flood": ["--flood"]}


@pytest.mark.parametrize("options", FORMS.values(), ids=FORMS)
def test_a_pipe_gets_no_escape_sequence(lab, monkeypatch, options):
    lab.start_stampd()
    monkeypatch.setenv("TERM", "xterm")
    pace = ["-c", "20"] if "--flood" in options else PACES
    done = ping(lab, *pace, *options, REFLECTOR4)
    assert done.returncode == 0
    assert not set("\033\r\b") & set(done.stdout + done.stderr)
    assert not any(LIVE.fullmatch(line) for line in done.stdout.splitlines())
    assert (PICTURE in done.stdout) == ("--plot" in options)


@pytest.mark.parametrize("options", [["-j"], ["-j", "--each"], ["--csv"], ["--nagios"]],
                         ids=["JSON", "lines", "CSV", "plugin"])
def test_programs_get_no_live_line_on_a_terminal_either(lab, options):
    lab.start_stampd()
    seen = on_terminal(lab, *PACES, *options, REFLECTOR4)
    assert seen.code == 0 and "\033" not in seen.text


def test_pictures_can_be_left_out(lab):
    lab.start_stampd()
    assert PICTURE in on_terminal(lab, *PACES, REFLECTOR4).text
    assert PICTURE not in on_terminal(lab, *PACES, "--no-plot", REFLECTOR4).text
