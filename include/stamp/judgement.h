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

/* How far the slow path has come with a request. */
enum judgement_stage {
	JUDGE_ADMISSION, /* may it be answered? One that needs more is not numbered: AUTHENTICATED
			    or EXTENDED */
	JUDGE_NUMBER,    /* it was admitted, and is to be numbered */
	JUDGE_NUMBER_AUTHENTICATED, /* the same, and its HMAC is right */
	JUDGE_SENT,                 /* its reply has left: `sent` */
	JUDGE_SENT_AUTHENTICATED,   /* the same, of one whose HMAC was right */
};

struct judgement_sent {
	__u64 sent_ns;  /* CLOCK_MONOTONIC */
	__u32 sequence; /* as it was numbered */
	__u32 reserved;
};

struct judgement_result {
	__u32 outcome;  /* one with XDP_TX: answer it; AUTHENTICATED or EXTENDED: ask again when its
			   HMAC was verified, its TLVs looked at; otherwise the reason not to answer
			 */
	__u32 sequence; /* of the reply, the session's count */
	__u32 received; /* the session's requests, with this one */
	__u32 has_tlvs; /* when the reply leaves is to be told: JUDGE_SENT */
	__u64 previous_ns; /* CLOCK_MONOTONIC, when the reply before left; 0: not known */
	struct session_policy policy;
};

struct judgement {
	struct session_key key; /* the SSID as the unauthenticated mode has it; no scope */
	__u32 payload_length;   /* octets */
	__be16 auth_ssid;       /* the SSID as the authenticated mode has it */
	__u16 stage;            /* enum judgement_stage */
	union {
		/* in: the first 44 octets, zeros behind shorter ones; of one whose HMAC is right
		 * stamp_auth_fields() */
		__u8 octets[STAMP_BASE_SIZE];
		struct judgement_sent sent; /* in, with JUDGE_SENT */
		/* out */
		struct judgement_result result;
	};
};

_Static_assert(sizeof(struct judgement) == 96, "no hidden padding");

#endif
