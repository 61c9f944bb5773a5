/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Loss by direction, from the counters of the Direct Measurement TLV (RFC 8972 section 4.5). Pure.
 */
#ifndef SENDER_DIRECT_LOSS_H
#define SENDER_DIRECT_LOSS_H

#include <stdbool.h>
#include <stdint.h>

#include "sender/tlv_reply.h"

/* How far a counter went, from the lowest to the highest value seen; it may wrap. */
struct counter_range {
	uint32_t lowest;
	uint32_t highest;
};

/*
 * From the first packet answered to the last one,
 *   lost forward  = packets sent - packets received there,
 *   lost backward = packets sent back - replies received here.
 * Whether a counter has the packet that carries it is the same at both ends and cancels out. All
 * zero is a new run.
 */
struct direct_loss {
	uint64_t replies; /* duplicates apart */
	struct counter_range sent, received, sent_back;
};

struct direct_loss_result {
	bool known;
	uint64_t forward;
	uint64_t backward;
};

/* The counters of the first reply to a packet. */
void direct_loss_reply(struct direct_loss *loss, const struct tlv_direct_measurement *counters);

/* Not known before the second reply, and when the reflector's counters cannot be of our packets
 * alone: then it counts none, or others as well. */
struct direct_loss_result direct_loss_result(const struct direct_loss *loss);

#endif
