/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The JSON Schema that says what a schema's rows say. */
#include <stdlib.h>
#include <string.h>

#include "reflector/schema.h"
#include "reflector/schema_hint.h"
#include "reflector/schema_value.h"

/* json_pack takes what it is given and gives NULL for NULL, so a failure gets through to the top.
 */

static json_t *numbers(const struct schema_row *row)
{
	if (row->min == row->max)
		return json_pack("{s:I}", "const", (json_int_t)row->max);
	return json_pack("{s:s, s:I, s:I}", "type", "integer", "minimum", (json_int_t)row->min,
			 "maximum", (json_int_t)row->max);
}

static json_t *texts(const struct schema_row *row)
{
	if (row->size == 0) /* it goes to `set` */
		return json_pack("{s:s, s:i}", "type", "string", "minLength", 1);
	return json_pack("{s:s, s:i, s:I}", "type", "string", "minLength", 1, "maxLength",
			 (json_int_t)row->size - 1);
}

static json_t *paths(const struct schema_row *row)
{
	return json_pack("{s:s, s:s, s:I}", "type", "string", "pattern", "^/", "maxLength",
			 (json_int_t)row->size - 1);
}

/* As YAML reads it. */
static json_t *name_of(const char *name)
{
	if (!strcmp(name, "true") || !strcmp(name, "false"))
		return json_boolean(name[0] == 't');
	return json_string(name);
}

static json_t *choices(const struct schema_row *row)
{
	json_t *names = json_array();

	for (size_t i = 0; row->names[i]; i++)
		if (json_array_append_new(names, name_of(row->names[i]))) {
			json_decref(names);
			return NULL;
		}
	return json_pack("{s:o}", "enum", names);
}

/* What one value is, the row's word aside. */
static json_t *value_of(const struct schema_row *row)
{
	if (schema_is_number(row))
		return numbers(row);
	if (schema_is_boolean(row))
		return json_pack("{s:s}", "type", "boolean");
	if (row->type == SCHEMA_DURATION)
		return json_pack("{s:s, s:s}", "type", "string", "pattern",
				 SCHEMA_DURATION_PATTERN);
	if (row->type == SCHEMA_SIZE)
		return json_pack("{s:s, s:s}", "type", "string", "pattern", SCHEMA_SIZE_PATTERN);
	if (row->names)
		return choices(row);
	return row->type == SCHEMA_PATH ? paths(row) : texts(row);
}

static json_t *array_of(const struct schema_row *row, json_t *items)
{
	json_t *array =
		json_pack("{s:s, s:o, s:i, s:b}", "type", "array", "items", items, "minItems",
			  row->may_be_empty ? 0 : 1, "uniqueItems", row->type == SCHEMA_VALUES);

	if (row->limit &&
	    json_object_set_new(array, "maxItems", json_integer((json_int_t)row->limit))) {
		json_decref(array);
		return NULL;
	}
	return array;
}

/* Adds one of the ways to write a value; false if that failed. */
static bool add_way(json_t *ways, json_t *way)
{
	return json_array_append_new(ways, way) == 0;
}

static json_t *any_of(const struct schema_row *row)
{
	json_t *ways = json_array();
	bool good = add_way(ways, value_of(row));

	if (row->word)
		good &= add_way(ways, json_pack("{s:s}", "const", row->word));
	if (row->type == SCHEMA_VALUES)
		good &= add_way(ways, array_of(row, value_of(row)));
	if (good)
		return json_pack("{s:o}", "anyOf", ways);
	json_decref(ways);
	return NULL;
}

static json_t *type_of(const struct schema_row *row)
{
	if (row->type == SCHEMA_MAP)
		return schema_json(row->rows);
	if (row->type == SCHEMA_LIST)
		return array_of(row, schema_json(row->rows));
	return row->word || row->type == SCHEMA_VALUES ? any_of(row) : value_of(row);
}

static json_t *default_of(const struct schema_row *row)
{
	const char *text = row->default_text;

	if (schema_is_boolean(row))
		return json_boolean(!strcmp(text, "true"));
	if (schema_is_number(row) && !schema_is_word(row, text))
		return json_integer(strtoll(text, NULL, 10));
	return json_string(text);
}

/* What it does, its types and, as a comment, the words that an error has for them. */
static json_t *property_of(const struct schema_row *row)
{
	json_t *property = json_pack("{s:s}", "description", row->help);
	json_t *type = type_of(row);
	char wanted[SCHEMA_WANTED_MAX];
	bool good = json_object_update(property, type) == 0;

	json_decref(type);
	if (!row->rows)
		good &= json_object_set_new(
				property, "$comment",
				json_string(schema_wanted(row, wanted, sizeof(wanted)))) == 0;
	if (row->default_text)
		good &= json_object_set_new(property, "default", default_of(row)) == 0;
	if (good)
		return property;
	json_decref(property);
	return NULL;
}

json_t *schema_json(const struct schema_row *rows)
{
	json_t *properties = json_object();
	json_t *required = json_array();
	bool good = true;

	for (; rows->key; rows++) {
		good &= json_object_set_new(properties, rows->key, property_of(rows)) == 0;
		if (rows->required)
			good &= json_array_append_new(required, json_string(rows->key)) == 0;
	}
	if (good)
		return json_pack("{s:s, s:b, s:o, s:o}", "type", "object", "additionalProperties",
				 0, "required", required, "properties", properties);
	json_decref(properties);
	json_decref(required);
	return NULL;
}
