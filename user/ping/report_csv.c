/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A line of comma-separated values per packet, and no summary. What is not known is empty. */
#include "ping/report.h"

#include <inttypes.h>
#include <stdio.h>

#include "ping/report_packet.h"

static void csv_start(const struct report_session *sessions, size_t count)
{
	(void)sessions;
	(void)count;
	for (size_t i = 0; i < PACKET_FACT_MAX; i++) {
		const struct packet_name *name = &packet_names[i];

		printf("%s%s%s%s", i ? "," : "", name->group ? name->group : "",
		       name->group ? "_" : "", name->name);
	}
	printf("\n");
}

/* No word has a comma, a quote or a line end in it. */
static void print_value(const struct packet_value *value)
{
	switch (value->kind) {
	case PACKET_ABSENT:
	case PACKET_UNKNOWN:
		return;
	case PACKET_NUMBER:
		printf("%" PRIu64, value->number);
		return;
	case PACKET_TRUTH:
		printf("%s", value->number ? "true" : "false");
		return;
	case PACKET_WORD:
		printf("%s", value->word);
	}
}

static void print_line(const struct packet_values *values)
{
	for (size_t i = 0; i < PACKET_FACT_MAX; i++) {
		if (i)
			putchar(',');
		print_value(&values->of[i]);
	}
	putchar('\n');
}

static void csv_reply(const struct report_session *session, const struct session_reply *reply)
{
	const struct packet_values values = packet_values_of_reply(session, reply);

	print_line(&values);
}

static void csv_lost(const struct report_session *session, uint64_t number)
{
	const struct packet_values values = packet_values_of_lost(session, number);

	print_line(&values);
}

static void csv_end(const struct report_run *run)
{
	(void)run;
}

const struct report_form report_csv = {
	.start = csv_start,
	.reply = csv_reply,
	.lost = csv_lost,
	.end = csv_end,
};
