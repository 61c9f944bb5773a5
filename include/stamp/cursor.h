/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The only bounds check of a frame: everything else asks it for octets. */
#ifndef STAMP_CURSOR_H
#define STAMP_CURSOR_H

#include "stamp/timestamp.h"

struct cursor {
	void *pos;
	void *end;
};

/* The next `size` octets, or NULL when there are fewer before the end (in the kernel, of the linear
 * part of the frame). */
STAMP_INLINE void *cursor_take(struct cursor *cur, __u32 size)
{
	void *start = cur->pos;

	/* With char pointers clang 14 makes of it what the verifier cannot follow. */
	/* cppcheck-suppress arithOperationsOnVoidPointer */
	if (start + size > cur->end)
		return 0;
#ifdef __bpf__
	__builtin_assume(start != 0); /* or the callers' tests for NULL are made at run time */
#endif
	/* cppcheck-suppress arithOperationsOnVoidPointer */
	cur->pos = start + size;
	return start;
}

#endif
