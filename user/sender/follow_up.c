/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "sender/follow_up.h"

void follow_up_note(struct follow_up *follow_up, uint32_t sequence, uint64_t sent_ns)
{
	follow_up->recent[sequence % FOLLOW_UP_RECENT].valid = true;
	follow_up->recent[sequence % FOLLOW_UP_RECENT].sequence = sequence;
	follow_up->recent[sequence % FOLLOW_UP_RECENT].sent_ns = sent_ns;
}

bool follow_up_delay(const struct follow_up *follow_up, uint32_t sequence, uint64_t left_ns,
		     int64_t *delay_ns)
{
	size_t place = sequence % FOLLOW_UP_RECENT;

	if (!follow_up->recent[place].valid || follow_up->recent[place].sequence != sequence)
		return false;
	*delay_ns = (int64_t)(left_ns - follow_up->recent[place].sent_ns);
	return true;
}
