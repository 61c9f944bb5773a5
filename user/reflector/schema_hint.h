/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Says in words what a schema wants. */
#ifndef REFLECTOR_SCHEMA_HINT_H
#define REFLECTOR_SCHEMA_HINT_H

#include "reflector/schema.h"

#define SCHEMA_WANTED_MAX 128

/* Writes what must stand behind the row's key ("a number from 1 to 10"); returns `text`. */
const char *schema_wanted(const struct schema_row *row, char *text, size_t size);

/* Says that `key` is none of the rows', with the nearest one or, if none is near, all of them. */
int schema_unknown_key(const struct schema_row *rows, const char *key, struct yaml_fault *fault);

#endif
