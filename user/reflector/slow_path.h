/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Requests in user space: judged by the kernel's rules, answered by the shared protocol code. */
#ifndef REFLECTOR_SLOW_PATH_H
#define REFLECTOR_SLOW_PATH_H

#include "reflector/packet_io.h"
#include "reflector/session_keys.h"
#include "stamp/clock_offset.h"

/* What requests are answered by. It must not change while a batch is answered. */
struct slow_path {
	struct clock_reading clock;
	const struct session_keys *keys;
	__u32 generation;       /* of the rules that the keys belong to */
	int local_addresses_fd; /* the map of the addresses that are ours */
};

/*
 * Receives, answers and finishes one batch: each request is judged, in authenticated mode after its
 * HMAC was verified and before anything else of it was believed, turned into its reply in place,
 * TLVs first, and sent, one after the other, T3 being read (and the HMAC computed) just before.
 * Everything is counted for the interface that it came by. How many requests it had, or -errno of
 * receiving; `err` is 0, or -errno of the first that could not be judged or sent.
 */
int slow_path_run(const struct slow_path *path, struct packet_io *io, struct packet_batch *batch,
		  int *err);

#endif
