/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a Follow-Up Telemetry TLV adds to an earlier reply: how much later than its T3 that really
 * left (RFC 8972 section 4.7). Pure. */
#ifndef SENDER_FOLLOW_UP_H
#define SENDER_FOLLOW_UP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOLLOW_UP_RECENT 64 /* replies that are remembered */

/* T3 of the latest replies, by the reflector's Sequence Number. All zero remembers none. */
struct follow_up {
	struct {
		bool valid;
		uint32_t sequence;
		uint64_t sent_ns;
	} recent[FOLLOW_UP_RECENT];
};

/* A reply with this Sequence Number and T3 (UTC) came. */
void follow_up_note(struct follow_up *follow_up, uint32_t sequence, uint64_t sent_ns);

/* How long after its T3 that reply left, if it left at `left_ns` (UTC); false if it is not
 * remembered. Negative if `left_ns` is earlier. */
bool follow_up_delay(const struct follow_up *follow_up, uint32_t sequence, uint64_t left_ns,
		     int64_t *delay_ns);

#endif
