/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stampctl check: whether a running stampd would take a configuration file. */
#ifndef CONTROL_CHECK_H
#define CONTROL_CHECK_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

#include "control/command.h"

#define CHECK_SIZE_MAX (1024UL * 1024) /* octets of a file; stampd takes no more */

/* Reads a file, "-" for standard input. The text is the caller's. 0 or -errno, logged. */
int check_read(const char *path, char **text, size_t *size);

/* Writes the document of a check as text: the file is good, or the error with its place. */
void check_write(FILE *out, const json_t *document, const char *name);

/* 0 or -errno, logged, but for -EINVAL: the file is bad, and that was printed. */
int check_run(const struct command *command);

#endif
