# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A Session-Reflector with TLVs, written from RFC 8972 section 4, RFC 9503 and RFC 9534 alone."""
import hmac
import ipaddress
import socket
import struct

from auth_reflector import AUTH_SIZE, COVERED, ESTIMATE, REPLY, REQUEST, AuthReflector, mac, now
from stamp import BASE_SIZE, REFLECTOR

UNRECOGNIZED, MALFORMED, INTEGRITY = 0x80, 0x40, 0x20
(PADDING, LOCATION, TIMESTAMP_INFO, COS, DIRECT, ACCESS, FOLLOW_UP, HMAC, DESTINATION,
 MICRO) = 1, 2, 3, 4, 5, 6, 7, 8, 9, 11
MAC = bytes.fromhex("020000000001")
REFLECTOR_LINK = 33

IP_PKTINFO, IP_RECVTOS = 8, 13  # of linux/in.h
TELLING = {
    socket.AF_INET: [(socket.IPPROTO_IP, IP_RECVTOS), (socket.IPPROTO_IP, IP_PKTINFO)],
    socket.AF_INET6: [(socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS),
                      (socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO)],
}
CLASS = {socket.AF_INET: (socket.IPPROTO_IP, socket.IP_TOS),
         socket.AF_INET6: (socket.IPPROTO_IPV6, socket.IPV6_TCLASS)}


def split(octets):
    """TLVs or sub-TLVs as lists of flags, type and value."""
    found = []
    while octets:
        flags, kind, length = struct.unpack(">BBH", octets[:4])
        assert len(octets) >= 4 + length, "a TLV runs past the end"
        found.append([flags, kind, octets[4:4 + length]])
        octets = octets[4 + length:]
    return found


def join(tlvs):
    return b"".join(struct.pack(">BBH", flags, kind, len(value)) + value
                    for flags, kind, value in tlvs)


def tlv_mac(key, packet, before):
    """R8972-4.8-8: over the Sequence Number and the TLVs before the HMAC TLV."""
    return hmac.digest(key, packet[:4] + before, "sha256")[:16]


