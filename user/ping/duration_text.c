/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Nanoseconds as text, in the unit that fits. */
#include "ping/duration_text.h"

#include <math.h>
#include <stdio.h>

static int decimals(double value)
{
	if (value < 9.995)
		return 2;
	return value < 99.95 ? 1 : 0;
}

const char *duration_text(int64_t ns, char text[DURATION_TEXT_MAX])
{
	static const char *const units[] = { "us", "ms", "s" };
	double value = fabs((double)ns) / 1000;
	int unit = 0;

	if (value < 1) {
		snprintf(text, DURATION_TEXT_MAX, "%d ns", (int)ns);
		return text;
	}
	for (; unit < 2 && value >= 999.5; unit++)
		value /= 1000;
	snprintf(text, DURATION_TEXT_MAX, "%s%.*f %s", ns < 0 ? "-" : "", decimals(value), value,
		 units[unit]);
	return text;
}
