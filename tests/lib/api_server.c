/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "lib/api_server.h"
#include "lib/cases.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/event_loop.h"

#define WAIT_MS 10000

static json_t *verdict(const struct api_server_fixture *server)
{
	if (server->out_of_memory)
		return NULL;
	if (server->not_ok)
		return json_pack("{s:s s:b s:s}", "schema", "stampctl/1", "ok", 0, "error",
				 "x.yaml:1:2: not this");
	return json_pack("{s:s s:b}", "schema", "stampctl/1", "ok", 1);
}

static json_t *show(void *context)
{
	const struct api_server_fixture *server = context;

	return server->out_of_memory ? NULL : json_pack("{s:s}", "schema", "stampctl/1");
}

static json_t *reload(void *context)
{
	struct api_server_fixture *server = context;

	server->reloads++;
	poll(NULL, 0, server->answer_takes_ms);
	return verdict(server);
}

static json_t *check(void *context, const char *name, const char *text, size_t size)
{
	struct api_server_fixture *server = context;

	snprintf(server->checked_name, sizeof(server->checked_name), "%s", name);
	snprintf(server->checked_text, sizeof(server->checked_text), "%.*s", (int)size, text);
	server->checked_size = size;
	return verdict(server);
}

static void on_stop(void *context, int fd)
{
	char octet;

	assert_int_equal(read(fd, &octet, 1), 1);
	event_loop_stop(context);
}

static void *serve(void *context)
{
	event_loop_run(((struct api_server_fixture *)context)->loop);
	return NULL;
}

void api_server_run(struct api_server_fixture *server)
{
	assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
	server->running = true;
}

void api_server_halt(struct api_server_fixture *server)
{
	if (!server->running)
		return;
	assert_int_equal(write(server->stop[1], "x", 1), 1);
	pthread_join(server->thread, NULL);
	server->running = false;
}

int api_server_start(void **state)
{
	struct api_server_fixture *server = calloc(1, sizeof(*server));

	assert_non_null(server);
	*state = server;
	server->source = (struct api_source){ show, reload, check, server };
	strcpy(server->folder, "/tmp/test_api.XXXXXX");
	assert_non_null(mkdtemp(server->folder));
	chmod(server->folder, 0755);
	sprintf(server->path, "%s/run/control.sock", server->folder);
	assert_int_equal(pipe2(server->stop, O_CLOEXEC), 0);
	assert_int_equal(event_loop_open(&server->loop), 0);
	assert_int_equal(event_loop_add(server->loop, server->stop[0], on_stop, server->loop), 0);
	assert_int_equal(api_open(&server->api, server->loop, server->path, &server->source), 0);
	api_server_run(server);
	return 0;
}

int api_server_stop(void **state)
{
	struct api_server_fixture *server = *state;
	char run[64];

	api_server_halt(server);
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

int api_server_connect(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, path);
	if (!connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	close(fd);
	return -1;
}

int api_server_say(const char *path, const char *request, size_t size)
{
	int fd = api_server_connect(path);

	assert_true(fd >= 0);
	assert_int_equal(send(fd, request, size, MSG_NOSIGNAL), size);
	return fd;
}

const char *api_server_hear(int fd)
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

const char *api_server_ask(const struct api_server_fixture *server, const char *request)
{
	return api_server_hear(api_server_say(server->path, request, strlen(request)));
}

/* Made to fit in an exit code. */
static int status_above_200(const char *reply)
{
	int status = 0;

	return sscanf(reply, "HTTP/1.1 %d ", &status) == 1 ? status - 200 : 255;
}

int api_server_ask_as(const struct api_server_fixture *server, const char *request, uid_t user,
		      gid_t group)
{
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		if (setgroups(1, &group) || setgid(API_SERVER_NOBODY) || setuid(user))
			_exit(255);
		_exit(status_above_200(api_server_ask(server, request)));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return 200 + WEXITSTATUS(status);
}

void api_server_assert_alive(const struct api_server_fixture *server)
{
	assert_non_null(
		strstr(api_server_ask(server, SHOW_REQUEST), "{\"schema\":\"stampctl/1\"}"));
}
