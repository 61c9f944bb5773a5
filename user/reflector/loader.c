/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/loader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "reflector/pins.h"
#include "reflector/skeleton.h"

struct loader {
	struct stamp_reflector_bpf *skel;
};

/* Each interface's object refers to the shared maps instead of making its own. */
static int share_maps(struct stamp_reflector_bpf *skel, const struct shared_maps *shared)
{
	struct bpf_map *const own[] = {
		skel->maps.data_shared,    skel->maps.data_limits,     skel->maps.rule_set,
		skel->maps.rules,          skel->maps.local_addresses, skel->maps.session_table,
		skel->maps.session_counts,
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

/* The counters that outlive the program: what the kernel counts, and what stampd does. */
static int each_pinned(struct loader *loader, const char *pin_dir,
		       int (*visit)(struct bpf_map *map, const char *path))
{
	const struct {
		struct bpf_map *map;
		const char *name;
	} pinned[] = {
		{ loader->skel->maps.outcome_counts, PIN_OUTCOME_COUNTS },
		{ loader->skel->maps.data_counts, PIN_SLOW_COUNTS },
	};
	char path[PATH_MAX];
	int err = 0;

	for (size_t i = 0; err >= 0 && i < sizeof(pinned) / sizeof(pinned[0]); i++) {
		err = pins_path(path, pin_dir, pinned[i].name);
		if (!err)
			err = visit(pinned[i].map, path);
	}
	return err < 0 ? err : 0;
}

static int load_interface(struct loader *loader, const struct shared_maps *maps,
			  const struct reflector_config *settings, const char *pin_dir)
{
	int err;

	/* The skeleton shows constants as constants; before load they are ours to set. */
	memcpy((void *)&loader->skel->rodata->config, settings, sizeof(*settings));
	err = share_maps(loader->skel, maps);
	if (!err)
		err = each_pinned(loader, pin_dir, skeleton_adopt_pin);
	if (!err)
		err = skeleton_load(loader->skel);
	if (!err)
		err = each_pinned(loader, pin_dir, skeleton_pin_new);
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
	loader->skel = skeleton_open();
	err = loader->skel ? load_interface(loader, maps, settings, pin_dir) : -ENOMEM;
	if (err)
		goto fail;
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

__u16 loader_micro_session_id(const struct loader *loader)
{
	return ((const struct reflector_config *)&loader->skel->rodata->config)->micro_session_id;
}

int loader_counts_fd(const struct loader *loader)
{
	return bpf_map__fd(loader->skel->maps.outcome_counts);
}

int loader_slow_sockets_fd(const struct loader *loader)
{
	return bpf_map__fd(loader->skel->maps.slow_sockets);
}

struct slow_sockets_state *loader_slow_state(const struct loader *loader)
{
	return &loader->skel->data_slow->slow_state;
}

struct outcome_counts *loader_slow_counts(const struct loader *loader)
{
	return &loader->skel->data_counts->slow_counts;
}

void loader_close(struct loader *loader)
{
	if (!loader)
		return;
	stamp_reflector_bpf__destroy(loader->skel);
	free(loader);
}
