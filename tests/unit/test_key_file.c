/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Key files, good and bad: what is read, what is refused, and that no message tells a key. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/key_file.h"
#include "common/log.h"
#include "lib/cases.h"

#define HEX32 "00112233445566778899aabbccddeeff"
#define HEX256 HEX32 HEX32
#define HEX1024 HEX256 HEX256 HEX256 HEX256
#define FIRST_OCTETS "\x00\x11\x22\x33"

static char folder[] = "/tmp/test_key_file.XXXXXX";
static char path[64];

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/lab.key", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static void write_file(const char *text, size_t size, mode_t mode)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static int read_text(const char *text, mode_t mode, struct key_list *list)
{
	int err;

	write_file(text, strlen(text), mode);
	err = key_file_read(path, list);
	unlink(path);
	return err;
}

static const struct good_case {
	const char *name;
	const char *text;
	mode_t mode;
	size_t count, size; /* keys, octets of the first one */
} good_cases[] = {
	{ "a key of 32 octets", HEX256 "\n", 0600, 1, 32 },
	{ "no newline at the end", HEX32, 0600, 1, 16 },
	{ "a key of one octet", "00\n", 0600, 1, 1 },
	{ "a key of 256 octets", HEX1024 HEX1024 "\n", 0600, 1, 256 },
	{ "capital letters", "00112233445566778899AABBCCDDEEFF\n", 0600, 1, 16 },
	{ "two keys", HEX32 "\nff" HEX32 "\n", 0600, 2, 16 },
	{ "blank lines and comments", "# of the lab\n\n \t\n" HEX32 "\n  # the new one\n01\n", 0600,
	  2, 16 },
	{ "blanks around a key, a line's end as on Windows", " " HEX32 "\t\r\n", 0600, 1, 16 },
	{ "sixteen keys",
	  "00\n01\n02\n03\n04\n05\n06\n07\n08\n09\n0a\n0b\n0c\n0d\n0e\n0f\n\n# 17\n", 0600, 16, 1 },
	{ "a key and the same with one octet more", HEX32 "\n" HEX32 "00\n", 0600, 2, 16 },
	{ "a mode of 0640", HEX32 "\n", 0640, 1, 16 },
	{ "a mode of 0400", HEX32 "\n", 0400, 1, 16 },
};

static void keys_are_read(void **state)
{
	const struct good_case *c = *state;
	struct key_list list;

	assert_int_equal(read_text(c->text, c->mode, &list), 0);
	assert_int_equal(list.count, c->count);
	assert_int_equal(list.keys[0].size, c->size);
	assert_memory_equal(list.keys[0].octets, FIRST_OCTETS, c->size < 4 ? c->size : 4);
	key_list_wipe(&list);
}

static const struct bad_case {
	const char *name;
	const char *text;
	mode_t mode;
	int err;
	const char *message; /* behind the path */
} bad_cases[] = {
	{ "an empty file", "", 0600, -EINVAL, ": no key in it" },
	{ "no key", "# none\n\n", 0600, -EINVAL, ": no key in it" },
	{ "an odd number of digits", "\n" HEX32 "1\n", 0600, -EINVAL, ":2: an odd number" },
	{ "one digit", "1\n", 0600, -EINVAL, ":1: an odd number" },
	{ "another letter", HEX32 "fg\n", 0600, -EINVAL, ":1: not a hexadecimal number" },
	{ "0x before it", "0x" HEX32 "\n", 0600, -EINVAL, ":1: not a hexadecimal number" },
	{ "blanks within", "00 11\n", 0600, -EINVAL, ":1: not a hexadecimal number" },
	{ "a comment behind it", HEX32 " # lab\n", 0600, -EINVAL, ":1: not a hexadecimal number" },
	{ "257 octets", HEX1024 HEX1024 "00\n", 0600, -EINVAL, ":1: too long" },
	{ "the same key twice", HEX32 "\n01\n# again\n" HEX32 "\n", 0600, -EINVAL,
	  ":4: the same key as in line 1" },
	{ "the same key in capitals", "aa\nAA\n", 0600, -EINVAL, ":2: the same key as in line 1" },
	{ "seventeen keys", "00\n01\n02\n03\n04\n05\n06\n07\n08\n09\n0a\n0b\n0c\n0d\n0e\n0f\n10\n",
	  0600, -EINVAL, ":17: one key too many" },
	{ "readable by others", HEX32 "\n", 0644, -EPERM, ": its mode 0644 is wider than 0640" },
	{ "writable by the group", HEX32 "\n", 0660, -EPERM, ": its mode 0660 is wider" },
	{ "executable", HEX32 "\n", 0700, -EPERM, ": its mode 0700 is wider" },
};

