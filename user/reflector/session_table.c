/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/session_table.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>

#include "stamp/session.h"

#define BATCH 4096 /* sessions; the kernel wants room for the fullest bucket */

long session_table_count(int fd)
{
	struct session_key *keys = calloc(BATCH, sizeof(*keys));
	struct session_state *states = calloc(BATCH, sizeof(*states));
	__u32 position, count = BATCH;
	long total = 0;
	int err = keys && states ? 0 : -ENOMEM;

	for (void *from = NULL; !err; from = &position) {
		count = BATCH;
		if (bpf_map_lookup_batch(fd, from, &position, keys, states, &count, NULL))
			err = -errno;
		if (!err || err == -ENOENT)
			total += count;
	}
	free(keys);
	free(states);
	return err == -ENOENT ? total : err;
}
