/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Key files: any octets. That what is read are 1 to 16 keys of 1 to 256 octets, no two the same,
 * each the number in its line by a second reader; that written again they are read again; and that
 * what is refused leaves no key behind and tells none: the message has no digits of the file.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log.h"
#include "fuzz/fuzz.h"

#define DIGITS_MAX (2 * KEY_SIZE_MAX)
#define TEXT_MAX (KEY_LIST_MAX * (DIGITS_MAX + 1))
#define TELLING 8 /* digits in a row that would tell something */

static int fd;
static char path[32];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_abort_on_failure();
	fd = memfd_create("keys", MFD_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, 0600), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return 0;
}

static int read_text(const void *text, size_t size, struct key_list *list)
{
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(pwrite(fd, text, size, 0), (ssize_t)size);
	memset(list, 0xa5, sizeof(*list));
	return key_file_read(path, list);
}

/* Writes the digits of a key; the place behind them. */
static char *write_key(char *at, const struct key *key)
{
	for (size_t i = 0; i < key->size; i++)
		at += sprintf(at, "%02X", key->octets[i]);
	*at++ = '\n';
	return at;
}

static bool is_same(const struct key *a, const struct key *b)
{
	return a->size == b->size && !memcmp(a->octets, b->octets, a->size);
}

static void check_bounds(const struct key_list *list)
{
	assert_in_range(list->count, 1, KEY_LIST_MAX);
	for (size_t i = 0; i < list->count; i++) {
		assert_in_range(list->keys[i].size, 1, KEY_SIZE_MAX);
		for (size_t j = 0; j < i; j++)
			assert_false(is_same(&list->keys[i], &list->keys[j]));
	}
}

/* The digits of the file, lines that begin with # aside, are those of the keys. */
static void check_digits(const uint8_t *octets, size_t size, const char *digits)
{
	bool is_comment = false, is_blank = true;

	for (size_t i = 0; i < size; i++) {
		const char c = (char)octets[i];

		if (c == '\n') {
			is_comment = false;
			is_blank = true;
		} else if (is_blank && c == '#') {
			is_comment = true;
		} else if (!is_comment && !isspace((unsigned char)c)) {
			while (*digits == '\n')
				digits++;
			assert_int_equal(toupper((unsigned char)c), *digits++);
			is_blank = false;
		}
	}
	assert_true(!digits[0] || !digits[1]);
}

static void check_keys(const struct key_list *list, const uint8_t *octets, size_t size)
{
	char text[TEXT_MAX + 1] = "", *at = text;
	struct key_list again;

	check_bounds(list);
	for (size_t i = 0; i < list->count; i++)
		at = write_key(at, &list->keys[i]);
	*at = '\0';
	check_digits(octets, size, text);
	assert_int_equal(read_text(text, (size_t)(at - text), &again), 0);
	assert_memory_equal(&again, list, sizeof(again));
}

static void check_refusal(const struct key_list *list, const uint8_t *octets, size_t size)
{
	static const struct key_list empty;
	const char *message = log_last_error();

	assert_memory_equal(list, &empty, sizeof(empty));
	for (size_t i = 0; i + TELLING <= size; i++)
		assert_null(memmem(message, strlen(message), octets + i, TELLING));
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
	struct key_list list;
	int err = read_text(octets, size, &list);

	if (!err) {
		check_keys(&list, octets, size);
		return 0;
	}
	assert_true(err == -EINVAL || err == -EFBIG);
	check_refusal(&list, octets, size);
	return 0;
}
