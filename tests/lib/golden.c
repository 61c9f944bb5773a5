/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Hexadecimal text into octets. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/golden.h"

#define LINE_MAX_OCTETS 256

static FILE *open_file(const char *name)
{
	const char *folder = getenv("STAMP_GOLDEN");
	char path[LINE_MAX_OCTETS];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s.hex", folder ? folder : "tests/golden", name);
	file = fopen(path, "r");
	if (!file)
		fail_msg("cannot open %s: run from the top of the sources", path);
	return file;
}

static uint8_t digit(char c)
{
	if (!isxdigit((unsigned char)c))
		fail_msg("'%c' is no hexadecimal digit", c);
	return (uint8_t)(isdigit((unsigned char)c) ? c - '0' : tolower(c) - 'a' + 10);
}

/* The octets of one line, added at `count`; gives the new count. */
static uint32_t read_line(const char *line, uint8_t *octets, uint32_t count)
{
	for (; *line && *line != '#'; line++) {
		if (isspace((unsigned char)*line))
			continue;
		if (count == GOLDEN_MAX)
			fail_msg("more than %d octets", GOLDEN_MAX);
		octets[count] = (uint8_t)(digit(line[0]) << 4);
		octets[count++] |= digit(line[1]);
		line++;
	}
	return count;
}

uint32_t golden_read(const char *name, uint8_t octets[GOLDEN_MAX])
{
	FILE *file = open_file(name);
	char line[LINE_MAX_OCTETS];
	uint32_t count = 0;

	while (fgets(line, sizeof(line), file))
		count = read_line(line, octets, count);
	fclose(file);
	if (!count)
		fail_msg("%s.hex holds no octet", name);
	return count;
}
