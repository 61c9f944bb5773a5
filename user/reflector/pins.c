/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/pins.h"

#include <dirent.h>
#include <errno.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "common/log.h"

/* Makes each folder of the path that is not there yet; `made` tells of the last one. */
static int make_path(char *path, bool *made)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0700) && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	*made = mkdir(path, 0700) == 0;
	return !*made && errno != EEXIST ? -errno : 0;
}

int pins_make_dir(const char *dir)
{
	char path[PATH_MAX];
	struct statfs fs;
	bool made = false;
	int err;

	if (snprintf(path, sizeof(path), "%s", dir) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	err = make_path(path, &made);
	if (!err && statfs(dir, &fs))
		err = -errno;
	if (err) {
		log_error("%s: cannot make the folder for pins: %s", dir, strerror(-err));
		return err;
	}
	if (fs.f_type == BPF_FS_MAGIC)
		return 0;
	if (made)
		rmdir(dir);
	log_error("%s: not on a bpffs, so nothing can be pinned there. "
		  "Mount one (mount -t bpf bpf /sys/fs/bpf) or name another pin-path",
		  dir);
	return -EINVAL;
}

int pins_path(char out[PATH_MAX], const char *dir, const char *name)
{
	if (snprintf(out, PATH_MAX, "%s/%s", dir, name) < PATH_MAX)
		return 0;
	log_error("%s/%s: the path is too long", dir, name);
	return -ENAMETOOLONG;
}

const char *pins_interface_folder(char out[IF_NAMESIZE], const char *ifname)
{
	snprintf(out, IF_NAMESIZE, "%s", ifname);
	for (char *dot = strchr(out, '.'); dot; dot = strchr(dot, '.'))
		*dot = ':';
	return out;
}

void pins_each_link(const char *pin_path, void (*found)(void *context, const char *folder),
		    void *context)
{
	DIR *folders = opendir(pin_path);
	const struct dirent *entry;
	char path[PATH_MAX];

	while (folders && (entry = readdir(folders))) {
		if (entry->d_name[0] == '.')
			continue;
		if (snprintf(path, sizeof(path), "%s/%s/" PIN_LINK, pin_path, entry->d_name) <
			    (int)sizeof(path) &&
		    access(path, F_OK) == 0)
			found(context, entry->d_name);
	}
	if (folders)
		closedir(folders);
}

void pins_remove(const char *dir, const char *name)
{
	char path[PATH_MAX];

	if (!pins_path(path, dir, name))
		unlink(path);
}
