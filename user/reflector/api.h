/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stampd's control interface: HTTP with JSON over a Unix socket, one row per resource. */
#ifndef REFLECTOR_API_H
#define REFLECTOR_API_H

#include <jansson.h>

struct api;
struct event_loop;

#define API_BODY_MAX (1024UL * 1024) /* octets a request may bring */

/*
 * Whom the resources ask; `context` is the owner's. A document is the caller's, and NULL when
 * memory is out. Those that say if something was good are {"schema": "stampctl/1", "ok": true, ...}
 * or {"schema": "stampctl/1", "ok": false, "error": "FILE:LINE:COLUMN: text"}. None of the
 * functions may close the api. A NULL one, but for show, is answered with 501.
 */
struct api_source {
	json_t *(*show)(void *context);   /* GET /v1/show */
	json_t *(*reload)(void *context); /* POST /v1/reload: reads the configuration again */
	/* POST /v1/check?name=FILE: is this text a good configuration? It may have any octets and
	 * no NUL at its end; `name` is printable UTF-8, for messages only. */
	json_t *(*check)(void *context, const char *name, const char *text, size_t size);
	void *context;
};

/*
 * Listens on a Unix socket at `path` (mode 0660; its folder is made when missing, 0755), serving
 * from `loop`, which must outlive it. A socket file that nobody listens on is replaced; one that
 * answers is another stampd's and gives -EADDRINUSE. 0 or -errno, logged.
 */
int api_open(struct api **out, struct event_loop *loop, const char *path,
	     const struct api_source *source);

/* Stops listening and removes the socket file. Takes NULL. */
void api_close(struct api *api);

#endif
