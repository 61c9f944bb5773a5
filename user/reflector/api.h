/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stampd's control interface: HTTP with JSON over a Unix socket, one row per resource. */
#ifndef REFLECTOR_API_H
#define REFLECTOR_API_H

#include <jansson.h>

struct api;
struct event_loop;

/* What the resources read; `context` is the owner's. The document returned is the caller's. */
struct api_source {
	json_t *(*show)(void *context); /* GET /v1/show; NULL when memory is out */
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
