/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Takes another configuration while packets come: all of it, or nothing. */
#ifndef REFLECTOR_RELOAD_H
#define REFLECTOR_RELOAD_H

#include <jansson.h>

#include "reflector/clock_sync.h"
#include "reflector/interface_set.h"

/* What is changed; the parts are the caller's. */
struct reload_parts {
	struct config *config; /* in force; replaced by the new one */
	struct shared_maps *maps;
	struct clock_sync *clock;
	struct interface_set *interfaces;
	struct listeners *listeners;
	struct session_keys **keys; /* in force; replaced, too */
	struct replay_windows *windows;
	struct slow_inputs *inputs;
};

/*
 * Reads `file` (NULL: there is none) and puts it in force, or logs why not and changes nothing.
 * The document says which ("ok", and "changes" or "error"); it is the caller's, NULL when memory is
 * out.
 */
json_t *reload_document(const struct reload_parts *parts, const char *file);

/* Says whether a file with this text could take the place of `present`; the same document. */
json_t *reload_check_document(const struct config *present, const char *name, const char *text,
			      size_t size);

#endif
