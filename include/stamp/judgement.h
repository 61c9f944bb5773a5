/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the socket tier asks the kernel side about a request that XDP passed on: the program
 * `stamp_judge` runs the same steps on the same maps, so that no rule is judged twice and each
 * session keeps one numberer.
 */
#ifndef STAMP_JUDGEMENT_H
#define STAMP_JUDGEMENT_H

#include "stamp/session.h"

#define JUDGEMENTS_MAX 16 /* in one run of the program: they fit its page on every kernel */

struct judgement {
	/* in */
	struct session_key key;       /* without the SSID, which is read from the packet */
	__u32 payload_length;         /* octets */
	__u32 verified;               /* 1: its HMAC is right, number it */
	__u8 octets[STAMP_AUTH_SIZE]; /* the first 112 of it, zeros behind shorter ones */
	/* out */
	__u32 outcome;  /* one with XDP_TX: answer it; AUTHENTICATED: ask again when its HMAC has
			   been  verified; otherwise the reason not to answer */
	__u32 sequence; /* of the reply */
	struct session_policy policy;
};

_Static_assert(sizeof(struct judgement) == 176, "no hidden padding");

#endif
