/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "lib/golden.h"
#include "lib/hex.h"

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

uint32_t golden_read(const char *name, uint8_t octets[GOLDEN_MAX])
{
	FILE *file = open_file(name);
	char line[LINE_MAX_OCTETS];
	uint32_t count = 0;

	while (fgets(line, sizeof(line), file))
		count += hex_read(line, octets + count, GOLDEN_MAX - count);
	fclose(file);
	if (!count)
		fail_msg("%s.hex holds no octet", name);
	return count;
}
