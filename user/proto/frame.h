/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Frames in user space, by the steps that the XDP program shares: parsed with every length checked
 * again, turned around, summed. */
#ifndef PROTO_FRAME_H
#define PROTO_FRAME_H

#include <stddef.h>

#include "stamp/outcome.h"
#include "stamp/parsed_packet.h"

/* Parses a whole frame of `length` octets. OUTCOME_CONTINUE, or why it is no request of at least 14
 * octets; then `packet` is of no use. */
enum stamp_outcome frame_parse(void *frame, size_t length, struct parsed_packet *packet);

/*
 * Turns the frame, whose payload is the reply by now and as long as the request was, around:
 * addresses, ports, TTL 255, DSCP by the policy, both checksums in full. Returns the length of the
 * frame, which ends where the reply does.
 */
size_t frame_turn_around(void *frame, struct parsed_packet *packet, struct session_policy policy);

#endif
