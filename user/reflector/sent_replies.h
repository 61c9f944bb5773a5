/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* When the latest replies left that stampd sent, for the Follow-Up Telemetry TLV of the next reply
 * of their session (RFC 8972 section 4.7). In memory only. */
#ifndef REFLECTOR_SENT_REPLIES_H
#define REFLECTOR_SENT_REPLIES_H

#include "stamp/session.h"

struct sent_replies;

/* 0 or -ENOMEM. */
int sent_replies_open(struct sent_replies **out);

/* A reply of this session (`scope` tells its interface) with this number of the session's own left
 * at `sent_ns` (CLOCK_MONOTONIC). Of two sessions that share a place the earlier one is forgotten.
 * Any thread may call it. */
void sent_replies_note(struct sent_replies *replies, const struct session_key *session,
		       __u32 sequence, __u64 sent_ns);

/* When the reply before number `sequence` left; 0: not known. Any thread may ask. */
__u64 sent_replies_previous(struct sent_replies *replies, const struct session_key *session,
			    __u32 sequence);

/* Takes NULL. */
void sent_replies_close(struct sent_replies *replies);

#endif
