/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/api_resource.h"

#include <string.h>

#include <microhttpd.h>

#include "reflector/api.h"

struct api_answer api_refusal(unsigned int status, const char *text)
{
	return (struct api_answer){ .status = status,
				    .document = json_pack("{s:s}", "error", text) };
}

static struct api_answer not_supported(void)
{
	return api_refusal(MHD_HTTP_NOT_IMPLEMENTED, "this stampd does not support it");
}

/* A document that says "ok": false gets the status `refused`. */
static struct api_answer answer_with(json_t *document, unsigned int refused)
{
	bool ok = json_is_true(json_object_get(document, "ok"));

	return (struct api_answer){ .status = ok ? MHD_HTTP_OK : refused, .document = document };
}

static struct api_answer show(const struct api_source *source, const struct api_input *input)
{
	(void)input;
	return (struct api_answer){ .status = MHD_HTTP_OK,
				    .document = source->show(source->context) };
}

static struct api_answer reload(const struct api_source *source, const struct api_input *input)
{
	(void)input;
	if (!source->reload)
		return not_supported();
	return answer_with(source->reload(source->context), MHD_HTTP_CONFLICT);
}

static struct api_answer check(const struct api_source *source, const struct api_input *input)
{
	if (!source->check)
		return not_supported();
	return answer_with(source->check(source->context, input->name, input->text, input->size),
			   MHD_HTTP_UNPROCESSABLE_CONTENT);
}

static const struct api_resource resources[] = {
	{ MHD_HTTP_METHOD_GET, "/v1/show", API_READ, false, show },
	{ MHD_HTTP_METHOD_POST, "/v1/reload", API_WRITE, false, reload },
	{ MHD_HTTP_METHOD_POST, "/v1/check", API_WRITE, true, check },
};

const struct api_resource *api_resource_find(const char *method, const char *path,
					     struct api_answer *refusal)
{
	for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++) {
		if (strcmp(resources[i].path, path) != 0)
			continue;
		if (!strcmp(resources[i].method, method))
			return &resources[i];
		*refusal = api_refusal(MHD_HTTP_METHOD_NOT_ALLOWED, "not by this method");
		refusal->allow = resources[i].method;
		return NULL;
	}
	*refusal = api_refusal(MHD_HTTP_NOT_FOUND, "there is no such resource");
	return NULL;
}
