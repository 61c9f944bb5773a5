/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The control socket as clients see it: answers, bad and slow clients, whose file it is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/event_loop.h"
#include "reflector/api.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define WAIT_MS 10000
#define SHOW_REQUEST "GET /v1/show HTTP/1.1\r\nHost: stampd\r\n\r\n"
#define SERVED_CLIENTS 16 /* at the same time */
#define OVERSLEEP_MS 6000 /* more than a client may be idle */
#define NOBODY 65534

struct server {
	struct event_loop *loop;
	struct api *api;
	int stop[2]; /* a pipe */
	pthread_t thread;
	bool running;
	char folder[32];
	char path[64]; /* in a folder that is made */
	bool out_of_memory;
};

static json_t *show(void *context)
{
	struct server *server = context;

	return server->out_of_memory ? NULL : json_pack("{s:s}", "schema", "stampctl/1");
}

static void on_stop(void *context, int fd)
{
	char octet;

	assert_int_equal(read(fd, &octet, 1), 1);
	event_loop_stop(context);
}

static void *serve(void *context)
{
	event_loop_run(((struct server *)context)->loop);
	return NULL;
}

static void run(struct server *server)
{
	assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
	server->running = true;
}

/* Afterwards the api may be used by the test's own thread. */
static void halt(struct server *server)
{
	if (!server->running)
		return;
	assert_int_equal(write(server->stop[1], "x", 1), 1);
	pthread_join(server->thread, NULL);
	server->running = false;
}

static int start_server(void **state)
{
	struct server *server = calloc(1, sizeof(*server));
	struct api_source source = { show, server };

	*state = server;
	strcpy(server->folder, "/tmp/test_api.XXXXXX");
	assert_non_null(mkdtemp(server->folder));
	chmod(server->folder, 0755);
	sprintf(server->path, "%s/run/control.sock", server->folder);
	assert_int_equal(pipe2(server->stop, O_CLOEXEC), 0);
	assert_int_equal(event_loop_open(&server->loop), 0);
	assert_int_equal(event_loop_add(server->loop, server->stop[0], on_stop, server->loop), 0);
	assert_int_equal(api_open(&server->api, server->loop, server->path, &source), 0);
	run(server);
	return 0;
}

static int stop_server(void **state)
{
	struct server *server = *state;
	char run[64];

	halt(server);
	api_close(server->api);
	event_loop_close(server->loop);
	close(server->stop[0]);
	close(server->stop[1]);
	unlink(server->path);
	sprintf(run, "%s/run", server->folder);
	rmdir(run);
	rmdir(server->folder);
	free(server);
	return 0;
}

static int try_connect(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, path);
	if (!connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	close(fd);
	return -1;
}

static int say(const char *path, const char *request, size_t size)
{
	int fd = try_connect(path);

	assert_true(fd >= 0);
	assert_int_equal(send(fd, request, size, MSG_NOSIGNAL), size);
	return fd;
}

/* Everything that comes until the server closes; valid until the next call. */
static const char *hear(int fd)
{
	static char reply[4096];
	size_t used = 0;
	ssize_t got = 1;

	while (got > 0) {
		struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

		assert_int_equal(poll(&poll_fd, 1, WAIT_MS), 1);
		got = recv(fd, reply + used, sizeof(reply) - 1 - used, 0);
		used += got > 0 ? (size_t)got : 0;
	}
	close(fd);
	reply[used] = '\0';
	return reply;
}

static const char *ask(const struct server *server, const char *request)
{
	return hear(say(server->path, request, strlen(request)));
}

static void assert_alive(const struct server *server)
{
	assert_non_null(strstr(ask(server, SHOW_REQUEST), "{\"schema\":\"stampctl/1\"}"));
}

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

	assert_int_equal(start_server(&fixture), 0);
	reply = ask(fixture, c->request);
	assert_memory_equal(reply, c->status, strlen(c->status));
	assert_non_null(strstr(reply, c->part));
	assert_alive(fixture);
	stop_server(&fixture);
}

static void no_memory_is_an_error_of_the_server(void **state)
{
	struct server *server = *state;

	server->out_of_memory = true;
	assert_memory_equal(ask(server, SHOW_REQUEST), "HTTP/1.1 500 ", 13);
}

static void octets_that_are_no_text_do_no_harm(void **state)
{
	struct server *server = *state;
	unsigned char octets[60000];
	int fd;

	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (unsigned char)(i * 167);
	fd = try_connect(server->path);
	assert_true(fd >= 0);
	send(fd, octets, sizeof(octets), MSG_NOSIGNAL | MSG_DONTWAIT);
	assert_alive(server);
	close(fd);
	assert_alive(server);
}

static void header_without_end_is_refused(void **state)
{
	struct server *server = *state;
	static char header[100000];
	int fd = say(server->path, "GET /v1/show HTTP/1.1\r\nX: ", 26);
	ssize_t sent;

	memset(header, 'x', sizeof(header));
	do
		sent = send(fd, header, sizeof(header), MSG_NOSIGNAL);
	while (sent > 0);
	close(fd);
	assert_alive(server);
}

