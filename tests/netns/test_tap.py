# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A tap with vnet_hdr, as virtual machines have it: unfinished checksums stay marked as such."""
import fcntl
import os
import select
import struct

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether

from conftest import wait_for
from stamp import assert_answers, request
from test_auth import KEYS, config, path, signed, write_keys
from test_frames import mac

TUNSETIFF, TUNSETOFFLOAD, TUNSETVNETHDRSZ = 0x400454ca, 0x400454d0, 0x400454d8
IFF_TAP, IFF_NO_PI, IFF_VNET_HDR = 0x0002, 0x1000, 0x4000
TUN_F_CSUM = 1
VNET_HDR = struct.Struct("=BBHHHH")  # flags, gso, header length, gso size, start, offset
NEEDS_CSUM = 1
GUEST_MAC = "02:00:00:00:00:01"
ADDRESSES = {"ip4": ("198.51.100.2", "198.51.100.1"),
             "ip6": ("2001:db8:1::2", "2001:db8:1::1")}  # guest, host


class Tap:
    """A virtual machine's end of a tap on the reflector's host."""

    def __init__(self, lab, offload):
        with lab.reflector.entered():
            self.fd = os.open("/dev/net/tun", os.O_RDWR)
            fcntl.ioctl(self.fd, TUNSETIFF, struct.pack(
                "16sH22x", b"tap0", IFF_TAP | IFF_NO_PI | IFF_VNET_HDR))
        fcntl.ioctl(self.fd, TUNSETOFFLOAD, TUN_F_CSUM if offload else 0)
        lab.reflector.ip("link", "set", "tap0", "up")
        for (_, host), length in zip(ADDRESSES.values(), ("24", "64")):
            lab.reflector.ip("addr", "add", f"{host}/{length}", "dev", "tap0",
                             *(["nodad"] if ":" in host else []))
        self.host_mac = mac(lab.reflector, "tap0")

    def send(self, frame, unfinished):
        start = len(bytes(frame)) - len(bytes(frame[UDP]))
        header = VNET_HDR.pack(NEEDS_CSUM, 0, 0, 0, start, 6) if unfinished else bytes(10)
        os.write(self.fd, header + bytes(frame))

    def receive(self):
        """The next UDP frame from port 862, and whether its checksum is left to the guest."""
        while select.select([self.fd], [], [], 2)[0]:
            octets = os.read(self.fd, 65535)
            frame = Ether(octets[10:])
            if UDP in frame and frame[UDP].sport == 862:
                return frame, bool(octets[0] & NEEDS_CSUM)
        raise AssertionError("no reply")

    def close(self):
        os.close(self.fd)


def pseudo_sum(frame):
    """The pseudo-header's one's complement sum, as an unfinished checksum holds it."""
    if IP in frame:
        octets = bytes(frame[IP])[12:20]
    else:
        octets = bytes(frame[IPv6])[8:40]
    octets += struct.pack(">HH", 17, frame[UDP].len)
    total = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def request_frame(tap, family, payload, unfinished):
    guest, host = ADDRESSES[family]
    frame = Ether(src=GUEST_MAC, dst=tap.host_mac) / \
        (IPv6 if family == "ip6" else IP)(src=guest, dst=host) / \
        UDP(sport=50000, dport=862) / payload
    frame = Ether(bytes(frame))
    if unfinished:
        frame[UDP].chksum = pseudo_sum(frame)
    return frame


def assert_checksum_holds(frame):
    sent = frame[UDP].chksum
    del frame[UDP].chksum
    assert Ether(bytes(frame))[UDP].chksum == sent


every_tap = pytest.mark.parametrize("offload", [False, True], ids=["plain", "offload"])
every_sum = pytest.mark.parametrize("unfinished", [False, True], ids=["finished", "unfinished"])


@pytest.mark.parametrize("family", ADDRESSES)
@every_sum
@every_tap
def test_replies_through_a_tap_have_a_checksum_that_holds(bare_lab, family, unfinished, offload):
    tap = Tap(bare_lab, offload)
    try:
        stampd = bare_lab.start_stampd("--mode", "generic", interface="tap0")
        packet = request(1, ssid=9, size=101)
        tap.send(request_frame(tap, family, packet, unfinished), unfinished)
        reply, left_to_guest = tap.receive()
        assert_answers(packet, bytes(reply[UDP].payload))
        assert stampd.counter("reflected") == 1
        # Generic XDP_TX goes past the place where the kernel would complete it for a plain guest,
        # so the header says to whoever reads the tap that the checksum is still to be finished.
        assert left_to_guest == unfinished
        if left_to_guest:
            assert reply[UDP].chksum == pseudo_sum(reply)
        else:
            assert_checksum_holds(reply)
    finally:
        tap.close()


@pytest.mark.parametrize("family", ADDRESSES)
@every_sum
@every_tap
def test_replies_over_af_xdp_have_a_finished_checksum(bare_lab, family, unfinished, offload):
    """T4: also to a request whose own was left to be finished."""
    tap = Tap(bare_lab, offload)
    try:
        write_keys(bare_lab, KEYS[0])
        settings = config(bare_lab, "generic")
        settings["interfaces"][0]["name"] = "tap0"
        stampd = bare_lab.start_stampd_with(settings)
        packet = signed(1, size=131)
        tap.send(request_frame(tap, family, packet, unfinished), unfinished)
        reply, left_to_guest = tap.receive()
        octets = bytes(reply[UDP].payload)
        assert len(octets) == 131 and octets[48:52] == packet[:4]
        wait_for(lambda: path(stampd)["reflected"] == 1, "it came over AF_XDP")
        assert not left_to_guest
        assert_checksum_holds(reply)
    finally:
        tap.close()
