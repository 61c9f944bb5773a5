/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One request in user space: judged by the kernel's rules, answered by the shared protocol code. */
#ifndef REFLECTOR_SLOW_PATH_H
#define REFLECTOR_SLOW_PATH_H

#include <stddef.h>

#include "stamp/clock_offset.h"
#include "reflector/session_keys.h"
#include "stamp/outcome.h"
#include "stamp/session.h"

/* A request as the network delivered it. */
struct slow_request {
	struct session_key key; /* without the SSID */
	__u64 received_ns;      /* T2, UTC */
	size_t length;          /* octets of the payload */
	__u8 ttl;               /* as received */
};

/* What becomes of it. */
struct slow_reply {
	size_t length;              /* octets of the reply; 0: there is none */
	enum stamp_outcome outcome; /* reflected in one way or another, or why not */
	struct session_policy policy;
};

/* What requests are judged and answered by. */
struct slow_path {
	int judge_fd; /* of the arrival interface's stamp_judge */
	struct clock_reading clock;
	const struct session_keys *keys;
};

/*
 * Turns the request in `payload`, which has room for at least 44 octets, into its reply, in place.
 * In authenticated mode its HMAC is verified before anything else is believed, and the reply is
 * signed with the same key, after T3. 0, or -errno when the judge could not be asked.
 */
int slow_path_reply(const struct slow_path *path, const struct slow_request *request, void *payload,
		    struct slow_reply *reply);

#endif
