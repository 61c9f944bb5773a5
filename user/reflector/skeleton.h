/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Opens and loads the BPF object, and takes over the maps that an earlier stampd pinned. */
#ifndef REFLECTOR_SKELETON_H
#define REFLECTOR_SKELETON_H

#include <bpf/libbpf.h>

/* What the skeleton names without including it. */
#include "stamp/config.h"
#include "stamp/outcome.h"
#include "stamp/shared_state.h"
#include "stamp_reflector.skel.h"

/* NULL with errno, logged. */
struct stamp_reflector_bpf *skeleton_open(void);

/* 0 or -errno, logged with the rights that are missing. */
int skeleton_load(struct stamp_reflector_bpf *skel);

/* Makes `map` use the map pinned at `path` if it fits; one that doesn't is removed, said so. Before
 * load. 1 if it does, 0 if there is none, or -errno, logged. */
int skeleton_adopt_pin(struct bpf_map *map, const char *path);

/* Pins `map` at `path` unless it came from there. After load. 0 or -errno, logged. */
int skeleton_pin_new(struct bpf_map *map, const char *path);

/* Sends what libbpf has to say to the log, at debug level. */
void skeleton_join_log(void);

#endif
