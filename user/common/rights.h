/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which capabilities this process lacks. */
#ifndef COMMON_RIGHTS_H
#define COMMON_RIGHTS_H

#include <stddef.h>

#define RIGHTS_TEXT_MAX 160

/*
 * Writes those of `wanted` (CAP_* of <linux/capability.h>) that are not effective, as in "CAP_BPF,
 * CAP_NET_ADMIN"; what else to suspect when none is missing. Returns `text`.
 */
const char *rights_missing(const unsigned int *wanted, size_t count, char text[RIGHTS_TEXT_MAX]);

#endif
