/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The tables of the YAML file: its keys, their types, ranges and defaults. */
#ifndef REFLECTOR_CONFIG_SCHEMA_H
#define REFLECTOR_CONFIG_SCHEMA_H

#include "reflector/config.h"
#include "reflector/schema.h"

extern const struct schema_row config_rows[];    /* of struct config */
extern const struct schema_row interface_rows[]; /* of struct interface_config */
extern const struct schema_row session_rows[];   /* of struct session_config */

/* By enum reflector_mode; ends with NULL. */
extern const char *const reflector_mode_names[];
/* By enum stamp_synchronization_source, 0: auto; ends with NULL. */
extern const char *const sync_source_names[];

/*
 * Reads and checks a file's text into `config`, which is at its defaults. 0, -EINVAL with `fault`,
 * or -ENOMEM; after an error `config` holds what was read until then.
 */
int config_parse(struct config *config, const char *text, size_t size, struct yaml_fault *fault);

/* Writes the configuration as a file that says all of it. 0, or -EIO, logged. */
int config_print(const struct config *config, FILE *out);

/* Writes the JSON Schema of the file. 0, or -EIO, logged. */
int config_print_schema(FILE *out);

#endif
