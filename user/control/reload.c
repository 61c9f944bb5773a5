/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "control/reload.h"

#include <errno.h>

#include "common/log.h"
#include "control/client.h"

void reload_write(FILE *out, const json_t *document)
{
	const json_t *changes = json_object_get(document, "changes");

	fprintf(out, "reloaded\n");
	for (size_t i = 0; i < json_array_size(changes); i++) {
		const char *change = json_string_value(json_array_get(changes, i));

		if (change)
			fprintf(out, "%s\n", change);
	}
}

static void log_refusal(const json_t *document)
{
	const char *error = json_string_value(json_object_get(document, "error"));

	log_error("%s", error ? error : "stampd refuses the configuration and says no reason");
	log_info("the old configuration stays in force");
}

int reload_run(const struct command *command)
{
	const struct client_upload nothing = { 0 };
	json_t *document = NULL;
	bool ok;
	int err = client_post(command->socket_path, "/v1/reload", &nothing, &document, &ok);

	if (err)
		return err;
	if (ok || command->json)
		command_print(command, document, reload_write);
	else
		log_refusal(document);
	json_decref(document);
	return ok ? 0 : -EINVAL;
}
