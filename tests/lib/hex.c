/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/hex.h"

#define SHOWN 128 /* octets */

static uint8_t digit(char c)
{
	if (!isxdigit((unsigned char)c))
		fail_msg("'%c' is no hexadecimal digit", c);
	return (uint8_t)(isdigit((unsigned char)c) ? c - '0' : tolower(c) - 'a' + 10);
}

uint32_t hex_read(const char *text, uint8_t *octets, uint32_t room)
{
	uint32_t count = 0;

	for (; *text && *text != '#'; text++) {
		if (isspace((unsigned char)*text))
			continue;
		if (count == room)
			fail_msg("more than %u octets", room);
		octets[count] = (uint8_t)(digit(text[0]) << 4);
		octets[count++] |= digit(text[1]);
		text++;
	}
	return count;
}

static const char *text_of(const uint8_t *octets, uint32_t length, char text[2 * SHOWN + 1])
{
	text[0] = '\0';
	for (uint32_t i = 0; i < length && i < SHOWN; i++)
		snprintf(text + (size_t)2 * i, 3, "%02x", octets[i]);
	return text;
}

void hex_assert_equal(const char *what, const uint8_t *octets, const uint8_t *expected,
		      uint32_t length)
{
	char texts[2][2 * SHOWN + 1];

	if (length && memcmp(octets, expected, length))
		fail_msg("%s: %s, not %s", what, text_of(octets, length, texts[0]),
			 text_of(expected, length, texts[1]));
}
