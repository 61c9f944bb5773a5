/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Loss bursts: runs of packets sent one after the other that were all lost. Pure. */
#include "sender/loss_bursts.h"

void loss_bursts_add(struct loss_bursts *bursts, uint64_t number)
{
	if (!bursts->count || number != bursts->next) {
		bursts->count++;
		bursts->length = 0;
	}
	bursts->lost++;
	bursts->length++;
	bursts->next = number + 1;
	if (bursts->length > bursts->longest)
		bursts->longest = bursts->length;
}
