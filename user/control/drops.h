/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stampctl drops: what was not reflected as it should, how often, and what to do about it. */
#ifndef CONTROL_DROPS_H
#define CONTROL_DROPS_H

#include <jansson.h>
#include <stdio.h>

#include "control/command.h"

/*
 * The drops in the document of /v1/show, over all interfaces, the most frequent first:
 * {"schema", "drops": [{"reason", "text", "hint", "kernel", "slow_path",
 * "socket"}], "unreadable": [interface]}.
 * The kernel's counts of unreadable interfaces are not in it. The caller's; NULL: memory is out.
 */
json_t *drops_document(const json_t *show);

/* Writes such a document as text. */
void drops_write(FILE *out, const json_t *document);

/* 0 or -errno, logged. */
int drops_run(const struct command *command);

#endif
