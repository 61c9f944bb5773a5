/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/schema_value.h"

#include <ctype.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stamp/timestamp.h"

#define DIGITS_MAX 18 /* fewer than a number of 64 bits can have */

static const struct {
	const char *name;
	unsigned long long ns;
} units[] = {
	{ "ms", NSEC_PER_MSEC },
	{ "s", NSEC_PER_SEC },
	{ "m", 60 * NSEC_PER_SEC },
	{ "h", 3600 * NSEC_PER_SEC },
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

static bool store_duration(const struct schema_row *row, __u64 *field, const char *text)
{
	size_t size = digits(text);

	for (size_t i = 0; size && i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(text + size, units[i].name) != 0)
			continue;
		if (__builtin_mul_overflow(strtoull(text, NULL, 10), units[i].ns, field))
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
	unsigned long number;

	switch (row->type) {
	case SCHEMA_TEXT:
	case SCHEMA_PATH:
		return store_text(row, field, text);
	case SCHEMA_NUMBER:
		return store_number(row, field, text);
	case SCHEMA_DURATION:
		return store_duration(row, field, text);
	case SCHEMA_SWITCH:
		return store_switch(field, text);
	case SCHEMA_CHOICE:
	case SCHEMA_FLAG:
		return store_choice(row, field, text);
	case SCHEMA_VALUE:
	case SCHEMA_VALUES:
		return schema_is_word(row, text) || !schema_is_number(row) ||
		       schema_number(text, row->min, row->max, &number);
	default:
		return false;
	}
}

void schema_duration_format(unsigned long long ns, char *text, size_t size)
{
	if (ns % NSEC_PER_SEC)
		snprintf(text, size, "%llums", ns / NSEC_PER_MSEC);
	else
		snprintf(text, size, "%llus", ns / NSEC_PER_SEC);
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
		return field;
	case SCHEMA_NUMBER:
		return number_text(row, field, text);
	case SCHEMA_DURATION:
		schema_duration_format(*(const __u64 *)field, text, SCHEMA_TEXT_MAX);
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
