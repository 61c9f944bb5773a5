/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stampd itself: owns the parts, starts them, runs and stops. */
#ifndef REFLECTOR_REFLECTOR_H
#define REFLECTOR_REFLECTOR_H

#include "reflector/config.h"

struct reflector;

/*
 * Attaches to every interface and answers when it returns. All or nothing: 0 or -errno, logged;
 * -EPERM and -EACCES mean a missing right. `config` must outlive the result.
 */
int reflector_start(struct reflector **out, const struct config *config);

/* Serves until SIGTERM or SIGINT. 0 or -errno, logged. */
int reflector_run(struct reflector *reflector);

/* Detaches from the interfaces unless the configuration says `persist`. Takes NULL. */
void reflector_stop(struct reflector *reflector);

#endif
