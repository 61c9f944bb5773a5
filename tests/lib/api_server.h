/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stampd's control interface in a thread of the test, with answers the test sets; and clients. */
#ifndef TESTS_API_SERVER_H
#define TESTS_API_SERVER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "reflector/api.h"

#define API_SERVER_NOBODY 65534 /* a user and a group with no rights */
#define SHOW_REQUEST "GET /v1/show HTTP/1.1\r\nHost: stampd\r\n\r\n"

struct api_server_fixture {
	struct event_loop *loop;
	struct api_source source;
	struct api *api;
	int stop[2]; /* a pipe */
	pthread_t thread;
	bool running;
	char folder[32];
	char path[64];         /* in a folder that is made */
	bool out_of_memory;    /* no document can be had */
	bool not_ok;           /* reload and check find a fault */
	int answer_takes_ms;   /* of reload */
	int reloads;           /* there were */
	char checked_name[64]; /* what check got */
	char checked_text[64]; /* its beginning */
	size_t checked_size;
};

/* For cmocka: the state is the fixture, and it serves. */
int api_server_start(void **state);
int api_server_stop(void **state);

/* Starts and ends the thread; without it the api may be used by the test's own. */
void api_server_run(struct api_server_fixture *server);
void api_server_halt(struct api_server_fixture *server);

/* A connection, or -1. */
int api_server_connect(const char *path);

/* A connection on which this was said. */
int api_server_say(const char *path, const char *request, size_t size);

/* Everything that comes until the server closes; valid until the next call. */
const char *api_server_hear(int fd);

const char *api_server_ask(const struct api_server_fixture *server, const char *request);

/* What a process of `user` with one group beside its own gets as HTTP status. */
int api_server_ask_as(const struct api_server_fixture *server, const char *request, uid_t user,
		      gid_t group);

void api_server_assert_alive(const struct api_server_fixture *server);

#endif
