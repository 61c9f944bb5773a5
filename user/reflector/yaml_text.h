/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* YAML text to a document of nodes, without the parts of YAML that a configuration can do without.
 */
#ifndef REFLECTOR_YAML_TEXT_H
#define REFLECTOR_YAML_TEXT_H

#include <stddef.h>
#include <yaml.h>

/* The first thing that is wrong with a text, where, and how to mend it. */
struct yaml_fault {
	size_t line; /* from 1, as is column */
	size_t column;
	char text[384];
};

/* Says what is wrong; returns -EINVAL. */
int yaml_fault_set(struct yaml_fault *fault, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Parses one document; the caller deletes it. Anchors, aliases, tags and further documents are
 * refused: what is written at a place is what holds there. 0, -EINVAL with `fault`, or -ENOMEM.
 */
int yaml_text_parse(yaml_document_t *out, const char *text, size_t size, struct yaml_fault *fault);

#endif
