/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Tables of rows: which keys a YAML file has, of what type, stored where. Reading, printing and
 * the JSON Schema all go by them. */
#ifndef REFLECTOR_SCHEMA_H
#define REFLECTOR_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "reflector/yaml_text.h"

#define SCHEMA_TEXT_MAX 64 /* of what `get` writes */

enum schema_type {
	SCHEMA_TEXT,     /* char[size]; empty: there is none */
	SCHEMA_PATH,     /* the same, an absolute path */
	SCHEMA_NUMBER,   /* min to max, an unsigned int, short or char; size 0: not stored */
	SCHEMA_DURATION, /* min to max with a unit, in nanoseconds, a __u64 */
	SCHEMA_SIZE,     /* the same in octets */
	SCHEMA_SWITCH,   /* true or false, a bool */
	SCHEMA_CHOICE,   /* one of `names`, an enum: its index */
	SCHEMA_FLAG,     /* one of two `names`: `flag` cleared or set in a __u32 */
	SCHEMA_VALUE,    /* what `set` takes, once: a number if there is a `max`, or else a text */
	SCHEMA_VALUES,   /* the same, or a list of them */
	SCHEMA_MAP,      /* more keys, `rows`, of the same struct */
	SCHEMA_LIST,     /* a list of maps by `rows`, each into what `append` returns */
};

/*
 * What the functions find wrong goes to the fault, by yaml_fault_set(), and they return -EINVAL;
 * or -ENOMEM. `root` is what schema_read or schema_print was given.
 */
struct schema_row {
	const char *key; /* NULL ends the table */
	enum schema_type type;
	size_t offset;
	size_t size;
	bool required;
	unsigned long min;
	unsigned long max;
	unsigned long limit;      /* VALUES and LIST: elements at most; 0: any number */
	bool may_be_empty;        /* VALUES: a list without elements is the word */
	const char *const *names; /* CHOICE, FLAG; VALUES: what each may be; ends with NULL */
	unsigned int flag;
	const struct schema_row *rows;
	const char *word;   /* NUMBER: written for 0; VALUE, VALUES: for none; never in a list */
	const char *wanted; /* "must be" this, instead of what follows from the type */
	const char *default_text; /* as in a file; NULL: none, or one that depends on other keys; of
				     VALUE and VALUES: `word` */
	const char *help;         /* one sentence for who writes the file */

	/* Reading. */
	void *(*append)(void *root);
	int (*set)(void *root, void *target, const char *text, struct yaml_fault *fault);
	/* Once the value is stored. */
	int (*check)(void *root, const void *target, struct yaml_fault *fault);
	/* Once all keys of the map were read, be this one `written` or not; in the table's order.
	 */
	int (*finish)(void *root, void *target, bool written, struct yaml_fault *fault);

	/* Printing. */
	const void *(*element)(const void *root, size_t index); /* LIST; NULL behind the last */
	/* Instead of what is stored; `index` counts VALUES. False: there is none. */
	bool (*get)(const void *root, const void *target, size_t index, char text[SCHEMA_TEXT_MAX]);
};

/* Stores the default of every row that has one, not those of lists' elements. `target` is zeroed.
 */
void schema_defaults(const struct schema_row *rows, void *target);

/*
 * Reads `text` by `rows` into `target`, which is at its defaults; `root` is handed to the rows'
 * functions. 0, -EINVAL with `fault`, or -ENOMEM; after an error `target` holds what was read until
 * then.
 */
int schema_read(const struct schema_row *rows, void *target, void *root, const char *text,
		size_t size, struct yaml_fault *fault);

/* Writes `root`, the struct of `rows`, as YAML with every key. 0 or -EIO. */
int schema_print(const struct schema_row *rows, const void *root, FILE *out);

/* The JSON Schema of a map of `rows`; NULL when memory is out. */
json_t *schema_json(const struct schema_row *rows);

/* Reads decimal digits, without sign or leading zeros; false if it isn't a number in the range. */
bool schema_number(const char *text, unsigned long min, unsigned long max, unsigned long *number);

#endif
