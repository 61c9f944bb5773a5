# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A Session-Reflector in authenticated mode, written from RFC 8762 sections 4.3.2 and 4.4 alone."""
import hmac
import socket
import struct
import threading
import time

AUTH_SIZE = 112
COVERED = 96
NTP_UNIX_OFFSET = 2208988800
ESTIMATE, Z = 0x3FFF, 0x4000  # of a clock that nobody sets; Z: PTP
REQUEST = struct.Struct(">I12s8sHH68s16s")
REPLY = struct.Struct(">I12x8sHH4x8s8xI12x8sH6xB15x")

IP_RECVTTL = 12  # of linux/in.h; Python has no name for it
OPTIONS = {
    socket.AF_INET: [((socket.IPPROTO_IP, IP_RECVTTL), 1),
                     ((socket.IPPROTO_IP, socket.IP_TTL), 255)],
    socket.AF_INET6: [((socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT), 1),
                      ((socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS), 255)],
}


def mac(key, octets):
    return hmac.digest(key, octets[:COVERED], "sha256")[:16]


def now(ptp):
    seconds, nanoseconds = divmod(time.time_ns(), 10**9)
    if ptp:
        return struct.pack(">II", seconds, nanoseconds)
    return struct.pack(">II", (seconds + NTP_UNIX_OFFSET) % 2**32, (nanoseconds << 32) // 10**9)


class AuthReflector:
    """Answers in a thread of its own; `requests` are those whose HMAC is right."""

    def __init__(self, namespace, family, key, reply_key=None, stateful=False, ptp=False,
                 verifies=True, spoil=lambda reply: [reply]):
        self.key, self.reply_key = key, reply_key or key
        self.stateful, self.ptp, self.verifies = stateful, ptp, verifies
        self.spoil = spoil  # what is sent for a reply: a list of datagrams
        self.requests, self.refused = [], 0
        self.socket = namespace.socket(family)
        self.socket.settimeout(0.1)
        for option, value in OPTIONS[family]:
            self.socket.setsockopt(*option, value)
        self.bind()
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def bind(self):
        self.socket.bind(("", 862))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()
        self.socket.close()

    def serve(self):
        while not self.stopping.is_set():
            try:
                request, controls, _, sender = self.socket.recvmsg(9000, 64)
            except TimeoutError:
                continue
            received = now(self.ptp)
            ttl = struct.unpack("i", controls[0][2][:4])[0]
            for datagram in self.answer(request, ttl, received):
                self.socket.sendto(datagram, sender)

    def answer(self, request, ttl, received):
        right = len(request) >= AUTH_SIZE and mac(self.key, request) == request[COVERED:AUTH_SIZE]
        if self.verifies and not right:
            self.refused += 1
            return []
        sequence, _, sent, error, ssid, _, _ = REQUEST.unpack(request[:AUTH_SIZE])
        number = len(self.requests) if self.stateful else sequence
        self.requests.append(request)
        covered = REPLY.pack(number, now(self.ptp), ESTIMATE | (Z if self.ptp else 0), ssid,
                             received, sequence, sent, error, ttl)
        reply = covered + mac(self.reply_key, covered) + request[AUTH_SIZE:]
        return self.spoil(reply)
