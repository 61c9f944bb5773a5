/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/slow_inputs.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct slow_inputs {
	const struct shared_maps *maps;
	const struct session_keys *keys;
	pthread_rwlock_t lock; /* of the keys, and of the rules in the kernel */
};

int slow_inputs_open(struct slow_inputs **out, const struct shared_maps *maps)
{
	struct slow_inputs *inputs = calloc(1, sizeof(*inputs));
	pthread_rwlockattr_t attributes;

	if (!inputs)
		return -ENOMEM;
	inputs->maps = maps;
	pthread_rwlockattr_init(&attributes);
	/* Or threads that are always busy would keep the writer out for ever. */
	pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&inputs->lock, &attributes);
	pthread_rwlockattr_destroy(&attributes);
	*out = inputs;
	return 0;
}

struct slow_path slow_inputs_take(struct slow_inputs *inputs)
{
	const struct rules_state *rules = inputs->maps->rules_state;
	struct slow_path path = { 0 };

	pthread_rwlock_rdlock(&inputs->lock);
	clock_offset_read(inputs->maps->clock, &path.clock);
	path.keys = inputs->keys;
	path.local_addresses_fd = inputs->maps->local_addresses_fd;
	path.generation = __atomic_load_n(&rules->generation, __ATOMIC_ACQUIRE);
	return path;
}

void slow_inputs_release(struct slow_inputs *inputs)
{
	pthread_rwlock_unlock(&inputs->lock);
}

void slow_inputs_lock(struct slow_inputs *inputs)
{
	pthread_rwlock_wrlock(&inputs->lock);
}

void slow_inputs_use_keys(struct slow_inputs *inputs, const struct session_keys *keys)
{
	inputs->keys = keys;
}

void slow_inputs_unlock(struct slow_inputs *inputs)
{
	pthread_rwlock_unlock(&inputs->lock);
}

void slow_inputs_close(struct slow_inputs *inputs)
{
	if (!inputs)
		return;
	pthread_rwlock_destroy(&inputs->lock);
	free(inputs);
}
