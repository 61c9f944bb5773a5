/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The control socket as clients see it: answers, bad and slow clients, whose file it is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/event_loop.h"
#include "lib/api_server.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define SERVED_CLIENTS 16 /* at the same time */
#define OVERSLEEP_MS 6000 /* more than a client may be idle */

struct request_case {
	const char *name;
	const char *request;
	const char *status;
	const char *part; /* of the reply */
};

static const struct request_case request_cases[] = {
	{ "show gives the document", SHOW_REQUEST, "HTTP/1.1 200 ", "{\"schema\":\"stampctl/1\"}" },
	{ "a document is said to be JSON", SHOW_REQUEST, "HTTP/1.1 200 ",
	  "Content-Type: application/json\r\n" },
	{ "a connection serves one request", SHOW_REQUEST, "HTTP/1.1 200 ",
	  "Connection: close\r\n" },
	{ "an old client is answered", "GET /v1/show HTTP/1.0\r\n\r\n", "HTTP/1.1 200 ",
	  "stampctl/1" },
	{ "arguments are not looked at", "GET /v1/show?a=b HTTP/1.1\r\nHost: x\r\n\r\n",
	  "HTTP/1.1 200 ", "stampctl/1" },
	{ "an unknown path", "GET /v1/none HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404 ",
	  "{\"error\":\"there is no such resource\"}" },
	{ "a path that goes on", "GET /v1/show/ HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404 ",
	  "{\"error\":" },
	{ "another method", "POST /v1/show HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
	  "HTTP/1.1 405 ", "Allow: GET\r\n" },
	{ "a method there is not", "STEAL /v1/show HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 405 ",
	  "{\"error\":" },
	{ "a request that is no HTTP", "show\r\n\r\n", "", "" },
	{ "a length that is no number",
	  "POST /v1/show HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 400 ", "" },
};

static void is_answered(void **state)
{
	/* cmocka hands over the case; a fixture of a row would be the server. */
	const struct request_case *c = *state;
	void *fixture;
	const char *reply;

	assert_int_equal(api_server_start(&fixture), 0);
	reply = api_server_ask(fixture, c->request);
	assert_memory_equal(reply, c->status, strlen(c->status));
	assert_non_null(strstr(reply, c->part));
	api_server_assert_alive(fixture);
	api_server_stop(&fixture);
}

static void no_memory_is_an_error_of_the_server(void **state)
{
	struct api_server_fixture *server = *state;

	server->out_of_memory = true;
	assert_memory_equal(api_server_ask(server, SHOW_REQUEST), "HTTP/1.1 500 ", 13);
}

static void octets_that_are_no_text_do_no_harm(void **state)
{
	struct api_server_fixture *server = *state;
	unsigned char octets[60000];
	int fd;

	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (unsigned char)(i * 167);
	fd = api_server_connect(server->path);
	assert_true(fd >= 0);
	send(fd, octets, sizeof(octets), MSG_NOSIGNAL | MSG_DONTWAIT);
	api_server_assert_alive(server);
	close(fd);
	api_server_assert_alive(server);
}

static void header_without_end_is_refused(void **state)
{
	struct api_server_fixture *server = *state;
	static char header[100000];
	int fd = api_server_say(server->path, "GET /v1/show HTTP/1.1\r\nX: ", 26);
	ssize_t sent;

	memset(header, 'x', sizeof(header));
	do
		sent = send(fd, header, sizeof(header), MSG_NOSIGNAL);
	while (sent > 0);
	close(fd);
	api_server_assert_alive(server);
}

static void slow_client_delays_nobody(void **state)
{
	struct api_server_fixture *server = *state;
	int slow = api_server_say(server->path, SHOW_REQUEST, 10);

	api_server_assert_alive(server);
	assert_int_equal(send(slow, SHOW_REQUEST + 10, sizeof(SHOW_REQUEST) - 11, 0),
			 sizeof(SHOW_REQUEST) - 11);
	assert_non_null(strstr(api_server_hear(slow), "stampctl/1"));
}

static void client_that_leaves_is_forgotten(void **state)
{
	struct api_server_fixture *server = *state;

	for (int i = 0; i < 4 * SERVED_CLIENTS; i++)
		close(api_server_say(server->path, SHOW_REQUEST,
				     i % 2 ? sizeof(SHOW_REQUEST) - 1 : 10));
	api_server_assert_alive(server);
}

static void oversleep(void *context, int fd)
{
	char octet;

	(void)context;
	assert_int_equal(read(fd, &octet, 1), 1);
	poll(NULL, 0, OVERSLEEP_MS);
}

