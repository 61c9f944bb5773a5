/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The only bounds check: everything else asks it for octets. */
#ifndef CURSOR_BPF_H
#define CURSOR_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct cursor {
	void *pos;
	void *end;
};

static __always_inline struct cursor cursor_at_frame(const struct xdp_md *ctx)
{
	return (struct cursor){ (void *)(long)ctx->data, (void *)(long)ctx->data_end };
}

/* The next `size` octets, or NULL when the linear part of the frame has fewer. */
static __always_inline void *cursor_take(struct cursor *cur, __u32 size)
{
	void *start = cur->pos;

	if (start + size > cur->end)
		return NULL;
	__builtin_assume(start != NULL); /* or the callers' tests for NULL are made at run time */
	cur->pos = start + size;
	return start;
}

#endif
