# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A Session-Reflector that does to each packet what a plan says, written from RFC 8762 section 4.3,
RFC 8972 section 3 and RFC 5357 section 4.2.1 alone. What it did is known, so it can be compared."""
import contextlib
import dataclasses
import heapq
import itertools
import socket
import struct
import time

from auth_reflector import NTP_UNIX_OFFSET, AuthReflector
from stamp import BASE_SIZE, REFLECTOR, Reply

UNSYNCHRONIZED, MILLISECOND, Z = 0x3FFF, 0x8F84, 0x4000  # timestamps: 132 * 2^(15 - 32) s is 1 ms
TWAMP_SIZE = 41
NOT_READ = 255
SO_TIMESTAMPNS = 35  # of asm-generic/socket.h, and what the message is called, too
TAI_OFFSET = 37


@dataclasses.dataclass(frozen=True)
class Act:
    """What happens to one packet; times are in nanoseconds."""
    arrives: int = 1  # times that it reaches the reflector: 0 is lost on the way there
    leaves: int = 1  # times that each reply reaches the sender: 0 is lost on the way back
    behind: int = 0  # its reply comes after that to the packet so many later
    residence: int = 0  # T3 - T2, exactly
    forward: int = 0  # its way there takes so much longer,
    backward: int = 0  # and its way back
    spoil: object = lambda reply: reply  # a Reply to a Reply, or to octets


LOST_FORWARD, LOST_BACKWARD = Act(arrives=0), Act(leaves=0)
COPIED_FORWARD, COPIED_BACKWARD = Act(arrives=2), Act(leaves=2)


def ntp(utc_ns):
    seconds, nanoseconds = divmod(utc_ns, 10**9)
    return struct.pack(">II", (seconds + NTP_UNIX_OFFSET) % 2**32, (nanoseconds << 32) // 10**9)


def ptp(utc_ns):
    seconds, nanoseconds = divmod(utc_ns, 10**9)
    return struct.pack(">II", (seconds + TAI_OFFSET) % 2**32, nanoseconds)


def octets_of(reply):
    if isinstance(reply, bytes):
        return reply
    *fields, tail = dataclasses.astuple(reply)
    return REFLECTOR.pack(*fields) + tail


class HonestReflector(AuthReflector):
    """`plan` has an Act for each Sequence Number that is not just answered, or is a function of it.
    `twamp`: answers 41 octets and knows no SSID. `first` is the number of the first reply, if
    stateful. T2 is when the kernel received the packet, later by the Act's `forward`."""

    def __init__(self, namespace, plan=None, twamp=False, reads_ttl=True, first=0,
                 error_estimate=UNSYNCHRONIZED, **how):
        super().__init__(namespace, socket.AF_INET, None, **how)
        self.act = plan if callable(plan) else lambda number: (plan or {}).get(number, Act())
        self.twamp, self.reads_ttl = twamp, reads_ttl
        self.error_estimate = error_estimate | (Z if self.ptp else 0)
        self.number = first
        self.order = itertools.count()
        self.timed = []  # a heap of when, order, packet, datagram, sender
        self.waiting = []  # of those behind another packet: its number, datagram, sender
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)

    def serve(self):
        while not self.stopping.is_set():
            wait_ns = self.timed[0][0] - time.time_ns() if self.timed else 10**8
            self.socket.settimeout(min(0.1, max(10**-5, wait_ns / 10**9)))
            with contextlib.suppress(TimeoutError):
                self.take(*self.socket.recvmsg(9000, 128))
            while self.timed and self.timed[0][0] <= time.time_ns():
                self.send(*heapq.heappop(self.timed)[2:])

    def take(self, request, controls, _, sender):
        told = {(level, kind): data for level, kind, data in controls}
        seconds, nanoseconds = struct.unpack("qq", told[socket.SOL_SOCKET, SO_TIMESTAMPNS])
        ttl = struct.unpack("i", told[socket.IPPROTO_IP, socket.IP_TTL])[0]
        packet = struct.unpack(">I", request[:4])[0]
        act = self.act(packet)
        self.requests.append(request)
        received_ns = seconds * 10**9 + nanoseconds + act.forward
        for _ in range(act.arrives):
            octets = octets_of(act.spoil(self.reply(request, ttl, received_ns, act)))
            self.number += 1
            for _ in range(act.leaves):
                self.hand_over(packet, act, received_ns, octets, sender)

    def reply(self, request, ttl, received_ns, act):
        """RFC 8762 figure 5; octets 14 and 15 of TWAMP Light are MBZ, octets 41 to 43 missing."""
        sequence, sent, error, ssid = struct.unpack(">I8sHH", request[:16])
        form = ptp if self.ptp else ntp
        reply = Reply(self.number % 2**32 if self.stateful else sequence,
                      form(received_ns + act.residence), self.error_estimate,
                      0 if self.twamp else ssid, form(received_ns), sequence, sent, error, bytes(2),
                      ttl if self.reads_ttl else NOT_READ, bytes(3), request[BASE_SIZE:])
        return octets_of(reply)[:TWAMP_SIZE] if self.twamp else reply

    def hand_over(self, packet, act, received_ns, octets, sender):
        if act.behind:
            self.waiting.append((packet + act.behind, octets, sender))
            return
        leaves_ns = received_ns + act.residence + act.backward
        heapq.heappush(self.timed, (leaves_ns, next(self.order), packet, octets, sender))

    def send(self, packet, octets, sender):
        self.socket.sendto(octets, sender)
        for held in [held for held in self.waiting if held[0] == packet]:
            self.waiting.remove(held)
            self.socket.sendto(*held[1:])
