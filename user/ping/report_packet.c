/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What programs are told of each packet: one table, for the lines of JSON and of CSV. */
#include "ping/report_packet.h"

#include <stddef.h>

#define X(fact, group, name) { group, name },
const struct packet_name packet_names[PACKET_FACT_MAX] = { PACKET_FACTS(X) };
#undef X

static struct packet_value word(const char *text)
{
	return (struct packet_value){ .kind = PACKET_WORD, .word = text };
}

static struct packet_value truth(bool value)
{
	return (struct packet_value){ .kind = PACKET_TRUTH, .number = value };
}

static struct packet_value number_if(bool known, uint64_t value)
{
	return (struct packet_value){ .kind = known ? PACKET_NUMBER : PACKET_UNKNOWN,
				      .number = value };
}

static struct packet_value number(uint64_t value)
{
	return number_if(true, value);
}

static const char *verdict_name(const struct session_reply *reply)
{
	switch (reply->sample->match.verdict) {
	case MATCH_ANSWER:
		return reply->delays.valid ? "answer" : "invalid";
	case MATCH_LATE:
		return "late";
	case MATCH_DUPLICATE:
		return "duplicate";
	default:
		return "foreign";
	}
}

struct packet_values packet_values_of_reply(const struct report_session *session,
					    const struct session_reply *reply)
{
	const struct metrics_sample *sample = reply->sample;
	const struct delays *delays = &reply->delays;
	const struct hops *hops = &reply->hops;

	return (struct packet_values){ {
		[PACKET_EVENT] = word("reply"),
		[PACKET_SEQUENCE] = number(sample->match.number),
		[PACKET_VERDICT] = word(verdict_name(reply)),
		[PACKET_OCTETS] = number(sample->reply->size),
		[PACKET_REFLECTOR_SEQUENCE] = number(sample->reply->sequence),
		[PACKET_REORDERED] = truth(sample->match.reordered),
		[PACKET_ROUND_TRIP] = number_if(delays->valid, (uint64_t)delays->round_trip_ns),
		[PACKET_REFLECTOR] = number_if(delays->valid, (uint64_t)delays->reflector_ns),
		[PACKET_SENDER_TTL] = number(sample->reply->sender_ttl),
		[PACKET_TTL] = number_if(sample->ttl >= 0, (uint64_t)sample->ttl),
		[PACKET_HOPS_FORWARD] = number_if(hops->forward, hops->forward),
		[PACKET_HOPS_BACKWARD] = number_if(hops->backward, hops->backward),
		[PACKET_SESSION] = number(session->number),
	} };
}

struct packet_values packet_values_of_lost(const struct report_session *session, uint64_t sequence)
{
	return (struct packet_values){ {
		[PACKET_EVENT] = word("lost"),
		[PACKET_SEQUENCE] = number(sequence),
		[PACKET_SESSION] = number(session->number),
	} };
}