static void assert_message(const char *message)
{
	const char *said = log_last_error();

	assert_memory_equal(said, path, strlen(path));
	assert_memory_equal(said + strlen(path), message, strlen(message));
	assert_null(strstr(said, HEX32));
}

static void assert_empty(const struct key_list *list)
{
	const uint8_t *octets = (const uint8_t *)list;

	for (size_t i = 0; i < sizeof(*list); i++)
		assert_int_equal(octets[i], 0);
}

static void is_refused_with_a_reason(void **state)
{
	const struct bad_case *c = *state;
	struct key_list list;

	memset(&list, 0xa5, sizeof(list));
	assert_int_equal(read_text(c->text, c->mode, &list), c->err);
	assert_message(c->message);
	assert_empty(&list);
}

static void a_null_octet_is_refused(void **state)
{
	struct key_list list;

	(void)state;
	write_file("00\0\n", 4, 0600);
	assert_int_equal(key_file_read(path, &list), -EINVAL);
	assert_message(":1: not a hexadecimal number");
	unlink(path);
}

static void a_huge_file_is_refused(void **state)
{
	static char text[70000];
	struct key_list list;

	(void)state;
	memset(text, '\n', sizeof(text));
	write_file(text, sizeof(text), 0600);
	assert_int_equal(key_file_read(path, &list), -EFBIG);
	assert_message(": more than 65536 octets");
	unlink(path);
}

static void what_is_no_file_is_refused(void **state)
{
	struct key_list list;

	(void)state;
	assert_int_equal(key_file_read(path, &list), -ENOENT);
	assert_message(": cannot open the key file: ");
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(key_file_read(path, &list), -EINVAL);
	assert_message(": not a regular file");
	rmdir(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(key_file_read(path, &list), -EINVAL);
	assert_message(": not a regular file");
	unlink(path);
}

static void a_file_of_another_user_is_refused(void **state)
{
	struct key_list list;

	(void)state;
	if (geteuid() != 0)
		skip();
	write_file(HEX32 "\n", 33, 0600);
	assert_int_equal(chown(path, 12345, 0), 0);
	assert_int_equal(key_file_read(path, &list), -EPERM);
	assert_message(": belongs to user 12345");
	unlink(path);
}

static void a_symbolic_link_is_followed(void **state)
{
	struct key_list list;
	char target[80];

	(void)state;
	write_file(HEX32 "\n", 33, 0600);
	snprintf(target, sizeof(target), "%s.data", path);
	assert_int_equal(rename(path, target), 0);
	assert_int_equal(symlink(target, path), 0);
	assert_int_equal(key_file_read(path, &list), 0);
	key_list_wipe(&list);
	unlink(path);
	unlink(target);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(good_cases) + ARRAY_SIZE(bad_cases) + 5];
	size_t count = 0;

	ADD_CASES(tests, count, good_cases, keys_are_read);
	ADD_CASES(tests, count, bad_cases, is_refused_with_a_reason);
	ADD_TEST(tests, count, a_null_octet_is_refused);
	ADD_TEST(tests, count, a_huge_file_is_refused);
	ADD_TEST(tests, count, what_is_no_file_is_refused);
	ADD_TEST(tests, count, a_file_of_another_user_is_refused);
	ADD_TEST(tests, count, a_symbolic_link_is_followed);
	return RUN_TESTS(tests, count, make_folder, remove_folder);
}
