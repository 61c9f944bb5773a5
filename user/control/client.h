/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Asks stampd: HTTP over its Unix socket, JSON out. */
#ifndef CONTROL_CLIENT_H
#define CONTROL_CLIENT_H

#include <jansson.h>

#include "common/paths.h"

/* The document of a resource ("/v1/show"); the caller's. 0 or -errno, logged with its remedy. */
int client_get(const char *socket_path, const char *resource, json_t **out);

#endif
