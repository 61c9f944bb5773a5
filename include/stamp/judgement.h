/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the slow path asks the kernel side about a request: the program
 * `stamp_judge` runs the same steps on the same maps, so that no rule is judged twice and each
 * session keeps one numberer.
 */
#ifndef STAMP_JUDGEMENT_H
#define STAMP_JUDGEMENT_H

#include "stamp/session.h"

#define JUDGEMENTS_MAX 32 /* in one run of the program: they fit its page on every kernel */

struct judgement {
	/* in */
	struct session_key key; /* the SSID as the unauthenticated mode has it; no scope */
	__u32 payload_length;   /* octets */
	__be16 auth_ssid;       /* the SSID as the authenticated mode has it */
	__u16 verified;         /* 1: its HMAC is right, number it */
	/* The first 44 octets, zeros behind shorter ones; of a verified one stamp_auth_fields(). */
	__u8 octets[STAMP_BASE_SIZE];
	/* out */
	__u32 outcome;  /* one with XDP_TX: answer it; AUTHENTICATED: ask again when its HMAC has
			   been  verified; otherwise the reason not to answer */
	__u32 sequence; /* of the reply */
	struct session_policy policy;
};

_Static_assert(sizeof(struct judgement) == 108, "no hidden padding");

#endif
