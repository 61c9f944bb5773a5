/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* --mtu: the largest packet that passes a path both ways in one piece. */
#ifndef PING_MTU_H
#define PING_MTU_H

#include "ping/run.h"

/*
 * Tries sizes, one session after the other, and reports them and the result. `options` stay the
 * caller's. 0 with RUN_ANSWERED, or RUN_NOT_ANSWERED when nothing came back; or -errno after a
 * message.
 */
int mtu_measure(const struct sender_options *options, enum run_result *result);

#endif
