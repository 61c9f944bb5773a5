/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "control/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "control/client.h"

/* How messages call a file. */
static const char *name_of(const char *path)
{
	return strcmp(path, "-") != 0 ? path : "stdin";
}

/* 0 or -errno; a file too large is -EFBIG. */
static int read_text(FILE *file, char *text, size_t *size)
{
	*size = fread(text, 1, CHECK_SIZE_MAX + 1, file);
	if (ferror(file))
		return -errno;
	return *size > CHECK_SIZE_MAX ? -EFBIG : 0;
}

int check_read(const char *path, char **text, size_t *size)
{
	bool is_stdin = !strcmp(path, "-");
	FILE *file = is_stdin ? stdin : fopen(path, "re");
	int err = file ? 0 : -errno;

	*text = malloc(CHECK_SIZE_MAX + 1);
	if (!err && !*text)
		err = -ENOMEM;
	if (!err)
		err = read_text(file, *text, size);
	if (err == -EFBIG)
		log_error("%s: more than 1 MiB: that is no configuration of stampd", name_of(path));
	else if (err)
		log_error("%s: cannot read: %s", name_of(path), strerror(-err));
	if (file && !is_stdin)
		fclose(file);
	if (err) {
		free(*text);
		*text = NULL;
	}
	return err;
}

void check_write(FILE *out, const json_t *document, const char *name)
{
	const char *error = json_string_value(json_object_get(document, "error"));

	if (json_is_true(json_object_get(document, "ok")))
		fprintf(out, "%s: good\n", name);
	else if (error)
		fprintf(out, "%s\n", error);
	else
		fprintf(out, "%s: bad, and stampd says no reason\n", name);
}

int check_run(const struct command *command)
{
	struct client_upload upload = { .name = name_of(command->argument) };
	json_t *document = NULL;
	char *text;
	bool ok;
	int err = check_read(command->argument, &text, &upload.size);

	if (err)
		return err;
	upload.text = text;
	err = client_post(command->socket_path, "/v1/check", &upload, &document, &ok);
	free(text);
	if (err)
		return err;
	if (command->json)
		command_print_json(document);
	else
		check_write(stdout, document, upload.name);
	json_decref(document);
	return ok ? 0 : -EINVAL;
}
