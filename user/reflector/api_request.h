/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One request to the control interface: who asks, its body, its answer. */
#ifndef REFLECTOR_API_REQUEST_H
#define REFLECTOR_API_REQUEST_H

#include <stddef.h>

#include <microhttpd.h>

#include "reflector/api.h"

struct api_socket;

/* Whom requests reach, and what says who may. */
struct api_server {
	struct api_source source;
	struct api_socket *socket;
};

/* The daemon's callbacks: for the header, each part of the body and its end; and when all is over.
 * The context is the server. */
enum MHD_Result api_request_on_part(void *context, struct MHD_Connection *connection,
				    const char *url, const char *method, const char *version,
				    const char *upload, size_t *upload_size, void **state);
void api_request_on_end(void *context, struct MHD_Connection *connection, void **state,
			enum MHD_RequestTerminationCode code);

#endif
