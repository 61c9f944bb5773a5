/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The AF_XDP sockets of one interface: one with its thread for each queue that frames come by. */
#ifndef REFLECTOR_SLOW_QUEUES_H
#define REFLECTOR_SLOW_QUEUES_H

#include "reflector/interfaces.h"
#include "reflector/loader.h"
#include "reflector/slow_worker.h"

#define SLOW_REASON_MAX 160

struct slow_queues;

/* NULL, or why an interface can have none, in words for an operator; a constant. */
const char *slow_queues_obstacle(const struct interface_info *info);

/*
 * Binds the sockets and tells the program of them. If that fails, 0 is returned all the same with
 * fewer sockets than queues, or none, `reason` says why, and slow_queues_follow() tries again where
 * that may help. -ENOMEM.
 */
int slow_queues_open(struct slow_queues **out, const struct interface_info *info,
		     const struct af_xdp_config *config, const struct loader *loader,
		     struct slow_inputs *inputs);

/* To be called now and then: tries again what failed, and logs once what the threads met with. */
void slow_queues_follow(struct slow_queues *queues);

/* The threads, one per queue from 0 on. */
size_t slow_queues_count(const struct slow_queues *queues);
const struct slow_worker *slow_queues_worker(const struct slow_queues *queues, size_t queue);

/* Why there are not as many as queues; empty: there are. And the error behind it; 0: none, or
 * nothing that trying again could mend. */
const char *slow_queues_reason(const struct slow_queues *queues);
int slow_queues_error(const struct slow_queues *queues);

/* Whether the sockets are of the kind for frames of this MTU. */
bool slow_queues_fits(const struct slow_queues *queues, unsigned int mtu);

/* Frames that the present sockets lost; those of closed ones are counted as ring_full. */
__u64 slow_queues_lost(const struct slow_queues *queues);

/* Tells the program first, so that nothing is lost: the UDP socket answers then. Takes NULL. */
void slow_queues_close(struct slow_queues *queues);

/* The same when nobody will answer: the program goes on without being told, and drops what it would
 * hand over as slow_path_down. Takes NULL. */
void slow_queues_abandon(struct slow_queues *queues);

#endif
