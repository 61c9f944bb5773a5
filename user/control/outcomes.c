/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "control/outcomes.h"

#include <stddef.h>
#include <strings.h>

#include "stamp/outcome.h"

static const struct outcome_text outcomes[] = {
#define X(name, action, text, hint) { #name, action, text, hint },
	STAMP_OUTCOMES(X)
#undef X
};

const struct outcome_text *outcome_find(const char *name)
{
	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
		if (!strcasecmp(outcomes[i].name, name))
			return &outcomes[i];
	return NULL;
}
