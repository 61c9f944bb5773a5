/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What clients may change and check through the control socket: bodies, rights, verdicts. */
#include "lib/api_server.h"
#include "lib/cases.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define RELOAD_REQUEST "POST /v1/reload HTTP/1.1\r\nHost: x\r\n\r\n"
#define CHECK_REQUEST "POST /v1/check HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
#define CHECK_CHUNKED "POST /v1/check HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
#define NAMED_CHECK(name)                                                                          \
	"POST /v1/check?name=" name " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
#define LONGER_THAN_IDLE_MS 6000

static const struct verdict_case {
	const char *name;
	const char *request;
	bool not_ok;
	const char *status;
	const char *part; /* of the reply */
} verdict_cases[] = {
	{ "a reload that works", RELOAD_REQUEST, false, "HTTP/1.1 200 ",
	  "{\"schema\":\"stampctl/1\",\"ok\":true}" },
	{ "a reload of a bad file", RELOAD_REQUEST, true, "HTTP/1.1 409 ",
	  "\"ok\":false,\"error\":\"x.yaml:1:2: not this\"}" },
	{ "a reload looks at no body",
	  "POST /v1/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", false,
	  "HTTP/1.1 200 ", "\"ok\":true" },
	{ "a reload is no reading", "GET /v1/reload HTTP/1.1\r\nHost: x\r\n\r\n", false,
	  "HTTP/1.1 405 ", "Allow: POST\r\n" },
	{ "a good text", CHECK_REQUEST, false, "HTTP/1.1 200 ",
	  "{\"schema\":\"stampctl/1\",\"ok\":true}" },
	{ "a bad text", CHECK_REQUEST, true, "HTTP/1.1 422 ",
	  "\"ok\":false,\"error\":\"x.yaml:1:2: not this\"}" },
	{ "a check is no reading", "GET /v1/check HTTP/1.1\r\nHost: x\r\n\r\n", false,
	  "HTTP/1.1 405 ", "Allow: POST\r\n" },
	{ "a body too large is refused by its length",
	  "POST /v1/check HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n", false,
	  "HTTP/1.1 413 ", "{\"error\":\"the body is larger than 1 MiB\"}" },
	{ "a length that fits no number",
	  "POST /v1/check HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
	  false, "HTTP/1.1 413 ", "" },
};

static void verdict_is_given(void **state)
{
	/* cmocka hands over the case; a fixture of a row would be the server. */
	const struct verdict_case *c = *state;
	struct api_server_fixture *server;
	void *fixture;
	const char *reply;

	assert_int_equal(api_server_start(&fixture), 0);
	server = fixture;
	server->not_ok = c->not_ok;
	reply = api_server_ask(server, c->request);
	assert_memory_equal(reply, c->status, strlen(c->status));
	assert_non_null(strstr(reply, c->part));
	assert_int_equal(server->reloads, strstr(c->name, "a reload") && !strstr(reply, " 405 "));
	api_server_assert_alive(server);
	api_server_stop(&fixture);
}

static const struct name_case {
	const char *name;
	const char *request;
	const char *checked_name;
} name_cases[] = {
	{ "a text has a name", NAMED_CHECK("stampd.yaml"), "stampd.yaml" },
	{ "a name is decoded", NAMED_CHECK("/etc/a%20b%26%C3%A9"), "/etc/a b&\xc3\xa9" },
	{ "a text without a name", CHECK_REQUEST, "configuration" },
	{ "an empty name", NAMED_CHECK(""), "configuration" },
	{ "a name without a value", "POST /v1/check?name HTTP/1.0\r\n\r\n", "configuration" },
	{ "a name that would begin a line", NAMED_CHECK("a%0Ab"), "configuration" },
	{ "a name that is no text", NAMED_CHECK("a%FF"), "configuration" },
};

