/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "control/command.h"

void command_print_json(const json_t *document)
{
	json_dumpf(document, stdout, JSON_INDENT(2));
	putchar('\n');
}

void command_print(const struct command *command, const json_t *document,
		   void (*write)(FILE *out, const json_t *document))
{
	if (command->json)
		command_print_json(document);
	else
		write(stdout, document);
}
