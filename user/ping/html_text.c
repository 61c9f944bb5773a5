/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "ping/html_text.h"

#include <stddef.h>
#include <stdint.h>

#define NO_CHARACTER "\xef\xbf\xbd" /* U+FFFD */

/* Octets of a character that begins with `lead`; 0: none does. */
static size_t octets_of(uint8_t lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/* Longer forms than needed, surrogates and what lies beyond U+10FFFF: told by the second octet. */
static int second_is_wrong(const uint8_t *text)
{
	return (text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] > 0x9f) ||
	       (text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] > 0x8f);
}

/* Octets of the character at `text`; 0: it is none. Stops at the terminating zero. */
static size_t character(const uint8_t *text)
{
	size_t octets = octets_of(text[0]);

	for (size_t i = 1; i < octets; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	}
	return octets > 1 && second_is_wrong(text) ? 0 : octets;
}

/* NULL: as it is. */
static const char *replacement(uint8_t octet)
{
	switch (octet) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '\t':
	case '\n':
		return NULL;
	default:
		return octet < ' ' || octet == 0x7f ? NO_CHARACTER : NULL;
	}
}

void html_text(FILE *out, const char *text)
{
	const uint8_t *next = (const uint8_t *)text;

	while (*next) {
		size_t octets = character(next);
		const char *instead = octets ? replacement(*next) : NO_CHARACTER;

		if (instead)
			fputs(instead, out);
		else
			fwrite(next, 1, octets, out);
		next += octets ? octets : 1;
	}
}