static void name_is_handed_over(void **state)
{
	const struct name_case *c = *state;
	struct api_server_fixture *server;
	void *fixture;

	assert_int_equal(api_server_start(&fixture), 0);
	server = fixture;
	assert_memory_equal(api_server_ask(server, c->request), "HTTP/1.1 200 ", 13);
	assert_string_equal(server->checked_name, c->checked_name);
	api_server_stop(&fixture);
}

static void body_may_be_empty(void **state)
{
	struct api_server_fixture *server = *state;

	server->checked_size = 1;
	assert_memory_equal(api_server_ask(server, "POST /v1/check HTTP/1.1\r\nHost: x\r\n\r\n"),
			    "HTTP/1.1 200 ", 13);
	assert_int_equal(server->checked_size, 0);
}

static void largest_body_is_taken(void **state)
{
	static char body[API_BODY_MAX];
	struct api_server_fixture *server = *state;
	char header[100];
	int size =
		sprintf(header, "POST /v1/check HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n",
			sizeof(body));
	int fd = api_server_say(server->path, header, (size_t)size);

	memset(body, 'x', sizeof(body));
	memcpy(body, "version: ", 9);
	assert_int_equal(send(fd, body, sizeof(body), MSG_NOSIGNAL), sizeof(body));
	assert_memory_equal(api_server_hear(fd), "HTTP/1.1 200 ", 13);
	assert_int_equal(server->checked_size, API_BODY_MAX);
	assert_memory_equal(server->checked_text, "version: xxx", 12);
}

/* 64 KiB each; returns false when the server has closed. */
static bool send_chunks(int fd, int count)
{
	static char chunk[8 + 0x10000 + 2];
	bool open = true;

	memset(chunk, 'x', sizeof(chunk));
	memcpy(chunk, "10000\r\n", 7);
	memcpy(chunk + 7 + 0x10000, "\r\n", 2);
	for (int i = 0; open && i < count; i++)
		open = send(fd, chunk, 7 + 0x10000 + 2, MSG_NOSIGNAL) == 7 + 0x10000 + 2;
	return open;
}

static void body_in_chunks_is_limited(void **state)
{
	struct api_server_fixture *server = *state;
	int fd = api_server_say(server->path, CHECK_CHUNKED, strlen(CHECK_CHUNKED));

	assert_true(send_chunks(fd, 16));
	assert_int_equal(send(fd, "0\r\n\r\n", 5, MSG_NOSIGNAL), 5);
	assert_memory_equal(api_server_hear(fd), "HTTP/1.1 200 ", 13);
	assert_int_equal(server->checked_size, API_BODY_MAX);

	fd = api_server_say(server->path, CHECK_CHUNKED, strlen(CHECK_CHUNKED));
	assert_true(send_chunks(fd, 17));
	assert_int_equal(send(fd, "0\r\n\r\n", 5, MSG_NOSIGNAL), 5);
	assert_memory_equal(api_server_hear(fd), "HTTP/1.1 413 ", 13);
	api_server_assert_alive(server);
}

static void body_without_end_is_cut_off(void **state)
{
	struct api_server_fixture *server = *state;
	int fd = api_server_say(server->path, CHECK_CHUNKED, strlen(CHECK_CHUNKED));

	assert_false(send_chunks(fd, 1000));
	close(fd);
	api_server_assert_alive(server);
}

static void slow_body_delays_nobody(void **state)
{
	struct api_server_fixture *server = *state;
	size_t size = strlen(CHECK_REQUEST);
	int slow = api_server_say(server->path, CHECK_REQUEST, size - 2);

	api_server_assert_alive(server);
	assert_int_equal(send(slow, "{", 1, MSG_NOSIGNAL), 1);
	api_server_assert_alive(server);
	assert_int_equal(send(slow, "}", 1, MSG_NOSIGNAL), 1);
	assert_memory_equal(api_server_hear(slow), "HTTP/1.1 200 ", 13);
	assert_int_equal(server->checked_size, 2);
	assert_string_equal(server->checked_text, "{}");
}

