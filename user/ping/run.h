/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The run of stamp-ping: its sessions, to their end or a signal, and what is reported of them. */
#ifndef PING_RUN_H
#define PING_RUN_H

#include <stdint.h>

#include "ping/options.h"

enum run_result { RUN_ANSWERED, RUN_NOT_ANSWERED, RUN_CONDITION_HELD };

struct run;

/* `options` stay the caller's and must live as long. 0, or -errno after a message. */
int run_open(struct run **out, const struct sender_options *options);

/*
 * Sends, receives and reports each packet, to the end or a signal, and then the summary, whatever
 * happened. 0, or -errno after a message; then there is no `result`.
 */
int run_measure(struct run *run, enum run_result *result);

/* Time of the run (nanoseconds from its start) of a time in UTC; 0 for those before. */
uint64_t run_time_ns(const struct run *run, uint64_t utc_ns);

/* Before something is written to the terminal: takes the live line away. */
void run_make_room(struct run *run);

/* A session has ended, with `err` before its time. */
void run_finished(struct run *run, int err);

/* The run ends before its time, for which `err` is the reason. */
void run_stop(struct run *run, int err);

/* Takes NULL. */
void run_close(struct run *run);

#endif
