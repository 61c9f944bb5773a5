/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/api_request.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "reflector/api_resource.h"
#include "reflector/api_socket.h"

#define ROOM_FIRST 8192 /* octets */
#define UPLOAD_MAX                                                                                 \
	(4 * API_BODY_MAX) /* a body that doesn't end costs the client its connection              \
			    */

/* A request whose body is on its way. */
struct request {
	const struct api_resource *resource;
	char *body;
	size_t room;
	size_t size; /* what came: more than the room when the body is not kept */
	int err;
};

/* The answer as octets to send; what cannot be had becomes an error 500 in its place. */
static struct MHD_Response *make_response(struct api_answer *answer)
{
	static char out_of_memory[] = "{\"error\":\"memory is out\"}";
	char *body = json_dumps(answer->document, JSON_COMPACT);
	struct MHD_Response *response;

	if (!body) {
		answer->status = MHD_HTTP_INTERNAL_SERVER_ERROR;
		return MHD_create_response_from_buffer(strlen(out_of_memory), out_of_memory,
						       MHD_RESPMEM_PERSISTENT);
	}
	response = MHD_create_response_from_buffer(strlen(body), body, MHD_RESPMEM_MUST_FREE);
	if (!response)
		free(body);
	return response;
}

/* Takes the answer's document. */
static enum MHD_Result send_answer(struct MHD_Connection *connection, struct api_answer answer)
{
	struct MHD_Response *response = make_response(&answer);
	enum MHD_Result result;

	json_decref(answer.document);
	if (!response)
		return MHD_NO; /* closes the connection */
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	if (answer.allow)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, answer.allow);
	result = MHD_queue_response(connection, answer.status, response);
	MHD_destroy_response(response);
	return result;
}

/* The name the client gave its text, if it can stand in a line of a message. */
static const char *name_of(struct MHD_Connection *connection)
{
	const char *name = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "name");
	json_t *string = json_string(name); /* NULL unless it is UTF-8 */
	bool good = string && *name;

	json_decref(string);
	for (const char *at = name; good && *at; at++)
		good = !iscntrl((unsigned char)*at);
	return good ? name : "configuration";
}

static enum MHD_Result answer_request(const struct api_server *server,
				      struct MHD_Connection *connection,
				      const struct api_resource *resource, const char *text,
				      size_t size)
{
	const struct api_input input = { name_of(connection), text, size };

	return send_answer(connection, resource->answer(&server->source, &input));
}

static struct api_answer too_large(void)
{
	return api_refusal(MHD_HTTP_CONTENT_TOO_LARGE, "the body is larger than 1 MiB");
}

static bool says_too_large(struct MHD_Connection *connection)
{
	const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							 MHD_HTTP_HEADER_CONTENT_LENGTH);

	return length && strtoull(length, NULL, 10) > API_BODY_MAX;
}

/* The resource, if the client may have it; else NULL, and the refusal. */
static const struct api_resource *judge_header(const struct api_server *server,
					       struct MHD_Connection *connection, const char *url,
					       const char *method, struct api_answer *refusal)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	const struct api_resource *resource;

	if (!info || !api_socket_may_read(server->socket, info->connect_fd)) {
		*refusal = api_refusal(MHD_HTTP_FORBIDDEN,
				       "only root, stampd's user and the socket's group may ask");
		return NULL;
	}
	resource = api_resource_find(method, url, refusal);
	if (resource && resource->right == API_WRITE && !api_socket_may_write(info->connect_fd)) {
		*refusal = api_refusal(MHD_HTTP_FORBIDDEN,
				       "only root and stampd's user may change or check anything");
		return NULL;
	}
	if (resource && resource->takes_body && says_too_large(connection)) {
		*refusal = too_large();
		return NULL;
	}
	return resource;
}

static enum MHD_Result begin(const struct api_server *server, struct MHD_Connection *connection,
			     const char *url, const char *method, void **state)
{
	struct api_answer refusal = { 0 };
	const struct api_resource *resource =
		judge_header(server, connection, url, method, &refusal);
	struct request *request;

	if (!resource)
		return send_answer(connection, refusal);
	if (!resource->takes_body)
		return answer_request(server, connection, resource, NULL, 0);
	request = calloc(1, sizeof(*request));
	if (!request)
		return send_answer(connection, (struct api_answer){ 0 });
	request->resource = resource;
	*state = request;
	return MHD_YES;
}

/* 0, -EFBIG or -ENOMEM. */
static int make_room(struct request *request, size_t size)
{
	size_t room = request->room ? request->room : ROOM_FIRST;
	char *body;

	if (size > API_BODY_MAX)
		return -EFBIG;
	while (room < size)
		room *= 2;
	if (room == request->room)
		return 0;
	body = realloc(request->body, room);
	if (!body)
		return -ENOMEM;
	request->body = body;
	request->room = room;
	return 0;
}

/* While there is something to read no answer can be sent: a body that isn't kept is read on. */
static enum MHD_Result keep(struct request *request, const char *part, size_t size)
{
	if (size > UPLOAD_MAX - request->size)
		return MHD_NO;
	if (!request->err)
		request->err = make_room(request, request->size + size);
	if (!request->err)
		memcpy(request->body + request->size, part, size);
	request->size += size;
	return MHD_YES;
}

enum MHD_Result api_request_on_part(void *context, struct MHD_Connection *connection,
				    const char *url, const char *method, const char *version,
				    const char *upload, size_t *upload_size, void **state)
{
	const struct api_server *server = context;
	struct request *request = *state;
	size_t size = *upload_size;

	(void)version;
	if (!request)
		return begin(server, connection, url, method, state);
	*upload_size = 0;
	if (size)
		return keep(request, upload, size);
	if (request->err)
		return send_answer(connection,
				   request->err == -EFBIG ? too_large() : (struct api_answer){ 0 });
	return answer_request(server, connection, request->resource,
			      request->body ? request->body : "", request->size);
}

void api_request_on_end(void *context, struct MHD_Connection *connection, void **state,
			enum MHD_RequestTerminationCode code)
{
	struct request *request = *state;

	(void)context;
	(void)connection;
	(void)code;
	if (!request)
		return;
	free(request->body);
	free(request);
	*state = NULL;
}
