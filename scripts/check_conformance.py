#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Is docs/conformance.md true? Each test that it names exists, each requirement that the tests or
the code name is in it, none is there twice, and none is called met without a test.

Usage: check_conformance.py [TOP], by default the tree that this file is in. It reads the tables
whose first column is called ID, and there the columns Status and Tests.
"""
import collections
import pathlib
import re
import sys

DOCUMENT = "docs/conformance.md"
SOURCES = ("tests", "bpf", "include", "user")  # where requirements are named
SUFFIXES = (".c", ".h", ".py")
IDS = re.compile(r"\b(?:R\d{4,5}(?:-\d+(?:\.\d+)*)+|(?:A|SEC|TS|TW)-\d+)\b")
TEST = re.compile(r'(tests/\S+): (\w+)(?: ("[^"]+"))?')
DEFINITIONS = {  # of tests
    ".c": re.compile(r"^static void (\w+)\(void \*\*state\)", re.MULTILINE),
    ".py": re.compile(r"^def (test_\w+)\(", re.MULTILINE),
}
STATUSES = ("met", "partly", "not yet", "not applicable")
TESTED = ("met", "partly")
EXPLAINED = ("partly", "not applicable")

Row = collections.namedtuple("Row", "line id status reason tests")


def cells_of(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def rows_of(text):
    """The rows of all tables of requirements."""
    columns = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("|"):
            columns = None
        elif columns is None:
            columns = cells_of(line)
        elif columns[0] == "ID" and set(line) - set("|-: "):
            row = dict(zip(columns, cells_of(line)))
            status, _, reason = row.get("Status", "").partition(": ")
            yield Row(number, row["ID"], status, reason, row.get("Tests", ""))


def tests_in(path):
    definition = DEFINITIONS.get(path.suffix)
    return definition.findall(path.read_text()) if definition else []


def cases_near(path):
    """The text that names the cases of tests: the file, and the tables that it takes in, from
    beside it or from tests/lib."""
    text = path.read_text()
    if path.suffix == ".py":
        modules = re.findall(r"^from (\w+) import", text, re.MULTILINE)
        names = [f"{module}.py" for module in modules]
    else:
        headers = re.findall(r'^#include "(lib/\w+\.h)"', text, re.MULTILINE)
        names = [f"../{header}" for header in headers]
    others = [path.parent / name for name in names]
    return "".join([text, *(other.read_text() for other in others if other.is_file())])


def faults_of_test(top, named):
    """What is wrong with one test as the document names it: FILE: FUNCTION, or with "CASE"."""
    match = TEST.fullmatch(named)
    if not match:
        yield f'{named}: not a test as in "tests/FOLDER/FILE: FUNCTION"'
        return
    file, name, case = match.groups()
    path = top / file
    if not path.is_file():
        yield f"{file} does not exist"
    elif name not in tests_in(path):
        yield f"{file} has no test {name}"
    elif case and case not in cases_near(path):
        yield f"{file} has no case {case}"


def faults_of_row(top, row):
    if row.status not in STATUSES:
        yield f"{row.id}: the status is none of {', '.join(STATUSES)}"
    if row.status in TESTED and not row.tests:
        yield f"{row.id} is {row.status} and names no test"
    if row.status in EXPLAINED and not row.reason:
        yield f"{row.id} is {row.status} and does not say why"
    if not IDS.fullmatch(row.id):
        yield f"{row.id} is no ID"
    if re.sub(r"`[^`]*`", "", row.tests).strip(", "):
        yield f"{row.id}: something beside the tests, which stand in backquotes"
    for named in re.findall(r"`([^`]*)`", row.tests):
        for fault in faults_of_test(top, named):
            yield f"{row.id}: {fault}"


def faults_of_document(top, rows):
    known = {}
    for row in rows:
        if row.id in known:
            yield row.line, f"{row.id} is there twice, first in line {known[row.id]}"
        known.setdefault(row.id, row.line)
        for fault in faults_of_row(top, row):
            yield row.line, fault
    if not rows:
        yield 1, "no table of requirements found"


def strange_ids(top, known):
    """Where the tree names a requirement that the document does not have."""
    for folder in SOURCES:
        for path in sorted((top / folder).rglob("*")):
            if path.suffix not in SUFFIXES:
                continue
            for number, line in enumerate(path.read_text().splitlines(), 1):
                for found in set(IDS.findall(line)) - known:
                    yield f"{path.relative_to(top)}:{number}: {found} is not in {DOCUMENT}"


def main():
    top = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1])
    rows = list(rows_of((top / DOCUMENT).read_text()))
    faults = [f"{DOCUMENT}:{line}: {fault}" for line, fault in faults_of_document(top, rows)]
    faults += strange_ids(top, {row.id for row in rows})
    for fault in faults:
        print(fault, file=sys.stderr)
    counts = collections.Counter(row.status for row in rows)
    print(f"{len(rows)} requirements: " +
          ", ".join(f"{counts[status]} {status}" for status in STATUSES))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
