/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/schema.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "reflector/schema_hint.h"
#include "reflector/schema_value.h"

#define ROWS_MAX 64 /* of one table: bits of a set */

struct walk {
	yaml_document_t *document;
	void *root;
	struct yaml_fault *fault;
};

void schema_defaults(const struct schema_row *rows, void *target)
{
	for (; rows->key; rows++) {
		if (rows->type == SCHEMA_MAP)
			schema_defaults(rows->rows, target);
		else if (rows->default_text)
			schema_store(rows, target, rows->default_text);
	}
}

/* Where a fault is that has been said. */
static int fault_at(const struct walk *walk, const yaml_node_t *node, int err)
{
	walk->fault->line = node->start_mark.line + 1;
	walk->fault->column = node->start_mark.column + 1;
	return err;
}

static int fault_wrong(const struct walk *walk, const yaml_node_t *node,
		       const struct schema_row *row, const char *found)
{
	char wanted[SCHEMA_WANTED_MAX];

	schema_wanted(row, wanted, sizeof(wanted));
	yaml_fault_set(walk->fault, "%s must be %s, not %.40s", row->key, wanted, found);
	return fault_at(walk, node, -EINVAL);
}

static const char *text_of(const yaml_node_t *node)
{
	return (const char *)node->data.scalar.value;
}

