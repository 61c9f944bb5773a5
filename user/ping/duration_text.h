/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Nanoseconds as text, in the unit that fits. */
#ifndef PING_DURATION_TEXT_H
#define PING_DURATION_TEXT_H

#include <stdint.h>

#define DURATION_TEXT_MAX 32

/* Writes three digits and a unit, like "950 ns", "12.3 us" or "-1.05 s"; returns `text`. */
const char *duration_text(int64_t ns, char text[DURATION_TEXT_MAX]);

#endif
