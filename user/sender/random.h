/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Numbers that look random, for tests of paths: not for secrets. Pure. */
#ifndef SENDER_RANDOM_H
#define SENDER_RANDOM_H

#include <stdint.h>

/* The next 64 bits; moves `state` on, which may begin with any value. */
uint64_t random_next(uint64_t *state);

#endif
