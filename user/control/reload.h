/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stampctl reload: has stampd read its configuration again. */
#ifndef CONTROL_RELOAD_H
#define CONTROL_RELOAD_H

#include <jansson.h>
#include <stdio.h>

#include "control/command.h"

/* Writes the document of a reload that worked, with its changes, as text. */
void reload_write(FILE *out, const json_t *document);

/* 0 or -errno, logged: -EINVAL when stampd refuses the configuration. */
int reload_run(const struct command *command);

#endif
