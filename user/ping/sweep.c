/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A value that differs from session to session of a run: --sweep. Pure. */
#include "ping/sweep.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "ping/options.h"
#include "ping/quantity.h"
#include "stamp/wire.h"

#define LIST_MAX 512 /* octets of text */
#define DSCP_MAX 63

struct range {
	uint64_t first, last;
};

static bool read_number(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	return !quantity_number(text, out) && *out >= min && *out <= max;
}

/* Reads "A" or "A..B"; changes `text`. */
static bool read_range(char *text, uint64_t min, uint64_t max, struct range *out)
{
	char *dots = strstr(text, "..");

	if (dots)
		*dots = '\0';
	if (!read_number(text, min, max, &out->first))
		return false;
	out->last = out->first;
	return !dots || (read_number(dots + 2, min, max, &out->last) && out->first <= out->last);
}

/* False if there are too many. */
static bool add_range(struct sweep *sweep, const struct range *range, uint64_t step)
{
	for (uint64_t value = range->first; value <= range->last; value += step) {
		if (sweep->count == SWEEP_MAX)
			return false;
		sweep->values[sweep->count++] = (uint16_t)value;
	}
	return true;
}

/* "A..B,STEP"; changes `text`. */
static bool read_sizes(char *text, struct sweep *out)
{
	char *comma = strchr(text, ',');
	struct range range;
	uint64_t step;

	if (!comma)
		return false;
	*comma = '\0';
	return read_range(text, STAMP_SHORTEST_REQUEST, OPTIONS_SIZE_MAX, &range) &&
	       read_number(comma + 1, 1, OPTIONS_SIZE_MAX, &step) && add_range(out, &range, step);
}

/* "N,A..B"; changes `text`. */
static bool read_dscps(char *text, struct sweep *out)
{
	struct range range;
	char *rest = text;

	for (char *item = strsep(&rest, ","); item; item = strsep(&rest, ",")) {
		if (!read_range(item, 0, DSCP_MAX, &range) || !add_range(out, &range, 1))
			return false;
	}
	return true;
}

static bool read_flows(char *text, struct sweep *out)
{
	uint64_t count;

	if (!read_number(text, 1, SWEEP_MAX, &count))
		return false;
	out->count = (size_t)count;
	return true;
}

/* clang-format off */
static const struct form {
	const char *name;
	enum sweep_kind kind;
	bool (*read)(char *text, struct sweep *out);
	const char *expected;
} forms[] = {
	{ "size=", SWEEP_SIZE, read_sizes,
	  "size=A..B,STEP in octets, 14 to 65507, as in size=64..1400,64" },
	{ "dscp=", SWEEP_DSCP, read_dscps, "dscp=LIST of 0 to 63, as in dscp=0,10,40..46" },
	{ "flows=", SWEEP_FLOWS, read_flows, "flows=N, as in flows=64" },
};
/* clang-format on */

int sweep_parse(const char *text, struct sweep *out)
{
	char list[LIST_MAX];

	*out = (struct sweep){ .kind = SWEEP_NONE };
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		const struct form *form = &forms[i];
		size_t length = strlen(form->name);

		if (strncmp(text, form->name, length) != 0)
			continue;
		out->kind = form->kind;
		if (snprintf(list, sizeof(list), "%s", text + length) < LIST_MAX &&
		    form->read(list, out) && out->count)
			return 0;
		log_error("--sweep %s: expected %s; %u values at most", text, form->expected,
			  (unsigned int)SWEEP_MAX);
		return -EINVAL;
	}
	log_error("--sweep %s: expected size=A..B,STEP, dscp=LIST or flows=N", text);
	return -EINVAL;
}
