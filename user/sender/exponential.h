/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Random times between the events of a Poisson process (RFC 2330 section 11.1.1). Pure. */
#ifndef SENDER_EXPONENTIAL_H
#define SENDER_EXPONENTIAL_H

#include <stdint.h>

/* The next of exponentially distributed times, at most 37 times the mean; moves `state` on, which
 * may begin with any value. */
uint64_t exponential_ns(uint64_t *state, uint64_t mean_ns);

#endif
