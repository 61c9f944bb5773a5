/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reads worked packets from tests/golden: hexadecimal digits, `#` starts a comment. */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include <stdint.h>

#define GOLDEN_MAX 512 /* octets of a packet */

/*
 * Reads tests/golden/NAME.hex, below the working directory or $STAMP_GOLDEN; gives its octets. A
 * missing or damaged file fails the running test.
 */
uint32_t golden_read(const char *name, uint8_t octets[GOLDEN_MAX]);

#endif
