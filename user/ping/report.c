/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "ping/report.h"

#include <string.h>

const struct report_form *report_form_for(const struct sender_options *options)
{
	if (options->nagios)
		return &report_nagios;
	if (options->csv)
		return &report_csv;
	if (options->json)
		return options->each ? &report_json_each : &report_json;
	return options->quiet ? &report_text_summary : &report_text;
}

struct report_session report_session_of(const struct sender_options *options, const char *address)
{
	bool named = strcmp(options->target.host, address) != 0;

	return (struct report_session){
		.name = named ? options->target.host : address,
		.address = address,
		.port = options->target.port,
		.ssid = (uint16_t)options->ssid,
		.size = options->size,
		.interval_ns = options->interval_ns,
		.timeout_ns = options->timeout_ns,
		.poisson = options->poisson,
		.stateful = options->stateful,
		.authenticated = options->key_file != NULL,
		.numeric = options->numeric,
	};
}

const char *report_mode(const struct report_session *session)
{
	return session->authenticated ? "authenticated" : "unauthenticated";
}
