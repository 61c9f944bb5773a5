#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What each fuzz target begins with: writes FOLDER/TARGET/ for each of them, from the golden packets
and from the TLVs that the tests in namespaces send."""
import pathlib
import struct
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "netns"))

from tlv_rows import LINK, ROWS, SEQUENCE  # noqa: E402

# Settings of the sessions of the rows: enum choice of fuzz_tlvs.c, and SESSION_*.
HAS_KEYS, IS_REQUIRED, IS_SIGNED, IS_IP6, HAS_MAC, SECOND_KEY = 1, 2, 4, 8, 0x10, 0x20
HIDES_ALL = 0x1c00
CHOICES = {"keyed": HAS_KEYS | IS_REQUIRED, "guarded": HAS_KEYS | IS_REQUIRED,
           "apart": HAS_KEYS | IS_REQUIRED | SECOND_KEY}


def tlvs_of_rows():
    """struct context of fuzz_tlvs.c, and TLVs."""
    for row in ROWS:
        choices = CHOICES.get(row.session, 0) | HAS_MAC | (IS_IP6 if row.family == "ip6" else 0)
        flags = HIDES_ALL if row.session == "hidden" else 0
        octets = bytes.fromhex(row.asked)
        for signed in (0, IS_SIGNED) if choices & HAS_KEYS else (0,):
            yield struct.pack("=QQIIIIHBBBBxx", 1 << 63, 0, SEQUENCE, SEQUENCE, 1, flags, LINK,
                              choices | signed, 0x2a, 5, 0) + octets


SEEDS = {
    "fuzz_tlvs": tlvs_of_rows,
}


def main():
    for target, seeds in SEEDS.items():
        folder = pathlib.Path(sys.argv[1]) / target
        folder.mkdir(parents=True, exist_ok=True)
        for number, octets in enumerate(seeds()):
            (folder / f"{number:03}").write_bytes(octets)


if __name__ == "__main__":
    main()
