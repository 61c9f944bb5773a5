/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What hinders a run, in words for the operator: each kind once in a row. */
#ifndef PING_TROUBLE_H
#define PING_TROUBLE_H

#include <stdbool.h>

#include "ping/options.h"
#include "sender/udp_socket.h"

struct trouble {
	const struct sender_options *options;
	const char *address; /* of the target */
	int send_error;      /* the latest; 0: none yet */
	int icmp_error;      /* a positive errno, as the kernel gives it */
	bool wrong_hmac;
};

void trouble_send(struct trouble *trouble, int err);
void trouble_icmp(struct trouble *trouble, const struct udp_event *event);
void trouble_hmac(struct trouble *trouble);

#endif
