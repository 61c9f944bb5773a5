/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "sender/direct_loss.h"

static void extend(struct counter_range *range, uint32_t value)
{
	if ((int32_t)(value - range->lowest) < 0)
		range->lowest = value;
	if ((int32_t)(value - range->highest) > 0)
		range->highest = value;
}

static uint32_t length(const struct counter_range *range)
{
	return range->highest - range->lowest;
}

/* Each counter has its own lowest and highest value, since packets overtake each other. */
void direct_loss_reply(struct direct_loss *loss, const struct tlv_direct_measurement *counters)
{
	if (loss->replies++ == 0) {
		loss->sent = (struct counter_range){ counters->sender_sent, counters->sender_sent };
		loss->received = (struct counter_range){ counters->reflector_received,
							 counters->reflector_received };
		loss->sent_back = (struct counter_range){ counters->reflector_sent,
							  counters->reflector_sent };
		return;
	}
	extend(&loss->sent, counters->sender_sent);
	extend(&loss->received, counters->reflector_received);
	extend(&loss->sent_back, counters->reflector_sent);
}

struct direct_loss_result direct_loss_result(const struct direct_loss *loss)
{
	uint32_t sent = length(&loss->sent);
	uint32_t received = length(&loss->received);
	uint32_t sent_back = length(&loss->sent_back);
	uint64_t answers = loss->replies - 1;

	if (loss->replies < 2 || received > sent || sent_back > received || answers > sent_back)
		return (struct direct_loss_result){ .known = false };
	return (struct direct_loss_result){
		.known = true,
		.forward = sent - received,
		.backward = sent_back - answers,
	};
}
