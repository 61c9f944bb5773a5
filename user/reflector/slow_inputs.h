/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the slow path answers by, in its threads and by the sockets of the first one, and how it is
 * changed under them. */
#ifndef REFLECTOR_SLOW_INPUTS_H
#define REFLECTOR_SLOW_INPUTS_H

#include "reflector/shared_maps.h"
#include "reflector/slow_path.h"

struct slow_inputs;

/* No keys at first. `maps` must outlive it. 0 or -ENOMEM. */
int slow_inputs_open(struct slow_inputs **out, const struct shared_maps *maps);

/* For a thread: what holds until slow_inputs_release(), for one batch. */
struct slow_path slow_inputs_take(struct slow_inputs *inputs);
void slow_inputs_release(struct slow_inputs *inputs);

/* For stampd's first thread: between the two nobody answers, so that the rules in the kernel and
 * the keys, which are the caller's, change together. */
void slow_inputs_lock(struct slow_inputs *inputs);
void slow_inputs_use_keys(struct slow_inputs *inputs, const struct session_keys *keys);
void slow_inputs_unlock(struct slow_inputs *inputs);

/* Once no thread is left. Takes NULL. */
void slow_inputs_close(struct slow_inputs *inputs);

#endif
