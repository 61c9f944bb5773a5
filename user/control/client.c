/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "control/client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "common/log.h"

#define TIMEOUT_SECONDS 10L
#define HTTP_OK 200
#define URL_MAX 256

struct reply {
	char *text;
	size_t size;
	long status;
};

/* Says why there is no reply. */
static int log_failure(CURL *curl, CURLcode code, const char *text, const char *path)
{
	long cause = 0;

	curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &cause);
	if (code == CURLE_OPERATION_TIMEDOUT) {
		log_error("%s: stampd gave no answer for %ld s: is it stopped?", path,
			  TIMEOUT_SECONDS);
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

static int fetch(CURL *curl, const char *path, FILE *body, long *status)
{
	char text[CURL_ERROR_SIZE] = "";
	CURLcode code;

	/* Whatever proxy the environment names is not for this socket. */
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, path);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, TIMEOUT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, text);
	code = curl_easy_perform(curl);
	if (code != CURLE_OK)
		return log_failure(curl, code, text, path);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
	return 0;
}

/* 0 or -errno, logged; the text is the caller's in any case. */
static int request(const char *path, const char *resource, struct reply *reply)
{
	char url[URL_MAX];
	FILE *body = open_memstream(&reply->text, &reply->size);
	CURL *curl = curl_easy_init();
	int err = -ENOMEM;

	snprintf(url, sizeof(url), "http://stampd%s", resource);
	if (!body || !curl || curl_easy_setopt(curl, CURLOPT_URL, url) != CURLE_OK)
		log_error("cannot ask stampd: %s", strerror(ENOMEM));
	else
		err = fetch(curl, path, body, &reply->status);
	curl_easy_cleanup(curl);
	if (body)
		fclose(body);
	return err;
}

/* The document of a good reply; what stampd says of a bad one is logged. */
static int read_reply(const struct reply *reply, const char *path, json_t **out)
{
	json_t *document = json_loadb(reply->text, reply->size, 0, NULL);
	const char *said = json_string_value(json_object_get(document, "error"));

	if (reply->status == HTTP_OK && json_is_object(document)) {
		*out = document;
		return 0;
	}
	if (said)
		log_error("%s: stampd says: %s (HTTP %ld)", path, said, reply->status);
	else
		log_error("%s: this is not stampd's answer (HTTP %ld): -s SOCKET names its socket",
			  path, reply->status);
	json_decref(document);
	return -EPROTO;
}

int client_get(const char *socket_path, const char *resource, json_t **out)
{
	struct reply reply = { 0 };
	int err = request(socket_path, resource, &reply);

	if (!err)
		err = read_reply(&reply, socket_path, out);
	free(reply.text);
	return err;
}
