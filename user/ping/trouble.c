/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "ping/trouble.h"

#include <errno.h>
#include <string.h>

#include "common/address.h"
#include "common/log.h"

void trouble_send(struct trouble *trouble, int err)
{
	if (err == trouble->send_error)
		return;
	trouble->send_error = err;
	log_warning("%s: cannot send %u octets: %s", trouble->address,
		    (unsigned int)trouble->options->size, strerror(-err));
}

void trouble_icmp(struct trouble *trouble, const struct udp_event *event)
{
	const struct sender_options *options = trouble->options;
	char from[SOCKADDR_TEXT_MAX];

	if (event->error == trouble->icmp_error)
		return;
	trouble->icmp_error = event->error;
	sockaddr_format(&event->from, from);
	if (event->ttl_exceeded)
		log_warning("%s: not reached, the TTL of %u ran out at %s; raise --ttl",
			    trouble->address, (unsigned int)options->ttl, from);
	else if (event->error == ECONNREFUSED)
		log_warning("%s: nothing listens on UDP port %u there, says %s; start the "
			    "Session-Reflector, or give its port by -p",
			    trouble->address, options->target.port, from);
	else
		log_warning("%s: not reached, says %s: %s", trouble->address, from,
			    strerror(event->error));
}

void trouble_hmac(struct trouble *trouble)
{
	if (trouble->wrong_hmac)
		return;
	trouble->wrong_hmac = true;
	log_warning("%s: a reply has a wrong HMAC: either the reflector's key is not in %s, or "
		    "somebody else answers",
		    trouble->address, trouble->options->key_file);
}
