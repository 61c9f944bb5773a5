/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a run measured: delay, its variation and loss, by direction. Pure, in bounded memory. */
#ifndef SENDER_METRICS_H
#define SENDER_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/clock.h"
#include "sender/distribution.h"
#include "sender/loss.h"
#include "sender/loss_bursts.h"
#include "sender/match.h"

#define METRICS_TTL_UNKNOWN (-1)

struct tlv_reply;   /* tlv_reply.h */
struct tlv_summary; /* tlv_metrics.h */

struct metrics_settings {
	bool stateful;               /* the reflector numbers its replies itself */
	uint8_t ttl;                 /* with which packets leave */
	uint16_t ssid;               /* 0: none */
	bool without_transmit_times; /* none are asked for, so none is missing */
};

/* A reply that answers a packet of ours. */
struct metrics_sample {
	struct match_result match;
	const struct probe_reply *reply;
	uint64_t received_ns;    /* T4, UTC */
	enum time_source source; /* of T4 */
	int ttl;                 /* with which the reply arrived, or METRICS_TTL_UNKNOWN */
	int traffic_class;       /* of the reply, DSCP and ECN; -1: not told. For its TLVs only */
	const struct tlv_reply *tlvs; /* NULL: the packet had none */
};

struct delays {
	bool valid; /* if not: T3 before T2, or the reflector held it longer than it was away */
	int64_t round_trip_ns; /* without the time in the reflector */
	int64_t reflector_ns;  /* T3 - T2 */
	int64_t forward_ns;    /* T2 - T1; means nothing unless both clocks are synchronised */
	int64_t backward_ns;   /* T4 - T3; the same */
};

/* Counted as traceroute does: 1 is the same link; 0: not known. */
struct hops {
	unsigned int forward;
	unsigned int backward;
};

/* Reordering by RFC 4737: extents are numbers of arrivals. */
struct reordering_summary {
	uint64_t extent_max; /* 0: nothing was reordered */
	double extent_mean;
	bool at_least; /* some were larger than is remembered */
};

/* Interarrival jitter by RFC 3550, nanoseconds, as it stands after the latest answer. */
struct jitter_summary {
	bool known;
	uint64_t round_trip, forward, backward;
};

/* One run in figures. Packets are sent = received + lost + under_way. */
struct metrics_summary {
	uint64_t sent, received, lost, under_way;
	uint64_t late;       /* came after the timeout; their packets are among the lost */
	uint64_t duplicates; /* replies besides the first */
	uint64_t reordered;  /* came after the reply to a later packet */
	uint64_t invalid;    /* too short or no time in it; or received, but no delay (`delays`) */
	uint64_t foreign;    /* replies to nothing that we sent */
	uint64_t unverified; /* replies with a wrong HMAC; nothing else is known of them */
	uint64_t send_errors, icmp_errors;
	bool overflow_known;
	uint64_t overflowed; /* replies dropped at our own socket; most are among the lost */
	struct loss_by_direction loss;
	struct loss_bursts bursts; /* its `count`, `longest` and `lost` */
	uint64_t arrived;          /* packets that any reply came for, while they were remembered */
	struct reordering_summary reordering;
	struct figures round_trip, forward, backward, reflector;
	struct figures ipdv_round_trip, ipdv_forward, ipdv_backward; /* RFC 3393, consecutive */
	uint64_t jitter_ns; /* mean magnitude of ipdv_round_trip; known as that is */
	struct jitter_summary jitter;
	struct figures pdv;                       /* RFC 5481: round trip less the shortest */
	struct figures pdv_forward, pdv_backward; /* the same; clocks need not be synchronised */
	struct figures pacing;                    /* how much later than due packets were sent */
	bool sender_synchronized;
	bool reflector_synchronized; /* all its replies said so; false without one */
	bool one_way_known;          /* both are; else forward and backward are not known */
	uint64_t one_way_bound_ns;   /* how far forward and backward can be off */
	bool one_way_negative;       /* one was below 0: the clocks differ by more than the delay */
	bool one_way_refuted;        /* below 0 by more than the bound: a clock's claim is wrong */
	/* Where T1 of the answers came from, and T4. */
	uint64_t transmit_hardware, transmit_kernel, transmit_user;
	uint64_t receive_hardware, receive_kernel, receive_user;
	uint64_t transmit_missing; /* packets sent whose transmit timestamp never came */
	struct hops hops;          /* of the latest answer that tells */
	bool hops_changed;
	uint64_t without_ssid; /* answers with SSID 0 though ours had one */
	uint64_t with_ssid;    /* answers with our SSID, of which there is one: RFC 8972 */
	uint64_t twamp_light;  /* answers too short for STAMP, which pads to 44 octets */
	uint64_t own_numbers;  /* answers whose number is not their request's: a stateful far end */
	const struct tlv_summary *tlvs; /* NULL: none were sent */
};

/* The delays of which the whole distribution is kept. */
enum metrics_delay {
	METRICS_ROUND_TRIP,
	METRICS_FORWARD, /* means nothing unless the summary has `one_way_known` */
	METRICS_BACKWARD,
	METRICS_REFLECTOR,
	METRICS_IPDV_ROUND_TRIP,
	METRICS_IPDV_FORWARD,
	METRICS_IPDV_BACKWARD,
	METRICS_PACING,
	METRICS_DELAY_MAX,
};

struct metrics;

/* 0 or -errno. */
int metrics_open(struct metrics **out, const struct metrics_settings *settings);

#define METRICS_NEVER_DUE UINT64_MAX

/* `late_ns`: how much later than due it was sent; METRICS_NEVER_DUE in a flood. */
void metrics_sent(struct metrics *metrics, uint64_t late_ns);
void metrics_transmitted(struct metrics *metrics); /* the first timestamp of a packet came */
void metrics_lost(struct metrics *metrics, uint64_t number); /* in the order of numbers */
void metrics_send_error(struct metrics *metrics);
void metrics_icmp_error(struct metrics *metrics);
void metrics_invalid(struct metrics *metrics);    /* a reply that could not be read */
void metrics_unverified(struct metrics *metrics); /* a reply with a wrong HMAC */

/* How many replies the kernel dropped at our socket, in the whole run. */
void metrics_overflowed(struct metrics *metrics, uint64_t count);

/* How far off a time that counts can be because it was converted from another clock: widens what
 * bounds one-way delay, as far as the worst of the run does. */
void metrics_conversion(struct metrics *metrics, uint64_t error_ns);

/* What the Session-Sender's clock claims; once at least, and again as it changes. */
void metrics_clock(struct metrics *metrics, const struct clock_quality *quality);

/* Counts a reply by its verdict; only answers add to the distributions. */
void metrics_reply(struct metrics *metrics, const struct metrics_sample *sample);

/* The delays and hops of one reply. */
struct delays metrics_delays(const struct metrics_sample *sample);
struct hops metrics_hops(const struct metrics *metrics, const struct metrics_sample *sample);

/* RFC 4737's ratio: the reordered of the packets that arrived; 0 if none did. */
double metrics_reordered_percent(const struct metrics_summary *summary);

/* 0, or -ENOMEM: since then figures are missing. */
int metrics_error(const struct metrics *metrics);

/* `under_way`: packets that may still be answered. */
void metrics_summarize(const struct metrics *metrics, uint64_t under_way,
		       struct metrics_summary *out);

/* Valid as long as `metrics`, whose it is. */
const struct distribution *metrics_distribution(const struct metrics *metrics,
						enum metrics_delay delay);

/* Takes NULL. */
void metrics_close(struct metrics *metrics);

#endif
