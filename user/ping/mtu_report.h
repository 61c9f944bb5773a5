/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What --mtu tried and found, as text or JSON. */
#ifndef PING_MTU_REPORT_H
#define PING_MTU_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "ping/options.h"
#include "ping/plan.h"

enum mtu_outcome {
	MTU_PASSED,
	MTU_SILENCE,  /* no reply in time */
	MTU_NOT_SENT, /* larger than the first link takes */
	MTU_REFUSED,  /* a router said so */
};

struct mtu_try {
	uint64_t octets; /* of the STAMP packet */
	enum mtu_outcome outcome;
	uint64_t reply_octets;        /* MTU_PASSED */
	uint32_t mtu;                 /* MTU_REFUSED: of the next link, octets of IP; 0: not told */
	struct sockaddr_storage from; /* MTU_REFUSED */
};

struct mtu_result {
	const struct plan_path *path;
	unsigned int headers; /* octets of IP and UDP */
	uint64_t octets;      /* the largest STAMP packet that passed; 0: none did */
	bool complete;        /* if not, larger ones may pass */
	bool short_reply;     /* replies were shorter, so that the way back was not tested */
	unsigned int tries;
	uint64_t began_ns; /* UTC */
	uint64_t took_ns;
};

/* Octets of the headers of IP, without options, and UDP. */
unsigned int mtu_headers(const struct sockaddr_storage *peer);

void mtu_report_start(const struct sender_options *options, const struct mtu_result *result);
void mtu_report_try(const struct sender_options *options, const struct mtu_result *result,
		    const struct mtu_try *tried);
void mtu_report_end(const struct sender_options *options, const struct mtu_result *result);

#endif
