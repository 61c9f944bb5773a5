/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an output can show: colour, Unicode, how many columns. */
#ifndef PING_TERMINAL_H
#define PING_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

#define TERMINAL_COLUMNS 80 /* where nothing tells */

struct terminal {
	bool is_terminal;
	bool redraws; /* a terminal that can replace a line: not TERM=dumb */
	bool colour;
	bool unicode;
	unsigned int columns; /* at least 1 */
};

enum terminal_style { TERMINAL_PLAIN, TERMINAL_BAD, TERMINAL_BAR };

/*
 * Reads the environment: LC_ALL, LC_CTYPE or LANG for the character set, TERM and NO_COLOR
 * (https://no-color.org) for colour, and COLUMNS where the output itself does not tell its width.
 */
struct terminal terminal_of(FILE *out);

/* How wide the output is by now. */
void terminal_measure(struct terminal *terminal, FILE *out);

/* The control sequence from which on text has that style, or "" without colour. */
const char *terminal_style(const struct terminal *terminal, enum terminal_style style);

#endif
