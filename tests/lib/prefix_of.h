/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A prefix or an address from its text, which a test has written and so must be right. */
#ifndef TESTS_PREFIX_OF_H
#define TESTS_PREFIX_OF_H

#include "common/address.h"
#include "lib/cases.h"

static inline struct prefix prefix_of(const char *text)
{
	struct prefix prefix;
	const char *why;

	if (prefix_parse(text, &prefix, &why))
		fail_msg("%s: %s", text, why);
	return prefix;
}

#endif
