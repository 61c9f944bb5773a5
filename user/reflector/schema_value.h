/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One row of a schema: stores a value by it, and writes it as text. */
#ifndef REFLECTOR_SCHEMA_VALUE_H
#define REFLECTOR_SCHEMA_VALUE_H

#include "reflector/schema.h"

/* What a duration looks like, as a regular expression. */
#define SCHEMA_DURATION_PATTERN "^(0|[1-9][0-9]*)(ms|s|m|h)$"
#define SCHEMA_SIZE_PATTERN "^(0|[1-9][0-9]*)(KiB|MiB|GiB)$"

/* Whether its values are true and false, and whether they are numbers. */
bool schema_is_boolean(const struct schema_row *row);
bool schema_is_number(const struct schema_row *row);

/* Whether the text is the row's word. */
bool schema_is_word(const struct schema_row *row, const char *text);

/* Stores one value in the struct at `target`, if it is one that is not for `set`; false if the text
 * is none that the row takes. */
bool schema_store(const struct schema_row *row, void *target, const char *text);

/* The value, of VALUES that of `index`, as it would be written; in `text` or in `target`. NULL:
 * there is none. */
const char *schema_text(const struct schema_row *row, const void *root, const void *target,
			size_t index, char text[SCHEMA_TEXT_MAX]);

/* Writes nanoseconds in seconds or, if they aren't whole, in milliseconds. */
void schema_quantity_format(const struct schema_row *row, unsigned long long number, char *text,
			    size_t size);

#endif
