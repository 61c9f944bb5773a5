/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What programs are told of each packet: one table, for the lines of JSON and of CSV. */
#ifndef PING_REPORT_PACKET_H
#define PING_REPORT_PACKET_H

#include <stdint.h>

#include "ping/report.h"

/* In the order of the columns: a group (NULL: none) and a name in it. */
/* clang-format off */
#define PACKET_FACTS(X)                                     \
	X(EVENT,              NULL,   "event")              \
	X(SEQUENCE,           NULL,   "sequence")           \
	X(VERDICT,            NULL,   "verdict")            \
	X(OCTETS,             NULL,   "octets")             \
	X(REFLECTOR_SEQUENCE, NULL,   "reflector_sequence") \
	X(REORDERED,          NULL,   "reordered")          \
	X(ROUND_TRIP,         NULL,   "round_trip_ns")      \
	X(REFLECTOR,          NULL,   "reflector_ns")       \
	X(SENDER_TTL,         NULL,   "sender_ttl")         \
	X(TTL,                NULL,   "ttl")                \
	X(HOPS_FORWARD,       "hops", "forward")            \
	X(HOPS_BACKWARD,      "hops", "backward")           \
	X(SESSION,            NULL,   "session")
/* clang-format on */

#define X(fact, group, name) PACKET_##fact,
enum packet_fact { PACKET_FACTS(X) PACKET_FACT_MAX };
#undef X

struct packet_name {
	const char *group;
	const char *name;
};

extern const struct packet_name packet_names[PACKET_FACT_MAX];

enum packet_value_kind {
	PACKET_ABSENT, /* nothing that a lost packet could have */
	PACKET_UNKNOWN,
	PACKET_NUMBER,
	PACKET_TRUTH, /* in `number`: 0 or 1 */
	PACKET_WORD,
};

struct packet_value {
	enum packet_value_kind kind;
	uint64_t number;
	const char *word;
};

struct packet_values {
	struct packet_value of[PACKET_FACT_MAX];
};

struct packet_values packet_values_of_reply(const struct report_session *session,
					    const struct session_reply *reply);
struct packet_values packet_values_of_lost(const struct report_session *session, uint64_t sequence);

#endif
