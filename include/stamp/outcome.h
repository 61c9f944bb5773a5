/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Every way a packet can leave the reflector: its name, the XDP action, the operator's text. */
#ifndef STAMP_OUTCOME_H
#define STAMP_OUTCOME_H

#include <linux/bpf.h>

#include "stamp/histogram.h"

/*
 * Appended to, never reordered: counters outlive the program that wrote them. The hint says what
 * an operator can do about a count that should not grow; "" when there is nothing to do.
 */
/* clang-format off */
#define STAMP_OUTCOMES(X)                                                                          \
	X(REFLECTED,         XDP_TX,   "a request, answered", "")                                  \
	X(OTHER_TRAFFIC,     XDP_PASS, "not for a port of this reflector", "")                     \
	X(FRAGMENT,          XDP_PASS, "an IP fragment of whatever: left to the kernel", "")       \
	X(IP_OPTIONS,        XDP_PASS, "UDP behind IPv4 options: left to the kernel", "")          \
	X(EXTENSION_HEADERS, XDP_PASS, "IPv6 extension headers: left to the kernel", "")           \
	X(UNEVEN_LENGTHS,    XDP_PASS, "frame, IP and UDP lengths disagree: judged by the kernel", \
	  "look for what cuts packets on the way, an MTU or a broken sender")                      \
	X(NOT_OURS,          XDP_PASS, "for another host: MAC or IP address is not ours",          \
	  "expected on a router or bridge; else check the sender's target address")                \
	X(NOT_READY,         XDP_PASS, "the clock is not set yet: left to the socket",             \
	  "start stampd: it sets the clock within a second")                                       \
	X(UNCLEAR_CHECKSUM,  XDP_PASS, "finished checksum? (generic mode): left to the socket",    \
	  "one packet in 65,536 looks so; more are made to")                                       \
	X(NO_ROOM_TO_GROW,   XDP_PASS, "a short request in a frame too tight: left to the socket", \
	  "the driver leaves no room behind frames: let the sender send 44 octets or more")        \
	X(CORRUPT_IP,        XDP_DROP, "the IPv4 header checksum is wrong",                        \
	  "a link, NIC or middlebox on the way damages packets")                                   \
	X(CORRUPT_UDP,       XDP_DROP, "the UDP checksum is wrong",                                \
	  "a link, NIC or middlebox on the way damages packets")                                   \
	X(NO_CHECKSUM,       XDP_DROP, "no UDP checksum, which IPv6 requires",                     \
	  "switch UDP checksums on at the sender (RFC 8200 section 8.1)")                          \
	X(TOO_SHORT,         XDP_DROP, "fewer octets than a STAMP test packet has",                \
	  "a TWAMP Light sender: allow it by short-requests, or tlvs: false")                      \
	X(BAD_SOURCE,        XDP_DROP, "a source that no reply may be sent to",                    \
	  "multicast, loopback or own addresses are forged: filter them at the edge")              \
	X(LOOP,              XDP_DROP, "a reflector's reply, not a request",                       \
	  "the source is a reflector, or forged to be one: the loop was broken here")              \
	X(UNKNOWN_SENDER,    XDP_DROP, "no provisioned session allows this sender",                \
	  "add its address to a session's sender-ip, if it may measure")                           \
	X(TABLE_FULL,        XDP_DROP, "no room for a stateful session",                           \
	  "raise max-sessions")                                                                    \
	X(UNKNOWN_SESSION,   XDP_DROP, "an allowed sender, but not with this SSID, port or address", \
	  "compare ssid, sender-udp-port, reflector-udp-port and reflector-ip of its session")     \
	X(REFLECTOR_PORT,    XDP_DROP, "from a reflector's port, which the session refuses",       \
	  "let the sender use another source port, or set allow-reflector-port-source")            \
	X(RATE_LIMITED,      XDP_DROP, "its source sends faster than rate-limit",                  \
	  "raise rate-limit if the source is honest; a forged one gets a quarter so")                \
	X(NEW_SESSIONS,      XDP_DROP, "too many new stateful sessions at once",                   \
	  "raise new-sessions-per-second if the senders are honest")                               \
	X(ZERO_MULTIPLIER,   XDP_TX,   "reflected, though its Error Estimate has Multiplier 0",    \
	  "the sender breaks RFC 4656 section 4.1.2: mend it, its claims mean nothing")            \
	X(BAD_ESTIMATE,      XDP_DROP, "an Error Estimate with Multiplier 0",                      \
	  "mend the sender, or set strict-error-estimate: false")                                  \
	X(SEND_FAILED,       XDP_DROP, "a reply that stampd could not make or send",           \
	  "see the log of stampd, which names the first one")                                      \
	X(AUTHENTICATED,     XDP_PASS, "of an authenticated session: left to the UDP socket", "")      \
	X(BAD_HMAC,          XDP_DROP, "no key of the session verifies the HMAC",                  \
	  "compare the key files of both ends; forged packets look the same")                      \
	X(SLOW_PATH_DOWN,    XDP_DROP, "it needs stampd, which does not run",                      \
	  "start stampd; until then only the kernel answers")                                      \
	X(SLOW_PATH,         XDP_REDIRECT, "handed to stampd over AF_XDP", "")                     \
	X(RING_FULL,         XDP_DROP, "handed to stampd, which took others too slowly",           \
	  "raise af-xdp ring-size and umem, or spread the load over more queues")                  \
	X(REPLAYED,          XDP_DROP, "its number has been there, or is older than replay-window", \
	  "recorded packets come again, or a sender began anew with the same port and SSID")       \
	X(EXTENDED,          XDP_PASS, "its TLVs need stampd: left to the UDP socket", "")         \
	X(WRONG_MEMBER,      XDP_DROP, "its Micro-session ID is another link's",                   \
	  "compare micro-session-id of the interfaces with what the sender has for this link")
