/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Numbers and durations as people write them. */
#ifndef PING_QUANTITY_H
#define PING_QUANTITY_H

#include <stdint.h>

/* Reads decimal digits, nothing else. 0, -EINVAL or -ERANGE. */
int quantity_number(const char *text, uint64_t *out);

/*
 * Reads a decimal number, perhaps with a fraction, and a unit: ns, us, ms, s (also without), m or
 * h. What is finer than a nanosecond is cut off. 0, -EINVAL or -ERANGE.
 */
int quantity_duration(const char *text, uint64_t *out_ns);

#endif
