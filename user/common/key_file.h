/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Secret keys in a file: one in hexadecimal a line; blank lines and those that begin with # aside.
 */
#ifndef COMMON_KEY_FILE_H
#define COMMON_KEY_FILE_H

#include <stddef.h>
#include <stdint.h>

#define KEY_SIZE_MAX 256 /* octets of a key, of which there is at least one */
#define KEY_LIST_MAX 16

struct key {
	size_t size;
	uint8_t octets[KEY_SIZE_MAX];
};

struct key_list {
	size_t count;
	struct key keys[KEY_LIST_MAX];
};

/*
 * Reads 1 to KEY_LIST_MAX keys, no two of them the same. The file is a regular one that belongs to
 * root or to us, with a mode of at most 0640. 0, or -errno after a message, which never holds any
 * of the file's content; `out` is then empty. The caller wipes it after use.
 */
int key_file_read(const char *path, struct key_list *out);

void key_list_wipe(struct key_list *list);

#endif
