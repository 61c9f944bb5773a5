/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which of many is due first: a binary heap. Pure. */
#include "sender/due_queue.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

int due_queue_reserve(struct due_queue *queue, size_t count)
{
	size_t room = queue->room ? queue->room : 16;
	struct due **heap;

	while (room < count)
		room *= 2;
	if (room == queue->room)
		return 0;
	heap = realloc(queue->heap, room * sizeof(struct due *));
	if (!heap)
		return -ENOMEM;
	queue->heap = heap;
	queue->room = room;
	return 0;
}

static void put(struct due_queue *queue, size_t place, struct due *due)
{
	queue->heap[place] = due;
	due->place = place;
}

static void move_up(struct due_queue *queue, struct due *due)
{
	size_t place = due->place;

	while (place && queue->heap[(place - 1) / 2]->at_ns > due->at_ns) {
		put(queue, place, queue->heap[(place - 1) / 2]);
		place = (place - 1) / 2;
	}
	put(queue, place, due);
}

static size_t earlier_child(const struct due_queue *queue, size_t place)
{
	size_t child = 2 * place + 1;

	if (child + 1 < queue->count && queue->heap[child + 1]->at_ns < queue->heap[child]->at_ns)
		child++;
	return child;
}

static void move_down(struct due_queue *queue, struct due *due)
{
	size_t place = due->place;
	size_t child = earlier_child(queue, place);

	while (child < queue->count && queue->heap[child]->at_ns < due->at_ns) {
		put(queue, place, queue->heap[child]);
		place = child;
		child = earlier_child(queue, place);
	}
	put(queue, place, due);
}

static void take_out(struct due_queue *queue, struct due *due)
{
	struct due *last = queue->heap[--queue->count];

	due->at_ns = DUE_NEVER;
	if (last == due)
		return;
	put(queue, due->place, last);
	move_up(queue, last);
	move_down(queue, last);
}

void due_queue_set(struct due_queue *queue, struct due *due, uint64_t at_ns)
{
	bool later = at_ns > due->at_ns;

	if (at_ns == due->at_ns)
		return;
	if (at_ns == DUE_NEVER) {
		take_out(queue, due);
		return;
	}
	if (due->at_ns == DUE_NEVER)
		put(queue, queue->count++, due);
	due->at_ns = at_ns;
	if (later)
		move_down(queue, due);
	else
		move_up(queue, due);
}

struct due *due_queue_first(const struct due_queue *queue)
{
	return queue->count ? queue->heap[0] : NULL;
}

void due_queue_close(struct due_queue *queue)
{
	free(queue->heap);
	*queue = (struct due_queue){ 0 };
}
