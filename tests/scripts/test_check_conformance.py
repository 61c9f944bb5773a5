# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""scripts/check_conformance.py on small trees: a good one, and each fault that it has to find."""
import pathlib
import subprocess
import sys

import pytest

SCRIPT = pathlib.Path(__file__).parents[2] / "scripts/check_conformance.py"
TABLE = """# Conformance

| Column | What it says |
|---|---|
| Status | met, and so on |

| ID | Level | Requirement | Status | Tests |
|---|---|---|---|---|
"""
C_TEST = """/* R8762-4-1 and A-02. */
#include "lib/x_rows.h"
	{ "R8762-4-1: one", 1 },
static void helper(int number)
static void it_is(void **state)
"""
PY_TEST = '''import pytest
from rows import ROWS
def helper(lab):
def test_it(lab):
    """R8972-3-6, TS-4."""
'''
GOOD = [
    '| R8762-4-1 | MUST | one | met | `tests/unit/test_x.c: it_is "R8762-4-1: one"` |',
    "| R8972-3-6 | MUST | two | met | `tests/netns/test_y.py: test_it`, "
    '`tests/unit/test_x.c: it_is "of x_rows.h"` |',
    '| A-02 | - | three | partly: half of it | `tests/netns/test_y.py: test_it "of ROWS"` |',
    "| TS-4 | MAY | four | not yet | |",
    "| SEC-1 | MUST | five | not applicable: it is the operator's | |",
]


def check(tmp_path, rows, c_test=C_TEST):
    """Exit code, and the lines that it writes to standard error and to standard output."""
    for folder in ("docs", "tests/lib", "tests/unit", "tests/netns", "bpf", "include", "user"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "docs/conformance.md").write_text(TABLE + "\n".join(rows) + "\n")
    (tmp_path / "tests/unit/test_x.c").write_text(c_test)
    (tmp_path / "tests/lib/x_rows.h").write_text('{ "of x_rows.h", 1 },\n')
    (tmp_path / "tests/netns/test_y.py").write_text(PY_TEST)
    (tmp_path / "tests/netns/rows.py").write_text('ROWS = ["of ROWS"]')
    done = subprocess.run([sys.executable, SCRIPT, tmp_path], capture_output=True, text=True,
                          timeout=60, check=False)
    return done.returncode, done.stderr.splitlines(), done.stdout


def test_a_true_document_is_good(tmp_path):
    assert check(tmp_path, GOOD) == (
        0, [], "5 requirements: 2 met, 1 partly, 1 not yet, 1 not applicable\n")


# The row that is wrong, instead of that of TS-4, and what is said of it.
FAULTS = {
    "a test that does not exist": (
        "| TS-4 | MAY | four | met | `tests/unit/test_x.c: it_was` |",
        "TS-4: tests/unit/test_x.c has no test it_was"),
    "a function that is no test": (
        "| TS-4 | MAY | four | met | `tests/unit/test_x.c: helper` |",
        "TS-4: tests/unit/test_x.c has no test helper"),
    "a function of Python that is no test": (
        "| TS-4 | MAY | four | met | `tests/netns/test_y.py: helper` |",
        "TS-4: tests/netns/test_y.py has no test helper"),
    "a file that does not exist": (
        "| TS-4 | MAY | four | met | `tests/unit/test_z.c: it_is` |",
        "TS-4: tests/unit/test_z.c does not exist"),
    "a case that does not exist": (
        '| TS-4 | MAY | four | met | `tests/unit/test_x.c: it_is "another one"` |',
        'TS-4: tests/unit/test_x.c has no case "another one"'),
    "a test without its file": (
        "| TS-4 | MAY | four | met | `it_is` |",
        'TS-4: it_is: not a test as in "tests/FOLDER/FILE: FUNCTION"'),
    "a test without backquotes": (
        "| TS-4 | MAY | four | met | `tests/unit/test_x.c: it_is`, it_is |",
        "TS-4: something beside the tests, which stand in backquotes"),
    "met without a test": (
        "| TS-4 | MAY | four | met | |", "TS-4 is met and names no test"),
    "partly met without a test": (
        "| TS-4 | MAY | four | partly: half of it | |", "TS-4 is partly and names no test"),
    "partly met without a reason": (
        "| TS-4 | MAY | four | partly | `tests/unit/test_x.c: it_is` |",
        "TS-4 is partly and does not say why"),
    "not applicable without a reason": (
        "| TS-4 | MAY | four | not applicable | |", "TS-4 is not applicable and does not say why"),
    "another status": (
        "| TS-4 | MAY | four | done | |",
        "TS-4: the status is none of met, partly, not yet, not applicable"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_row_that_is_wrong_is_told_with_its_line(tmp_path, fault):
    row, said = FAULTS[fault]
    code, errors, _ = check(tmp_path, GOOD[:3] + [row] + GOOD[4:])
    assert (code, errors) == (1, [f"docs/conformance.md:12: {said}"])


def test_an_id_that_is_there_twice_is_told(tmp_path):
    code, errors, _ = check(tmp_path, GOOD + GOOD[3:4])
    assert (code, errors) == (
        1, ["docs/conformance.md:14: TS-4 is there twice, first in line 12"])


def test_an_id_that_is_none_is_told(tmp_path):
    code, errors, _ = check(tmp_path, [*GOOD, "| R8762 | MUST | six | not yet | |"])
    assert (code, errors) == (1, ["docs/conformance.md:14: R8762 is no ID"])


@pytest.mark.parametrize("strange", ["R8762-4.2.1-8", "R8762" "-4.2", "A-34", "TW-6", "SEC-10"])
def test_an_id_of_a_test_that_the_document_lacks_is_told(tmp_path, strange):
    code, errors, _ = check(tmp_path, GOOD, f"{C_TEST}/* {strange}: of a case. */\n")
    assert (code, errors) == (
        1, [f"tests/unit/test_x.c:6: {strange} is not in docs/conformance.md"])


def test_a_document_without_a_table_is_told(tmp_path):
    code, errors, _ = check(tmp_path, [], "")
    assert code == 1 and "docs/conformance.md:1: no table of requirements found" in errors
