/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The state of stampd as the JSON document that `stampctl show` prints. */
#ifndef REFLECTOR_STATUS_H
#define REFLECTOR_STATUS_H

#include <jansson.h>

#include "reflector/attach.h"
#include "reflector/clock_sync.h"
#include "reflector/interfaces.h"
#include "reflector/loader.h"
#include "reflector/udp_io.h"

/* One interface that is reflected on, with the parts that serve it. */
struct reflected_interface {
	const struct interface_config *config;
	struct interface_info info;
	char pin_dir[PATH_MAX];
	struct loader *loader;
	struct attachment *attachment;
	struct udp_counts socket_counts;
};

struct status_source {
	const struct config *config;
	const struct shared_maps *maps;
	const struct clock_sync *clock;
	const struct reflected_interface *interfaces;
	size_t interface_count;
};

/* The document, schema stampctl/1, owned by the caller; NULL when memory is out. */
json_t *status_document(const struct status_source *source);

/* What an operator should know of the interface and mend, or NULL when all is well. A constant. */
const char *status_warning(const struct reflected_interface *interface);

#endif
