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
		err = skeleton_adopt_pin(counts, path);
	if (err >= 0)
		err = skeleton_load(loader->skel);
	if (!err)
		err = skeleton_pin_new(counts, path);
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
