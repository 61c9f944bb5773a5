/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Loss by direction, from the numbers that a stateful Session-Reflector gives its replies. Pure. */
#include "sender/loss.h"

#define SEEN_BITS 64

/* The number that a Sequence Number means: the one nearest to the highest received. */
static uint64_t extend(const struct loss *loss, uint32_t sequence)
{
	uint64_t highest = loss->next_number - 1;
	int32_t ahead = (int32_t)(sequence - (uint32_t)highest);

	return highest + (uint64_t)(int64_t)ahead;
}

static void start(struct loss *loss, uint64_t packet, uint32_t sequence)
{
	loss->started = true;
	loss->base = sequence > packet ? sequence - packet : 0;
	loss->next_number = sequence + 1ULL;
	loss->next_packet = packet + 1;
	loss->received = 1;
	loss->seen = 1;
}

/* Whether the number is received for the first time; `known` is false if that was too long ago. */
static bool mark_seen(struct loss *loss, uint64_t number, bool *known)
{
	uint64_t back = loss->next_number - 1 - number;
	uint64_t ahead = number - (loss->next_number - 1);
	bool first;

	*known = true;
	if (number >= loss->next_number) {
		loss->seen = ahead < SEEN_BITS ? loss->seen << ahead | 1 : 1;
		loss->next_number = number + 1;
		return true;
	}
	*known = back < SEEN_BITS;
	if (!*known)
		return false;
	first = !(loss->seen >> back & 1);
	loss->seen |= 1ULL << back;
	return first;
}

void loss_reply(struct loss *loss, uint64_t packet, uint32_t reflector_sequence, bool duplicate)
{
	bool first, known;

	if (!loss->started) {
		start(loss, packet, reflector_sequence);
		return;
	}
	first = mark_seen(loss, extend(loss, reflector_sequence), &known);
	if (packet >= loss->next_packet)
		loss->next_packet = packet + 1;
	loss->received += first;
	loss->forward_duplicates += first && duplicate;
	if (!duplicate && !(first && known))
		loss->inconsistent = true;
}

struct loss_by_direction loss_result(const struct loss *loss)
{
	uint64_t given = loss->next_number - loss->base;
	uint64_t arrived = given - loss->forward_duplicates;

	if (!loss->started || loss->inconsistent || given < loss->received ||
	    loss->next_packet < arrived)
		return (struct loss_by_direction){ .known = false };
	return (struct loss_by_direction){
		.known = true,
		.forward = loss->next_packet - arrived,
		.backward = given - loss->received,
	};
}
