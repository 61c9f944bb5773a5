/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Loss bursts: runs of packets sent one after the other that were all lost. Pure. */
#ifndef SENDER_LOSS_BURSTS_H
#define SENDER_LOSS_BURSTS_H

#include <stdint.h>

/* A single lost packet is a burst of 1. All zero is a new run. */
struct loss_bursts {
	uint64_t count;
	uint64_t longest; /* packets */
	uint64_t lost;    /* packets in all bursts; the mean length is lost / count */
	uint64_t length;  /* of the latest burst */
	uint64_t next;    /* the number of the packet that would lengthen it */
};

/* Packet `number` was lost. To be called in order of number. */
void loss_bursts_add(struct loss_bursts *bursts, uint64_t number);

#endif
