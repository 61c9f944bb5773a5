/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What all reports in words share. */
#ifndef PING_REPORT_TEXT_H
#define PING_REPORT_TEXT_H

#include <stdint.h>

#include "ping/condition.h"

/* Prints ", COUNT TEXT" unless it is 0. */
void report_print_if(uint64_t count, const char *text);

/* Prints a line for each condition that holds, or that none does; nothing if none was given. */
void report_print_verdict(const struct verdict *verdict);

#endif
