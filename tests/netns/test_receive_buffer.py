# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What stamp-ping's own socket drops is told, and at high rates there is room for 100 ms."""
import json
import pathlib
import signal
import socket
import subprocess

import pytest

from conftest import BUILD, LIMIT, REFLECTOR4

RMEM_MAX = int(pathlib.Path("/proc/sys/net/core/rmem_max").read_text(encoding="ascii"))


def flooded_while_away(lab, count, *options):
    """Sends `count` datagrams to a stamp-ping that does not run; its output."""
    with lab.reflector.socket(socket.AF_INET) as far_end:
        far_end.bind(("", 862))
        command = lab.sender.command(BUILD / "stamp-ping", "-c", "1", "-W", "2", *options,
                                     REFLECTOR4)
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as ping:
            far_end.connect(far_end.recvfrom(9000)[1])
            ping.send_signal(signal.SIGSTOP)
            for _ in range(count):
                far_end.send(bytes(44))
            ping.send_signal(signal.SIGCONT)
            return ping.communicate(timeout=LIMIT)[0]


def counts_of(output):
    counts = json.loads(output)["packets"]
    return counts["overflowed"], counts["foreign"] + counts["invalid"]


def test_what_did_not_fit_is_counted(lab):
    overflowed, read = counts_of(flooded_while_away(lab, 5000, "-j"))
    assert overflowed > 0 and read > 0
    assert overflowed + read == 5000


def test_people_are_told_where_it_was_lost(lab):
    text = flooded_while_away(lab, 5000)
    assert " lost at our own socket" in text
    assert "note             our own socket was full when replies came: raise net.core.rmem" in text


@pytest.mark.skipif(RMEM_MAX < 1 << 22, reason=f"net.core.rmem_max is {RMEM_MAX}, below 4 MiB")
def test_a_high_rate_gets_room_for_100_ms(lab):
    assert counts_of(flooded_while_away(lab, 2000, "-j", "--fast", "-i", "50us")) == (0, 2000)


def test_a_run_that_fits_loses_nothing(lab):
    lab.start_stampd()
    report = lab.stamp_ping(REFLECTOR4, "-c", "100", "--fast", "-i", "1ms")
    assert report["packets"]["overflowed"] == 0
    assert report["packets"]["received"] == 100