static bool is_plain(const yaml_node_t *node)
{
	return node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static bool is_null(const yaml_node_t *node)
{
	const char *text = text_of(node);

	return is_plain(node) && (!*text || !strcmp(text, "~") || !strcasecmp(text, "null"));
}

/* Says that a node is of another type than the row's. */
static int fault_type(const struct walk *walk, const yaml_node_t *node,
		      const struct schema_row *row)
{
	char wanted[SCHEMA_WANTED_MAX];

	if (node->type == YAML_SEQUENCE_NODE)
		return fault_wrong(walk, node, row, "a list");
	if (node->type == YAML_MAPPING_NODE)
		return fault_wrong(walk, node, row, "keys with values");
	if (!is_null(node))
		return fault_wrong(walk, node, row, text_of(node));
	schema_wanted(row, wanted, sizeof(wanted));
	yaml_fault_set(walk->fault, "%s has no value: it must be %s", row->key, wanted);
	return fault_at(walk, node, -EINVAL);
}

/* Says that a text is none that the row takes. */
static int fault_text(const struct walk *walk, const yaml_node_t *node,
		      const struct schema_row *row)
{
	const char *text = text_of(node);

	if ((row->type == SCHEMA_DURATION || row->type == SCHEMA_SIZE) && *text &&
	    !text[strspn(text, "0123456789")])
		return fault_wrong(walk, node, row, "a bare number");
	return fault_wrong(walk, node, row, text);
}

static int store(const struct walk *walk, const yaml_node_t *node, const struct schema_row *row,
		 void *target)
{
	const char *text = text_of(node);
	int err = 0;

	if (!schema_store(row, target, text))
		return fault_text(walk, node, row);
	if (row->set && !schema_is_word(row, text))
		err = row->set(walk->root, target, text, walk->fault);
	if (!err && row->check)
		err = row->check(walk->root, target, walk->fault);
	return err ? fault_at(walk, node, err) : 0;
}

static int read_value(const struct walk *walk, const yaml_node_t *node,
		      const struct schema_row *row, void *target)
{
	bool literal = schema_is_number(row) || schema_is_boolean(row);

	if (node->type != YAML_SCALAR_NODE || is_null(node))
		return fault_type(walk, node, row);
	if (strlen(text_of(node)) != node->data.scalar.length)
		return fault_wrong(walk, node, row, "a text with a NUL in it");
	if (literal && !is_plain(node) && !schema_is_word(row, text_of(node)))
		return fault_wrong(walk, node, row, "a quoted text");
	return store(walk, node, row, target);
}

static int read_map(const struct walk *walk, const yaml_node_t *node, const struct schema_row *rows,
		    void *target);

/* One of several values. */
static int read_value_element(const struct walk *walk, const yaml_node_t *node,
			      const struct schema_row *row, void *target)
{
	if (node->type != YAML_SCALAR_NODE || !schema_is_word(row, text_of(node)))
		return read_value(walk, node, row, target);
	yaml_fault_set(walk->fault, "%s %s stands alone: take it out of the list, or the list away",
		       row->key, row->word);
	return fault_at(walk, node, -EINVAL);
}

/* One element of a list of maps. */
static int read_map_element(const struct walk *walk, const yaml_node_t *node,
			    const struct schema_row *row)
{
	void *element;

	if (node->type != YAML_MAPPING_NODE) {
		yaml_fault_set(walk->fault,
			       "an element of %s must be keys with values, as in "
			       "\"- %s: ...\"",
			       row->key, row->rows->key);
		return fault_at(walk, node, -EINVAL);
	}
	element = row->append(walk->root);
	return element ? read_map(walk, node, row->rows, element) : -ENOMEM;
}

static int read_element(const struct walk *walk, const yaml_node_t *node, size_t index,
			const struct schema_row *row, void *target)
{
	if (row->limit && index >= row->limit) {
		yaml_fault_set(walk->fault, "%s can have %lu elements at most: remove some",
			       row->key, row->limit);
		return fault_at(walk, node, -EINVAL);
	}
	if (row->type == SCHEMA_VALUES)
		return read_value_element(walk, node, row, target);
	return read_map_element(walk, node, row);
}

static int read_list(const struct walk *walk, const yaml_node_t *node, const struct schema_row *row,
		     void *target)
{
	const yaml_node_item_t *items = node->data.sequence.items.start;
	size_t count = (size_t)(node->data.sequence.items.top - items);
	int err = 0;

	if (count == 0 && !row->may_be_empty)
		return fault_wrong(walk, node, row, "an empty list");
	for (size_t i = 0; !err && i < count; i++)
		err = read_element(walk, yaml_document_get_node(walk->document, items[i]), i, row,
				   target);
	return err;
}

/* What stands behind a key. */
static int read_node(const struct walk *walk, const yaml_node_t *node, const struct schema_row *row,
		     void *target)
{
	bool list = node->type == YAML_SEQUENCE_NODE;

	switch (row->type) {
	case SCHEMA_MAP:
		if (node->type != YAML_MAPPING_NODE)
			return fault_type(walk, node, row);
		return read_map(walk, node, row->rows, target);
	case SCHEMA_LIST:
		return list ? read_list(walk, node, row, target) : fault_type(walk, node, row);
	case SCHEMA_VALUES:
		return list ? read_list(walk, node, row, target)
			    : read_value(walk, node, row, target);
	default:
		return read_value(walk, node, row, target);
	}
}

/* The row of a key that has not been there yet; NULL with the fault said. */
static const struct schema_row *find_row(const struct walk *walk, const yaml_node_t *key,
					 const struct schema_row *rows, uint64_t *seen)
{
	if (key->type != YAML_SCALAR_NODE) {
		yaml_fault_set(walk->fault, "a key must be a word");
		return NULL;
	}
	for (size_t i = 0; rows[i].key; i++) {
		uint64_t bit = 1ULL << i % ROWS_MAX;

		if (strcmp(rows[i].key, text_of(key)) != 0)
			continue;
		if (*seen & bit) {
			yaml_fault_set(walk->fault, "%s is there twice: remove one", rows[i].key);
			return NULL;
		}
		*seen |= bit;
		return &rows[i];
	}
	schema_unknown_key(rows, text_of(key), walk->fault);
	return NULL;
}

static int check_required(const struct walk *walk, const yaml_node_t *node,
			  const struct schema_row *rows, uint64_t seen)
{
	char wanted[SCHEMA_WANTED_MAX];

	for (size_t i = 0; rows[i].key; i++) {
		if (!rows[i].required || seen & 1ULL << i % ROWS_MAX)
			continue;
		schema_wanted(&rows[i], wanted, sizeof(wanted));
		yaml_fault_set(walk->fault, "%s is missing: it must be %s", rows[i].key, wanted);
		return fault_at(walk, node, -EINVAL);
	}
	return 0;
}

/* The value of a key of a map; NULL if it isn't there. */
static const yaml_node_t *value_of(const struct walk *walk, const yaml_node_t *map, const char *key)
{
	const yaml_node_pair_t *pair = map->data.mapping.pairs.start;

	for (; pair < map->data.mapping.pairs.top; pair++)
		if (!strcmp(text_of(yaml_document_get_node(walk->document, pair->key)), key))
			return yaml_document_get_node(walk->document, pair->value);
	return NULL;
}

static int finish_rows(const struct walk *walk, const yaml_node_t *node,
		       const struct schema_row *rows, void *target)
{
	for (; rows->key; rows++) {
		const yaml_node_t *value;
		int err;

		if (!rows->finish)
			continue;
		value = value_of(walk, node, rows->key);
		err = rows->finish(walk->root, target, value != NULL, walk->fault);
		if (err)
			return fault_at(walk, value ? value : node, err);
	}
	return 0;
}

static int read_map(const struct walk *walk, const yaml_node_t *node, const struct schema_row *rows,
		    void *target)
{
	const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	uint64_t seen = 0;
	int err = 0;

	for (; !err && pair < node->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key = yaml_document_get_node(walk->document, pair->key);
		const yaml_node_t *value = yaml_document_get_node(walk->document, pair->value);
		const struct schema_row *row = find_row(walk, key, rows, &seen);

		err = row ? read_node(walk, value, row, target) : fault_at(walk, key, -EINVAL);
	}
	if (!err)
		err = check_required(walk, node, rows, seen);
	return err ? err : finish_rows(walk, node, rows, target);
}

int schema_read(const struct schema_row *rows, void *target, void *root, const char *text,
		size_t size, struct yaml_fault *fault)
{
	yaml_document_t document;
	struct walk walk = { &document, root, fault };
	const yaml_node_t *node;
	int err;

	err = yaml_text_parse(&document, text, size, fault);
	if (err)
		return err;
	node = yaml_document_get_root_node(&document);
	if (node && node->type == YAML_MAPPING_NODE) {
		err = read_map(&walk, node, rows, target);
	} else {
		fault->line = 1;
		fault->column = 1;
		err = yaml_fault_set(fault, "it must hold keys with values: begin with \"%s: ...\"",
				     rows->key);
	}
	yaml_document_delete(&document);
	return err;
}
