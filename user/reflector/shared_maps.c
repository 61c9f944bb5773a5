/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/shared_maps.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "common/log.h"
#include "reflector/pins.h"
#include "reflector/skeleton.h"

static void find_shared_state(struct shared_maps *maps)
{
	struct shared_state *shared = &maps->skel->data_shared->shared;

	maps->ports = &shared->ports;
	maps->clock = &shared->clock;
	maps->rules_state = &shared->rules_state;
	maps->limits = &shared->limits;
	maps->rate_limits = &maps->skel->data_limits->rate_limits;
}

/* Nobody who forges a source may know which others share its limit. */
static int choose_seed(const struct shared_maps *maps)
{
	__u64 *seed = &maps->limits->source_seed;

	return getrandom(seed, sizeof(*seed), 0) == (ssize_t)sizeof(*seed) ? 0 : -EIO;
}

/* The table and the count of what went into it belong together: both are adopted, or neither. */
static int adopt_sessions(const struct shared_maps *maps, const char *table_path,
			  const char *counts_path)
{
	int adopted = skeleton_adopt_pin(maps->skel->maps.session_table, table_path);

	if (adopted == 0 && unlink(counts_path) && errno != ENOENT)
		return -errno;
	if (adopted > 0)
		adopted = skeleton_adopt_pin(maps->skel->maps.session_counts, counts_path);
	return adopted < 0 ? adopted : 0;
}

static int pin_sessions(const struct shared_maps *maps, const char *table_path,
			const char *counts_path)
{
	int err = skeleton_pin_new(maps->skel->maps.session_table, table_path);

	return err ? err : skeleton_pin_new(maps->skel->maps.session_counts, counts_path);
}

static int load_shared(struct shared_maps *maps, const char *pin_path)
{
	char table_path[PATH_MAX], counts_path[PATH_MAX];
	int err = pins_path(table_path, pin_path, PIN_SESSION_TABLE);

	bpf_program__set_autoload(maps->skel->progs.stamp_reflect, false);
	bpf_program__set_autoload(maps->skel->progs.stamp_judge, false);
	if (!err)
		err = pins_path(counts_path, pin_path, PIN_SESSION_COUNTS);
	if (!err)
		err = bpf_map__set_max_entries(maps->skel->maps.session_table, maps->max_sessions);
	if (!err)
		err = adopt_sessions(maps, table_path, counts_path);
	if (!err)
		err = skeleton_load(maps->skel);
	if (!err)
		err = pin_sessions(maps, table_path, counts_path);
	if (err)
		return err;
	find_shared_state(maps);
	return choose_seed(maps);
}

static int lock_pins(struct shared_maps *maps, const char *pin_path)
{
	int err = 0;

	maps->lock_fd = open(pin_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (maps->lock_fd < 0 || flock(maps->lock_fd, LOCK_EX | LOCK_NB))
		err = -errno;
	if (err == -EWOULDBLOCK)
		log_error("%s: another stampd runs on these pins; give this one a pin-path of its "
			  "own",
			  pin_path);
	else if (err)
		log_error("%s: cannot lock the folder for pins: %s", pin_path, strerror(-err));
	return err;
}

int shared_maps_open(struct shared_maps **out, const char *pin_path, unsigned int max_sessions)
{
	struct shared_maps *maps = calloc(1, sizeof(*maps));
	int err;

	if (!maps)
		return -ENOMEM;
	maps->max_sessions = max_sessions;
	maps->lock_fd = -1;
	err = pins_make_dir(pin_path);
	if (!err)
		err = lock_pins(maps, pin_path);
	if (err)
		goto fail;
	maps->skel = skeleton_open();
	err = maps->skel ? load_shared(maps, pin_path) : -ENOMEM;
	if (err)
		goto fail;
	maps->rule_set_fd = bpf_map__fd(maps->skel->maps.rule_set);
	maps->rules_fd = bpf_map__fd(maps->skel->maps.rules);
	maps->session_counts_fd = bpf_map__fd(maps->skel->maps.session_counts);
	maps->local_addresses_fd = bpf_map__fd(maps->skel->maps.local_addresses);
	maps->session_table_fd = bpf_map__fd(maps->skel->maps.session_table);
	*out = maps;
	return 0;
fail:
	shared_maps_close(maps);
	return err;
}

void shared_maps_close(struct shared_maps *maps)
{
	if (!maps)
		return;
	stamp_reflector_bpf__destroy(maps->skel);
	if (maps->lock_fd >= 0)
		close(maps->lock_fd);
	free(maps);
}
