/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Asks stampd: HTTP over its Unix socket, JSON out. */
#ifndef CONTROL_CLIENT_H
#define CONTROL_CLIENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* The document of a resource ("/v1/show"); the caller's. 0 or -errno, logged with its remedy. */
int client_get(const char *socket_path, const char *resource, json_t **out);

/* What goes with a POST request. */
struct client_upload {
	const char *name; /* ?name=, escaped here; NULL: none */
	const char *text;
	size_t size; /* octets of the text; may be 0 */
};

/*
 * Sends an upload to a resource and gives its verdict: `ok`, and the document, which says in
 * "error" what isn't. It is the caller's. 0 or -errno, logged with its remedy: there is no verdict.
 */
int client_post(const char *socket_path, const char *resource, const struct client_upload *upload,
		json_t **out, bool *ok);

#endif
