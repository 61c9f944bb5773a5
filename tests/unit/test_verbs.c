/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The verbs of stampctl against stampd's control interface: what is printed, where, and if it is
 * a success. */
#include "lib/api_server.h"
#include "lib/cases.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/check.h"
#include "control/drops.h"
#include "control/reload.h"
#include "control/show.h"

_Static_assert(CHECK_SIZE_MAX == API_BODY_MAX, "what may be read may be sent");

#define GOOD_FILE "good.yaml"
#define OUTPUT_MAX 4096

/* What a file gets while it stands for a stream of ours. */
struct capture {
	FILE *stream;
	int saved;
	int fd;
	char text[OUTPUT_MAX];
};

static void capture_begin(struct capture *capture, FILE *stream)
{
	capture->stream = stream;
	fflush(stream);
	capture->saved = fcntl(fileno(stream), F_DUPFD_CLOEXEC, 0);
	capture->fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	assert_true(capture->saved >= 0 && capture->fd >= 0);
	assert_true(dup2(capture->fd, fileno(stream)) >= 0);
}

static void capture_end(struct capture *capture)
{
	ssize_t size;

	fflush(capture->stream);
	dup2(capture->saved, fileno(capture->stream));
	size = pread(capture->fd, capture->text, sizeof(capture->text) - 1, 0);
	capture->text[size > 0 ? size : 0] = '\0';
	close(capture->saved);
	close(capture->fd);
}

static const struct verb_case {
	const char *name;
	int (*run)(const struct command *command);
	const char *argument;
	bool json;
	bool not_ok;
	int err;
	const char *out;
	const char *log;
} verb_cases[] = {
	{ "show prints text", show_run, NULL, false, false, 0,
	  "no interfaces\n\nclock: not known if synchronized, error unknown (Error Estimate "
	  "unknown), TAI - UTC unknown s, source unknown\n"
	  "sessions: unknown of at most unknown, in unknown octets of memory; unknown provisioned\n"
	  "  unknown idle for longer than ref-wait; unknown created, unknown evicted\nports: none\n"
	  "stampd unknown, process unknown, pinned in unknown\n",
	  "" },
	{ "show prints its document", show_run, NULL, true, false, 0,
	  "{\n  \"schema\": \"stampctl/1\"\n}\n", "" },
	{ "drops prints text", drops_run, NULL, false, false, 0, "nothing was dropped or refused\n",
	  "" },
	{ "drops prints a document of its own", drops_run, NULL, true, false, 0,
	  "{\n  \"schema\": \"stampctl/1\",\n  \"drops\": [],\n  \"unreadable\": []\n}\n", "" },
	{ "reload says that it is done", reload_run, NULL, false, false, 0, "reloaded\n", "" },
	{ "reload says why it is not done", reload_run, NULL, false, true, -EINVAL, "",
	  "error: x.yaml:1:2: not this\nthe old configuration stays in force\n" },
	{ "reload prints its document", reload_run, NULL, true, false, 0,
	  "{\n  \"schema\": \"stampctl/1\",\n  \"ok\": true\n}\n", "" },
	{ "reload prints the document of a fault", reload_run, NULL, true, true, -EINVAL,
	  "{\n  \"schema\": \"stampctl/1\",\n  \"ok\": false,\n"
	  "  \"error\": \"x.yaml:1:2: not this\"\n}\n",
	  "" },
	{ "check of a good file", check_run, GOOD_FILE, false, false, 0, "good.yaml: good\n", "" },
	{ "check of a bad file", check_run, GOOD_FILE, false, true, -EINVAL,
	  "x.yaml:1:2: not this\n", "" },
	{ "check prints its document", check_run, GOOD_FILE, true, false, 0,
	  "{\n  \"schema\": \"stampctl/1\",\n  \"ok\": true\n}\n", "" },
	{ "check prints the document of a fault", check_run, GOOD_FILE, true, true, -EINVAL,
	  "{\n  \"schema\": \"stampctl/1\",\n  \"ok\": false,\n"
	  "  \"error\": \"x.yaml:1:2: not this\"\n}\n",
	  "" },
	{ "check of no file", check_run, "none.yaml", false, false, -ENOENT, "",
	  "error: none.yaml: cannot read: No such file or directory\n" },
	{ "check of a folder", check_run, "/", false, false, -EISDIR, "",
	  "error: /: cannot read: Is a directory\n" },
	{ "check of a file without end", check_run, "/dev/zero", false, false, -EFBIG, "",
	  "error: /dev/zero: more than 1 MiB: that is no configuration of stampd\n" },
};

