/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which keys a session has: those of authenticated mode, and those of HMAC TLVs. */
#include "lib/cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "reflector/session_keys.h"

enum { NONE, KEY_A, KEY_B, BAD_KEY, KEY_FILES };

static const char *const texts[KEY_FILES] = {
	[KEY_A] = "00112233445566778899aabbccddeeff\n",
	[KEY_B] = "ffeeddccbbaa99887766554433221100\n",
	[BAD_KEY] = "no key\n",
};

static char paths[KEY_FILES][CONFIG_KEY_FILE_MAX];

static int make_files(void **state)
{
	(void)state;
	for (int i = KEY_A; i < KEY_FILES; i++) {
		int fd;

		strcpy(paths[i], "/tmp/test_session_keys.XXXXXX");
		fd = mkstemp(paths[i]); /* in a mode that is accepted */
		assert_int_equal(write(fd, texts[i], strlen(texts[i])), strlen(texts[i]));
		close(fd);
	}
	return 0;
}

static int remove_files(void **state)
{
	(void)state;
	for (int i = KEY_A; i < KEY_FILES; i++)
		unlink(paths[i]);
	return 0;
}

/* One session with these key files; closed by close_all(). */
static struct config config;
static struct session_keys *keys;

static int open_with(int key_file, int tlv_key_file)
{
	struct session_config *session;

	config_init(&config);
	keys = NULL;
	assert_non_null(config_add_session(&config, "without any"));
	session = config_add_session(&config, "lab");
	assert_non_null(session);
	strcpy(session->key_file, paths[key_file]);
	strcpy(session->tlv_key_file, paths[tlv_key_file]);
	return session_keys_open(&keys, &config);
}

static void close_all(void)
{
	session_keys_close(keys);
	config_free(&config);
	prctl(PR_SET_DUMPABLE, 1); /* what looks for leaks traces this process */
}

static uint64_t id_of(const struct auth_keys *of_session)
{
	return of_session ? auth_keys_id(of_session, 0) : 0;
}

/* Keys are told apart by their ids, which hold for any file with the key. */
static uint64_t id_of_file(int key)
{
	struct auth_keys *of_file = NULL;
	uint64_t id;

	if (key == NONE)
		return 0;
	assert_int_equal(auth_keys_read(&of_file, paths[key]), 0);
	id = auth_keys_id(of_file, 0);
	auth_keys_close(of_file);
	return id;
}

static const struct find_case {
	const char *name;
	int key_file;
	int tlv_key_file;
	int found;
	int tlv_found;
} find_cases[] = {
	{ "a session without key files has no keys", NONE, NONE, NONE, NONE },
	{ "the keys of authenticated mode verify TLVs", KEY_A, NONE, KEY_A, KEY_A },
	{ "keys for TLVs do not make a session authenticated", NONE, KEY_B, NONE, KEY_B },
	{ "keys for TLVs take the place of the others there only", KEY_A, KEY_B, KEY_A, KEY_B },
	{ "both can be the same", KEY_A, KEY_A, KEY_A, KEY_A },
};

static void keys_are_found(void **state)
{
	const struct find_case *c = *state;

	assert_int_equal(open_with(c->key_file, c->tlv_key_file), 0);
	assert_true(id_of(session_keys_find(keys, 1)) == id_of_file(c->found));
	assert_true(id_of(session_keys_find_tlv(keys, 1)) == id_of_file(c->tlv_found));
	for (unsigned int other = 0; other <= 2; other += 2) {
		assert_null(session_keys_find(keys, other));
		assert_null(session_keys_find_tlv(keys, other));
	}
	close_all();
}

static void nobody_has_keys_before_they_are_read(void **state)
{
	(void)state;
	assert_null(session_keys_find(NULL, 0));
	assert_null(session_keys_find_tlv(NULL, 0));
}

static const struct dump_case {
	const char *name;
	int key_file;
	int tlv_key_file;
	int dumpable;
} dump_cases[] = {
	{ "a process without keys can be dumped", NONE, NONE, 1 },
	{ "one with keys of authenticated mode cannot", KEY_A, NONE, 0 },
	{ "nor one with keys for TLVs only", NONE, KEY_A, 0 },
};

static void process_can_be_dumped(void **state)
{
	const struct dump_case *c = *state;

	assert_int_equal(prctl(PR_SET_DUMPABLE, 1), 0);
	assert_int_equal(open_with(c->key_file, c->tlv_key_file), 0);
	assert_int_equal(prctl(PR_GET_DUMPABLE), c->dumpable);
	close_all();
}

static const struct file_case {
	const char *name;
	int key_file;
	int tlv_key_file;
} file_cases[] = {
	{ "a bad key file", BAD_KEY, KEY_A },
	{ "a bad key file for TLVs", KEY_A, BAD_KEY },
	{ "a bad key file for TLVs alone", NONE, BAD_KEY },
};

static void file_is_refused(void **state)
{
	const struct file_case *c = *state;

	assert_true(open_with(c->key_file, c->tlv_key_file) < 0);
	assert_null(keys);
	close_all();
}

int main(void)
{
	struct CMUnitTest
		tests[ARRAY_SIZE(find_cases) + ARRAY_SIZE(dump_cases) + ARRAY_SIZE(file_cases) + 1];
	size_t count = 0;

	ADD_CASES(tests, count, find_cases, keys_are_found);
	ADD_CASES(tests, count, dump_cases, process_can_be_dumped);
	ADD_CASES(tests, count, file_cases, file_is_refused);
	ADD_TEST(tests, count, nobody_has_keys_before_they_are_read);
	return RUN_TESTS(tests, count, make_files, remove_files);
}
