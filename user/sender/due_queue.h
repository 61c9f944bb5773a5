/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which of many is due first: a binary heap. Pure. */
#ifndef SENDER_DUE_QUEUE_H
#define SENDER_DUE_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#define DUE_NEVER UINT64_MAX

/* Part of what is due at some time; starts as { .at_ns = DUE_NEVER }. Only the queue changes it. */
struct due {
	uint64_t at_ns; /* DUE_NEVER: not in the queue */
	size_t place;
};

/* All zero is empty. */
struct due_queue {
	struct due **heap;
	size_t count;
	size_t room;
};

/* Makes room for `count` at once. 0 or -ENOMEM. */
int due_queue_reserve(struct due_queue *queue, size_t count);

/* `due` is due at `at_ns` now, or never; there is room for it. It must live until it is due never.
 */
void due_queue_set(struct due_queue *queue, struct due *due, uint64_t at_ns);

/* The first one; NULL if nothing is ever due. */
struct due *due_queue_first(const struct due_queue *queue);

/* Frees the room. */
void due_queue_close(struct due_queue *queue);

#endif
