/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What --mtu tried and found, as text or JSON. */
#include "ping/mtu_report.h"

#include <inttypes.h>
#include <jansson.h>
#include <netinet/in.h>
#include <stdio.h>

#include "common/address.h"
#include "ping/report_json.h"

#define UDP_HEADER 8
#define IP4_HEADER 20
#define IP6_HEADER 40

unsigned int mtu_headers(const struct sockaddr_storage *peer)
{
	return UDP_HEADER + (peer->ss_family == AF_INET ? IP4_HEADER : IP6_HEADER);
}

static bool is_text(const struct sender_options *options)
{
	return !options->json;
}

void mtu_report_start(const struct sender_options *options, const struct mtu_result *result)
{
	if (is_text(options))
		printf("stamp-ping %s port %u: searching the path MTU\n", result->path->address,
		       result->path->target->port);
}

static void print_refusal(const struct mtu_try *tried)
{
	char from[SOCKADDR_TEXT_MAX];

	printf("refused by %s", sockaddr_format(&tried->from, from));
	if (tried->mtu)
		printf(", whose next link takes %" PRIu32, tried->mtu);
}

void mtu_report_try(const struct sender_options *options, const struct mtu_result *result,
		    const struct mtu_try *tried)
{
	if (!is_text(options) || options->quiet)
		return;
	printf("%" PRIu64 " octets (%" PRIu64 " of IP): ", tried->octets,
	       tried->octets + result->headers);
	if (tried->outcome == MTU_PASSED)
		printf("answered");
	else if (tried->outcome == MTU_SILENCE)
		printf("no reply");
	else if (tried->outcome == MTU_NOT_SENT)
		printf("more than the first link takes");
	else
		print_refusal(tried);
	printf("\n");
}

static void print_result(const struct mtu_result *result)
{
	printf("\n--- %s port %u ---\n", result->path->address, result->path->target->port);
	if (!result->octets) {
		printf("path MTU         unknown (no reply even to the smallest packet)\n");
		return;
	}
	printf("path MTU         %s%" PRIu64 " octets of IP: STAMP packets of up to %" PRIu64
	       " octets pass in one piece\n",
	       result->complete ? "" : "at least ", result->octets + result->headers,
	       result->octets);
	if (result->short_reply)
		printf("note             replies were shorter than the packets: the way back may "
		       "take "
		       "less\n");
}

static void write_json(const struct mtu_result *result)
{
	json_t *json = json_pack(
		"{s:s, s:s, s:s, s:i, s:I, s:I, s:{s:o, s:o, s:b, s:o, s:I}}", "schema",
		"stamp-ping/1", "target", result->path->target->host, "address",
		result->path->address, "port", result->path->target->port, "began_ns",
		(json_int_t)result->began_ns, "took_ns", (json_int_t)result->took_ns, "path_mtu",
		"ip_octets", report_integer_if(result->octets, result->octets + result->headers),
		"stamp_octets", report_integer_if(result->octets, result->octets), "complete",
		result->complete, "both_ways",
		result->octets ? json_boolean(!result->short_reply) : json_null(), "tries",
		(json_int_t)result->tries);

	report_write_json(json);
}

void mtu_report_end(const struct sender_options *options, const struct mtu_result *result)
{
	if (is_text(options))
		print_result(result);
	else
		write_json(result);
}
