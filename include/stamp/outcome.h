/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Every way a packet can leave the reflector: its name, the XDP action, the operator's text. */
#ifndef STAMP_OUTCOME_H
#define STAMP_OUTCOME_H

#include <linux/bpf.h>

#include "stamp/timestamp.h"

/* Appended to, never reordered: counters outlive the program that wrote them. */
/* clang-format off */
#define STAMP_OUTCOMES(X)                                                                          \
	X(REFLECTED,         XDP_TX,   "reflected in the kernel")                                  \
	X(OTHER_TRAFFIC,     XDP_PASS, "not for a port of this reflector")                         \
	X(FRAGMENT,          XDP_PASS, "an IP fragment of whatever: left to the kernel" )          \
	X(IP_OPTIONS,        XDP_PASS, "UDP behind IPv4 options: left to the kernel")                         \
	X(EXTENSION_HEADERS, XDP_PASS, "IPv6 extension headers: left to the kernel")               \
	X(UNEVEN_LENGTHS,    XDP_PASS, "frame, IP and UDP lengths disagree: judged by the kernel") \
	X(NOT_OURS,          XDP_PASS, "for another host: MAC or IP address is not ours")          \
	X(NOT_READY,         XDP_PASS, "the clock is not set yet: left to the socket")             \
	X(UNCLEAR_CHECKSUM,  XDP_PASS, "finished checksum? (generic mode): left to the socket")        \
	X(NO_ROOM_TO_GROW,   XDP_PASS, "a short request in a frame too tight: left to the socket") \
	X(CORRUPT_IP,        XDP_DROP, "the IPv4 header checksum is wrong")                        \
	X(CORRUPT_UDP,       XDP_DROP, "the UDP checksum is wrong")                                \
	X(NO_CHECKSUM,       XDP_DROP, "no UDP checksum, which IPv6 requires")                     \
	X(TOO_SHORT,         XDP_DROP, "fewer octets than a STAMP test packet has")                \
	X(BAD_SOURCE,        XDP_DROP, "a source that no reply may be sent to"        )            \
	X(LOOP,              XDP_DROP, "a reflector's reply, not a request")                       \
	X(UNKNOWN_SENDER,    XDP_DROP, "no provisioned session allows this sender")                \
	X(TABLE_FULL,        XDP_DROP, "no room for a stateful session")
/* clang-format on */

#define X(name, action, text) OUTCOME_##name,
enum stamp_outcome {
	OUTCOME_CONTINUE, /* the next step decides */
	STAMP_OUTCOMES(X) OUTCOME_MAX
};
#undef X

/* `outcome_counts`, one per interface: received is the sum of the outcomes, at rest. */
struct outcome_counts {
	__u64 received;
	__u64 by_outcome[OUTCOME_MAX];
};

/* A bit for each outcome that has this action; a constant where the action is one. */
STAMP_INLINE __u64 stamp_outcomes_of(enum xdp_action wanted)
{
#define X(name, action, text) | ((action) == wanted ? 1ULL << OUTCOME_##name : 0)
	return 0 STAMP_OUTCOMES(X);
#undef X
}

_Static_assert(OUTCOME_MAX <= 64, "stamp_outcomes_of() has a bit for each");

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
