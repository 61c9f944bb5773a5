/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A STAMP session as the reflector keeps it: RFC 8972 section 3 (map `session_table`). */
#ifndef STAMP_SESSION_H
#define STAMP_SESSION_H

#include "stamp/timestamp.h"

/* An IPv6 address, or an IPv4 address mapped into it (::ffff:a.b.c.d). Network order. */
struct stamp_address {
	union {
		__u8 octets[16];
		__be32 words[4];
	};
};

/* The 4-tuple and the SSID that identify a session. */
struct session_key {
	struct stamp_address sender;
	struct stamp_address reflector;
	__be16 sender_port;
	__be16 reflector_port;
	__be16 ssid; /* 0: none */
	__u16 scope; /* SESSION_KEY_*: what else tells sessions apart; 0 for most */
};

#define SESSION_KEY_AUTHENTICATED 0x8000 /* of authenticated mode */
#define SESSION_KEY_LOOPBACK 0x4000      /* on lo, where other sources are good */
#define SESSION_KEY_INTERFACE 0x3fff     /* of link-local senders: on which interface */

/* clang-format off */
#define SESSION_STATEFUL 0x01       /* replies are numbered by the reflector; otherwise echoed */
#define SESSION_PTP 0x02            /* T2 and T3 in the PTPv2 truncated format; otherwise NTP */
#define SESSION_SHORT_REQUESTS 0x04 /* 14 to 43 octets are answered with 44 */
#define SESSION_TWAMP_LIGHT 0x08    /* no SSID and no TLV is read: they are padding */
#define SESSION_SET_DSCP 0x10       /* replies have `dscp`; otherwise the request's */
#define SESSION_REFUSE_REFLECTOR_PORTS 0x20 /* no request from a port that we listen on */
#define SESSION_STRICT_ERROR_ESTIMATE 0x40  /* a Multiplier of 0 is refused */
#define SESSION_AUTHENTICATED 0x80          /* 112 octets with an HMAC: RFC 8762 section 4.4 */
#define SESSION_TLV_KEY 0x100        /* TLVs are used when an HMAC TLV verifies them, only then */
#define SESSION_TLVS_IN_STAMPD 0x200 /* the kernel answers no TLVs */
#define SESSION_HIDE_PORTS 0x400     /* Location tells zeros: RFC 8972 section 4.2.2 */
#define SESSION_HIDE_MAC 0x800
#define SESSION_HIDE_ADDRESSES 0x1000
/* clang-format on */

/* How the session's packets are answered: a provisioned session's settings. */
struct session_policy {
	__u32 flags;   /* SESSION_* */
	__u16 session; /* which provisioned session: its place in the configuration */
	__u8 dscp;     /* 0 to 63 */
	__u8 reserved;
	__u64 dscp_denied; /* a bit for each DSCP that no Class of Service TLV may ask for */
};

struct session_state {
	__u64 created_ns; /* CLOCK_MONOTONIC */
	__u64 replies;    /* sent so far; its low 32 bits number the next one if stateful */
	__u64 latest;     /* the latest reply: session_latest() */
	__u32 generation; /* of the rules that `policy` was taken from */
	__u32 source;     /* which of the limits per source is this sender's */
	struct session_policy policy;
	__u32 unanswered; /* requests that were refused since they were too many */
	__u32 has_tlvs; /* its requests had some: when each of its replies left may be asked for */
};

/* `session_counts`, which outlives stampd together with the table. */
struct session_counts {
	__u64 created; /* entries that were put into the table; what is not there was evicted */
};

_Static_assert(sizeof(struct session_key) == 40, "no hidden padding");
_Static_assert(sizeof(struct session_policy) == 16, "no hidden padding");
_Static_assert(sizeof(struct session_state) == 56, "no hidden padding");

/*
 * When a reply left (CLOCK_MONOTONIC) and the low octet of its number, in one word, so that two
 * processors that meet in one session leave no mixture of both. The time is short of its highest
 * octet, which session_idle_ns() does without.
 */
STAMP_INLINE __u64 session_latest(__u64 sent_ns, __u32 sequence)
{
	return sent_ns << 8 | (sequence & 0xff);
}

/* Whether this reply is later than the latest one that is noted; they are numbered almost in order.
 */
STAMP_INLINE int session_is_later(__u64 latest, __u32 sequence)
{
	return (__s8)((__u8)sequence - (__u8)latest) > 0;
}

/* Nanoseconds from then until `now_ns`; negative when it was later. */
STAMP_INLINE __s64 session_idle_ns(__u64 latest, __u64 now_ns)
{
	return (__s64)((now_ns << 8) - (latest & ~0xffULL)) >> 8;
}

/* When the reply before number `sequence` left; 0: the latest whose time is known is another. */
STAMP_INLINE __u64 session_previous_ns(__u64 latest, __u32 sequence, __u64 now_ns)
{
	if (!sequence || ((sequence - 1) & 0xff) != (latest & 0xff))
		return 0;
	return now_ns - (__u64)session_idle_ns(latest, now_ns);
}

/* An IPv4 address (network order) mapped into IPv6. */
STAMP_INLINE struct stamp_address stamp_address_ip4(__be32 ip4)
{
	return (struct stamp_address){ .words = { 0, 0, bpf_htonl(0xffff), ip4 } };
}

/* Whether it is an IPv4 address mapped into IPv6. */
STAMP_INLINE int stamp_address_is_ip4(const struct stamp_address *address)
{
	return !address->words[0] && !address->words[1] && address->words[2] == bpf_htonl(0xffff);
}

#endif
