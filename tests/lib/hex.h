/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Octets that a test has in hexadecimal, for people to read. */
#ifndef TESTS_HEX_H
#define TESTS_HEX_H

#include <stdint.h>

/* Reads pairs of digits up to the end or a `#`, blanks between them aside; how many octets it wrote
 * to `octets`, which has room for so many. Anything else fails the running test. */
uint32_t hex_read(const char *text, uint8_t *octets, uint32_t room);

/* Fails the running test with both in hexadecimal, if they differ; `what` says what they are. */
void hex_assert_equal(const char *what, const uint8_t *octets, const uint8_t *expected,
		      uint32_t length);

#endif