static void slow_client_delays_nobody(void **state)
{
	struct server *server = *state;
	int slow = say(server->path, SHOW_REQUEST, 10);

	assert_alive(server);
	assert_int_equal(send(slow, SHOW_REQUEST + 10, sizeof(SHOW_REQUEST) - 11, 0),
			 sizeof(SHOW_REQUEST) - 11);
	assert_non_null(strstr(hear(slow), "stampctl/1"));
}

static void client_that_leaves_is_forgotten(void **state)
{
	struct server *server = *state;

	for (int i = 0; i < 4 * SERVED_CLIENTS; i++)
		close(say(server->path, SHOW_REQUEST, i % 2 ? sizeof(SHOW_REQUEST) - 1 : 10));
	assert_alive(server);
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
	struct server *server = *state;
	int idle[SERVED_CLIENTS];
	int wake[2];

	assert_int_equal(pipe2(wake, O_CLOEXEC), 0);
	halt(server);
	assert_int_equal(event_loop_add(server->loop, wake[0], oversleep, NULL), 0);
	run(server);
	for (size_t i = 0; i < ARRAY_SIZE(idle); i++)
		idle[i] = say(server->path, SHOW_REQUEST, 10);
	assert_int_equal(write(wake[1], "x", 1), 1);
	for (size_t i = 0; i < ARRAY_SIZE(idle); i++)
		assert_string_equal(hear(idle[i]), "");
	assert_alive(server);
	halt(server);
	close(wake[0]);
	close(wake[1]);
}

static void file_is_for_owner_and_group(void **state)
{
	struct server *server = *state;
	struct stat file;

	assert_int_equal(stat(server->path, &file), 0);
	assert_true(S_ISSOCK(file.st_mode));
	assert_int_equal(file.st_mode & 07777, 0660);
}

static void file_goes_with_its_owner(void **state)
{
	struct server *server = *state;

	halt(server);
	api_close(server->api);
	server->api = NULL;
	assert_int_equal(access(server->path, F_OK), -1);
}

static void file_of_another_stays(void **state)
{
	struct server *server = *state;
	struct api_source source = { show, server };
	struct api *other;

	halt(server);
	unlink(server->path);
	assert_int_equal(api_open(&other, server->loop, server->path, &source), 0);
	api_close(server->api);
	server->api = other;
	assert_int_equal(access(server->path, F_OK), 0);
}

static void stale_file_is_replaced(void **state)
{
	struct server *server = *state;
	struct api_source source = { show, server };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct api *api;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sprintf(address.sun_path, "%s/stale.sock", server->folder);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
	assert_int_equal(try_connect(address.sun_path), -1);
	halt(server);
	assert_int_equal(api_open(&api, server->loop, address.sun_path, &source), 0);
	fd = try_connect(address.sun_path);
	assert_true(fd >= 0);
	close(fd);
	api_close(api);
}

static void live_file_is_refused(void **state)
{
	struct server *server = *state;
	struct api_source source = { show, server };
	struct api *api;

	assert_int_equal(api_open(&api, server->loop, server->path, &source), -EADDRINUSE);
	assert_alive(server);
}

static void other_files_are_refused(void **state)
{
	struct server *server = *state;
	struct api_source source = { show, server };
	struct api *api;
	char path[64];
	char longer[200];

	sprintf(path, "%s/file", server->folder);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	assert_int_equal(api_open(&api, server->loop, path, &source), -EEXIST);
	assert_int_equal(access(path, F_OK), 0);
	unlink(path);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[0] = '/';
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(api_open(&api, server->loop, longer, &source), -ENAMETOOLONG);
	assert_int_equal(api_open(&api, server->loop, "/proc/none/x.sock", &source), -ENOENT);
}

/* In a process of `user` with one group beside its own: 0 if it is answered, else 1. */
static int ask_as(const struct server *server, uid_t user, gid_t group)
{
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		const char *reply;

		if (setgroups(1, &group) || setgid(NOBODY) || setuid(user))
			_exit(2);
		reply = ask(server, SHOW_REQUEST);
		if (!strncmp(reply, "HTTP/1.1 200 ", 13))
			_exit(0);
		_exit(strncmp(reply, "HTTP/1.1 403 ", 13) ? 3 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void strangers_are_refused_though_the_file_is_open(void **state)
{
	struct server *server = *state;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(server->path, 0666), 0);
	assert_int_equal(chown(server->path, 0, 4711), 0);
	assert_int_equal(ask_as(server, NOBODY, 4712), 1);
	assert_int_equal(ask_as(server, NOBODY, 4711), 0);
	assert_int_equal(chown(server->path, 0, NOBODY), 0);
	assert_int_equal(ask_as(server, NOBODY, 4712), 0);
}

#define with_server(test) cmocka_unit_test_setup_teardown(test, start_server, stop_server)

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
