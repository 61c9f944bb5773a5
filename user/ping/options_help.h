/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What --help says behind the options: conditions, and the metrics there are. */
#ifndef PING_OPTIONS_HELP_H
#define PING_OPTIONS_HELP_H

/* For argp's `help_filter`, which frees what is not `text`. */
char *options_help(int key, const char *text, void *input);

#endif
