/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Values as every JSON report writes them; each gives a new reference. */
#ifndef PING_REPORT_JSON_H
#define PING_REPORT_JSON_H

#include <jansson.h>
#include <stdbool.h>

#include "sender/distribution.h"

/* null when it is not known. */
json_t *report_integer_if(bool known, uint64_t value);
json_t *report_figures_json(const struct figures *figures);

/* Writes a line, or null when memory ran out, so that readers notice; takes the reference. */
void report_write_json(json_t *json);

#endif