/* clang-format on */

#define X(name, action, text, hint) OUTCOME_##name,
enum stamp_outcome {
	OUTCOME_CONTINUE, /* the next step decides */
	STAMP_OUTCOMES(X) OUTCOME_MAX
};
#undef X

#define OUTCOME_ROOM                                                                               \
	64 /* counters there are, so that a new outcome costs nobody the old counts                \
	    */

/* What became of the packets of one interface that came one way: received is the sum of the
 * outcomes, at rest. The XDP program's are the map `outcome_counts`. */
struct outcome_counts {
	__u64 received;
	__u64 by_outcome[OUTCOME_ROOM];
	struct histogram residence; /* T3 - T2 of the replies */
};

/* A bit for each outcome that has this action; a constant where the action is one. */
STAMP_INLINE __u64 stamp_outcomes_of(enum xdp_action wanted)
{
#define X(name, action, text, hint) | ((action) == wanted ? 1ULL << OUTCOME_##name : 0)
	return 0 STAMP_OUTCOMES(X);
#undef X
}

_Static_assert(sizeof(struct outcome_counts) == (1 + OUTCOME_ROOM + HISTOGRAM_BUCKETS) * 8,
	       "nothing but counts");
_Static_assert(OUTCOME_MAX <= OUTCOME_ROOM, "stamp_outcomes_of() has a bit for each");

/* The XDP action of an outcome; what is none passes. Most packets of a host do, so that is first.
 */
STAMP_INLINE enum xdp_action stamp_outcome_action(enum stamp_outcome outcome)
{
	__u64 bit = 1ULL << outcome;

	if (bit & stamp_outcomes_of(XDP_PASS))
		return XDP_PASS;
	if (bit & stamp_outcomes_of(XDP_TX))
		return XDP_TX;
	if (bit & stamp_outcomes_of(XDP_REDIRECT))
		return XDP_REDIRECT;
	return bit & stamp_outcomes_of(XDP_DROP) ? XDP_DROP : XDP_PASS;
}

#endif
