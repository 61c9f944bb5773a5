/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reads YAML into structs by tables of rows: which keys there are, of what type, stored where. */
#ifndef REFLECTOR_SCHEMA_H
#define REFLECTOR_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "reflector/yaml_text.h"

enum schema_type {
	SCHEMA_TEXT,   /* char[size] */
	SCHEMA_PATH,   /* char[size], an absolute path */
	SCHEMA_NUMBER, /* min to max, an unsigned int or short; size 0: not stored */
	SCHEMA_SWITCH, /* true or false, a bool */
	SCHEMA_CHOICE, /* one of `names`, an enum: its index */
	SCHEMA_FLAG,   /* one of two `names`: `flag` cleared or set in a __u32 */
	SCHEMA_VALUE,  /* what `set` takes, once */
	SCHEMA_VALUES, /* the same, or a list of them */
	SCHEMA_MAP,    /* more keys, `rows`, of the same struct */
	SCHEMA_LIST,   /* a list of maps by `rows`, each into what `append` returns */
};

/* What `set` and `check` find wrong goes to the fault, by yaml_fault_set(). */
struct schema_row {
	const char *key; /* NULL ends the table */
	enum schema_type type;
	size_t offset;
	size_t size;
	bool required;
	unsigned long min;
	unsigned long max;
	const char *const *names; /* ends with NULL */
	unsigned int flag;
	const struct schema_row *rows;
	const char *wanted;       /* VALUE and VALUES: "must be" this */
	const char *default_text; /* as it would be written in a file; NULL: none */
	void *(*append)(void *root);
	int (*set)(void *root, void *target, const char *text, struct yaml_fault *fault);
	int (*check)(void *root, const void *target, struct yaml_fault *fault); /* once stored */
};

/* Stores the default of every row that has one, not those of lists' elements. */
void schema_defaults(const struct schema_row *rows, void *target);

/*
 * Reads `text` by `rows` into `target`; `root` is handed to the rows' functions. 0, -EINVAL with
 * `fault`, or -ENOMEM; after an error `target` holds what was read until then.
 */
int schema_read(const struct schema_row *rows, void *target, void *root, const char *text,
		size_t size, struct yaml_fault *fault);

/* Reads decimal digits, without sign or leading zeros; false if it isn't a number in the range. */
bool schema_number(const char *text, unsigned long min, unsigned long max, unsigned long *number);

#endif
