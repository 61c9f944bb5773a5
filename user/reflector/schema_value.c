/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/schema_value.h"

#include <ctype.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stamp/timestamp.h"

#define DIGITS_MAX 18 /* fewer than a number of 64 bits can have */

struct unit {
	const char *name; /* NULL ends the table */
	unsigned long long factor;
};

static const struct unit duration_units[] = {
	{ "ms", NSEC_PER_MSEC },
	{ "s", NSEC_PER_SEC },
	{ "m", 60 * NSEC_PER_SEC },
	{ "h", 3600 * NSEC_PER_SEC },
	{ 0 },
};

static const struct unit size_units[] = {
	{ "KiB", 1ULL << 10 },
	{ "MiB", 1ULL << 20 },
	{ "GiB", 1ULL << 30 },
	{ 0 },
};

bool schema_is_boolean(const struct schema_row *row)
{
	return row->type == SCHEMA_SWITCH ||
	       (row->type == SCHEMA_FLAG &&
		(!strcmp(row->names[0], "false") || !strcmp(row->names[0], "true")));
}

bool schema_is_number(const struct schema_row *row)
{
	return row->type == SCHEMA_NUMBER ||
	       ((row->type == SCHEMA_VALUE || row->type == SCHEMA_VALUES) && row->max);
}

bool schema_is_word(const struct schema_row *row, const char *text)
{
	return row->word && !strcmp(text, row->word);
}

/* How many digits a number at the beginning of the text has; 0 if there is none. */
static size_t digits(const char *text)
{
	size_t size = strspn(text, "0123456789");

	return size > DIGITS_MAX || (size > 1 && text[0] == '0') ? 0 : size;
}

bool schema_number(const char *text, unsigned long min, unsigned long max, unsigned long *number)
{
	size_t size = digits(text);

	if (size == 0 || text[size])
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
	unsigned long number = 0;

	if (!schema_is_word(row, text) && !schema_number(text, row->min, row->max, &number))
		return false;
	if (row->size == sizeof(unsigned char))
		*(unsigned char *)field = (unsigned char)number;
	else if (row->size == sizeof(unsigned short))
		*(unsigned short *)field = (unsigned short)number;
	else if (row->size)
		*(unsigned int *)field = (unsigned int)number;
	return true;
}

static bool store_quantity(const struct schema_row *row, const struct unit *unit, __u64 *field,
			   const char *text)
{
	size_t size = digits(text);

	for (; size && unit->name; unit++) {
		if (strcmp(text + size, unit->name) != 0)
			continue;
		if (__builtin_mul_overflow(strtoull(text, NULL, 10), unit->factor, field))
			return false;
		return *field >= row->min && *field <= row->max;
	}
	return false;
}

static bool store_switch(bool *field, const char *text)
{
	*field = !strcmp(text, "true");
	return *field || !strcmp(text, "false");
}

/* Its place among the row's names; false if it is none of them. */
static bool find_name(const struct schema_row *row, const char *text, unsigned int *index)
{
	*index = 0;
	while (row->names[*index] && strcmp(row->names[*index], text) != 0)
		(*index)++;
	return row->names[*index];
}

static bool store_choice(const struct schema_row *row, unsigned int *field, const char *text)
{
	unsigned int index;

	if (!find_name(row, text, &index))
		return false;
	if (row->type == SCHEMA_CHOICE)
		*field = index;
	else if (index)
		*field |= row->flag;
	else
		*field &= ~row->flag;
	return true;
}

/* Whether `set` may have it. */
static bool is_value(const struct schema_row *row, const char *text)
{
	unsigned long number;
	unsigned int index;

	if (schema_is_word(row, text))
		return true;
	if (schema_is_number(row))
		return schema_number(text, row->min, row->max, &number);
	return !row->names || find_name(row, text, &index);
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
	case SCHEMA_DURATION:
		return store_quantity(row, duration_units, field, text);
	case SCHEMA_SIZE:
		return store_quantity(row, size_units, field, text);
	case SCHEMA_SWITCH:
		return store_switch(field, text);
	case SCHEMA_CHOICE:
	case SCHEMA_FLAG:
		return store_choice(row, field, text);
	case SCHEMA_VALUE:
	case SCHEMA_VALUES:
		return is_value(row, text);
	default:
		return false;
	}
}

void schema_quantity_format(const struct schema_row *row, unsigned long long number, char *text,
			    size_t size)
{
	bool is_size = row->type == SCHEMA_SIZE;
	const struct unit *unit = is_size ? size_units : duration_units;

	if (number % unit[1].factor == 0)
		unit++;
	snprintf(text, size, "%llu%s", number / unit->factor, unit->name);
}

static const char *number_text(const struct schema_row *row, const void *field, char *text)
{
	unsigned long number = row->max;

	if (row->size == sizeof(unsigned char))
		number = *(const unsigned char *)field;
	else if (row->size == sizeof(unsigned short))
		number = *(const unsigned short *)field;
	else if (row->size)
		number = *(const unsigned int *)field;
	if (!number && row->word)
		return row->word;
	snprintf(text, SCHEMA_TEXT_MAX, "%lu", number);
	return text;
}

const char *schema_text(const struct schema_row *row, const void *root, const void *target,
			size_t index, char text[SCHEMA_TEXT_MAX])
{
	const void *field = (const char *)target + row->offset;

	if (row->get && row->get(root, target, index, text))
		return text;
	if (row->get)
		return index ? NULL : row->word;
	switch (row->type) {
	case SCHEMA_TEXT:
	case SCHEMA_PATH:
		return *(const char *)field ? field : NULL;
	case SCHEMA_NUMBER:
		return number_text(row, field, text);
	case SCHEMA_DURATION:
	case SCHEMA_SIZE:
		schema_quantity_format(row, *(const __u64 *)field, text, SCHEMA_TEXT_MAX);
		return text;
	case SCHEMA_SWITCH:
		return *(const bool *)field ? "true" : "false";
	case SCHEMA_CHOICE:
		return row->names[*(const unsigned int *)field];
	case SCHEMA_FLAG:
		return row->names[(*(const __u32 *)field & row->flag) != 0];
	default:
		return NULL;
	}
}