static char folder[] = "/tmp/test_verbs.XXXXXX";

/* A state of the group would take the place of each test's own. */
static int enter_folder(void **state)
{
	(void)state;
	return !mkdtemp(folder) || chdir(folder);
}

static int leave_folder(void **state)
{
	(void)state;
	return chdir("/") || rmdir(folder);
}

/* Of this many octets, in the folder. */
static void write_file(const char *name, size_t size)
{
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	for (size_t i = 0; i < size; i++)
		fputc("version: 1\n"[i % 11], file);
	assert_int_equal(fclose(file), 0);
}

static void verb_answers(void **state)
{
	const struct verb_case *c = *state;
	struct command command = { .argument = c->argument, .json = c->json };
	struct capture out;
	struct capture log;
	void *fixture;
	int err;

	write_file(GOOD_FILE, 11);
	assert_int_equal(api_server_start(&fixture), 0);
	((struct api_server_fixture *)fixture)->not_ok = c->not_ok;
	command.socket_path = ((struct api_server_fixture *)fixture)->path;
	capture_begin(&out, stdout);
	capture_begin(&log, stderr);
	err = c->run(&command);
	capture_end(&log);
	capture_end(&out);
	api_server_stop(&fixture);
	unlink(GOOD_FILE);
	assert_string_equal(log.text, c->log);
	assert_string_equal(out.text, c->out);
	assert_int_equal(err, c->err);
}

static const struct size_case {
	const char *name;
	size_t size;
	int err;
} size_cases[] = {
	{ "an empty file is asked for", 0, 0 },
	{ "the largest file is sent whole", API_BODY_MAX, 0 },
	{ "a file one octet larger is not", API_BODY_MAX + 1, -EFBIG },
};

static void file_is_sent(void **state)
{
	const struct size_case *c = *state;
	struct command command = { .argument = "a b&c.yaml" };
	struct api_server_fixture *server;
	void *fixture;

	write_file(command.argument, c->size);
	assert_int_equal(api_server_start(&fixture), 0);
	server = fixture;
	server->checked_size = 77;
	command.socket_path = server->path;
	assert_int_equal(check_run(&command), c->err);
	assert_int_equal(server->checked_size, c->err ? 77 : c->size);
	assert_string_equal(server->checked_name, c->err ? "" : command.argument);
	if (c->size && !c->err)
		assert_memory_equal(server->checked_text, "version: 1\nversion", 18);
	api_server_stop(&fixture);
	unlink(command.argument);
}

static void name_may_be_long(void **state)
{
	struct command command = { .json = true };
	char name[4000];
	struct api_server_fixture *server;
	void *fixture;

	(void)state;
	memset(name, '/', sizeof(name));
	strcpy(name + sizeof(name) - 10, "dev/null");
	command.argument = name;
	assert_int_equal(api_server_start(&fixture), 0);
	server = fixture;
	command.socket_path = server->path;
	assert_int_equal(check_run(&command), 0);
	assert_memory_equal(server->checked_name, "//////////", 10);
	api_server_stop(&fixture);
}

static void changes_are_lines(void **state)
{
	json_t *document = json_pack("{s:b s:[s n s]}", "ok", 1, "changes", "one more session",
				     "rate-limit: 10 packets a second");
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	reload_write(out, document);
	fclose(out);
	assert_string_equal(text, "reloaded\none more session\nrate-limit: 10 packets a second\n");
	free(text);
	json_decref(document);
}

static void standard_input_is_a_file(void **state)
{
	char *text;
	size_t size;

	(void)state;
	write_file(GOOD_FILE, 22);
	assert_non_null(freopen(GOOD_FILE, "re", stdin));
	assert_int_equal(check_read("-", &text, &size), 0);
	assert_int_equal(size, 22);
	assert_memory_equal(text, "version: 1\nversion: 1\n", 22);
	free(text);
	unlink(GOOD_FILE);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(verb_cases) + ARRAY_SIZE(size_cases) + 3];
	size_t count = 0;

	ADD_CASES(tests, count, verb_cases, verb_answers);
	ADD_CASES(tests, count, size_cases, file_is_sent);
	ADD_TEST(tests, count, name_may_be_long);
	ADD_TEST(tests, count, changes_are_lines);
	ADD_TEST(tests, count, standard_input_is_a_file);
	return RUN_TESTS(tests, count, enter_folder, leave_folder);
}
