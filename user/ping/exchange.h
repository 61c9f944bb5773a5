/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One packet out, one reply in: socket, test packets, matching, metrics and the report of them. */
#ifndef PING_EXCHANGE_H
#define PING_EXCHANGE_H

#include <stdint.h>

#include "ping/options.h"
#include "ping/sender.h"

struct exchange;

/* `options` stay the caller's and must live as long. Opens the report. 0, or -errno after a message
 * (but for -ENOMEM). */
int exchange_open(struct exchange **out, const struct sender_options *options);

/* For waiting: readable when exchange_receive() has something to do. */
int exchange_fd(const struct exchange *exchange);

/* Sends the next packet, due at `due_ns` (CLOCK_MONOTONIC); what hinders it is counted and told. */
void exchange_send(struct exchange *exchange, uint64_t due_ns);

/*
 * Sends one more packet if the Access Report has to be sent again (RFC 8972 section 4.6), unless it
 * is `end_ns` or later; and when that has something to do: UINT64_MAX is never (CLOCK_MONOTONIC).
 */
void exchange_repeat(struct exchange *exchange, uint64_t end_ns);
uint64_t exchange_repeat_ns(const struct exchange *exchange);

/* Takes replies, timestamps and errors, a bounded number. 0, or -errno after a message when the run
 * has to end. */
int exchange_receive(struct exchange *exchange);

/* Counts and reports as lost what was not answered in time. */
void exchange_expire(struct exchange *exchange);

/* Packets that may still be answered. */
uint64_t exchange_under_way(const struct exchange *exchange);

/* CLOCK_MONOTONIC; 0 before the first packet. */
uint64_t exchange_last_sent_ns(const struct exchange *exchange);

/*
 * Reports the summary of a run that ended with `err`. 0 with a `result`; or -errno, after a
 * message: `err` itself, the summary could not be written, or nothing was sent.
 */
int exchange_report(struct exchange *exchange, int err, enum sender_result *result);

/* Takes NULL. */
void exchange_close(struct exchange *exchange);

#endif
