/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What can be asked through the control interface, and the answers: one row per resource. */
#ifndef REFLECTOR_API_RESOURCE_H
#define REFLECTOR_API_RESOURCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct api_source;

enum api_right { API_READ, API_WRITE };

/* What came with a request that takes a body. */
struct api_input {
	const char *name; /* of the text, for messages */
	const char *text; /* without a NUL at its end */
	size_t size;
};

/* What a request gets; the document is the caller's, NULL when memory is out. */
struct api_answer {
	unsigned int status; /* of HTTP */
	const char *allow;   /* the method there is, with 405 */
	json_t *document;
};

struct api_resource {
	const char *method;
	const char *path;
	enum api_right right;
	bool takes_body;
	struct api_answer (*answer)(const struct api_source *source, const struct api_input *input);
};

/* The resource of a request; NULL if there is none, and `refusal` says so. */
const struct api_resource *api_resource_find(const char *method, const char *path,
					     struct api_answer *refusal);

/* {"error": text} */
struct api_answer api_refusal(unsigned int status, const char *text);

#endif
