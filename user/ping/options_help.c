/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What --help says behind the options: the TLVs, conditions, and the metrics there are. */
#include "ping/options_help.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>

#include "ping/metric.h"
#include "ping/tlv_options.h"

char *options_help(int key, const char *text, void *input)
{
	char *all = NULL;
	size_t size;
	FILE *out = key == ARGP_KEY_HELP_POST_DOC ? open_memstream(&all, &size) : NULL;

	(void)input;
	if (!out)
		return (char *)text;
	fprintf(out, "A TLV is one of: ");
	tlv_options_write_forms(out);
	fprintf(out,
		".\n\nA CONDITION is METRIC OP VALUE, with >, >=, < or <= for OP; several may "
		"stand in "
		"one string. If the figure is unknown, it counts as one that holds. Metrics: ");
	metric_write_names(out);
	fprintf(out, ".\n\n%s", text);
	return fclose(out) ? (char *)text : all;
}
