/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stampd itself: owns the parts, starts them, runs, reloads and stops. */
#ifndef REFLECTOR_REFLECTOR_H
#define REFLECTOR_REFLECTOR_H

#include "reflector/config.h"

struct reflector;

/*
 * Attaches to every interface and answers when it returns. All or nothing: 0 or -errno, logged;
 * -EPERM and -EACCES mean a missing right. Takes what `config` owns. `file` is what a reload reads,
 * NULL where there is none; it must outlive the result.
 */
int reflector_start(struct reflector **out, struct config *config, const char *file);

/* Serves until SIGTERM or SIGINT, reloads at SIGHUP. 0 or -errno, logged. */
int reflector_run(struct reflector *reflector);

/* Detaches from the interfaces unless the configuration says `persist`. Takes NULL. */
void reflector_stop(struct reflector *reflector);

#endif
