# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""stamp-ping as a whole, and a socket that hears its packets and answers none of them."""
import contextlib
import dataclasses
import json
import pathlib
import socket
import struct
import subprocess

import jsonschema

from conftest import BUILD, LIMIT, REFLECTOR4, REFLECTOR6

TOP = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((TOP / "docs/stamp-ping.schema.json").read_text(encoding="utf-8"))
SO_TIMESTAMPNS = 35  # of asm-generic/socket.h, and what the message is called, too
SO_RCVBUFFORCE = 33
WITHOUT_RIGHTS = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups",
                  "--bounding-set", "-all")


def ping(lab, *options, rights=(), **how):
    """Runs stamp-ping, with `rights` before it, to its end. A sanitizer would be told there."""
    done = subprocess.run(
        lab.sender.command(*rights, BUILD / "stamp-ping", *options),
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "timeout": LIMIT,
           "check": False, **how})
    assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr
    return done


def documents(done):
    """The lines of JSON, each as the schema has it."""
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    for line in lines:
        jsonschema.validate(line, SCHEMA)
    return lines


@dataclasses.dataclass(frozen=True)
class Packet:
    """A packet as it arrived."""
    octets: bytes
    source_port: int
    dscp: int
    arrived_ns: int

    @property
    def sequence(self):
        return struct.unpack(">I", self.octets[:4])[0]


class Listener:
    """A UDP socket at the reflector's end. What arrived is read when the run is over."""

    def __init__(self, lab, family=socket.AF_INET, port=862):
        self.family = family
        self.address = REFLECTOR4 if family == socket.AF_INET else REFLECTOR6
        self.socket = lab.reflector.socket(family)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
        if family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS, 1)
        self.socket.bind((self.address, port))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def heard(self):
        """All that has arrived, in its order."""
        self.socket.setblocking(False)
        packets = []
        with contextlib.suppress(BlockingIOError):
            while True:
                packets.append(self.packet(*self.socket.recvmsg(65536, 256)))
        return packets

    def packet(self, octets, controls, _, sender):
        told = {(level, kind): data for level, kind, data in controls}
        seconds, nanoseconds = struct.unpack("qq", told[socket.SOL_SOCKET, SO_TIMESTAMPNS])
        if self.family == socket.AF_INET:
            tos = told[socket.IPPROTO_IP, socket.IP_TOS][0]
        else:
            tos = struct.unpack("i", told[socket.IPPROTO_IPV6, socket.IPV6_TCLASS])[0]
        return Packet(octets, sender[1], tos >> 2, seconds * 10**9 + nanoseconds)
