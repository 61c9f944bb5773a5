/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Finds the packet that a reply answers, and which packets nothing answers. Pure. */
#include "sender/match.h"

#include <errno.h>
#include <stdlib.h>

#include "stamp/timestamp.h"

#define WINDOW_MIN 128ULL
#define WINDOW_MAX (1ULL << 20)

/* So much may the card's clock, converted, be behind the time that the packet was given before. */
#define CONVERSION_NS NSEC_PER_MSEC

struct slot {
	struct stamp_timestamp timestamp;
	uint64_t sent_ns;
	uint64_t monotonic_ns;
	enum time_source source;
	bool answered; /* by anything, in time or not */
	bool settled;  /* answered in time, or lost */
};

struct match {
	struct match_settings settings;
	uint64_t next;      /* number of the next packet */
	uint64_t oldest;    /* every packet before it is settled */
	uint64_t under_way; /* packets that are not settled */
	uint64_t highest;   /* one more than the highest number answered */
	uint64_t window;    /* slots, a power of two */
	struct slot slots[];
};

static uint64_t window_size(const struct match_settings *settings)
{
	uint64_t window = WINDOW_MIN;

	while (window / 2 < settings->packets && window < WINDOW_MAX)
		window *= 2;
	return window;
}

int match_open(struct match **out, const struct match_settings *settings)
{
	uint64_t window = window_size(settings);
	struct match *match = calloc(1, sizeof(*match) + window * sizeof(struct slot));

	if (!match)
		return -ENOMEM;
	match->settings = *settings;
	match->window = window;
	*out = match;
	return 0;
}

static struct slot *slot_of(struct match *match, uint64_t number)
{
	return &match->slots[number & (match->window - 1)];
}

void match_sent(struct match *match, struct stamp_timestamp timestamp, uint64_t sent_ns,
		uint64_t monotonic_ns)
{
	*slot_of(match, match->next) = (struct slot){
		.timestamp = timestamp,
		.sent_ns = sent_ns,
		.monotonic_ns = monotonic_ns,
	};
	match->next++;
	match->under_way++;
}

bool match_number(uint64_t next, uint32_t sequence, uint64_t *number)
{
	uint64_t back = (uint32_t)((uint32_t)next - 1 - sequence);

	if (back >= next)
		return false;
	*number = next - 1 - back;
	return true;
}

static bool is_remembered(const struct match *match, uint64_t number)
{
	return match->next - number <= match->window;
}

enum match_departure match_transmitted(struct match *match, uint32_t sequence, uint64_t sent_ns,
				       enum time_source source)
{
	uint64_t early_ns = source == TIME_HARDWARE ? CONVERSION_NS : 0;
	enum match_departure departure;
	struct slot *slot;
	uint64_t number;

	if (!match_number(match->next, sequence, &number) || !is_remembered(match, number))
		return MATCH_TIME_REFUSED;
	slot = slot_of(match, number);
	if (source <= slot->source || sent_ns - slot->sent_ns + early_ns >= NSEC_PER_SEC + early_ns)
		return MATCH_TIME_REFUSED;
	departure = slot->source == TIME_USER ? MATCH_TIME_FIRST : MATCH_TIME_BETTER;
	slot->sent_ns = sent_ns;
	slot->source = source;
	return departure;
}

static bool ssid_fits(const struct match *match, uint16_t ssid)
{
	return ssid == match->settings.ssid || ssid == 0; /* 0: no RFC 8972 at the far end */
}

static bool timestamp_fits(const struct slot *slot, const struct probe_reply *reply)
{
	return slot->timestamp.seconds == reply->sender_timestamp.seconds &&
	       slot->timestamp.fraction == reply->sender_timestamp.fraction;
}

static bool is_late(const struct match *match, const struct slot *slot, uint64_t received_ns,
		    uint64_t monotonic_ns)
{
	int64_t timeout_ns = (int64_t)match->settings.timeout_ns;

	return (int64_t)(received_ns - slot->sent_ns) > timeout_ns &&
	       (int64_t)(monotonic_ns - slot->monotonic_ns) > timeout_ns;
}

/* The packet of a late reply is not settled by it: match_expire() tells of its loss. */
static enum match_verdict judge(struct match *match, struct slot *slot, bool late)
{
	if (slot->answered)
		return MATCH_DUPLICATE;
	slot->answered = true;
	if (late || slot->settled)
		return MATCH_LATE;
	slot->settled = true;
	match->under_way--;
	return MATCH_ANSWER;
}

static bool came_after_later_ones(struct match *match, uint64_t number)
{
	if (number < match->highest)
		return true;
	match->highest = number + 1;
	return false;
}

struct match_result match_reply(struct match *match, const struct probe_reply *reply,
				uint64_t received_ns, uint64_t monotonic_ns)
{
	struct match_result result = { .verdict = MATCH_FOREIGN };
	struct slot *slot;

	if (!ssid_fits(match, reply->ssid) ||
	    !match_number(match->next, reply->sender_sequence, &result.number))
		return result;
	if (!is_remembered(match, result.number)) {
		result.verdict = MATCH_LATE;
		return result;
	}
	slot = slot_of(match, result.number);
	if (!timestamp_fits(slot, reply))
		return result;
	result.verdict = judge(match, slot, is_late(match, slot, received_ns, monotonic_ns));
	result.sent_ns = slot->sent_ns;
	result.elapsed_ns = monotonic_ns - slot->monotonic_ns;
	result.source = slot->source;
	if (result.verdict != MATCH_DUPLICATE)
		result.reordered = came_after_later_ones(match, result.number);
	return result;
}

/* NULL if none is under way. */
static struct slot *oldest_under_way(struct match *match)
{
	for (; match->oldest < match->next; match->oldest++) {
		struct slot *slot = slot_of(match, match->oldest);

		if (!slot->settled)
			return slot;
	}
	return NULL;
}

uint64_t match_expiry_ns(struct match *match)
{
	const struct slot *slot = oldest_under_way(match);

	return slot ? slot->monotonic_ns + match->settings.timeout_ns : UINT64_MAX;
}

bool match_expire(struct match *match, uint64_t monotonic_ns, uint64_t *number, uint64_t *sent_ns)
{
	struct slot *slot = oldest_under_way(match);
	bool in_the_way = slot && match->next - match->oldest >= match->window;

	if (!slot)
		return false;
	if (!in_the_way && monotonic_ns - slot->monotonic_ns < match->settings.timeout_ns)
		return false;
	slot->settled = true;
	match->under_way--;
	*number = match->oldest;
	*sent_ns = slot->sent_ns;
	return true;
}

uint64_t match_under_way(const struct match *match)
{
	return match->under_way;
}

void match_close(struct match *match)
{
	free(match);
}
