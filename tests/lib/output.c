/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the code under test writes to standard output, to be read by the test. */
#include "lib/output.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

static FILE *file;
static int output;

void output_catch(void)
{
	file = tmpfile();
	assert_non_null(file);
	fflush(stdout);
	output = dup(STDOUT_FILENO);
	dup2(fileno(file), STDOUT_FILENO);
}

FILE *output_caught(void)
{
	fflush(stdout);
	dup2(output, STDOUT_FILENO);
	close(output);
	rewind(file);
	return file;
}
