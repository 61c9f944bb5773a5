/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The state of stampd as the JSON document that `stampctl show` prints. */
#ifndef REFLECTOR_STATUS_H
#define REFLECTOR_STATUS_H

#include <jansson.h>

#include "reflector/clock_sync.h"
#include "reflector/listeners.h"
#include "reflector/reflected_interface.h"

struct status_source {
	const struct config *config;
	const struct shared_maps *maps;
	const struct clock_sync *clock;
	struct reflected_interface *const *interfaces;
	size_t interface_count;
	const struct listeners *listeners;
};

/* The document, schema stampctl/1, owned by the caller; NULL when memory is out. */
json_t *status_document(const struct status_source *source);

#endif
