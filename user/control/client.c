/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "control/client.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "common/log.h"

#define GET_SECONDS 10L
#define POST_SECONDS 60L /* programs may have to be loaded meanwhile */
#define HTTP_OK 200

struct exchange {
	const char *socket_path;
	const char *resource;
	const struct client_upload *upload; /* NULL: GET */
	char *reply;                        /* malloc()ed */
	size_t reply_size;
	long status;
};

static long seconds(const struct exchange *exchange)
{
	return exchange->upload ? POST_SECONDS : GET_SECONDS;
}

/* Says why there is no reply. */
static int log_failure(const struct exchange *exchange, CURL *curl, CURLcode code, const char *text)
{
	const char *path = exchange->socket_path;
	long cause = 0;

	curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &cause);
	if (code == CURLE_OPERATION_TIMEDOUT) {
		log_error("%s: stampd gave no answer for %ld s: is it stopped?", path,
			  seconds(exchange));
		return -ETIMEDOUT;
	}
	if (code == CURLE_COULDNT_CONNECT && (cause == ENOENT || cause == ECONNREFUSED)) {
		log_error("no stampd listens on %s: is it running? -s SOCKET names another one",
			  path);
		return -ECONNREFUSED;
	}
	if (code == CURLE_COULDNT_CONNECT && (cause == EACCES || cause == EPERM)) {
		log_error("%s: permission denied: be root, or join the socket's group", path);
		return -EACCES;
	}
	log_error("%s: no answer from a stampd: %s", path, *text ? text : curl_easy_strerror(code));
	return -EIO;
}

/* Without a type, curl would call the body a form. */
static struct curl_slist *set_upload(CURL *curl, const struct client_upload *upload)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/yaml");

	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)upload->size);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, upload->size ? upload->text : "");
	return headers;
}

static int perform(struct exchange *exchange, CURL *curl, FILE *reply)
{
	struct curl_slist *headers = NULL;
	char text[CURL_ERROR_SIZE] = "";
	CURLcode code;

	/* Whatever proxy the environment names is not for this socket. */
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, exchange->socket_path);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, seconds(exchange));
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, reply);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, text);
	if (exchange->upload)
		headers = set_upload(curl, exchange->upload);
	code = curl_easy_perform(curl);
	curl_slist_free_all(headers);
	if (code != CURLE_OK)
		return log_failure(exchange, curl, code, text);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &exchange->status);
	return 0;
}

/* 0 or -ENOMEM. */
static int set_url(CURL *curl, const struct exchange *exchange)
{
	const char *name = exchange->upload ? exchange->upload->name : NULL;
	char *escaped = name ? curl_easy_escape(curl, name, 0) : NULL;
	char *url = NULL;
	int err = -ENOMEM;

	if (name && !escaped)
		return -ENOMEM;
	if (asprintf(&url, "http://stampd%s%s%s", exchange->resource, name ? "?name=" : "",
		     name ? escaped : "") < 0)
		url = NULL;
	if (url && curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK)
		err = 0;
	free(url);
	curl_free(escaped);
	return err;
}

/* 0 or -errno, logged; the reply is the caller's in any case. */
static int request(struct exchange *exchange)
{
	FILE *reply = open_memstream(&exchange->reply, &exchange->reply_size);
	CURL *curl = curl_easy_init();
	int err = -ENOMEM;

	if (!reply || !curl || set_url(curl, exchange))
		log_error("cannot ask stampd: %s", strerror(ENOMEM));
	else
		err = perform(exchange, curl, reply);
	curl_easy_cleanup(curl);
	if (reply)
		fclose(reply);
	return err;
}

/* An upload's document is a verdict, good or bad; any other comes with HTTP's own. */
static bool is_answer(const struct exchange *exchange, const json_t *document)
{
	if (exchange->upload)
		return json_is_boolean(json_object_get(document, "ok"));
	return exchange->status == HTTP_OK && json_is_object(document);
}

/* The document of a good reply; what stampd says of a bad one is logged. */
static int read_reply(const struct exchange *exchange, json_t **out)
{
	json_t *document = json_loadb(exchange->reply, exchange->reply_size, 0, NULL);
	const char *said = json_string_value(json_object_get(document, "error"));

	if (is_answer(exchange, document)) {
		*out = document;
		return 0;
	}
	if (said)
		log_error("%s: stampd says: %s (HTTP %ld)", exchange->socket_path, said,
			  exchange->status);
	else
		log_error("%s: this is not stampd's answer (HTTP %ld): -s SOCKET names its socket",
			  exchange->socket_path, exchange->status);
	json_decref(document);
	return -EPROTO;
}

static int ask(struct exchange *exchange, json_t **out)
{
	int err = request(exchange);

	if (!err)
		err = read_reply(exchange, out);
	free(exchange->reply);
	return err;
}

int client_get(const char *socket_path, const char *resource, json_t **out)
{
	struct exchange exchange = { .socket_path = socket_path, .resource = resource };

	return ask(&exchange, out);
}

int client_post(const char *socket_path, const char *resource, const struct client_upload *upload,
		json_t **out, bool *ok)
{
	struct exchange exchange = {
		.socket_path = socket_path,
		.resource = resource,
		.upload = upload,
	};
	int err = ask(&exchange, out);

	*ok = !err && json_is_true(json_object_get(*out, "ok"));
	return err;
}
