/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/loader.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "common/log.h"
#include "reflector/pins.h"
#include "stamp_reflector.skel.h"

struct loader {
	struct stamp_reflector_bpf *skel;
};

static int print_libbpf(enum libbpf_print_level level, const char *format, va_list args)
{
	char line[1024];
	int length = vsnprintf(line, sizeof(line), format, args);

	(void)level;
	if (length > 0 && (size_t)length < sizeof(line) && line[length - 1] == '\n')
		line[length - 1] = '\0';
	log_debug("libbpf: %s", line);
	return length;
}

void loader_join_log(void)
{
	libbpf_set_print(print_libbpf);
}

static struct stamp_reflector_bpf *open_skeleton(void)
{
	struct stamp_reflector_bpf *skel = stamp_reflector_bpf__open();

	if (!skel)
		log_error("cannot open the BPF object: %s", strerror(errno));
	return skel;
}

static int load_skeleton(struct stamp_reflector_bpf *skel)
{
	int err = stamp_reflector_bpf__load(skel);

	/* The verifier refuses ordinary pointer arithmetic without CAP_PERFMON, by EACCES. */
	if (err == -EPERM || err == -EACCES)
		log_error("loading the reflector is not permitted: CAP_BPF, CAP_PERFMON and "
			  "CAP_NET_ADMIN are needed");
	else if (err)
		log_error("the kernel refused the reflector: %s", strerror(-err));
	return err;
}

static int is_compatible(int fd, const struct bpf_map *map)
{
	struct bpf_map_info info = { 0 };
	__u32 size = sizeof(info);

	return !bpf_obj_get_info_by_fd(fd, &info, &size) && info.type == bpf_map__type(map) &&
	       info.key_size == bpf_map__key_size(map) &&
	       info.value_size == bpf_map__value_size(map) &&
	       info.max_entries == bpf_map__max_entries(map);
}

/* Makes `map` use the pinned map at `path`, if there is one that fits. Before load. */
static int adopt_pin(struct bpf_map *map, const char *path)
{
	int fd = bpf_obj_get(path);
	int err = 0;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (is_compatible(fd, map)) {
		err = bpf_map__reuse_fd(map, fd);
	} else {
		log_warning("%s: made with another size or layout, replaced: "
			    "what it held is forgotten",
			    path);
		if (unlink(path))
			err = -errno;
	}
	close(fd);
	return err;
}

/* Pins `map` at `path` unless it came from there. After load. */
static int pin_new(const struct bpf_map *map, const char *path)
{
	if (access(path, F_OK) == 0)
		return 0;
	return bpf_obj_pin(bpf_map__fd(map), path) ? -errno : 0;
}

static void find_shared_state(struct shared_maps *maps)
{
	struct shared_state *shared = &maps->skel->data_shared->shared;

	maps->ports = &shared->ports;
	maps->clock = &shared->clock;
	maps->rules_state = &shared->rules_state;
}

static int load_shared(struct shared_maps *maps, const char *pin_path)
{
	struct bpf_map *table = maps->skel->maps.session_table;
	char path[PATH_MAX];
	int err = pins_path(path, pin_path, PIN_SESSION_TABLE);

	bpf_program__set_autoload(maps->skel->progs.stamp_reflect, false);
	bpf_program__set_autoload(maps->skel->progs.stamp_judge, false);
	if (!err)
		err = bpf_map__set_max_entries(table, maps->max_sessions);
	if (!err)
		err = adopt_pin(table, path);
	if (!err)
		err = load_skeleton(maps->skel);
	if (!err)
		err = pin_new(table, path);
	if (!err)
		find_shared_state(maps);
	return err;
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
	maps->skel = open_skeleton();
	err = maps->skel ? load_shared(maps, pin_path) : -ENOMEM;
	if (err) {
		log_error("%s: cannot make or adopt the maps: %s", pin_path, strerror(-err));
		goto fail;
	}
	maps->rules_fd = bpf_map__fd(maps->skel->maps.rules);
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

/* Each interface's object refers to the shared maps instead of making its own. */
static int share_maps(struct stamp_reflector_bpf *skel, const struct shared_maps *shared)
{
	struct bpf_map *const own[] = {
		skel->maps.data_shared,
		skel->maps.rules,
		skel->maps.local_addresses,
		skel->maps.session_table,
	};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		const struct bpf_map *map =
			bpf_object__find_map_by_name(shared->skel->obj, bpf_map__name(own[i]));
		int err = bpf_map__reuse_fd(own[i], bpf_map__fd(map));

		if (err)
			return err;
	}
	return 0;
}

static int load_interface(struct loader *loader, const struct shared_maps *maps,
			  const struct reflector_config *settings, const char *pin_dir)
{
	struct bpf_map *counts = loader->skel->maps.outcome_counts;
	char path[PATH_MAX];
	int err = pins_path(path, pin_dir, PIN_OUTCOME_COUNTS);

	/* The skeleton shows constants as constants; before load they are ours to set. */
	memcpy((void *)&loader->skel->rodata->config, settings, sizeof(*settings));
	if (!err)
		err = share_maps(loader->skel, maps);
	if (!err)
		err = adopt_pin(counts, path);
	if (!err)
		err = load_skeleton(loader->skel);
	if (!err)
		err = pin_new(counts, path);
	return err;
}

int loader_open(struct loader **out, const struct shared_maps *maps,
		const struct reflector_config *settings, const char *pin_dir)
{
	struct loader *loader = calloc(1, sizeof(*loader));
	int err;

	if (!loader)
		return -ENOMEM;
	err = pins_make_dir(pin_dir);
	if (err)
		goto fail;
	loader->skel = open_skeleton();
	err = loader->skel ? load_interface(loader, maps, settings, pin_dir) : -ENOMEM;
	if (err) {
		log_error("%s: cannot load the program, or adopt or pin its counters: %s", pin_dir,
			  strerror(-err));
		goto fail;
	}
	*out = loader;
	return 0;
fail:
	loader_close(loader);
	return err;
}

int loader_program_fd(const struct loader *loader)
{
	return bpf_program__fd(loader->skel->progs.stamp_reflect);
}

int loader_judge_fd(const struct loader *loader)
{
	return bpf_program__fd(loader->skel->progs.stamp_judge);
}

int loader_counts_fd(const struct loader *loader)
{
	return bpf_map__fd(loader->skel->maps.outcome_counts);
}

void loader_close(struct loader *loader)
{
	if (!loader)
		return;
	stamp_reflector_bpf__destroy(loader->skel);
	free(loader);
}
