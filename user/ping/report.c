/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "ping/report.h"

const struct report_form *report_form_for(const struct sender_options *options)
{
	if (options->nagios)
		return &report_nagios;
	if (options->csv)
		return &report_csv;
	if (options->json)
		return options->each ? &report_json_each : &report_json;
	if (sender_options_sessions(options) > 1)
		return &report_text_table;
	return options->quiet || options->flood ? &report_text_summary : &report_text;
}

const char *report_mode(const struct report_session *session)
{
	return session->authenticated ? "authenticated" : "unauthenticated";
}
