/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* In what two configurations differ, in words. */
#ifndef REFLECTOR_CONFIG_DIFF_H
#define REFLECTOR_CONFIG_DIFF_H

#include <jansson.h>

#include "reflector/config.h"

/* Appends a line for each interface and session that is added, removed or changed, and one for each
 * other setting that is. */
void config_diff(const struct config *before, const struct config *after, json_t *lines);

#endif
