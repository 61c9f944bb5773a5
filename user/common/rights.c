/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "common/rights.h"

#include <cap-ng.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* "bpf" -> "CAP_BPF", behind what is there. */
static void append_name(char *text, const char *name)
{
	size_t used = strlen(text);

	snprintf(text + used, RIGHTS_TEXT_MAX - used, "%sCAP_%s", used ? ", " : "", name);
	for (char *letter = text + used; *letter; letter++)
		*letter = (char)toupper((unsigned char)*letter);
}

const char *rights_missing(const unsigned int *wanted, size_t count, char text[RIGHTS_TEXT_MAX])
{
	text[0] = '\0';
	capng_get_caps_process();
	for (size_t i = 0; i < count; i++) {
		const char *name = capng_capability_to_name(wanted[i]);

		if (!capng_have_capability(CAPNG_EFFECTIVE, wanted[i]))
			append_name(text, name ? name : "of an unknown name");
	}
	if (!text[0])
		snprintf(text, RIGHTS_TEXT_MAX,
			 "none of the usual ones: look for a security module or a user namespace");
	return text;
}
