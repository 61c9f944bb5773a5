/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a run learned from the TLVs of its replies. Pure, in bounded memory. */
#ifndef SENDER_TLV_METRICS_H
#define SENDER_TLV_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "sender/access_report.h"
#include "sender/direct_loss.h"
#include "sender/distribution.h"
#include "sender/metrics.h"
#include "sender/tlv_reply.h"

/* An end of the path as this host knows it; port 0: not known, nor is the address. */
struct tlv_end {
	struct stamp_address address;
	uint16_t port;
};

struct tlv_metrics_settings {
	const struct tlv_request *request; /* the caller's; must live as long */
	struct tlv_end sender, reflector;
	uint8_t dscp; /* with which packets leave */
	size_t size;  /* octets of a packet */
};

/* What the Class of Service TLVs say; a number of replies unless told otherwise. */
struct tlv_class_of_service_summary {
	uint64_t replies;      /* that tell; 0: nothing is known */
	uint8_t dscp, ecn;     /* with which the latest packet reached the reflector */
	uint64_t dscp_changed; /* its DSCP was not the one sent */
	uint64_t ecn_marked;   /* its ECN was not 0, as sent */
	uint64_t congested;    /* its ECN was 3, Congestion Experienced */
	uint64_t refused;      /* RP */
	uint64_t reply_told;   /* whose own DSCP the kernel told; 0: nothing is known */
	uint8_t reply_dscp;    /* of the latest */
	uint64_t reply_wrong;  /* whose own DSCP is not the one that RP and DSCP1 promise */
};

/* One run in figures. Replies are those to packets of ours, duplicates apart. */
struct tlv_summary {
	const struct tlv_request *request;
	uint64_t replies[TLV_REPLY_STATE_MAX];
	uint64_t unrecognized; /* TLVs with U, of all replies */
	uint64_t malformed, mismatched, shorter;
	uint64_t misdirected;         /* replies discarded for their Micro-session IDs */
	struct tlv_location location; /* the latest */
	bool location_changed;
	bool translation_known, translated; /* an address or port is not what it is at our end */
	struct tlv_timestamp_info timestamp_info; /* the latest */
	bool timestamp_info_changed;
	uint8_t dscp; /* with which packets leave */
	struct tlv_class_of_service_summary class_of_service;
	struct tlv_direct_measurement direct_measurement; /* the latest packet's */
	struct direct_loss_result direct_loss;
	struct figures follow_up; /* from T3 in a reply to when it left */
	uint8_t follow_up_method; /* of the latest */
	enum access_state access;
	uint64_t access_transmissions;
	uint64_t node_taken, node_refused;
	uint16_t reflector_id; /* 0: not known */
	bool reflector_id_learned;
};

struct tlv_metrics {
	struct tlv_metrics_settings settings;
	struct tlv_summary counts; /* what is not derived */
	struct direct_loss direct_loss;
	struct distribution follow_up;
	uint64_t latest_number;
	int err; /* 0, or -ENOMEM: since then figures are missing */
};

/* To be ended by tlv_metrics_clear(). */
void tlv_metrics_start(struct tlv_metrics *metrics, const struct tlv_metrics_settings *settings);

/* A reply that was discarded for its Micro-session IDs. */
void tlv_metrics_misdirected(struct tlv_metrics *metrics);

/* A reply to a packet of ours, `sample->tlvs` with it; duplicates and foreign ones do not count. */
void tlv_metrics_reply(struct tlv_metrics *metrics, const struct metrics_sample *sample);

/* Everything but the Access Report and the Micro-session ID. */
void tlv_metrics_summarize(const struct tlv_metrics *metrics, struct tlv_summary *out);

/* Gives its memory back. */
void tlv_metrics_clear(struct tlv_metrics *metrics);

#endif
