/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/yaml_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct scan {
	const char *text;
	size_t size;
	unsigned int documents;
	struct yaml_fault *fault;
};

int yaml_fault_set(struct yaml_fault *fault, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(fault->text, sizeof(fault->text), format, args);
	va_end(args);
	/* It quotes the file: what is shown on a terminal must not steer it. */
	for (char *at = fault->text; *at; at++)
		if (iscntrl((unsigned char)*at))
			*at = '?';
	return -EINVAL;
}

static void fault_at_mark(struct yaml_fault *fault, yaml_mark_t mark)
{
	fault->line = mark.line + 1;
	fault->column = mark.column + 1;
}

/* What is no text at all has no mark, only an offset. */
static void fault_at_offset(struct yaml_fault *fault, const char *text, size_t offset)
{
	fault->line = 1;
	fault->column = 1;
	for (size_t i = 0; i < offset; i++) {
		fault->column++;
		if (text[i] == '\n') {
			fault->line++;
			fault->column = 1;
		}
	}
}

/* Whether the line, counted from 0, begins with blanks of which one is a tab. */
static bool is_tab_indented(const struct scan *scan, size_t line)
{
	const char *at = scan->text;
	const char *end = scan->text + scan->size;

	for (; line && at < end; at++)
		line -= *at == '\n';
	while (at < end && *at == ' ')
		at++;
	return at < end && *at == '\t';
}

static int fault_of_parser(const struct scan *scan, const yaml_parser_t *parser)
{
	const char *context = parser->context ? parser->context : "not YAML";

	if (parser->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	if (parser->error == YAML_READER_ERROR) {
		size_t offset = parser->problem_offset;

		fault_at_offset(scan->fault, scan->text, offset < scan->size ? offset : scan->size);
		return yaml_fault_set(scan->fault, "not text in UTF-8: %s", parser->problem);
	}
	fault_at_mark(scan->fault, parser->problem_mark);
	if (is_tab_indented(scan, parser->problem_mark.line))
		return yaml_fault_set(scan->fault, "a tab: indent with spaces");
	return yaml_fault_set(scan->fault, "%s: %s", context, parser->problem);
}

struct decoration {
	const yaml_char_t *anchor;
	const yaml_char_t *tag;
};

static struct decoration decoration_of(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_ALIAS_EVENT:
		return (struct decoration){ event->data.alias.anchor, NULL };
	case YAML_SCALAR_EVENT:
		return (struct decoration){ event->data.scalar.anchor, event->data.scalar.tag };
	case YAML_SEQUENCE_START_EVENT:
		return (struct decoration){ event->data.sequence_start.anchor,
					    event->data.sequence_start.tag };
	case YAML_MAPPING_START_EVENT:
		return (struct decoration){ event->data.mapping_start.anchor,
					    event->data.mapping_start.tag };
	default:
		return (struct decoration){ NULL, NULL };
	}
}

static int check_event(struct scan *scan, const yaml_event_t *event)
{
	struct decoration decoration = decoration_of(event);

	fault_at_mark(scan->fault, event->start_mark);
	if (decoration.anchor)
		return yaml_fault_set(
			scan->fault,
			"anchors and aliases (&%s, *%s) are not understood: "
			"write the value out, or quote a text that begins with & or *",
			(const char *)decoration.anchor, (const char *)decoration.anchor);
	if (decoration.tag)
		return yaml_fault_set(scan->fault, "tags are not understood: remove %s",
				      (const char *)decoration.tag);
	if (event->type == YAML_DOCUMENT_START_EVENT && ++scan->documents > 1)
		return yaml_fault_set(scan->fault, "a second document: one file holds one");
	return 0;
}

/* The document API forgets anchors and resolves aliases, so the events are looked at first. */
static int check_events(struct scan *scan, yaml_parser_t *parser)
{
	bool at_end = false;
	int err = 0;

	while (!err && !at_end) {
		yaml_event_t event;

		if (!yaml_parser_parse(parser, &event))
			return fault_of_parser(scan, parser);
		err = check_event(scan, &event);
		at_end = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	return err;
}

static int parser_open(yaml_parser_t *parser, const struct scan *scan)
{
	if (!yaml_parser_initialize(parser))
		return -ENOMEM;
	yaml_parser_set_input_string(parser, (const unsigned char *)scan->text, scan->size);
	return 0;
}

int yaml_text_parse(yaml_document_t *out, const char *text, size_t size, struct yaml_fault *fault)
{
	struct scan scan = { .text = text, .size = size, .fault = fault };
	yaml_parser_t parser;
	int err;

	*fault = (struct yaml_fault){ .line = 1, .column = 1 };
	err = parser_open(&parser, &scan);
	if (err)
		return err;
	err = check_events(&scan, &parser);
	yaml_parser_delete(&parser);
	if (err)
		return err;
	err = parser_open(&parser, &scan);
	if (err)
		return err;
	if (!yaml_parser_load(&parser, out))
		err = fault_of_parser(&scan, &parser);
	yaml_parser_delete(&parser);
	return err;
}