static void body_that_stops_is_dropped(void **state)
{
	struct api_server_fixture *server = *state;
	size_t size = strlen(CHECK_REQUEST);

	close(api_server_say(server->path, CHECK_REQUEST, size - 1));
	server->checked_size = 77;
	assert_string_equal(api_server_hear(api_server_say(server->path, CHECK_REQUEST, size - 1)),
			    "");
	assert_int_equal(server->checked_size, 77);
	api_server_assert_alive(server);
}

static void answer_may_take_longer_than_clients_may_be_idle(void **state)
{
	struct api_server_fixture *server = *state;

	server->answer_takes_ms = LONGER_THAN_IDLE_MS;
	assert_memory_equal(api_server_ask(server, RELOAD_REQUEST), "HTTP/1.1 200 ", 13);
	assert_int_equal(server->reloads, 1);
}

static void no_memory_is_an_error_of_the_server(void **state)
{
	struct api_server_fixture *server = *state;

	server->out_of_memory = true;
	assert_memory_equal(api_server_ask(server, RELOAD_REQUEST), "HTTP/1.1 500 ", 13);
	assert_memory_equal(api_server_ask(server, CHECK_REQUEST), "HTTP/1.1 500 ", 13);
}

static void what_the_owner_cannot_do_is_not_supported(void **state)
{
	struct api_server_fixture *server = *state;

	api_server_halt(server);
	api_close(server->api);
	server->source.reload = NULL;
	server->source.check = NULL;
	assert_int_equal(api_open(&server->api, server->loop, server->path, &server->source), 0);
	api_server_run(server);
	assert_memory_equal(api_server_ask(server, RELOAD_REQUEST), "HTTP/1.1 501 ", 13);
	assert_memory_equal(api_server_ask(server, CHECK_REQUEST), "HTTP/1.1 501 ", 13);
	api_server_assert_alive(server);
}

static void group_may_neither_check_nor_reload(void **state)
{
	struct api_server_fixture *server = *state;
	const uid_t user = API_SERVER_NOBODY;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(server->path, 0666), 0);
	assert_int_equal(chown(server->path, 0, 4711), 0);
	/* A check opens the key files that the text names, with stampd's rights. */
	assert_int_equal(api_server_ask_as(server, CHECK_REQUEST, user, 4711), 403);
	assert_int_equal(api_server_ask_as(server, RELOAD_REQUEST, user, 4711), 403);
	assert_int_equal(api_server_ask_as(server, CHECK_REQUEST, user, 4712), 403);
	assert_int_equal(api_server_ask_as(server, RELOAD_REQUEST, user, 4712), 403);
	assert_int_equal(server->reloads, 0);
	assert_int_equal(api_server_ask_as(server, CHECK_REQUEST, 0, 4712), 200);
	assert_int_equal(api_server_ask_as(server, RELOAD_REQUEST, 0, 4712), 200);
	assert_int_equal(server->reloads, 1);
}

#define with_server(test) cmocka_unit_test_setup_teardown(test, api_server_start, api_server_stop)

static const struct CMUnitTest server_tests[] = {
	with_server(body_may_be_empty),
	with_server(largest_body_is_taken),
	with_server(body_in_chunks_is_limited),
	with_server(body_without_end_is_cut_off),
	with_server(slow_body_delays_nobody),
	with_server(body_that_stops_is_dropped),
	with_server(answer_may_take_longer_than_clients_may_be_idle),
	with_server(no_memory_is_an_error_of_the_server),
	with_server(what_the_owner_cannot_do_is_not_supported),
	with_server(group_may_neither_check_nor_reload),
};

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(server_tests) + ARRAY_SIZE(verdict_cases) +
				ARRAY_SIZE(name_cases)];
	size_t count = ARRAY_SIZE(server_tests);

	memcpy(tests, server_tests, sizeof(server_tests));
	ADD_CASES(tests, count, verdict_cases, verdict_is_given);
	ADD_CASES(tests, count, name_cases, name_is_handed_over);
	return RUN_TESTS(tests, count, NULL, NULL);
}
