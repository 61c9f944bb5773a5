/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The Session-Sender's run: sends by the schedule, receives, ends in time or by a signal. */
#ifndef PING_SENDER_H
#define PING_SENDER_H

#include "ping/options.h"

enum sender_result { SENDER_ANSWERED, SENDER_NOT_ANSWERED, SENDER_CONDITION_HELD };

struct sender;

/* `options` stay the caller's and must live as long. 0, or -errno after a message. */
int sender_open(struct sender **out, const struct sender_options *options);

/*
 * Sends, receives and reports each packet, to the end or a signal, and then the summary, whatever
 * happened. 0, or -errno after a message; then there is no `result`.
 */
int sender_run(struct sender *sender, enum sender_result *result);

/* Takes NULL. */
void sender_close(struct sender *sender);

#endif
