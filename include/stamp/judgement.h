/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the socket tier asks the kernel side about a request that XDP passed on: the program
 * `stamp_judge` runs the same steps on the same maps, so that no rule is judged twice and each
 * session keeps one numberer.
 */
#ifndef STAMP_JUDGEMENT_H
#define STAMP_JUDGEMENT_H

#include "stamp/session.h"

struct judgement {
	/* in */
	struct session_key key;            /* without the SSID, which is read from the packet */
	__u32 payload_length;              /* octets */
	struct stamp_sender_packet packet; /* the first 44 octets, zeros behind shorter ones */
	/* out */
	__u32 outcome;  /* one with XDP_TX: answer it; otherwise the reason not to */
	__u32 sequence; /* of the reply */
	struct session_policy policy;
};

_Static_assert(sizeof(struct judgement) == 104, "no hidden padding");

#endif
