/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The run as one page of HTML that needs nothing else: no script, no network. */
#ifndef PING_REPORT_HTML_H
#define PING_REPORT_HTML_H

#include "ping/report.h"

/*
 * Writes the page to `path`: to a new file beside it that then takes its place, so that no half
 * page is left; what is no regular file is written to as it is. 0, or -errno after a message.
 */
int report_html_write(const char *path, const struct report_run *run);

#endif
