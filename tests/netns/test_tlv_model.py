# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The model of the TLV processing against packets drawn by hand, and what it is asked at random."""
import dataclasses
import random
import struct

import pytest

from random_tlvs import random_tlvs
from stamp_tlv import SOURCES, Context, reflect
from tlv_rows import (DENIED, DISCARDED, DSCP, ECN, KEY, LINK, ROWS, SECOND4, SECOND6, SENDER_MAC,
                      SEQUENCE, SOURCE_PORT, SYNC_SOURCE, TLV_KEY, PORTS)

LOCAL = frozenset({"192.0.2.2", "2001:db8::2", SECOND4, SECOND6})
ADDRESSES = {"ip4": {"source": "192.0.2.1", "destination": "192.0.2.2"},
             "ip6": {"source": "2001:db8::1", "destination": "2001:db8::2"}}
SESSIONS = {"open": {}, "hidden": {"discloses": frozenset()}, "keyed": {"key": KEY},
            "guarded": {"key": KEY, "authenticated": True},
            "apart": {"key": TLV_KEY, "authenticated": True}, "light": {"tlvs": False}}
ALL = Context(source_mac=SENDER_MAC, dscp=DSCP, ecn=ECN, request_sequence=SEQUENCE,
              sequence=SEQUENCE, denied=frozenset({DENIED}), sync_source=SOURCES[SYNC_SOURCE],
              local=LOCAL, micro_session_id=LINK, source_port=SOURCE_PORT)
FOLLOW_UP = bytes.fromhex("80070010") + bytes(16)


def context(family="ip4", session="open", **others):
    """Of a request as tlv_rows.py has them."""
    return dataclasses.replace(ALL, destination_port=PORTS[session], **ADDRESSES[family],
                               **SESSIONS[session], **others)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_is_reflected_as_it_says(row):
    made = reflect(bytes.fromhex(row.asked), context(row.family, row.session))
    assert made.octets.hex(" ") == bytes.fromhex(row.answered).hex(" ")
    assert (DSCP if made.dscp is None else made.dscp) == row.dscp
    asked_at = ADDRESSES[row.family]["destination"]
    assert (made.source or asked_at) == (row.source or asked_at)


@pytest.mark.parametrize("row", [row for row in ROWS if row.unseen], ids=lambda row: row.name)
def test_a_mac_address_that_cannot_be_seen_is_zero(row):
    """R8972-4.2.2-3."""
    made = reflect(bytes.fromhex(row.asked), context(row.family, row.session, source_mac=None))
    assert made.octets.hex(" ") == bytes.fromhex(row.unseen).hex(" ")


@pytest.mark.parametrize("session, asked", DISCARDED)
def test_a_packet_of_another_link_is_discarded(session, asked):
    """R9534-3.2-3."""
    assert reflect(bytes.fromhex(asked), context(session=session)) is None


def test_without_a_number_of_the_link_its_tlv_is_not_understood():
    """A-13."""
    asked = bytes.fromhex("000b0004 00070022")
    assert reflect(asked, context(micro_session_id=None)).octets.hex() == "800b000400070022"


def test_the_reply_before_is_followed_up():
    """R8972-4.7-5, A-11."""
    first = reflect(FOLLOW_UP, context(stateful=True))
    assert first.octets.hex() == "00070010" + "00" * 16 and not first.times
    time = bytes.fromhex("eb3221c02000c953")
    later = reflect(bytes(4) + FOLLOW_UP, context(stateful=True, previous=(7, time)))
    assert later.octets.hex() == "80000000" "00070010" "00000007" "eb3221c02000c953" "02000000"
    assert later.octets[later.times[0]] == time
    stateless = reflect(FOLLOW_UP, context(previous=(7, time)))
    assert stateless.octets.hex() == "00070010" + "00" * 16


def test_direct_measurement_tells_the_counts():
    """R8972-4.5-2."""
    made = reflect(bytes.fromhex("8005000c" "01020304" "00000000" "00000000"),
                   context(received=258, transmitted=5))
    assert made.octets.hex() == "0005000c" "01020304" "00000102" "00000005"


def test_a_stateful_reply_is_signed_with_its_own_number():
    """R8972-4.8-8: an HMAC TLV alone covers the Sequence Number only."""
    # echo 00000007 | xxd -r -p | openssl dgst -sha256 -mac HMAC -macopt key:KEY
    made = reflect(bytes.fromhex("80080010 5c0bb1baac4c6f62d7b6c553b67cd1b3"),
                   context(session="keyed", sequence=7, stateful=True))
    assert made.octets.hex() == "00080010" "32e698301a497a54c5db75bca61e18e8"


def headers(octets):
    """Type and Length of each TLV up to what cannot be framed."""
    at = 0
    while at + 4 <= len(octets):
        kind, length = struct.unpack_from(">xBH", octets, at)
        yield kind, length
        at += 4 + length


@pytest.mark.parametrize("session", ["open", "keyed", "guarded", "apart"])
def test_random_tlvs_keep_their_size_types_and_lengths(session):
    """R8972-4-13; and the random packets have all that they are to have."""
    numbers = random.Random(session)
    discarded = flags = used = 0
    for sequence in range(3000):
        octets = random_tlvs(numbers, sequence, SESSIONS[session].get("key"), 1400)
        made = reflect(octets, context(session=session, request_sequence=sequence))
        if made is None:
            discarded += 1
            continue
        assert len(made.octets) == len(octets) <= 1400
        assert list(headers(made.octets)) == list(headers(octets))
        flags |= made.octets[0] if octets else 0
        used += made.dscp is not None
    assert 30 < discarded < 600 and used > 300 and flags & 0xe0 == 0xe0
