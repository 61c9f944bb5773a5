/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stampctl's client against servers that answer well, badly and not at all. */
#include "lib/cases.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "control/client.h"

#define NOBODY 65534

static char folder[] = "/tmp/test_client.XXXXXX";
static char path[64];

static int make_folder(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	chmod(folder, 0755);
	sprintf(path, "%s/control.sock", folder);
	/* Neither may be asked for what is behind a path. */
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static int listen_at_path(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

/* A process that hears one request and says `reply`. */
static pid_t serve_once(const char *reply)
{
	int listener = listen_at_path();
	pid_t child = fork();
	char request[1024];
	int fd;

	if (child == 0) {
		fd = accept(listener, NULL, NULL);
		if (fd < 0 || recv(fd, request, sizeof(request), 0) < 0)
			_exit(1);
		_exit(send(fd, reply, strlen(reply), MSG_NOSIGNAL) < 0);
	}
	close(listener);
	return child;
}

static const struct reply_case {
	const char *name;
	const char *reply;
	int err;
} reply_cases[] = {
	{ "a document is handed over", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"pid\": 5}",
	  0 },
	{ "a document that ends with the connection",
	  "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"pid\": 5}", 0 },
	{ "a refusal that says why", "HTTP/1.1 403 Forbidden\r\n\r\n{\"error\": \"not you\"}",
	  -EPROTO },
	{ "a refusal that says nothing", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
	  -EPROTO },
	{ "a document that is cut", "HTTP/1.1 200 OK\r\n\r\n{\"pid\": 5", -EPROTO },
	{ "fewer octets than were said", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}", -EIO },
	{ "a document that is a list", "HTTP/1.1 200 OK\r\n\r\n[]", -EPROTO },
	{ "a page that is no JSON", "HTTP/1.1 200 OK\r\n\r\n<html>", -EPROTO },
	{ "another way to go is not gone", "HTTP/1.1 302 Found\r\nLocation: http://x/\r\n\r\n",
	  -EPROTO },
	{ "a server of something else", "220 mail ESMTP\r\n", -EIO },
	{ "a connection that is closed", "", -EIO },
};

static void reply_is_judged(void **state)
{
	const struct reply_case *c = *state;
	pid_t server = serve_once(c->reply);
	json_t *document = NULL;

	assert_int_equal(client_get(path, "/v1/show", &document), c->err);
	if (c->err)
		assert_null(document);
	else
		assert_int_equal(json_integer_value(json_object_get(document, "pid")), 5);
	json_decref(document);
	assert_int_equal(waitpid(server, NULL, 0), server);
	unlink(path);
}

static const struct verdict_case {
	const char *name;
	const char *reply;
	int err;
	bool ok;
} verdict_cases[] = {
	{ "a good verdict", "HTTP/1.1 200 OK\r\n\r\n{\"ok\": true}", 0, true },
	{ "a bad verdict is a document",
	  "HTTP/1.1 422 Unprocessable\r\n\r\n{\"ok\": false, \"error\": \"f:1:2: no\"}", 0, false },
	{ "a refused reload is a document",
	  "HTTP/1.1 409 Conflict\r\n\r\n{\"ok\": false, \"error\": \"f:1:2: no\"}", 0, false },
	{ "a document without a verdict", "HTTP/1.1 200 OK\r\n\r\n{\"pid\": 5}", -EPROTO, false },
	{ "a verdict that is no truth", "HTTP/1.1 200 OK\r\n\r\n{\"ok\": 1}", -EPROTO, false },
	{ "a right that is missing", "HTTP/1.1 403 Forbidden\r\n\r\n{\"error\": \"not you\"}",
	  -EPROTO, false },
	{ "an upload that is too large", "HTTP/1.1 413 Too Large\r\n\r\n{\"error\": \"too large\"}",
	  -EPROTO, false },
	{ "an upload without an answer", "", -EIO, false },
};

static void verdict_is_judged(void **state)
{
	const struct verdict_case *c = *state;
	const struct client_upload upload = { "f", "text", 4 };
	pid_t server = serve_once(c->reply);
	json_t *document = NULL;
	bool ok = !c->ok;

	assert_int_equal(client_post(path, "/v1/check", &upload, &document, &ok), c->err);
	assert_int_equal(ok, c->ok);
	assert_int_equal(document == NULL, c->err != 0);
	json_decref(document);
	assert_int_equal(waitpid(server, NULL, 0), server);
	unlink(path);
}

static void nobody_listens(void **state)
{
	const struct client_upload nothing = { 0 };
	json_t *document = NULL;
	bool ok = true;

	(void)state;
	assert_int_equal(client_get(path, "/v1/show", &document), -ECONNREFUSED);
	assert_int_equal(client_post(path, "/v1/reload", &nothing, &document, &ok), -ECONNREFUSED);
	assert_false(ok);
	close(listen_at_path());
	assert_int_equal(client_get(path, "/v1/show", &document), -ECONNREFUSED);
	unlink(path);
	assert_null(document);
}

static void path_is_too_long(void **state)
{
	char longer[200];
	json_t *document = NULL;

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(client_get(longer, "/v1/show", &document), -EIO);
}

static void socket_is_not_for_us(void **state)
{
	int listener;
	int status;
	pid_t child;

	(void)state;
	if (geteuid() != 0)
		skip();
	listener = listen_at_path();
	chmod(path, 0660);
	child = fork();
	if (child == 0) {
		json_t *document;

		_exit(setgid(NOBODY) || setuid(NOBODY) ||
		      client_get(path, "/v1/show", &document) != -EACCES);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(listener);
	unlink(path);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(reply_cases) + ARRAY_SIZE(verdict_cases) + 3];
	size_t count = 0;

	ADD_TEST(tests, count, nobody_listens);
	ADD_TEST(tests, count, path_is_too_long);
	ADD_TEST(tests, count, socket_is_not_for_us);
	ADD_CASES(tests, count, reply_cases, reply_is_judged);
	ADD_CASES(tests, count, verdict_cases, verdict_is_judged);
	return RUN_TESTS(tests, count, make_folder, remove_folder);
}
