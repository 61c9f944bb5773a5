/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The TLVs of a run: what goes out with the next packet, and what comes of the replies. Pure. */
#ifndef SENDER_TLV_SESSION_H
#define SENDER_TLV_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sender/tlv_metrics.h"

struct tlv_session_settings {
	struct tlv_metrics_settings metrics;
	const struct auth_keys *keys; /* of the HMAC TLV; NULL: none. The caller's, must live on. */
	size_t base;                  /* octets of a packet in front of its TLVs */
	uint64_t access_timeout_ns;
	uint64_t access_tries;
	uint64_t seed; /* of pseudorandom padding */
};

struct tlv_session;

/* 0 or -errno. */
int tlv_session_open(struct tlv_session **out, const struct tlv_session_settings *settings);

/* Writes the TLVs of the next packet, number `number` from 0 of those sent, to the
 * tlv_request_size() octets of `out`. */
void tlv_session_write(struct tlv_session *session, uint64_t number, uint8_t *out);

/* That packet was sent, or sending it has failed. Times are CLOCK_MONOTONIC. */
void tlv_session_sent(struct tlv_session *session, uint64_t now_ns);

/*
 * Reads the TLVs of a reply. False if it has to be discarded, which is counted: its Micro-session
 * IDs are not those of this session (R9534-3.2-6).
 */
bool tlv_session_read(struct tlv_session *session, const void *octets, size_t size,
		      struct tlv_reply *out);

/*
 * A reply to a packet of ours, not yet with `sample->tlvs`: `reply` is counted, completed by the
 * delay of its Follow-Up Telemetry, and learned from. `tai_offset` as for probe_read().
 */
void tlv_session_reply(struct tlv_session *session, const struct metrics_sample *sample,
		       int tai_offset, struct tlv_reply *reply);

/* Whether a packet has to be sent now because the Access Report was not answered; not at or after
 * `end_ns`. */
bool tlv_session_expire(struct tlv_session *session, uint64_t now_ns, uint64_t end_ns);

/* When tlv_session_expire() has something to do; UINT64_MAX: never. */
uint64_t tlv_session_due_ns(const struct tlv_session *session);

/* 0, or -ENOMEM: since then figures are missing. */
int tlv_session_error(const struct tlv_session *session);

void tlv_session_summarize(const struct tlv_session *session, struct tlv_summary *out);

/* Takes NULL. */
void tlv_session_close(struct tlv_session *session);

#endif
