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

struct report_session report_session_of(const struct sender_options *options,
					const struct plan_path *path)
{
	const struct session_settings *settings = &path->settings;
	const struct target *target = path->target;
	bool named = strcmp(target->host, path->address) != 0;

	return (struct report_session){
		.name = named ? target->host : path->address,
		.address = path->address,
		.port = target->port,
		.ssid = settings->ssid,
		.size = settings->size,
		.interval_ns = settings->interval_ns,
		.timeout_ns = settings->timeout_ns,
		.poisson = settings->poisson,
		.stateful = settings->stateful,
		.authenticated = options->key_file != NULL,
		.numeric = options->numeric,
	};
}

const char *report_mode(const struct report_session *session)
{
	return session->authenticated ? "authenticated" : "unauthenticated";
}
