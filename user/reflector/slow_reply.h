/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Turns a request of the slow path that was numbered into its reply. */
#ifndef REFLECTOR_SLOW_REPLY_H
#define REFLECTOR_SLOW_REPLY_H

#include "reflector/slow_work.h"

/* Writes the reply of packet `i` in place, TLVs first, T3 and the HMAC last; all of its
 * `struct slow_reply` but the outcome and what sending tells. */
void slow_reply_write(struct work *work, size_t i);

#endif
