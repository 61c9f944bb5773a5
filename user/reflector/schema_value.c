/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/schema_value.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_MAX 40 /* octets; longer keys are like no other */

bool schema_number(const char *text, unsigned long min, unsigned long max, unsigned long *number)
{
	size_t size = strspn(text, "0123456789");

	if (size == 0 || size > 18 || text[size] || (size > 1 && text[0] == '0'))
		return false;
	*number = strtoul(text, NULL, 10);
	return *number >= min && *number <= max;
}

static bool store_text(const struct schema_row *row, char *field, const char *text)
{
	size_t size = strlen(text) + 1;

	if (size == 1 || size > row->size)
		return false;
	if (row->type == SCHEMA_PATH && text[0] != '/')
		return false;
	for (const char *at = text; *at; at++)
		if (iscntrl((unsigned char)*at))
			return false;
	memcpy(field, text, size);
	return true;
}

static bool store_number(const struct schema_row *row, void *field, const char *text)
{
	unsigned long number;

	if (!schema_number(text, row->min, row->max, &number))
		return false;
	if (row->size == sizeof(unsigned short))
		*(unsigned short *)field = (unsigned short)number;
	else if (row->size)
		*(unsigned int *)field = (unsigned int)number;
	return true;
}

static bool store_switch(bool *field, const char *text)
{
	*field = !strcmp(text, "true");
	return *field || !strcmp(text, "false");
}

static bool store_choice(const struct schema_row *row, unsigned int *field, const char *text)
{
	unsigned int index = 0;

	while (row->names[index] && strcmp(row->names[index], text) != 0)
		index++;
	if (!row->names[index])
		return false;
	if (row->type == SCHEMA_CHOICE)
		*field = index;
	else if (index)
		*field |= row->flag;
	else
		*field &= ~row->flag;
	return true;
}

bool schema_store(const struct schema_row *row, void *target, const char *text)
{
	void *field = (char *)target + row->offset;

	switch (row->type) {
	case SCHEMA_TEXT:
	case SCHEMA_PATH:
		return store_text(row, field, text);
	case SCHEMA_NUMBER:
		return store_number(row, field, text);
	case SCHEMA_SWITCH:
		return store_switch(field, text);
	case SCHEMA_CHOICE:
	case SCHEMA_FLAG:
		return store_choice(row, field, text);
	default:
		return false;
	}
}

static void write_names(const char *const *names, char *text, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; names[i] && used < size; i++) {
		const char *between = i == 0 ? "" : names[i + 1] ? ", " : " or ";

		used += (size_t)snprintf(text + used, size - used, "%s%s", between, names[i]);
	}
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
	else if (row->type == SCHEMA_NUMBER && row->min == row->max)
		snprintf(text, size, "%lu", row->min);
	else if (row->type == SCHEMA_NUMBER)
		snprintf(text, size, "a number from %lu to %lu", row->min, row->max);
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
	char known[160] = "";
	size_t used = 0;

	if (nearest)
		return yaml_fault_set(fault, "unknown key '%.40s': did you mean %s?", key, nearest);
	for (; rows->key && used < sizeof(known); rows++)
		used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s",
					 used ? ", " : "", rows->key);
	return yaml_fault_set(fault, "unknown key '%.40s': known here are %s", key, known);
}
