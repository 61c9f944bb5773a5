/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/schema_hint.h"

#include <stdio.h>
#include <string.h>

#include "reflector/schema_value.h"

#define KEY_MAX 40 /* octets; longer keys are like no other */

static void write_names(const char *const *names, char *text, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; names[i] && used < size; i++) {
		const char *between = i == 0 ? "" : names[i + 1] ? ", " : " or ";

		used += (size_t)snprintf(text + used, size - used, "%s%s", between, names[i]);
	}
}

/* The word, the range, and how long a list may be, of those that the row has. */
static void write_number(const struct schema_row *row, char *text, size_t size)
{
	const char *between = row->type == SCHEMA_VALUES ? ", " : ", or ";
	size_t used;

	if (row->min == row->max) {
		snprintf(text, size, "%lu", row->min);
		return;
	}
	used = (size_t)snprintf(text, size, "%s%sa number from %lu to %lu",
				row->word ? row->word : "", row->word ? between : "", row->min,
				row->max);
	if (row->type == SCHEMA_VALUES && row->limit && used < size)
		snprintf(text + used, size - used, ", or a list of up to %lu", row->limit);
	else if (row->type == SCHEMA_VALUES && used < size)
		snprintf(text + used, size - used, ", or a list of them");
}

static void write_quantity(const struct schema_row *row, char *text, size_t size)
{
	char min[SCHEMA_TEXT_MAX];
	char max[SCHEMA_TEXT_MAX];

	schema_quantity_format(row, row->min, min, sizeof(min));
	schema_quantity_format(row, row->max, max, sizeof(max));
	snprintf(text, size, "%s, from %s to %s",
		 row->type == SCHEMA_SIZE ? "a size with its unit (KiB, MiB or GiB)"
					  : "a time with its unit (ms, s, m or h)",
		 min, max);
}

const char *schema_wanted(const struct schema_row *row, char *text, size_t size)
{
	static const char *const fixed[] = {
		[SCHEMA_SWITCH] = "true or false",
		[SCHEMA_MAP] = "keys with their values, indented below it",
		[SCHEMA_LIST] = "a list, each element after \"- \"",
	};

	if (row->wanted)
		snprintf(text, size, "%s", row->wanted);
	else if (row->names)
		write_names(row->names, text, size);
	else if (schema_is_number(row))
		write_number(row, text, size);
	else if (row->type == SCHEMA_DURATION || row->type == SCHEMA_SIZE)
		write_quantity(row, text, size);
	else if (row->type == SCHEMA_TEXT)
		snprintf(text, size, "a text of 1 to %zu octets", row->size - 1);
	else if (row->type == SCHEMA_PATH)
		snprintf(text, size, "a path that begins with /, of at most %zu octets",
			 row->size - 1);
	else
		snprintf(text, size, "%s", fixed[row->type]);
	return text;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters must be changed, added or removed to make one of the other (Levenshtein). */
static size_t distance(const char *a, const char *b)
{
	size_t row[KEY_MAX + 1];
	size_t length = strlen(b);

	if (strlen(a) > KEY_MAX || length > KEY_MAX)
		return KEY_MAX;
	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= length; j++) {
			size_t changed = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = least(changed, least(row[j], row[j - 1]) + 1);
		}
	}
	return row[length];
}

static const char *nearest_key(const struct schema_row *rows, const char *key)
{
	size_t limit = strlen(key) / 3 + 1;
	const char *nearest = NULL;

	for (; rows->key; rows++) {
		size_t far = distance(rows->key, key);

		if (far > limit || (nearest && far == limit))
			continue;
		limit = far;
		nearest = rows->key;
	}
	return nearest;
}

int schema_unknown_key(const struct schema_row *rows, const char *key, struct yaml_fault *fault)
{
	const char *nearest = nearest_key(rows, key);
	char known[320] = "";
	size_t used = 0;

	if (nearest)
		return yaml_fault_set(fault, "unknown key '%.40s': did you mean %s?", key, nearest);
	for (; rows->key && used < sizeof(known); rows++)
		used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s",
					 used ? ", " : "", rows->key);
	return yaml_fault_set(fault, "unknown key '%.40s': known here are %s", key, known);
}
