/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stampd's command line: a file, or the quick options that stand for one. */
#ifndef REFLECTOR_OPTIONS_H
#define REFLECTOR_OPTIONS_H

#include "reflector/config.h"

/* What is asked for. */
enum options_action {
	ACTION_RUN,
	ACTION_CHECK,           /* only say whether the configuration is good */
	ACTION_PRINT_EFFECTIVE, /* write it out, with the defaults */
	ACTION_PRINT_SCHEMA,    /* no configuration is read */
};

struct options {
	struct config config; /* owned: config_free() */
	const char *file;     /* that it was read from; NULL: the quick options */
	enum options_action action;
};

/* Reads the command line and the file, if one is meant. 0 or -EINVAL or another -errno, logged. */
int options_parse(struct options *options, int argc, char **argv);

#endif