class TlvReflector(AuthReflector):
    """Answers each TLV by the RFC; `key` None is unauthenticated mode. `values` and `flags` take
    the place of what it would say, by type; `edit` gets the TLVs of the reply before they are
    signed; `spoil` gets the datagram; `drops` says which requests and replies are lost."""

    def __init__(self, namespace, family, key=None, tlv_key=None, tlv_reply_key=None, values=None, flags=None,
                 edit=lambda tlvs: tlvs, unknown=(), refuses_dscp=False,
                 drops=lambda number: None, source=None, **how):
        super().__init__(namespace, family, key, **how)
        self.family, self.tlv_key = family, tlv_key
        self.tlv_reply_key = tlv_reply_key or tlv_key
        self.values, self.flags, self.edit, self.unknown = values or {}, flags or {}, edit, unknown
        self.refuses_dscp, self.drops = refuses_dscp, drops
        self.received, self.sent_back, self.arrived = 0, 0, []
        self.last_sent = None  # sequence and time of the reply before, for Follow-Up Telemetry
        self.answers_from = None
        for level, option in TELLING[family]:
            self.socket.setsockopt(level, option, 1)
        if source:
            self.answers_from = namespace.socket(family)
            self.answers_from.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            self.answers_from.bind((source, 862))

    def bind(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        super().bind()

    def serve(self):
        while not self.stopping.is_set():
            try:
                request, controls, _, sender = self.socket.recvmsg(66000, 256)
            except TimeoutError:
                continue
            received = now(self.ptp)
            self.arrived.append(request)
            self.take(request, self.read_controls(controls), sender, received)

    def __exit__(self, *what):
        super().__exit__(*what)
        if self.answers_from:
            self.answers_from.close()

    def read_controls(self, controls):
        told = {(level, kind): data for level, kind, data in controls}
        if self.family == socket.AF_INET:
            return {"ttl": struct.unpack("i", told[socket.IPPROTO_IP, socket.IP_TTL])[0],
                    "tos": told[socket.IPPROTO_IP, socket.IP_TOS][0],
                    "to": told[socket.IPPROTO_IP, IP_PKTINFO][8:12]}
        return {"ttl": struct.unpack("i", told[socket.IPPROTO_IPV6, socket.IPV6_HOPLIMIT])[0],
                "tos": struct.unpack("i", told[socket.IPPROTO_IPV6, socket.IPV6_TCLASS])[0],
                "to": told[socket.IPPROTO_IPV6, socket.IPV6_PKTINFO][:16]}

    def take(self, request, seen, sender, received):
        lost = self.drops(len(self.arrived) - 1)
        if lost == "forward":
            return
        base = AUTH_SIZE if self.key else BASE_SIZE
        if self.key:
            assert mac(self.key, request) == request[COVERED:AUTH_SIZE]
        self.requests.append(request)
        self.received += 1
        seen.update(sender=sender, tos_back=seen["tos"])
        reply = self.base_reply(request, seen["ttl"], received)
        tlvs = self.reflect(split(request[base:]), request, seen, reply)
        self.sent_back += 1
        self.last_sent = (struct.unpack(">I", reply[:4])[0], now(self.ptp))
        if lost == "backward":
            return
        self.socket.setsockopt(*CLASS[self.family], seen["tos_back"])
        for datagram in self.spoil(reply + tlvs):
            (self.answers_from or self.socket).sendto(datagram, sender)

    def base_reply(self, request, ttl, received):
        number = len(self.requests) - 1 if self.stateful else struct.unpack(">I", request[:4])[0]
        if self.key:
            sequence, _, sent, error, ssid, _, _ = REQUEST.unpack(request[:AUTH_SIZE])
            covered = REPLY.pack(number, now(self.ptp), ESTIMATE, ssid, received, sequence, sent,
                                 error, ttl)
            return covered + mac(self.key, covered)
        sequence, sent, error, ssid = struct.unpack(">I8sHH", request[:16])
        return REFLECTOR.pack(number, now(self.ptp), ESTIMATE, ssid, received, sequence, sent,
                              error, bytes(2), ttl, bytes(3))

    def is_right(self, tlvs, request):
        place = [kind for _, kind, _ in tlvs].index(HMAC)
        return tlvs[place][2] == tlv_mac(self.tlv_key, request, join(tlvs[:place])) and \
            all(kind == PADDING for _, kind, _ in tlvs[place + 1:])

    def reflect(self, tlvs, request, seen, reply):
        if self.tlv_key and not self.is_right(tlvs, request):
            return join([flags | INTEGRITY, kind, value] for flags, kind, value in tlvs)
        answers = []
        for _, kind, value in tlvs:
            known = kind not in self.unknown
            flags = 0 if known else UNRECOGNIZED
            if known:
                value = self.values.get(kind) or self.value_of(kind, value, seen)
            answers.append([self.flags.get(kind, flags), kind, value])
        answers = self.edit(answers)
        for place, answer in enumerate(answers):
            if answer[1] == HMAC and self.tlv_key:
                answer[2] = tlv_mac(self.tlv_reply_key, reply, join(answers[:place]))
        return join(answers)

    def value_of(self, kind, value, seen):
        if kind == LOCATION:
            return struct.pack(">HH", 862, seen["sender"][1]) + \
                join(self.locate(sub, seen) for _, sub, _ in split(value[4:]))
        if kind == TIMESTAMP_INFO:
            return bytes([1, 2, 5, 3])
        if kind == COS:
            wanted, came = value[0] >> 2, seen["tos"] >> 2
            seen["tos_back"] = (came if self.refuses_dscp else wanted) << 2
            return struct.pack(">I", wanted << 26 | came << 20 | (seen["tos"] & 3) << 18 |
                               self.refuses_dscp << 16)
        if kind == DIRECT:
            return value[:4] + struct.pack(">II", self.received, self.sent_back)
        if kind == FOLLOW_UP:
            if not (self.stateful and self.last_sent):
                return bytes(16)
            return struct.pack(">I8sB3x", *self.last_sent, 2)
        if kind == MICRO:
            return value[:2] + struct.pack(">H", REFLECTOR_LINK)
        return value

    def locate(self, kind, seen):
        if kind == 1:
            return [0, 2, MAC + bytes(2)]
        address = seen["to"] if kind == 4 else ipaddress.ip_address(seen["sender"][0]).packed
        return [0, kind + (1 if len(address) == 4 else 2), address.ljust(16, b"\0")]
