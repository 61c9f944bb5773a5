/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "common/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log.h"

#define FILE_SIZE_MAX 65536 /* octets: room for sixteen keys and much said about them */
#define MODE_MAX 0640
#define BLANKS " \t\r"

struct reading {
	const char *path;
	unsigned int line;
	unsigned int lines[KEY_LIST_MAX]; /* of the keys */
	struct key_list *keys;
};

/* The text of a line, without the blanks around it. */
struct text {
	const char *start;
	size_t size;
};

static int check_file(const char *path, const struct stat *file)
{
	unsigned int mode = file->st_mode & 07777;

	if (!S_ISREG(file->st_mode)) {
		log_error("%s: not a regular file: a key file is one", path);
		return -EINVAL;
	}
	if (file->st_uid != 0 && file->st_uid != geteuid()) {
		log_error("%s: belongs to user %u, who could change it: chown it to root or to "
			  "yourself",
			  path, (unsigned int)file->st_uid);
		return -EPERM;
	}
	if (mode & ~MODE_MAX) {
		log_error("%s: its mode %04o is wider than 0640: chmod 0600 keeps others out", path,
			  mode);
		return -EPERM;
	}
	return 0;
}

/* Opens a file that is fit to hold keys. The fd, or -errno after a message. */
static int open_file(const char *path)
{
	/* O_NONBLOCK: opening a FIFO would wait for a writer. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat file;
	int err;

	if (fd < 0 || fstat(fd, &file)) {
		err = -errno;
		log_error("%s: cannot open the key file: %s", path, strerror(-err));
	} else {
		err = check_file(path, &file);
	}
	if (!err)
		return fd;
	if (fd >= 0)
		close(fd);
	return err;
}

/* Fills the buffer up to `max` octets; gives how many there were, or -errno. */
static ssize_t read_all(int fd, char *buffer, size_t max)
{
	size_t size = 0;

	while (size < max) {
		ssize_t got = read(fd, buffer + size, max - size);

		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		size += (size_t)got;
	}
	return (ssize_t)size;
}

/* 0 to 15, or -1. Not by a table of the C library, whose accesses would follow the key's digits. */
static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int fault(const struct reading *reading, const char *what)
{
	log_error("%s:%u: %s", reading->path, reading->line, what);
	return -EINVAL;
}

static int parse_key(const struct reading *reading, struct text text, struct key *out)
{
	for (size_t i = 0; i < text.size; i++) {
		if (digit_value(text.start[i]) < 0)
			return fault(reading, "not a hexadecimal number: a key has only the "
					      "digits 0 to 9 and a to f");
	}
	if (text.size % 2)
		return fault(reading, "an odd number of digits: each octet of a key has two");
	if (text.size / 2 > KEY_SIZE_MAX)
		return fault(reading, "too long: a key has at most 256 octets");
	out->size = text.size / 2;
	for (size_t i = 0; i < out->size; i++)
		out->octets[i] = (uint8_t)(digit_value(text.start[2 * i]) << 4 |
					   digit_value(text.start[2 * i + 1]));
	return 0;
}

static int refuse_second(const struct reading *reading, const struct key *key)
{
	for (size_t i = 0; i < reading->keys->count; i++) {
		const struct key *other = &reading->keys->keys[i];

		if (other->size != key->size || memcmp(other->octets, key->octets, key->size) != 0)
			continue;
		log_error("%s:%u: the same key as in line %u: leave one out", reading->path,
			  reading->line, reading->lines[i]);
		return -EINVAL;
	}
	return 0;
}

static int take_key(struct reading *reading, struct text text)
{
	struct key_list *keys = reading->keys;
	struct key *key = &keys->keys[keys->count];
	int err;

	if (keys->count == KEY_LIST_MAX)
		return fault(reading, "one key too many: a file holds at most 16");
	err = parse_key(reading, text, key);
	if (!err)
		err = refuse_second(reading, key);
	if (err)
		return err;
	reading->lines[keys->count++] = reading->line;
	return 0;
}

static int is_blank(char c)
{
	return c != '\0' && strchr(BLANKS, c) != NULL;
}

static struct text trimmed(const char *start, size_t size)
{
	for (; size && is_blank(*start); size--)
		start++;
	while (size && is_blank(start[size - 1]))
		size--;
	return (struct text){ start, size };
}

static int take_lines(struct reading *reading, const char *start, size_t size)
{
	const char *end = start + size;
	int err = 0;

	while (start < end && !err) {
		const char *line_end = memchr(start, '\n', (size_t)(end - start));
		struct text text;

		if (!line_end)
			line_end = end;
		text = trimmed(start, (size_t)(line_end - start));
		reading->line++;
		if (text.size && *text.start != '#')
			err = take_key(reading, text);
		start = line_end + 1;
	}
	return err;
}

static int parse(const char *path, const char *start, size_t size, struct key_list *out)
{
	struct reading reading = { .path = path, .keys = out };
	int err;

	if (size > FILE_SIZE_MAX) {
		log_error("%s: more than %d octets: this is no key file", path, FILE_SIZE_MAX);
		return -EFBIG;
	}
	err = take_lines(&reading, start, size);
	if (err || out->count)
		return err;
	log_error("%s: no key in it: `openssl rand -hex 32` makes one", path);
	return -EINVAL;
}

static int read_keys(const char *path, int fd, struct key_list *out)
{
	char *buffer = malloc(FILE_SIZE_MAX + 1);
	ssize_t size;
	int err;

	if (!buffer) {
		log_error("%s: no memory to read the key file", path);
		return -ENOMEM;
	}
	size = read_all(fd, buffer, FILE_SIZE_MAX + 1);
	if (size < 0) {
		err = (int)size;
		log_error("%s: cannot read the key file: %s", path, strerror(-err));
	} else {
		err = parse(path, buffer, (size_t)size, out);
	}
	explicit_bzero(buffer, FILE_SIZE_MAX + 1);
	free(buffer);
	return err;
}

int key_file_read(const char *path, struct key_list *out)
{
	int fd = open_file(path);
	int err;

	key_list_wipe(out);
	if (fd < 0)
		return fd;
	err = read_keys(path, fd, out);
	close(fd);
	if (err)
		key_list_wipe(out);
	return err;
}

void key_list_wipe(struct key_list *list)
{
	explicit_bzero(list, sizeof(*list));
}
