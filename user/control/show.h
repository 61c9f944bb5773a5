/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stampctl show: what stampd is doing, for people. */
#ifndef CONTROL_SHOW_H
#define CONTROL_SHOW_H

#include <jansson.h>
#include <stdio.h>

#include "control/command.h"

/* Writes the document of /v1/show as text; what isn't in it is "unknown", or left out. */
void show_write(FILE *out, const json_t *document);

/* 0 or -errno, logged. */
int show_run(const struct command *command);

#endif
