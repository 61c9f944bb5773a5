/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Finds the packet that a reply answers, and which packets nothing answers. Pure. */
#ifndef SENDER_MATCH_H
#define SENDER_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sender/probe.h"
#include "sender/time_source.h"

struct match_settings {
	uint64_t timeout_ns; /* a packet that is not answered within this time is lost */
	uint64_t packets;    /* how many are sent within the timeout, at most */
	uint16_t ssid;
};

enum match_verdict {
	MATCH_ANSWER,    /* the first reply to its packet, in time */
	MATCH_LATE,      /* the first, but after the timeout: its packet stays lost */
	MATCH_DUPLICATE, /* not the first */
	MATCH_FOREIGN,   /* SSID, Session-Sender Sequence Number or Timestamp are not ours */
};

struct match_result {
	enum match_verdict verdict;
	uint64_t number;     /* of the packet, from 0; never wraps, unlike the Sequence Number */
	uint64_t sent_ns;    /* T1, UTC, the best that is known; 0: long forgotten */
	uint64_t elapsed_ns; /* from before it was sent till after the reply was read,
				CLOCK_MONOTONIC */
	enum time_source source; /* of T1; TIME_USER: it is that of the packet */
	bool reordered;          /* a packet sent later was answered earlier */
};

struct match;

/*
 * Remembers twice as many packets as are sent within the timeout (the second half to know
 * duplicates), at most 2^20: the oldest of more packets under way count as lost before their time.
 * 0 or -errno.
 */
int match_open(struct match **out, const struct match_settings *settings);

/* The next packet was sent: T1 as in the packet and in UTC, and when by CLOCK_MONOTONIC. */
void match_sent(struct match *match, struct stamp_timestamp timestamp, uint64_t sent_ns,
		uint64_t monotonic_ns);

enum match_departure {
	MATCH_TIME_REFUSED, /* it is no better, or cannot be */
	MATCH_TIME_FIRST,   /* of its packet, besides that of the packet itself */
	MATCH_TIME_BETTER,  /* than the kernel's, which came before */
};

/*
 * The packet with this Sequence Number left at `sent_ns` (UTC), says `source`, which is the better
 * T1. Refused if that cannot be: not sent, forgotten, known as well or better already, not within a
 * second after the T1 known so far. The card's clock may be converted to a time a little before it.
 */
enum match_departure match_transmitted(struct match *match, uint32_t sequence, uint64_t sent_ns,
				       enum time_source source);

/* `received_ns` is T4 (UTC). Late is what is late by both clocks, since UTC may be stepped. */
struct match_result match_reply(struct match *match, const struct probe_reply *reply,
				uint64_t received_ns, uint64_t monotonic_ns);

/*
 * Gives each packet once that was not answered in time, and T1 of it (UTC); false when there is
 * none (for now). To be called until false before match_sent().
 */
bool match_expire(struct match *match, uint64_t monotonic_ns, uint64_t *number, uint64_t *sent_ns);

/* When match_expire() has a packet to give, UINT64_MAX: none is under way. CLOCK_MONOTONIC. */
uint64_t match_expiry_ns(struct match *match);

/*
 * The number of the latest packet with this Sequence Number, when `next` is the number of the next
 * packet; false if none was sent.
 */
bool match_number(uint64_t next, uint32_t sequence, uint64_t *number);

/* Packets under way: sent, not answered, not yet lost. */
uint64_t match_under_way(const struct match *match);

/* Takes NULL. */
void match_close(struct match *match);

#endif
