/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A struct back to the YAML that its schema reads. */
#include <errno.h>
#include <string.h>

#include "reflector/schema.h"
#include "reflector/schema_value.h"

#define LINE_WIDTH 100 /* lists of values are broken there */

/* Nodes are numbers from 1 on; 0 is libyaml's word for what failed, and stays so to the top. */
struct printer {
	yaml_document_t document;
	const void *root;
};

/* A text is quoted: unquoted, 5 or yes would be something else to most readers of YAML, and so
 * would 1:2:3. */
static int add_scalar(struct printer *printer, const struct schema_row *row, const char *text)
{
	bool quoted = row->type == SCHEMA_TEXT || strchr(text, ':');

	return yaml_document_add_scalar(
		&printer->document, NULL, (const yaml_char_t *)text, (int)strlen(text),
		quoted ? YAML_DOUBLE_QUOTED_SCALAR_STYLE : YAML_PLAIN_SCALAR_STYLE);
}

static bool append_item(struct printer *printer, int list, int item)
{
	return list && item && yaml_document_append_sequence_item(&printer->document, list, item);
}

static bool append_pair(struct printer *printer, int map, int key, int value)
{
	return map && key && value &&
	       yaml_document_append_mapping_pair(&printer->document, map, key, value);
}

/* One value as it is, several as a list. */
static int add_values(struct printer *printer, const struct schema_row *row, const void *target)
{
	char text[SCHEMA_TEXT_MAX];
	const char *value;
	int list;

	if (!schema_text(row, printer->root, target, 1, text))
		return add_scalar(printer, row, schema_text(row, printer->root, target, 0, text));
	list = yaml_document_add_sequence(&printer->document, NULL, YAML_FLOW_SEQUENCE_STYLE);
	for (size_t i = 0; (value = schema_text(row, printer->root, target, i, text)); i++)
		if (!append_item(printer, list, add_scalar(printer, row, value)))
			return 0;
	return list;
}

static int add_map(struct printer *printer, const struct schema_row *rows, const void *target);

static int add_list(struct printer *printer, const struct schema_row *row)
{
	int list = yaml_document_add_sequence(&printer->document, NULL, YAML_BLOCK_SEQUENCE_STYLE);
	const void *element;

	for (size_t i = 0; (element = row->element(printer->root, i)); i++)
		if (!append_item(printer, list, add_map(printer, row->rows, element)))
			return 0;
	return list;
}

static int add_value(struct printer *printer, const struct schema_row *row, const void *target)
{
	char text[SCHEMA_TEXT_MAX];

	switch (row->type) {
	case SCHEMA_MAP:
		return add_map(printer, row->rows, target);
	case SCHEMA_LIST:
		return add_list(printer, row);
	case SCHEMA_VALUES:
		return add_values(printer, row, target);
	default:
		return add_scalar(printer, row, schema_text(row, printer->root, target, 0, text));
	}
}

/* Whether the key has a value that could be written. */
static bool is_there(const struct printer *printer, const struct schema_row *row,
		     const void *target)
{
	char text[SCHEMA_TEXT_MAX];

	if (row->type == SCHEMA_MAP || row->type == SCHEMA_LIST)
		return !row->get || row->get(printer->root, target, 0, text);
	return schema_text(row, printer->root, target, 0, text);
}

static int add_map(struct printer *printer, const struct schema_row *rows, const void *target)
{
	int map = yaml_document_add_mapping(&printer->document, NULL, YAML_BLOCK_MAPPING_STYLE);

	for (; rows->key; rows++) {
		int key;

		if (!is_there(printer, rows, target))
			continue;
		key = yaml_document_add_scalar(&printer->document, NULL,
					       (const yaml_char_t *)rows->key, -1,
					       YAML_PLAIN_SCALAR_STYLE);
		if (!append_pair(printer, map, key, add_value(printer, rows, target)))
			return 0;
	}
	return map;
}

/* Takes the document. */
static bool dump(yaml_document_t *document, FILE *out)
{
	yaml_emitter_t emitter;
	bool good;

	if (!yaml_emitter_initialize(&emitter)) {
		yaml_document_delete(document);
		return false;
	}
	yaml_emitter_set_output_file(&emitter, out);
	yaml_emitter_set_unicode(&emitter, 1);
	yaml_emitter_set_width(&emitter, LINE_WIDTH);
	good = yaml_emitter_dump(&emitter, document) && yaml_emitter_close(&emitter);
	yaml_emitter_delete(&emitter);
	return good && fflush(out) == 0;
}

int schema_print(const struct schema_row *rows, const void *root, FILE *out)
{
	struct printer printer = { .root = root };

	if (!yaml_document_initialize(&printer.document, NULL, NULL, NULL, 1, 1))
		return -EIO;
	if (!add_map(&printer, rows, root)) {
		yaml_document_delete(&printer.document);
		return -EIO;
	}
	return dump(&printer.document, out) ? 0 : -EIO;
}
