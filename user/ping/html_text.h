/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Text of others in a page of HTML, or in an SVG in it: never markup. */
#ifndef PING_HTML_TEXT_H
#define PING_HTML_TEXT_H

#include <stdio.h>

/*
 * Writes `text` for between tags and for an attribute in quotes of either kind. What is no UTF-8,
 * and control characters, come out as U+FFFD.
 */
void html_text(FILE *out, const char *text);

#endif
