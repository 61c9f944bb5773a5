/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/skeleton.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/rights.h"

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

void skeleton_join_log(void)
{
	libbpf_set_print(print_libbpf);
}

struct stamp_reflector_bpf *skeleton_open(void)
{
	struct stamp_reflector_bpf *skel = stamp_reflector_bpf__open();

	if (!skel)
		log_error("cannot open the BPF object: %s", strerror(errno));
	return skel;
}

int skeleton_load(struct stamp_reflector_bpf *skel)
{
	/* The verifier refuses ordinary pointer arithmetic without CAP_PERFMON, by EACCES. */
	static const unsigned int needed[] = { CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN };
	char missing[RIGHTS_TEXT_MAX];
	int err = stamp_reflector_bpf__load(skel);

	if (err == -EPERM || err == -EACCES)
		log_error("loading the reflector is not permitted; missing: %s",
			  rights_missing(needed, 3, missing));
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

int skeleton_adopt_pin(struct bpf_map *map, const char *path)
{
	int fd = bpf_obj_get(path);
	int err = 0;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0) {
		err = -errno;
		log_error("%s: cannot take over the pinned map: %s", path, strerror(-err));
		return err;
	}
	if (is_compatible(fd, map)) {
		err = bpf_map__reuse_fd(map, fd);
		err = err ? err : 1;
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

int skeleton_pin_new(struct bpf_map *map, const char *path)
{
	int err;

	if (access(path, F_OK) == 0 || bpf_obj_pin(bpf_map__fd(map), path) == 0)
		return 0;
	err = -errno;
	log_error("%s: cannot pin a map there: %s", path, strerror(-err));
	return err;
}