/* All of them in one moment, so that no later event wakes who listens for new ones. */
static void idle_clients_are_dropped(void **state)
{
	struct api_server_fixture *server = *state;
	int idle[SERVED_CLIENTS];
	int wake[2];

	assert_int_equal(pipe2(wake, O_CLOEXEC), 0);
	api_server_halt(server);
	assert_int_equal(event_loop_add(server->loop, wake[0], oversleep, NULL), 0);
	api_server_run(server);
	for (size_t i = 0; i < ARRAY_SIZE(idle); i++)
		idle[i] = api_server_say(server->path, SHOW_REQUEST, 10);
	assert_int_equal(write(wake[1], "x", 1), 1);
	for (size_t i = 0; i < ARRAY_SIZE(idle); i++)
		assert_string_equal(api_server_hear(idle[i]), "");
	api_server_assert_alive(server);
	api_server_halt(server);
	close(wake[0]);
	close(wake[1]);
}

static void file_is_for_owner_and_group(void **state)
{
	struct api_server_fixture *server = *state;
	struct stat file;

	assert_int_equal(stat(server->path, &file), 0);
	assert_true(S_ISSOCK(file.st_mode));
	assert_int_equal(file.st_mode & 07777, 0660);
}

static void file_goes_with_its_owner(void **state)
{
	struct api_server_fixture *server = *state;

	api_server_halt(server);
	api_close(server->api);
	server->api = NULL;
	assert_int_equal(access(server->path, F_OK), -1);
}

static void file_of_another_stays(void **state)
{
	struct api_server_fixture *server = *state;
	struct api *other;

	api_server_halt(server);
	unlink(server->path);
	assert_int_equal(api_open(&other, server->loop, server->path, &server->source), 0);
	api_close(server->api);
	server->api = other;
	assert_int_equal(access(server->path, F_OK), 0);
}

static void stale_file_is_replaced(void **state)
{
	struct api_server_fixture *server = *state;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct api *api;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sprintf(address.sun_path, "%s/stale.sock", server->folder);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
	assert_int_equal(api_server_connect(address.sun_path), -1);
	api_server_halt(server);
	assert_int_equal(api_open(&api, server->loop, address.sun_path, &server->source), 0);
	fd = api_server_connect(address.sun_path);
	assert_true(fd >= 0);
	close(fd);
	api_close(api);
}

static void live_file_is_refused(void **state)
{
	struct api_server_fixture *server = *state;
	struct api *api;

	assert_int_equal(api_open(&api, server->loop, server->path, &server->source), -EADDRINUSE);
	api_server_assert_alive(server);
}

static void other_files_are_refused(void **state)
{
	struct api_server_fixture *server = *state;
	struct api *api;
	char path[64];
	char longer[200];

	sprintf(path, "%s/file", server->folder);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	assert_int_equal(api_open(&api, server->loop, path, &server->source), -EEXIST);
	assert_int_equal(access(path, F_OK), 0);
	unlink(path);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[0] = '/';
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(api_open(&api, server->loop, longer, &server->source), -ENAMETOOLONG);
	assert_int_equal(api_open(&api, server->loop, "/proc/none/x.sock", &server->source),
			 -ENOENT);
}

static void strangers_are_refused_though_the_file_is_open(void **state)
{
	struct api_server_fixture *server = *state;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(server->path, 0666), 0);
	assert_int_equal(chown(server->path, 0, 4711), 0);
	assert_int_equal(api_server_ask_as(server, SHOW_REQUEST, API_SERVER_NOBODY, 4712), 403);
	assert_int_equal(api_server_ask_as(server, SHOW_REQUEST, API_SERVER_NOBODY, 4711), 200);
	assert_int_equal(chown(server->path, 0, API_SERVER_NOBODY), 0);
	assert_int_equal(api_server_ask_as(server, SHOW_REQUEST, API_SERVER_NOBODY, 4712), 200);
}

#define with_server(test) cmocka_unit_test_setup_teardown(test, api_server_start, api_server_stop)

static const struct CMUnitTest server_tests[] = {
	with_server(no_memory_is_an_error_of_the_server),
	with_server(octets_that_are_no_text_do_no_harm),
	with_server(header_without_end_is_refused),
	with_server(slow_client_delays_nobody),
	with_server(client_that_leaves_is_forgotten),
	with_server(idle_clients_are_dropped),
	with_server(file_is_for_owner_and_group),
	with_server(file_goes_with_its_owner),
	with_server(file_of_another_stays),
	with_server(stale_file_is_replaced),
	with_server(live_file_is_refused),
	with_server(other_files_are_refused),
	with_server(strangers_are_refused_though_the_file_is_open),
};

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(server_tests) + ARRAY_SIZE(request_cases)];
	size_t count = ARRAY_SIZE(server_tests);

	memcpy(tests, server_tests, sizeof(server_tests));
	for (size_t i = 0; i < ARRAY_SIZE(request_cases); i++)
		tests[count++] = (struct CMUnitTest){ request_cases[i].name, is_answered, NULL,
						      NULL, (void *)&request_cases[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
