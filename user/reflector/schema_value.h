/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One row of a schema: stores a value by it, and says in words what it wants. */
#ifndef REFLECTOR_SCHEMA_VALUE_H
#define REFLECTOR_SCHEMA_VALUE_H

#include "reflector/schema.h"

/* Stores one value in the struct at `target`; false if the text is none that the row takes. */
bool schema_store(const struct schema_row *row, void *target, const char *text);

/* Writes what must stand behind the row's key ("a number from 1 to 10"); returns `text`. */
const char *schema_wanted(const struct schema_row *row, char *text, size_t size);

/* Says that `key` is none of the rows', with the nearest one or, if none is near, all of them. */
int schema_unknown_key(const struct schema_row *rows, const char *key, struct yaml_fault *fault);

#endif
