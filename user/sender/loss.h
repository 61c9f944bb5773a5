/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Loss by direction, from the numbers that a stateful Session-Reflector gives its replies. Pure. */
#ifndef SENDER_LOSS_H
#define SENDER_LOSS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A stateful reflector numbers each packet that reaches it, from 0 in a new session (RFC 8762
 * section 4.3.1). So up to the last packet known to have arrived,
 *   lost forward  = packets sent - numbers given,
 *   lost backward = numbers given - numbers received;
 * what is lost behind it has no direction. A reflector that was counting before this run gives
 * its first reply a number above ours: then it is taken that nothing was lost forward before it.
 * All zero is a new run.
 */
struct loss {
	bool started;
	bool inconsistent;           /* a number came twice, or went back by 64 or more */
	uint64_t base;               /* the number that the first packet had, or would have had */
	uint64_t next_number;        /* one more than the highest received */
	uint64_t next_packet;        /* one more than the highest of our packets answered */
	uint64_t received;           /* different numbers */
	uint64_t forward_duplicates; /* numbers given to copies of a packet made on the way there */
	uint64_t seen;               /* bit n: number `next_number - 1 - n` was received */
};

struct loss_by_direction {
	bool known;
	uint64_t forward;
	uint64_t backward;
};

/* A reply to our packet number `packet`; `duplicate` if it was answered before. */
void loss_reply(struct loss *loss, uint64_t packet, uint32_t reflector_sequence, bool duplicate);

/* Not known before the first reply, and when the numbers contradict each other. */
struct loss_by_direction loss_result(const struct loss *loss);

#endif
