/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the code under test writes to standard output, to be read by the test. */
#ifndef TEST_OUTPUT_H
#define TEST_OUTPUT_H

#include <stdio.h>

/* From now on standard output goes to a file. */
void output_catch(void);

/* Standard output is as it was; what was written meanwhile, from its beginning, for fclose(). */
FILE *output_caught(void);

#endif
