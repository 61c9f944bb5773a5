/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the operator typed after stampctl, and how a document is printed. */
#ifndef CONTROL_COMMAND_H
#define CONTROL_COMMAND_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct command {
	const char *socket_path;
	const char *argument; /* of the verb; NULL if it takes none */
	bool json;
};

/* Prints a document on standard output: as JSON with -j, else by `write`. */
void command_print(const struct command *command, const json_t *document,
		   void (*write)(FILE *out, const json_t *document));

void command_print_json(const json_t *document);

#endif
