/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the slow path knows of a batch while it answers it. */
#ifndef REFLECTOR_SLOW_WORK_H
#define REFLECTOR_SLOW_WORK_H

#include "proto/request_tlvs.h"
#include "reflector/inquiry.h"
#include "reflector/slow_path.h"

/* A request on its way. */
struct work_item {
	struct judgement question;      /* all but the octets, which are put in when it is asked */
	struct judgement_result result; /* so far */
	const struct auth_keys *keys;   /* of the session, once its HMAC is verified */
	size_t key;                     /* the one that verified it, and signs */
	struct request_tlvs tlvs;       /* once they may be looked at */
};

/* A batch on its way, packet by packet. */
struct work {
	const struct slow_path *path;
	struct packet_batch *batch;
	int err; /* the first */
	__u16 error_estimate;
	__u8 synchronization_source;
	struct inquiry inquiry;
	struct work_item items[PACKET_BATCH];
};

#endif
