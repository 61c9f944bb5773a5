/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "ping/trouble.h"

#include <errno.h>
#include <string.h>

#include "common/address.h"
#include "common/log.h"

static void tell_not_sent(struct trouble *trouble, const struct plan_path *path, int error)
{
	if (error == trouble->send_error)
		return;
	trouble->send_error = error;
	log_warning("%s: cannot send %zu octets: %s", path->address, path->settings.size,
		    strerror(error));
}

static void tell_icmp(struct trouble *trouble, const struct plan_path *path,
		      const struct session_trouble *what)
{
	char from[SOCKADDR_TEXT_MAX];

	if (what->error == trouble->icmp_error)
		return;
	trouble->icmp_error = what->error;
	sockaddr_format(&what->from, from);
	if (what->ttl_exceeded)
		log_warning("%s: not reached, the TTL of %u ran out at %s; raise --ttl",
			    path->address, path->settings.path.ttl, from);
	else if (what->error == ECONNREFUSED)
		log_warning("%s: nothing listens on UDP port %u there, says %s; start the "
			    "Session-Reflector, or give its port by -p",
			    path->address, path->target->port, from);
	else
		log_warning("%s: not reached, says %s: %s", path->address, from,
			    strerror(what->error));
}

static void tell_wrong_hmac(struct trouble *trouble, const struct plan_path *path)
{
	if (trouble->wrong_hmac)
		return;
	trouble->wrong_hmac = true;
	log_warning("%s: a reply has a wrong HMAC: either the reflector's key is not in %s, or "
		    "somebody else answers",
		    path->address, trouble->options->key_file);
}

void trouble_tell(struct trouble *trouble, const struct plan_path *path,
		  const struct session_trouble *what)
{
	switch (what->kind) {
	case SESSION_NOT_SENT:
		tell_not_sent(trouble, path, what->error);
		break;
	case SESSION_ICMP_ERROR:
		tell_icmp(trouble, path, what);
		break;
	case SESSION_WRONG_HMAC:
		tell_wrong_hmac(trouble, path);
		break;
	}
}
